"""Scores of public kinds of cross-encoders, each with the words and the frame of its own tokenizer: those of the committed goldens.

Run in packages/model-mini-en/training, with the folder of the goldens (test/golden/architectures/make.py made them).
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, ".")
import numpy as np

from scoring import logits

fixtures = Path(sys.argv[1])
texts = json.loads((fixtures / "texts.json").read_text())
for kind in ("bert", "distilbert", "roberta", "xlm-roberta"):
    golden = json.loads((fixtures / kind / "golden.json").read_text())
    rows = [row for row in golden["pairs"] if len(row["ids"]) < golden["maxLength"] and all(isinstance(texts[at], str) for at in row["pair"])]
    assert len(rows) > 20, len(rows)
    said = logits(str(fixtures / kind / "model.onnx"), [tuple(texts[at] for at in row["pair"]) for row in rows])
    worst = float(np.abs(said - [row["score"] for row in rows]).max())
    assert worst < 1e-4, (kind, worst)
    print(kind, len(rows), worst)
