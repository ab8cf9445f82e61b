"""The Python systems, each as its users call it, on two threads: child.py SYSTEM MODEL.

SYSTEM: sentence-transformers, sentence-transformers-onnx, onnxruntime, flashrank. Speaks as child.mjs does.
"""
import json
import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ["HF_HUB_OFFLINE"] = "1"
# What libraries print must not mix with the answers.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def say(message):
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def sentence_transformers(folder, backend):
    import torch
    from sentence_transformers import CrossEncoder

    torch.set_num_threads(2)
    options = {} if backend == "torch" else {"backend": "onnx", "model_kwargs": {"file_name": "onnx/model.onnx", "provider": "CPUExecutionProvider"}}
    model = CrossEncoder(folder, activation_fn=torch.nn.Identity(), device="cpu", **options)
    return lambda query, texts: model.predict([(query, text) for text in texts]).ravel().tolist()


def runtime(folder):
    """The bare runtime as people write it: batches of 32, padded, in the given order."""
    import numpy
    import onnxruntime
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    tokenizer.enable_padding()
    tokenizer.enable_truncation(512)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(os.path.join(folder, "onnx", "model.onnx"), options, providers=["CPUExecutionProvider"])

    def score(query, texts):
        out = []
        for start in range(0, len(texts), 32):
            rows = tokenizer.encode_batch([(query, text) for text in texts[start : start + 32]])
            feed = {"input_ids": [r.ids for r in rows], "attention_mask": [r.attention_mask for r in rows], "token_type_ids": [r.type_ids for r in rows]}
            out += session.run(None, {k: numpy.array(v, dtype=numpy.int64) for k, v in feed.items()})[0].ravel().tolist()
        return out

    return score


def flashrank(folder):
    import shutil
    import tempfile
    from pathlib import Path

    from flashrank import Ranker, RerankRequest

    cache = Path(tempfile.mkdtemp())
    where = cache / "ms-marco-MiniLM-L-12-v2"
    shutil.copytree(folder, where)
    shutil.copy(Path(folder, "onnx", "model.onnx"), where / "flashrank-MiniLM-L-12-v2_Q.onnx")
    Path(where, "special_tokens_map.json").write_text(json.dumps({"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]"}))
    ranker = Ranker(model_name="ms-marco-MiniLM-L-12-v2", cache_dir=str(cache), max_length=512)

    def score(query, texts):
        ranked = ranker.rerank(RerankRequest(query=query, passages=[{"id": i, "text": t} for i, t in enumerate(texts)]))
        return [float(r["score"]) for r in sorted(ranked, key=lambda r: r["id"])]

    return score


LOADERS = {
    "sentence-transformers": lambda folder: sentence_transformers(folder, "torch"),
    "sentence-transformers-onnx": lambda folder: sentence_transformers(folder, "onnx"),
    "onnxruntime": runtime,
    "flashrank": flashrank,
}

try:
    score = LOADERS[sys.argv[1]](sys.argv[2])
except Exception as error:  # noqa: BLE001: whatever is missing, the comparison goes on without this one
    say({"unavailable": f"{type(error).__name__}: {error}".splitlines()[0][:300]})
    sys.exit(0)
say({"ready": True})
for line in sys.stdin:
    request = json.loads(line)
    started = time.perf_counter()
    try:
        scores = score(request["query"], request["texts"])
        say({"ms": 1000 * (time.perf_counter() - started), "scores": list(scores)[:5]})
    except Exception as error:  # noqa: BLE001
        say({"failed": f"{type(error).__name__}: {error}".splitlines()[0][:300]})
