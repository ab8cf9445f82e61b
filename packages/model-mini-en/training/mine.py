"""Candidates for every training query, and what the teachers say about them, kept in cache/rows.npz.

    python mine.py --data …

Per query: one positive, then hard ones from BM25 and from the untouched encoder, two of the given negatives and random
texts. The teachers' parts are stored one by one (bi-encoder, MaxSim, BM25 as a share of the query's best), so that
training can weigh them without running them.
"""
import random
import time

import numpy as np
import torch

from bm25 import BM25
from data import arguments, training
from encode import cached, maxsim
from pseudo import keyword_groups
from weights import FAST

WIDTH = 24
KEYWORDS = 8000
PARTS = ("bi", "maxsim", "bm25")


def candidates(rng, positive, given, lexical, dense, banned, size):
    """Numbers of texts, the positive first: hard from the top ten, less hard from below, given, random."""
    chosen = [positive]

    def take(pool, count):
        pool = [number for number in pool if number not in banned and number not in chosen]
        chosen.extend(rng.sample(pool, min(count, len(pool))))

    take(lexical[:10], 4)
    take(lexical[10:], 5)
    take(dense[:10], 4)
    take(dense[10:], 4)
    take(given, 3)
    while len(chosen) < WIDTH:
        take([rng.randrange(size)], 1)
    return chosen


def same_passage(texts, positives):
    """For the ban list: does a text contain, or lie within, a positive?"""
    bodies = [texts[number].strip().lower() for number in positives]

    def test(number):
        body = texts[number].strip().lower()
        return any(body in other or other in body for other in bodies)

    return test


def top(scores, count):
    best = np.argpartition(-scores, count)[:count]
    return best[np.argsort(-scores[best])]


def main():
    args = arguments(__doc__.splitlines()[0]).parse_args()
    rng = random.Random(5)
    texts, groups = training(args.data)
    groups += keyword_groups(texts, KEYWORDS)
    documents = cached(args.cache / "texts.pt", texts)
    queries = cached(args.cache / "queries.pt", [group.query for group in groups], max_length=64)
    answers: dict[str, set[int]] = {}
    for group in groups:
        answers.setdefault(group.query, set()).update(group.positive)
    index = BM25(texts)
    pooled = documents.pooled.to(FAST)
    numbers = np.zeros((len(groups), WIDTH), np.int32)
    parts = np.zeros((len(groups), WIDTH, len(PARTS)), np.float32)
    started = time.time()
    for start in range(0, len(groups), 512):
        dense_all = (queries.pooled[start : start + 512].to(FAST) @ pooled.T).topk(50).indices.tolist()
        for at, dense in enumerate(dense_all, start):
            group = groups[at]
            scores = index.scores(group.query)
            lexical = [int(number) for number in top(scores, 60) if scores[number] > 0]
            duplicate = same_passage(texts, group.positive)
            banned = answers[group.query] | {number for number in lexical + dense if duplicate(number)}
            chosen = candidates(rng, rng.choice(group.positive), group.negative, lexical, dense, banned, len(texts))
            numbers[at] = chosen
            parts[at, :, 0] = documents.pooled[chosen] @ queries.pooled[at]
            parts[at, :, 1] = maxsim(queries.of(at).to(FAST), [documents.of(number) for number in chosen])
            parts[at, :, 2] = scores[chosen] / max(scores.max(), 1e-6)
        print(f"{start + len(dense_all)} of {len(groups)} queries, {time.time() - started:.0f} s", flush=True)
    np.savez(args.cache / "rows.npz", numbers=numbers, parts=parts, sources=np.array([group.source for group in groups]),
             queries=np.array([group.query for group in groups]))


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    main()
