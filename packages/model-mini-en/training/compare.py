"""Is one cross-encoder better than another? Paired difference of nDCG@10 with its bootstrap interval, per collection and over them.

    python compare.py --before old_int8.onnx --after new_int8.onnx --sets choosing --limit 50
"""
import json

import numpy as np
import torch

from data import CHOOSING, REPORTING, arguments, collection
from measures import interval, ndcg
from scoring import part_scores


def values(found, part, args):
    scores, _ = part_scores(part, found, args.cache, args.depth)
    return np.array([ndcg(scores[query], [document for document, _ in hits], found.judgments[query]) if hits else 0.0
                     for query, hits in found.first.items()])


def mean_interval(differences, rounds=2000, seed=7):
    """Of the mean over collections: queries are drawn anew within each."""
    rng = np.random.default_rng(seed)
    draws = [[row[rng.integers(len(row), size=len(row))].mean() for row in differences] for _ in range(rounds)]
    return np.percentile(np.mean(draws, axis=1), [2.5, 97.5])


if __name__ == "__main__":
    torch.set_num_threads(1)
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--before", required=True)
    parser.add_argument("--after", required=True)
    parser.add_argument("--sets", default="choosing")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--depth", type=int, default=100)
    args = parser.parse_args()
    differences, rows = [], []
    for name in {"choosing": CHOOSING, "reporting": REPORTING}.get(args.sets) or args.sets.split(","):
        found = collection(args.data, name, args.depth, args.limit)
        before, after = values(found, args.before, args), values(found, args.after, args)
        differences.append(after - before)
        rows.append({"collection": name, "queries": len(before), "before": round(before.mean(), 4), "after": round(after.mean(), 4),
                     "difference": [round(x, 4) for x in interval(after - before)]})
    mean = {"before": float(np.mean([row["before"] for row in rows])), "after": float(np.mean([row["after"] for row in rows])),
            "difference": [round(float(x), 4) for x in mean_interval(differences)]}
    print(json.dumps({"collections": rows, "mean": mean}, indent=1))
