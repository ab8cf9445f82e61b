"""What int8 costs a line of ranker.json: nDCG@10 by the engine, with the files that ship, less that of the encoder before it was quantised.

    (cd ../../.. && npm run -s bench:quality -- --only default --queries 60 --json) > engine.json
    python compare_engine.py engine.json --ranker ../model --encoder state/encoder.fp16.safetensors

On the very queries that the engine was measured on: all, or as many at equal distances as it says.
"""
import json
from pathlib import Path

import numpy as np
import torch

from data import arguments, collection
from evaluate import MEASURE, ranked
from measures import ndcg
from scoring import ENCODER, part_scores


def value(found, queries, parts, line, first):
    scores = []
    for query in queries:
        documents = [document for document, _ in found.first.get(query, [])]
        mixed = ranked({part: known[query] for part, known in parts.items()}, line, first) if documents else []
        scores.append(ndcg(mixed, documents, found.judgments[query]))
    return float(np.mean(scores))


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("engine", type=Path, nargs="+", help="what bench:quality printed")
    parser.add_argument("--ranker", type=Path, required=True)
    parser.add_argument("--encoder", help="its checkpoint; default: the untouched base")
    parser.add_argument("--line", default="default")
    args = parser.parse_args()
    line = json.loads((args.ranker / "ranker.json").read_text())["lines"][args.line]
    printed, losses = [json.loads(path.read_text()) for path in args.engine], []
    reports = [report for one in printed for report in one.get("collections", [one])]
    for report in reports:
        found = collection(args.data, report["collection"], report["depth"], None)
        every, used = list(found.queries), report["queries"]["used"]
        queries = [every[at * len(every) // used] for at in range(used)]
        parts = {part: part_scores(part, found, args.cache, report["depth"], args.encoder)[0] for part in ["bm25", *ENCODER]}
        measured = {system["name"]: system["measures"][MEASURE] for system in report["systems"]}
        row = [measured[name] - value(found, queries, parts, line, first)
               for name, first in ((args.line, True), (f"{args.line}, no first-stage scores", False))]
        losses.append(row)
        print(f"{found.name:14s} {used:4d} queries  {row[0]:+.4f}  without first-stage scores {row[1]:+.4f}", flush=True)
    print(f"{'mean':14s} {'':12s}  {np.mean(losses, 0)[0]:+.4f}  {'':27s}{np.mean(losses, 0)[1]:+.4f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
