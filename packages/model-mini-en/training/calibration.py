"""Does logit 0 mean even odds? Reliability of sigmoid(logit) on held-out rows with a label, 1 positive to 7 candidates.

    python calibration.py runs/a/average.safetensors

Candidates that the teacher scores above 95 % of the positive may be relevant too, and are left out.
"""
import json

import numpy as np
import torch

from data import arguments
from rows import UNLABELLED, Rows, score
from weights import load_model


def judged_logits(model, rows):
    logits, truth = [], []
    for row in rows.held_out():
        if rows.sources[row] in UNLABELLED:
            continue
        numbers, parts = rows.group(row, 8, np.random.default_rng((9, int(row))))
        similarity = parts[:, 0] + parts[:, 1]
        known = similarity <= 0.95 * similarity[0]
        known[0] = True
        logits += score(model, [rows.pair(row, number) for number in numbers[known]], "cpu").tolist()
        truth += [1] + [0] * (int(known.sum()) - 1)
    return np.array(logits), np.array(truth)


def reliability(logits, truth, bins=5):
    probability = 1 / (1 + np.exp(-logits))
    at = np.minimum((probability * bins).astype(int), bins - 1)
    rows = [{"from": number / bins, "pairs": int((at == number).sum()), "mean": float(probability[at == number].mean()),
             "relevant": float(truth[at == number].mean())} for number in range(bins) if (at == number).any()]
    error = sum(row["pairs"] * abs(row["mean"] - row["relevant"]) for row in rows) / len(truth)
    return {"pairs": len(truth), "relevant": int(truth.sum()), "expected calibration error": error, "bins": rows}


if __name__ == "__main__":
    torch.set_num_threads(1)
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("weights")
    args = parser.parse_args()
    with torch.inference_mode():
        print(json.dumps(reliability(*judged_logits(load_model(args.weights), Rows(args.data, args.cache))), indent=1))
