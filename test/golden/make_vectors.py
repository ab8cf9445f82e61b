"""Writes packages/core/test/models/golden/vectors.json: token vectors of the tiny encoder by the Python runtime.

    python test/golden/make_vectors.py

Needs onnxruntime and tokenizers. The graph is packages/core/test/models/tiny/headless (make_tiny.py), fp32. Of each text:
its token ids, the unit mean of its token vectors, and its unit token vectors, row-major.
"""
import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "packages/core/test/models/tiny/headless"
OUT = ROOT / "packages/core/test/models/golden/vectors.json"
TEXTS = ["the river", "a", "who built the bridge?", "the history of the bridge across the river and the town beyond it", "café 中文 👍🏽",
         "the river " * 30]
MOST = 32


def main():
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.enable_truncation(MOST)
    graph = ort.InferenceSession(str(MODEL / "model.onnx"), providers=["CPUExecutionProvider"])
    rows = []
    for text in TEXTS:
        encoding = tokenizer.encode(text)
        feeds = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}
        feeds = {name: np.array([values], np.int64) for name, values in feeds.items() if name in {i.name for i in graph.get_inputs()}}
        states = graph.run(None, feeds)[0][0].astype(np.float64)
        mean = states.mean(0)
        tokens = states / np.linalg.norm(states, axis=1, keepdims=True)
        rows.append({"text": text, "ids": encoding.ids, "vector": (mean / np.linalg.norm(mean)).round(6).tolist(),
                     "tokens": tokens.round(6).ravel().tolist()})
    head = {"made": f"test/golden/make_vectors.py with onnxruntime {ort.__version__}", "most": MOST, "texts": rows}
    OUT.write_text(json.dumps(head, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(OUT, len(rows))


if __name__ == "__main__":
    main()
