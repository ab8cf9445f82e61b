"""nDCG@10 (linear gains, ideal over all judgments) and its bootstrap interval; ways to mix scores within a list."""
import numpy as np


def ndcg(scores, documents, judged: dict[str, float], depth=10) -> float:
    """Ties keep the first stage's order. 0 where nothing relevant is judged."""
    order = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")[:depth]
    discount = 1 / np.log2(np.arange(2, depth + 2))
    gains = np.array([max(judged.get(documents[at], 0), 0) for at in order])
    ideal = np.array(sorted((grade for grade in judged.values() if grade > 0), reverse=True)[:depth])
    best = (ideal * discount[: len(ideal)]).sum()
    return float((gains * discount[: len(gains)]).sum() / best) if best else 0.0


def interval(values, rounds=2000, seed=7) -> tuple[float, float]:
    """95 % percentile bootstrap over queries."""
    values = np.asarray(values)
    draws = np.random.default_rng(seed).integers(len(values), size=(rounds, len(values)))
    low, high = np.percentile(values[draws].mean(1), [2.5, 97.5])
    return float(low), float(high)


def minmax(scores):
    scores = np.asarray(scores, dtype=np.float64)
    spread = scores.max() - scores.min()
    return (scores - scores.min()) / spread if spread else np.zeros_like(scores)


def zscore(scores):
    scores = np.asarray(scores, dtype=np.float64)
    return (scores - scores.mean()) / (scores.std() or 1.0)
