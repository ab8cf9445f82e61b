"""A run's log as a picture: losses, held-out rank of the positive, pairs a second.

    python plot.py runs/a/log.jsonl --out run.png
"""
import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

PANELS = ["kl", "label", "binary", "dev_kl", "dev_mrr", "rate"]

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("log", type=Path)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    rows = [json.loads(line) for line in args.log.read_text().splitlines()]
    figure, axes = plt.subplots(2, 3, figsize=(12, 6), layout="constrained")
    for axis, name in zip(axes.flat, PANELS):
        points = [(row["pairs"], row[name]) for row in rows if name in row]
        axis.plot([pairs for pairs, _ in points], [value for _, value in points], marker="." if name.startswith("dev") else None)
        axis.set(title=name, xlabel="pairs")
    figure.savefig(args.out, dpi=110)
