"""What a score of a line of ranker.json is worth on the test collections: how many texts that get it are judged relevant.

    python calibration.py --ranker ../model --encoder state/encoder.fp16.safetensors
    python calibration.py --ranker ../model --encoder … --line fast --without --sets dl19,npl

Over the BM25 top 100 of every query; a text without a judgment counts as not relevant. Relevant is grade 1 and above, in dl19 and
dl21 grade 2. Expected calibration error: over ten bands of score, how far the mean score is from the share of relevant texts.
"""
import json
from pathlib import Path

import numpy as np
import torch

from data import ALL, arguments, collection
from evaluate import ranked
from scoring import ENCODER, part_scores

BANDS = [0, 0.05, 0.1, 0.2, 0.4, 0.6, 1.000001]
FEW = 20  # a band with fewer texts says nothing


def scored(found, args, line):
    """Probability and whether it is relevant, of every candidate; the best probability of each query."""
    from_grade = 2 if found.name.startswith("dl") else 1
    parts = {part: part_scores(part, found, args.cache, args.depth, args.encoder)[0] for part in ["bm25", *ENCODER]}
    scores, relevant, best = [], [], []
    for query, hits in found.first.items():
        if hits:
            logits = ranked({part: parts[part][query] for part in parts}, line, not args.without)
            scores.append(1 / (1 + np.exp(-logits)))
            relevant += [found.judgments[query].get(document, 0) >= from_grade for document, _ in hits]
            best.append(scores[-1].max())
    return np.concatenate(scores), np.array(relevant), np.array(best)


def error(scores, relevant, bands=10):
    at = np.minimum((scores * bands).astype(int), bands - 1)
    return sum(abs(scores[at == band].sum() - relevant[at == band].sum()) for band in range(bands)) / len(scores)


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--ranker", type=Path, required=True, help="folder with a ranker.json")
    parser.add_argument("--encoder", help="its checkpoint; default: the untouched base")
    parser.add_argument("--line", default="default")
    parser.add_argument("--without", action="store_true", help="without first-stage scores")
    parser.add_argument("--sets", default=",".join(ALL))
    parser.add_argument("--depth", type=int, default=100)
    args = parser.parse_args()
    line = json.loads((args.ranker / "ranker.json").read_text())["lines"][args.line]
    names = args.sets.split(",")
    found = [scored(collection(args.data, name, args.depth, None), args, line) for name in names]
    print("| score |" + "".join(f" {name} |" for name in names) + "\n|---|" + "---|" * len(names))
    for low, high in zip(BANDS, BANDS[1:]):
        cells = []
        for scores, relevant, _ in found:
            inside = (scores >= low) & (scores < high)
            cells.append(f" {relevant[inside].mean():.0%} |" if inside.sum() >= FEW else " – |")
        print(f"| {low:g} to {min(high, 1):g} |" + "".join(cells))
    print("| best of a query, median |" + "".join(f" {np.median(best):.2f} |" for _, _, best in found))
    errors = [error(scores, relevant) for scores, relevant, _ in found]
    print("| expected calibration error |" + "".join(f" {value:.3f} |" for value in errors) + f" mean {np.mean(errors):.3f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
