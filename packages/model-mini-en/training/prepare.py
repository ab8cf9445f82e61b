"""A public BERT cross-encoder, such as cross-encoder/ms-marco-MiniLM-L6-v2 -> a graph that says the same and runs faster, or int8.

    python prepare.py --model FOLDER --out FOLDER
    python prepare.py --model FOLDER --out FOLDER --precision int8 --pairs pairs.tsv

FOLDER: as downloaded from the hub, with `model.safetensors`. Its head must be BERT's own: a classifier over [CLS]; so the
last layer is computed for [CLS] alone, which changes no score. int8 takes its scales from `--pairs`: about a hundred lines of
a query, a tab and a passage, such as the model will see, long ones among them. Then `loadCrossEncoder("FOLDER")`.
"""
import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, BertForSequenceClassification

import graph
import graph_heads
from export import onnx_scores
from quantise import quantise

FILES = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"]


def prepare(folder, out, pairs=None):
    """Writes `out`; returns the largest difference of its logits from the given model's. `pairs`: for int8."""
    model = BertForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    encoded = lambda pair: [tokenizer(*pair, truncation=True, max_length=512, return_tensors="pt")[name] for name in graph.INPUTS]
    heads, epsilon = model.config.num_attention_heads, model.config.layer_norm_eps
    state = {name: value.numpy() for name, value in model.bert.state_dict().items()}
    parts = [state["pooler.dense.weight"], state["pooler.dense.bias"], *(model.classifier.state_dict()[name].numpy() for name in ("weight", "bias"))]
    quantised = quantise(model.bert, model.bert, [encoded(pair) for pair in pairs]) if pairs else None
    out.mkdir(parents=True, exist_ok=True)
    path = out / ("model_int8.onnx" if pairs else "model.onnx")
    graph.save(graph.bert(state, heads, graph_heads.classifier(*parts), quantised, cls_only=True, epsilon=epsilon), path)
    config = json.loads((Path(folder) / "config.json").read_text())
    config["secondpass"] = {"activation_scales": "fixed"}
    (out / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    for name in FILES:
        if (Path(folder) / name).exists():
            shutil.copy(Path(folder) / name, out)
    samples = [encoded(pair) for pair in (pairs or [("a query", "a passage"), ("one more", "and this " * 60)])[:20]]
    with torch.inference_mode():
        truth = np.concatenate([model(**dict(zip(graph.INPUTS, sample))).logits.numpy() for sample in samples])
    difference = float(np.abs(truth - np.concatenate([onnx_scores(path, sample) for sample in samples])).max())
    assert pairs or difference < 1e-4, difference
    return difference


if __name__ == "__main__":
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--precision", choices=["fp32", "int8"], default="fp32")
    parser.add_argument("--pairs", type=Path, help="tab-separated query and passage, for int8")
    args = parser.parse_args()
    if (args.precision == "int8") != (args.pairs is not None):
        parser.error("--precision int8 and --pairs belong together")
    if not (args.model / "config.json").exists():
        parser.error(f"--model {args.model} is no folder of a model as downloaded from the hub: it holds no config.json")
    if args.out.resolve() == args.model.resolve():
        parser.error(f"--out {args.out} is the given model, which would be written over; name another folder")
    given = [tuple(line.split("\t", 1)) for line in args.pairs.read_text(encoding="utf-8-sig").splitlines() if line.strip()] if args.pairs else None
    if given is not None and (not given or any(len(pair) < 2 for pair in given)):
        parser.error(f"--pairs {args.pairs}: every line takes a query, a tab and a passage; " + (f"this has no tab: {next(pair[0] for pair in given if len(pair) < 2)[:80]}" if given else "it has none."))
    print(f"largest difference of a logit: {prepare(args.model, args.out, given):.1e}")
