"""Is one cross-encoder or encoder better than another? Paired difference of nDCG@10 with its bootstrap interval, per collection and over them.

    python compare.py --before old_int8.onnx --after new_int8.onnx --sets choosing --limit 50
    python compare.py --before runs/encoder/average.safetensors --after ../model/encoder_int8.onnx --ranker ../model --sets all

Encoders are compared by a line of a ranker.json. Either may be a checkpoint or an ONNX file.
Where the processor has bf16, FULL_PRECISION=1 in the environment makes a checkpoint fp32, as what int8 is compared with should be.
"""
import json
from pathlib import Path

import numpy as np
import torch

from data import ALL, CHOOSING, REPORTING, arguments, collection
from evaluate import ranked
from measures import interval, ndcg
from scoring import ENCODER, part_scores


def values(found, file, args):
    if args.ranker:
        parts = {part: part_scores(part, found, args.cache, args.depth, file)[0] for part in ["bm25", *ENCODER]}
        line = json.loads((args.ranker / "ranker.json").read_text())["lines"][args.line]
        scores = {query: ranked({part: known[query] for part, known in parts.items()}, line, not args.without) for query, hits in found.first.items() if hits}
    else:
        scores, _ = part_scores(file, found, args.cache, args.depth)
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
    parser.add_argument("--ranker", type=Path, help="folder with a ranker.json: before and after are encoders")
    parser.add_argument("--line", default="default", help="of ranker.json, one without a cross-encoder")
    parser.add_argument("--without", action="store_true", help="without first-stage scores")
    parser.add_argument("--sets", default="choosing", help="choosing, reporting, all, or names joined by commas")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--depth", type=int, default=100)
    args = parser.parse_args()
    differences, rows = [], []
    for name in {"choosing": CHOOSING, "reporting": REPORTING, "all": ALL}.get(args.sets) or args.sets.split(","):
        found = collection(args.data, name, args.depth, args.limit)
        before, after = values(found, args.before, args), values(found, args.after, args)
        differences.append(after - before)
        rows.append({"collection": name, "queries": len(before), "before": round(before.mean(), 4), "after": round(after.mean(), 4),
                     "difference": [round(x, 4) for x in interval(after - before)]})
    mean = {"before": float(np.mean([row["before"] for row in rows])), "after": float(np.mean([row["after"] for row in rows])),
            "difference": [round(float(x), 4) for x in mean_interval(differences)]}
    print(json.dumps({"collections": rows, "mean": mean}, indent=1))
