"""Writes packages/core/test/models/golden/embedded.json: scores of the embedded int8 model by the Python runtime.

    python test/golden/make_embedded.py

Needs onnxruntime and tokenizers. One pair per run, since dynamic quantisation makes a batch's scores depend on each
other. To be run again whenever the weights in packages/model-mini-en/model change; the file's hash is in the golden.
"""
import hashlib
import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "packages/model-mini-en/model"
OUT = ROOT / "packages/core/test/models/golden/embedded.json"
LONG = "The bridge over the river was opened in 1890 and has carried trains ever since. "
QUERIES = {
    "who wrote Dune?": [
        "Dune is a 1965 science fiction novel by Frank Herbert.",
        "Frank Herbert wrote Dune.",
        "A dune is a hill of sand made by the wind.",
        "Cats sleep for most of the day.",
        "",
    ],
    "when was the bridge opened, and for what": [
        LONG, LONG * 5, LONG * 40, "Unrelated. " * 300 + LONG, "opened in 1890", "中文 𠀀 ΟΔΥΣΣΕΥΣ café",
    ],
    "what is the boiling point of water at sea level": [
        "Water boils at 100 °C (212 °F) at sea level.",
        "At high altitude water boils at a lower temperature.",
        "The sea level has risen by 20 cm.",
        "ice melts at 0 °C",
    ],
    "long query " * 200: ["a short text", LONG * 40],
    "q": ["q", "👍🏽", "x" * 101],
}


def main():
    graph = MODEL / "model_int8.onnx"
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.enable_truncation(512, strategy="longest_first")
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    rows = []
    for query, texts in QUERIES.items():
        for text in texts:
            encoding = tokenizer.encode(query, text)
            feeds = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}
            (logits,) = session.run(None, {name: np.array([values], np.int64) for name, values in feeds.items()})
            rows.append({"query": query, "text": text, "tokens": len(encoding.ids), "logit": float(logits[0, 0])})
    head = {
        "made": f"test/golden/make_embedded.py with onnxruntime {ort.__version__}",
        "graph": hashlib.sha256(graph.read_bytes()).hexdigest(),
        "pairs": rows,
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(head, ensure_ascii=True, indent=0) + "\n")
    print(OUT, len(rows))


if __name__ == "__main__":
    main()
