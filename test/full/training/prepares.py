"""A public cross-encoder, made ready by prepare.py: the same logits in fp32, and in int8 nearly, alone as in a batch.

Run in packages/model-mini-en/training. The model is a stand-in that needs no download: the base under a classifier of random weights, in a folder as the hub has them.
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, ".")
import numpy as np
import torch
from transformers import BertConfig, BertForSequenceClassification

import export
import prepare
from network import HEADS, HIDDEN, INNER, LAYERS, VOCABULARY
from scoring import padded
from weights import base_folder, base_state

PAIRS = [(query, text[:900]) for query, text in export.SAMPLE] + [(f"river {at}?", "Rivers carry water, trains carry people. " * at) for at in range(1, 20)]


def stand_in(folder):
    torch.manual_seed(1)
    model = BertForSequenceClassification(BertConfig(vocab_size=VOCABULARY, hidden_size=HIDDEN, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
                                                     intermediate_size=INNER, num_labels=1))
    missing = model.bert.load_state_dict({name.removeprefix("bert."): value for name, value in base_state().items()}, strict=False).missing_keys
    assert all(name.startswith("pooler") for name in missing), missing
    torch.nn.init.normal_(model.classifier.weight, std=0.5)
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(base_folder() / name, folder)


def refuses(folder, out):
    pairs = Path(folder) / "pairs.tsv"
    pairs.write_text("a query\ta passage\na query a passage\n")
    for why, options in {"this has no tab: a query a passage": (folder, out), "would be written over": (folder, folder), "holds no config.json": (out, out)}.items():
        given = [sys.executable, "prepare.py", "--model", options[0], "--out", options[1], "--precision", "int8", "--pairs", pairs]
        done = subprocess.run(given, capture_output=True, text=True)
        assert done.returncode == 2 and why in done.stderr, done.stderr
    assert not Path(out).exists()


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder, full, small = (Path(scratch) / name for name in ("hub", "fp32", "int8"))
        stand_in(folder)
        refuses(folder, full)
        exact, near = prepare.prepare(folder, full), prepare.prepare(folder, small, PAIRS)
        tok = prepare.AutoTokenizer.from_pretrained(folder)
        rows = [(row["input_ids"], row["token_type_ids"]) for row in (tok(*pair) for pair in PAIRS)]
        together = export.onnx_scores(small / "model_int8.onnx", padded(rows))
        alone = np.concatenate([export.onnx_scores(small / "model_int8.onnx", padded([row])) for row in rows])
        truth = np.concatenate([export.onnx_scores(full / "model.onnx", padded([row])) for row in rows])
    assert exact < 1e-5, exact
    assert np.array_equal(together, alone), np.abs(together - alone).max()
    assert 0 < (alone - truth).std() < 0.1 * truth.std(), ((alone - truth).std(), truth.std())
    print(f"largest difference of a logit: {exact:.0e} in fp32, {near:.0e} in int8, where logits differ among each other by {truth.std():.0e}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
