"""Makes the parity fixtures: one small random model per architecture that public rerankers use, exported to ONNX, with the
reference library's own token ids and scores for a set of hard texts.

    pip install -r requirements.txt
    python make.py            # writes fixtures/<name>/ and fixtures/texts.json

Seeds are fixed; weights are random, since parity does not depend on them. The reference is sentence-transformers'
CrossEncoder. Rerankers that are asked for a word have a script of their own: yes_no.py.
"""
import json
import shutil
import sys
from pathlib import Path

import numpy
import onnx
import torch
from sentence_transformers import CrossEncoder
from transformers import (
    BertConfig, BertForSequenceClassification, DebertaV2Config, DebertaV2ForSequenceClassification, DistilBertConfig,
    DistilBertForSequenceClassification, ElectraConfig, ElectraForSequenceClassification, GemmaConfig, GemmaForSequenceClassification, GteConfig,
    GteForSequenceClassification,
    ModernBertConfig, ModernBertForSequenceClassification, MPNetConfig, MPNetForSequenceClassification, Qwen2Config,
    Qwen2ForSequenceClassification, Qwen3Config, Qwen3ForSequenceClassification, RobertaConfig, RobertaForSequenceClassification,
    XLMRobertaConfig, XLMRobertaForSequenceClassification,
)

import tokenizers_small as small
from texts import TEXTS, expand, pair_indices

HERE = Path(__file__).parent
OUT = HERE / "fixtures"
LENGTH = 64
SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}
DECODER = {**SIZES, "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 128}


def encoder(config, model, tokenizer, labels=1, **extra):
    def make():
        t = tokenizer(LENGTH)
        settings = {"vocab_size": len(t), "num_labels": labels, "pad_token_id": t.pad_token_id, "initializer_range": 0.35, **extra}
        return model(config(**settings)), t
    return make


ROBERTA = {**SIZES, "max_position_embeddings": LENGTH + 2, "type_vocab_size": 1}
DEBERTA = {**SIZES, "max_position_embeddings": LENGTH, "relative_attention": True, "position_biased_input": False, "pos_att_type": ["p2c", "c2p"],
           "position_buckets": 16, "norm_rel_ebd": "layer_norm", "share_att_key": True, "pooler_hidden_size": 32}
ARCHITECTURES = {
    "bert": encoder(BertConfig, BertForSequenceClassification, small.wordpiece, **SIZES, max_position_embeddings=LENGTH),
    "bert-2-labels": encoder(BertConfig, BertForSequenceClassification, small.wordpiece, 2, **SIZES, max_position_embeddings=LENGTH),
    "bert-3-labels": encoder(BertConfig, BertForSequenceClassification, small.wordpiece, 3, **SIZES, max_position_embeddings=LENGTH),
    "electra": encoder(ElectraConfig, ElectraForSequenceClassification, small.wordpiece, **SIZES, embedding_size=32, max_position_embeddings=LENGTH),
    "distilbert": encoder(DistilBertConfig, DistilBertForSequenceClassification, lambda n: small.wordpiece(n, ("input_ids", "attention_mask")),
                          dim=32, n_layers=2, n_heads=4, hidden_dim=48, max_position_embeddings=LENGTH),
    "mpnet": encoder(MPNetConfig, MPNetForSequenceClassification, small.mpnet_wordpiece, **SIZES, max_position_embeddings=LENGTH + 2),
    "roberta": encoder(RobertaConfig, RobertaForSequenceClassification, small.byte_bpe_roberta, **ROBERTA),
    "xlm-roberta": encoder(XLMRobertaConfig, XLMRobertaForSequenceClassification, small.unigram_xlmr, **ROBERTA),
    "deberta-v2": encoder(DebertaV2Config, DebertaV2ForSequenceClassification, small.unigram_deberta, **DEBERTA, type_vocab_size=2),
    "deberta-v3": encoder(DebertaV2Config, DebertaV2ForSequenceClassification, small.unigram_deberta, **DEBERTA, type_vocab_size=0),
    "modernbert": encoder(ModernBertConfig, ModernBertForSequenceClassification, small.byte_bpe_modernbert, **SIZES,
                          max_position_embeddings=128, local_attention=16, global_attn_every_n_layers=2, attn_implementation="eager",
                          classifier_pooling="mean", cls_token_id=1, sep_token_id=2, bos_token_id=1, eos_token_id=2),
    "qwen2-classifier": encoder(Qwen2Config, Qwen2ForSequenceClassification, small.byte_bpe_qwen, **DECODER),
    "qwen3-classifier": encoder(Qwen3Config, Qwen3ForSequenceClassification, small.byte_bpe_qwen, **DECODER),
    "gte": encoder(GteConfig, GteForSequenceClassification, small.unigram_xlmr, **SIZES, max_position_embeddings=LENGTH, type_vocab_size=1),
    "gemma-classifier": encoder(GemmaConfig, GemmaForSequenceClassification, small.bpe_sentencepiece, **DECODER),
}


class Logits(torch.nn.Module):
    """Tensors in the order of `names` in, `logits` out."""

    def __init__(self, model, names):
        super().__init__()
        self.model, self.names = model, names

    def forward(self, *tensors):
        return self.model(**dict(zip(self.names, tensors))).logits


def export(model, tokenizer, names, path):
    encoded = tokenizer([("a query", "and a document"), ("another", "one that is longer than the first")], padding=True, return_tensors="pt")
    inputs = tuple(encoded[name] for name in names)
    axes = {name: {0: "pairs", 1: "tokens"} for name in names} | {"logits": {0: "pairs"}}
    torch.onnx.export(Logits(model, names), inputs, str(path), input_names=names, output_names=["logits"], dynamic_axes=axes, opset_version=17, dynamo=False)


def make(name):
    torch.manual_seed(sum(map(ord, name)))
    model, tokenizer = ARCHITECTURES[name]()
    model = model.eval().float()
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    names = [n for n in tokenizer.model_input_names if n != "token_type_ids" or getattr(model.config, "type_vocab_size", 1) > 0]
    export(model, tokenizer, names, folder / "model.onnx")
    reference = CrossEncoder(str(folder), max_length=LENGTH, device="cpu", activation_fn=torch.nn.Identity())
    (folder / "model.safetensors").unlink()
    texts = [expand(t) for t in TEXTS]
    pairs = pair_indices()
    rows = []
    for q, d in pairs:
        # As lists: called with two plain strings, the library takes an empty second one for no second text at all.
        encoded = {k: v[0] for k, v in reference.tokenizer([texts[q]], [texts[d]], truncation="longest_first", max_length=LENGTH).items()}
        if not encoded["input_ids"]:
            continue  # two empty texts, no special tokens: the reference fails on nothing at all
        score = reference.predict([(texts[q], texts[d])], convert_to_numpy=True)[0]
        row = {"pair": [q, d], "ids": encoded["input_ids"], "score": numpy.asarray(score, dtype=float).tolist()}
        if "token_type_ids" in encoded:
            row["types"] = sum(1 for t in encoded["token_type_ids"] if t == 0)
        rows.append(row)
    golden = {"architecture": name, "maxLength": LENGTH, "inputs": names, "pairs": rows}
    (folder / "golden.json").write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n")
    for leftover in ("special_tokens_map.json", "README.md", "config_sentence_transformers.json"):
        (folder / leftover).unlink(missing_ok=True)
    spread = numpy.ptp([numpy.asarray(r["score"]).ravel()[-1] for r in rows])
    print(f"{name}: {sum(f.stat().st_size for f in folder.iterdir()) // 1024} KiB, {len(rows)} pairs, score spread {spread:.2f}", flush=True)


def external():
    """The first model again with its weights in a file beside the graph, as those of more than 2 GB have them."""
    folder = OUT / "external"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    graph = onnx.load(OUT / "bert" / "model.onnx")
    onnx.save_model(graph, folder / "model.onnx", save_as_external_data=True, location="model.onnx_data", size_threshold=100)


if __name__ == "__main__":
    if sys.argv[1:] == ["external"]:
        sys.exit(external())
    OUT.mkdir(exist_ok=True)
    (OUT / "texts.json").write_text(json.dumps(TEXTS, ensure_ascii=True, indent=1) + "\n")
    for architecture in sys.argv[1:] or ARCHITECTURES:
        make(architecture)
    if not sys.argv[1:]:
        external()
