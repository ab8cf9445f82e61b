"""Candidates for every training query, and what the teachers say about them, kept in cache/rows.npz.

    python mine.py --encoder runs/encoder/average.safetensors --data …

Per query: one positive, then hard ones from BM25 and from the encoder, some of the given negatives and random texts. The
teachers' parts, those of the default line, are stored one by one (cosine, rare MaxSim, saturated BM25), so that training can weigh them without
running them.
"""
import random
import time

import numpy as np
import torch

from apart import of_queries, of_texts
from bm25 import BM25
from data import arguments, training
from encode import maxsim
from features import Background
from pseudo import keyword_groups
from scoring import MODEL

WIDTH = 24
KEYWORDS = 8000
SATURATION = 20


def candidates(rng, positive, given, lexical, dense, banned, size):
    """Numbers of texts, the positive first: hard from the top ten, less hard from below, given, random. Of `size` texts, `WIDTH` must be left besides the banned ones."""
    chosen = [positive]

    def take(pool, count):
        pool = [number for number in pool if number not in banned and number not in chosen]
        chosen.extend(rng.sample(pool, min(count, len(pool))))

    take(lexical[:10], 4)
    take(lexical[10:], 5)
    take(dense[:10], 4)
    take(dense[10:], 4)
    take(given, 3)
    for _ in range(100 * WIDTH):
        if len(chosen) == WIDTH:
            return chosen
        take([rng.randrange(size)], 1)
    take(range(size), WIDTH - len(chosen))  # where few are left, chance alone takes for ever
    if len(chosen) < WIDTH:
        raise ValueError(f"{WIDTH} candidates are not to be had: of {size} texts, {len(banned)} are wanted, or say the same as one that is.")
    return chosen


def same_passage(texts, positives):
    """For the ban list: does a text contain, or lie within, a positive?"""
    bodies = [texts[number].strip().lower() for number in positives]

    def test(number):
        body = texts[number].strip().lower()
        return any(body in other or other in body for other in bodies)

    return test


def taught(background, queries, at, documents, chosen, scores):
    """Cosine, rare MaxSim and saturated BM25 of a query and chosen texts, `[texts, 3]`."""
    rare = maxsim(queries.after(at).float(), [documents.after(number) for number in chosen], background.weights(queries.ids[at]))
    lexical = scores[chosen] / (scores[chosen] + SATURATION)
    return np.stack([documents.pooled[chosen] @ queries.pooled[at], rare, lexical], axis=1)


def top(scores, count):
    best = np.argpartition(-scores, count)[:count]
    return best[np.argsort(-scores[best])]


def chosen_groups(data, most):
    """Texts, and of each source at most so many groups, those made by rule among them; the same ones every time."""
    texts, groups = training(data)
    groups += keyword_groups(texts, KEYWORDS)
    rng, kept = random.Random(4), []
    for source in sorted({group.source for group in groups}):
        found = [group for group in groups if group.source == source]
        kept += rng.sample(found, min(most, len(found)))
    return texts, kept


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--encoder", help="a checkpoint: it finds candidates, teaches, and is what the cross-encoder starts from; default: the untouched base")
    parser.add_argument("--most", type=int, default=12_000, help="queries of one source")
    args = parser.parse_args()
    rng = random.Random(5)
    texts, groups = chosen_groups(args.data, args.most)
    documents = of_texts(args.cache, args.encoder, texts, whole=True)
    queries = of_queries(args.cache, args.encoder, [group.query for group in groups], whole=True)
    answers: dict[str, set[int]] = {}
    for group in groups:
        answers.setdefault(group.query, set()).update(group.positive)
    index, background = BM25(texts), Background.read(MODEL)
    numbers = np.zeros((len(groups), WIDTH), np.int32)
    parts = np.zeros((len(groups), WIDTH, 3), np.float32)
    started = time.time()
    for start in range(0, len(groups), 512):
        dense_all = (queries.pooled[start : start + 512] @ documents.pooled.T).topk(50).indices.tolist()
        for at, dense in enumerate(dense_all, start):
            group = groups[at]
            scores = index.scores(group.query)
            lexical = [int(number) for number in top(scores, 60) if scores[number] > 0]
            duplicate = same_passage(texts, group.positive)
            banned = answers[group.query] | {number for number in lexical + dense if duplicate(number)}
            numbers[at] = candidates(rng, rng.choice(group.positive), group.negative, lexical, dense, banned, len(texts))
            parts[at] = taught(background, queries, at, documents, numbers[at], scores)
        print(f"{start + len(dense_all)} of {len(groups)} queries, {time.time() - started:.0f} s", flush=True)
    np.savez(args.cache / "rows.npz", numbers=numbers, parts=parts, sources=np.array([group.source for group in groups]),
             queries=np.array([group.query for group in groups]))


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    main()
