"""Writes packages/core/test/models/golden/embedded.json: what the parts of the embedded model say, by the Python runtime.

Of each pair: the cross-encoder's logit, and the terms of ranker.json that come from the encoder, and from the short one (see
packages/core/src/load/ranker-file.ts), with token vectors as they are and not in bytes.

    python test/golden/make_embedded.py

Needs onnxruntime and tokenizers. One pair or text per run, since dynamic quantisation makes a batch's scores depend on
each other. To be run again whenever a graph or rarity.bin in packages/model-mini-en/model changes; their hashes are in
the golden.
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


FILES = ["model_int8.onnx", "encoder_int8.onnx", "encoder-short_int8.onnx", "rarity.bin", "shared.onnx_data"]
RANKER = json.loads((MODEL / "ranker.json").read_text())
SPECIAL = {100, 101, 102}  # [UNK], [CLS], [SEP]


def session(name):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    # Exact sums of products on processors without VNNI too, where the fast way stops at 32,767.
    options.add_session_config_entry("session.x64quantprecision", "1")
    # As onnx-session.ts: dynamic quantisation makes much of the last bits in which fused operators differ.
    options.add_session_config_entry("optimization.disable_specified_optimizers", "SkipLayerNormFusion;BiasGeluFusion")
    return ort.InferenceSession(str(MODEL / name), options, providers=["CPUExecutionProvider"])


def run(graph, encoding):
    feeds = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}
    return graph.run(None, {name: np.array([values], np.int64) for name, values in feeds.items()})[0][0]


def tokenizer(length, strategy):
    made = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    made.enable_truncation(length, strategy=strategy)
    return made


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def encoded(graph, made, text):
    """Token ids, unit token vectors, the unit mean of the token vectors."""
    encoding = made.encode(text)
    states = run(graph, encoding).astype(np.float64)
    return encoding.ids, unit(states), unit(states.mean(0))


def terms(rarity, query, document):
    (asked, rows, mean), (read, columns, other) = query, document
    best = (rows @ columns.T).max(1)
    plain = np.array([piece not in SPECIAL for piece in asked])
    weights = np.where(plain, rarity[asked], rarity[asked][plain].mean() if rarity[asked][plain].any() else 1.0)
    words = set(asked) - SPECIAL
    restraint = 1.2 * (0.25 + 0.75 * len(read) / RANKER["rarity"]["meanTokens"])
    counts = {piece: read.count(piece) for piece in words}
    most = sum(rarity[piece] for piece in words)
    lexical = sum(rarity[piece] * count / (count + restraint) for piece, count in counts.items() if count) / most if most else 0
    found = {"max-sim": best.mean(), "rare-max-sim": best @ weights / weights.sum(), "cosine": mean @ other, "lexical": lexical}
    return {name: round(float(value), 7) for name, value in found.items()}


def main():
    cross, *encoders = (session(name) for name in FILES[:3])
    pairs = tokenizer(512, "longest_first")
    queries, documents = tokenizer(RANKER["queryTokens"], "only_first"), tokenizer(RANKER["documentTokens"], "only_first")
    rarity = np.frombuffer((MODEL / FILES[3]).read_bytes(), np.uint8) / RANKER["rarity"]["perUnit"]
    rows = []
    for query, texts in QUERIES.items():
        asked = [encoded(encoder, queries, query) for encoder in encoders]
        for text in texts:
            encoding = pairs.encode(query, text)
            own, short = (terms(rarity, query_side, encoded(encoder, documents, text)) for encoder, query_side in zip(encoders, asked))
            rows.append({"query": query, "text": text, "tokens": len(encoding.ids), "logit": float(run(cross, encoding)[0]), **own, "short": short})
    head = {
        "made": f"test/golden/make_embedded.py with onnxruntime {ort.__version__}",
        "files": {name: hashlib.sha256((MODEL / name).read_bytes()).hexdigest() for name in FILES},
        "pairs": rows,
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(head, ensure_ascii=True, indent=0) + "\n")
    print(OUT, len(rows))


if __name__ == "__main__":
    main()
