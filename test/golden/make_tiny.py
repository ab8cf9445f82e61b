"""Writes the tiny random BERTs of packages/core/test/models/tiny, for tests that need a real graph but no real model.

    python test/golden/make_tiny.py

Needs torch, transformers, sentence-transformers, onnx, onnxscript, onnxruntime. One seed, so a second run gives the
same weights. Folders: `one` (one label), `two`, `three` (labels), `headless` (hidden states, no classifier). The scores
in golden.json are the reference library's own (CrossEncoder.predict, fp32, default activation), next to its raw logits.
"""
import json
import shutil
import sys
from pathlib import Path

import onnx
import torch
from sentence_transformers import CrossEncoder
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "packages/core/test/models/tiny"
FULL = ROOT / "packages/model-mini-en/model/tokenizer.json"
WORDS = 700
LONG = "the history of the bridge across the river and the town beyond it , "
QUERY_TEXTS = [
    ("who built the bridge?", "The bridge was built by the town in 1890."),
    ("who built the bridge?", "Cats sleep a lot."),
    ("who built the bridge?", ""),
    ("a", "b"),
    ("what is the history of the town and the river", LONG * 3),
    ("what is the history of the town and the river", LONG * 30),
    (LONG * 30, "short text"),
    (LONG * 30, LONG * 30),
    ("café, naïve; ΟΔΥΣΣΕΥΣ 中文 𠀀", "e\u0301 emoji 👍🏽 ภาษาไทย"),
    ("the river", "the river " * 25),
]


def small_vocabulary(folder):
    """The first words and pieces of the shipped vocabulary: special tokens, letters, then the most frequent."""
    full = json.loads(FULL.read_text())
    by_id = sorted(full["model"]["vocab"], key=full["model"]["vocab"].get)
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = [token for token in by_id if len(token.removeprefix("##")) == 1 and ord(token[-1]) < 0x3d0]
    words = [token for token in by_id if token.isascii() and token.isalpha() and len(token) > 1][: WORDS - len(letters) - 5]
    vocabulary = special + letters + words
    full["model"]["vocab"] = {token: i for i, token in enumerate(vocabulary)}
    for token in full["added_tokens"]:
        token["id"] = special.index(token["content"])
    for token in full["post_processor"]["special_tokens"].values():
        token["ids"] = [special.index(token["id"])]
    full["padding"] = full["truncation"] = None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(full, ensure_ascii=True, separators=(",", ":")))
    (folder / "tokenizer_config.json").write_text(json.dumps(
        {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": 128, "pad_token": "[PAD]",
         "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}) + "\n")
    return len(vocabulary)


def export(model, path, output):
    model.eval()
    rows = torch.randint(5, 600, (2, 9))
    inputs = {"input_ids": rows, "attention_mask": torch.ones_like(rows), "token_type_ids": torch.zeros_like(rows)}
    shapes = {name: {0: torch.export.Dim("pairs"), 1: torch.export.Dim("tokens")} for name in inputs}
    program = torch.onnx.export(model, (), kwargs=inputs, dynamo=True, dynamic_shapes=shapes, opset_version=18,
                                input_names=list(inputs), output_names=[output], verbose=False)
    program.save(str(path), external_data=False)
    graph = onnx.load(str(path))
    for node in graph.graph.node:  # names and paths of the exporting machine's source files
        del node.metadata_props[:]
        node.doc_string = ""
    for value in graph.graph.value_info:
        del value.metadata_props[:]
    del graph.graph.value_info[:]
    del graph.metadata_props[:]
    onnx.save(graph, str(path))


def main():
    goldens = {}
    for name, labels in [("one", 1), ("two", 2), ("three", 3), ("headless", 0)]:
        folder = OUT / name
        shutil.rmtree(folder, ignore_errors=True)
        size = small_vocabulary(folder)
        torch.manual_seed(7)
        config = BertConfig(
            vocab_size=size, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
            max_position_embeddings=128, initializer_range=0.4, attn_implementation="eager",
            **({"num_labels": labels} if labels else {}),
        )
        if labels == 3:
            config.id2label = {0: "contradiction", 1: "entailment", 2: "neutral"}
            config.label2id = {label: i for i, label in config.id2label.items()}
        model = BertForSequenceClassification(config) if labels else BertModel(config, add_pooling_layer=False)
        model.eval()
        saved = json.loads(config.to_json_string())
        if labels:
            saved["num_labels"] = labels
        (folder / "config.json").write_text(json.dumps(saved, indent=1) + "\n")
        export(model, folder / "model.onnx", "logits" if labels else "last_hidden_state")
        if not labels:
            continue
        reference = folder.with_name(f".{name}-reference")
        model.save_pretrained(reference)
        BertTokenizerFast(tokenizer_object=Tokenizer.from_file(str(folder / "tokenizer.json")), model_max_length=128,
                          do_lower_case=True).save_pretrained(reference)
        encoder = CrossEncoder(str(reference), device="cpu")
        raw = encoder.predict(QUERY_TEXTS, activation_fn=torch.nn.Identity(), batch_size=1)
        scored = encoder.predict(QUERY_TEXTS, batch_size=1)
        goldens[name] = {"logits": raw.tolist(), "scores": scored.tolist()}
        shutil.rmtree(reference)
    head = {"made": "test/golden/make_tiny.py", "pairs": QUERY_TEXTS, "models": goldens}
    (OUT / "golden.json").write_text(json.dumps(head, ensure_ascii=True, indent=0) + "\n")
    for path in sorted(OUT.rglob("*.*")):
        print(path.relative_to(ROOT), path.stat().st_size)


if __name__ == "__main__":
    sys.exit(main())
