"""A run's log as a picture: each loss, what was held out, pairs a second.

    python plot.py runs/a/log.jsonl --out run.png
"""
import argparse
import json
import math
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

ABOUT = {"step", "steps", "pairs", "seconds", "settings"}  # of the run, not of what it learns

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("log", type=Path)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    rows = [json.loads(line) for line in args.log.read_text().splitlines()]
    panels = [*dict.fromkeys(name for row in rows for name, value in row.items() if isinstance(value, (int, float)) and name not in ABOUT)]
    height = math.ceil(len(panels) / 3)
    figure, axes = plt.subplots(height, 3, figsize=(12, 3 * height), layout="constrained", squeeze=False)
    for axis, name in zip(axes.flat, panels):
        points = [(row["pairs"], row[name]) for row in rows if name in row]
        axis.plot([pairs for pairs, _ in points], [value for _, value in points], marker="." if name.startswith("dev") else None)
        axis.set(title=name, xlabel="pairs")
    figure.savefig(args.out, dpi=110)
