"""nDCG@10 of reranking the BM25 top 100, per collection, with bootstrap intervals; below, paired differences to BM25.

    python evaluate.py --sets choosing --cross ../model/model_int8.onnx
    python evaluate.py --sets dl19,npl --cross runs/a/average.safetensors --limit 60 --json
    python evaluate.py --sets all --untouched                                        # the baseline: what needs no training
    python evaluate.py --sets reporting --ranker ../model --cross ../model/model_int8.onnx    # the lines of ranker.json
"""
import json
from pathlib import Path

import numpy as np
import torch

from data import ALL, CHOOSING, HEADINGS, REPORTING, arguments, collection
from measures import interval, minmax, ndcg, zscore
from ranker_line import logit_of
from scoring import ENCODER, part_scores

MEASURE = "nDCG@10"


def systems(parts, ranker):
    """Name -> function from a query's parts to scores, for the parts at hand."""
    named = {name: lambda p, name=name: p[name] for name in parts}
    if "maxsim" in parts:
        late = lambda p: minmax(zscore(p["bi"]) + zscore(p["maxsim"]))
        named["(bi + maxsim) + bm25 .8"] = lambda p: 0.8 * late(p) + 0.2 * minmax(p["bm25"])
    for name, line in ranker["lines"].items() if ranker else []:
        if "encoder" in line and "short bi" not in parts:
            continue
        if "ce" in parts or all(term["of"] != "logit" for term in line["terms"]):
            named[name] = lambda p, line=line: ranked(p, line, True)
            named[f"{name}, no first-stage scores"] = lambda p, line=line: ranked(p, line, False)
    for name in [name for name in parts if name.startswith("ce")]:
        named[f"{name} + bm25 .7"] = lambda p, name=name: 0.7 * minmax(p[name]) + 0.3 * minmax(p["bm25"])
        if "maxsim" in parts:
            three = lambda p, name=name: minmax(zscore(p["bi"]) + zscore(p["maxsim"]) + zscore(p[name]))
            named[f"maxsim, then {name} over its first 20"] = lambda p, name=name: cascade(p["maxsim"], p[name], 20)
            named[f"(bi + maxsim + {name}) + bm25 .8"] = lambda p, three=three: 0.8 * three(p) + 0.2 * minmax(p["bm25"])
    return named


def cascade(first, then, count):
    """The first `count` by `first` in the order of `then`, the others behind them as they were."""
    order = np.argsort(-first, kind="stable")
    scores = np.empty(len(first))
    scores[order] = -1e6 - np.arange(len(first))
    scores[order[:count]] = then[order[:count]]
    return scores


def ranked(p, line, first):
    """`p`: of each part its scores; those of a line's own encoder have `short ` before their names."""
    own = "short " if "encoder" in line and "short bi" in p else ""
    terms = {term: p[own + part] for part, term in ENCODER.items()} | {"bm25": p["bm25"]} | ({"logit": p["ce"]} if "ce" in p else {})
    return logit_of(line, terms, first)


def measure(found, parts, args):
    scores, spent = {}, {}
    for name, part in parts.items():
        encoder = args.short if name.startswith("short ") else args.encoder
        scores[name], spent[name] = part_scores(part, found, args.cache, args.depth, encoder)
    ranker = json.loads((args.ranker / "ranker.json").read_text()) if args.ranker else None
    rows, plain = [], None
    for name, mix in systems(parts, ranker).items():
        values = []
        for query, hits in found.first.items():
            documents = [document for document, _ in hits]
            mixed = mix({part: scores[part][query] for part in parts}) if hits else []
            values.append(ndcg(mixed, documents, found.judgments[query]))
        row = {"name": name, "measures": {MEASURE: round(float(np.mean(values)), 4)},
               "intervals": {MEASURE: [round(x, 4) for x in interval(values)]}, "msPerQuery": round(spent.get(name, 0.0), 1)}
        if plain is None:
            plain = np.array(values)  # BM25 comes first
        else:
            row["differenceToFirstStage"] = [round(x, 4) for x in interval(np.array(values) - plain)]
        rows.append(row)
    return {"collection": found.name, "queries": len(found.first), "systems": rows}


def table(results):
    names = [row["name"] for row in results[0]["systems"]]
    print("| |" + "".join(f" {r['collection']} ({r['queries']}) |" for r in results) + " mean |")
    print("|---|" + "---|" * (len(results) + 1))
    for at, name in enumerate(names):
        rows = [result["systems"][at] for result in results]
        values = [row["measures"][MEASURE] for row in rows]
        cells = [f" {v:.3f} [{i[0]:.2f}, {i[1]:.2f}] |" for v, i in zip(values, (row["intervals"][MEASURE] for row in rows))]
        print(f"| {name} |" + "".join(cells) + f" **{np.mean(values):.4f}** |")
    print("\nDifference to BM25, paired, 95 %:\n")
    for at, name in enumerate(names[1:], 1):
        spans = [result["systems"][at]["differenceToFirstStage"] for result in results]
        print(f"| {name} |" + "".join(f" [{low:+.3f}, {high:+.3f}] |" for low, high in spans))


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--sets", default="choosing", help="choosing, headings, reporting, all, or names joined by commas")
    parser.add_argument("--cross", action="append", default=[], help="a .safetensors or .onnx cross-encoder; may be given again")
    parser.add_argument("--untouched", action="store_true", help="also the untouched encoder: bi, MaxSim and their blends")
    parser.add_argument("--encoder", help="its checkpoint; default: the untouched base")
    parser.add_argument("--short", help="the checkpoint of the encoder that a line of its own names; without it such a line is left out")
    parser.add_argument("--ranker", type=Path, help="folder with a ranker.json: its lines, with first-stage scores and without")
    parser.add_argument("--limit", type=int, help="first N queries of each collection")
    parser.add_argument("--depth", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    parts = {"bm25": "bm25"} | ({part: part for part in ENCODER} if args.ranker else {"bi": "bi", "maxsim": "maxsim"} if args.untouched else {})
    parts |= {f"ce{at or ''}": path for at, path in enumerate(args.cross)}
    parts |= {f"short {part}": part for part in ENCODER} if args.short else {}
    names = {"choosing": CHOOSING, "headings": HEADINGS, "reporting": REPORTING, "all": ALL}.get(args.sets) or args.sets.split(",")
    results = [measure(collection(args.data, name, args.depth, args.limit), parts, args) for name in names]
    if args.json:
        print(json.dumps(results[0] if len(results) == 1 else {"collections": results}))
    else:
        table(results)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
