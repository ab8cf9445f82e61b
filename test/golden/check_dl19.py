"""Compares a TREC run with the same weights run through PyTorch: every score, one pair at a time.

    python packages/model-mini-en/training/make_twin.py --out /tmp/twin
    node_modules/.bin/secondpass rerank --queries ../shared/data/dl19/queries.jsonl --corpus ../shared/data/dl19/corpus.jsonl \
        --run ../shared/data/dl19/bm25.trec --model /tmp/twin --output /tmp/twin.trec
    python test/golden/check_dl19.py /tmp/twin.trec --data ../shared/data/dl19 [--queries 5] [--depth 100]

Needs what packages/model-mini-en/training/requirements.txt names. The command writes logits; a run of probabilities takes --kind probability
Also checks that the run is complete: every candidate of the first stage once, ranks 1 to n, scores never
rising. Exits 1 if a score differs by more than --tolerance (default 1e-3) or the run is not complete.
"""
import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
TRAINING = ROOT / "packages/model-mini-en/training"
sys.path.insert(0, str(TRAINING))

from export import tensors  # noqa: E402
from weights import load_model  # noqa: E402


def read_run(path):
    lists = defaultdict(list)
    for line in open(path):
        query, _, document, rank, score, _ = line.split()
        lists[query].append((document, int(rank), float(score)))
    return lists


def read_texts(path):
    rows = map(json.loads, open(path))
    return {row["_id"]: " ".join(filter(None, [row.get("title"), row["text"]])) for row in rows}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("run")
    options.add_argument("--data", required=True)
    options.add_argument("--first-stage", default="bm25.trec")
    options.add_argument("--weights", default=str(TRAINING / "state/weights.fp16.safetensors"))
    options.add_argument("--kind", choices=["logit", "probability"], default="logit")
    options.add_argument("--queries", type=int, help="compare the scores of the first n queries only")
    options.add_argument("--depth", type=int, default=100)
    options.add_argument("--tolerance", type=float, default=1e-3)
    given = options.parse_args()
    torch.set_num_threads(1)

    data = Path(given.data)
    ours, before = read_run(given.run), read_run(data / given.first_stage)
    problems = []
    for query, rows in before.items():
        wanted = sorted(document for document, rank, _ in rows if rank <= given.depth)
        got = ours.get(query, [])
        if sorted(document for document, _, _ in got) != wanted:
            problems.append(f"{query}: not the candidates of the first stage, each once")
        if [rank for _, rank, _ in got] != list(range(1, len(got) + 1)):
            problems.append(f"{query}: ranks are not 1 to n")
        if any(a[2] < b[2] for a, b in zip(got, got[1:])):
            problems.append(f"{query}: scores rise")
    queries, corpus = read_texts(data / "queries.jsonl"), read_texts(data / "corpus.jsonl")
    model = load_model(given.weights)
    model.eval()
    largest, compared = (0.0, None), 0
    with torch.inference_mode():
        for query in list(ours)[: given.queries]:
            for document, _, score in ours[query]:
                reference = model(*tensors([(queries[query], corpus[document])])).flatten()[0]
                if given.kind == "probability":
                    reference = torch.sigmoid(reference)
                difference = abs(float(reference) - score)
                compared += 1
                if difference >= largest[0]:
                    largest = (difference, (query, document))
    print(f"{compared} scores of {len(ours)} queries compared; largest difference {largest[0]:.2e} at {largest[1]}")
    for problem in problems[:20]:
        print(problem)
    sys.exit(1 if problems or largest[0] > given.tolerance else 0)


if __name__ == "__main__":
    main()
