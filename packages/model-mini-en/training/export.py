"""Checkpoint -> ONNX in fp32 and int8, with the tokenizer and config beside it, checked against PyTorch.

    python export.py --weights state/weights.fp16.safetensors --out ../model --precision int8
    python export.py --weights … --out /tmp/twin --precision fp32

Inputs `input_ids`, `attention_mask`, `token_type_ids` (int64, `[pairs, tokens]`), output `logits` (float, `[pairs, 1]`).
int8: weights of MatMul and Gather, symmetric, per output channel; activations quantised on the fly, one scale per tensor,
so a pair's score depends on what else is in its batch. Run the int8 file one pair at a time.
"""
import argparse
import json
import logging
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from network import HEADS, HIDDEN, INNER, LAYERS, POSITIONS, VOCABULARY
from weights import load_model, tokenizer, write_tokenizer

OPSET = 17
NAMES = ["input_ids", "attention_mask", "token_type_ids"]
SAMPLE = [
    ("what is the life cycle of a flea", "A flea can live up to a year, but its general lifespan depends on its living conditions."),
    ("what is the life cycle of a flea", "Trains run on rails."),
    ("who invented the telephone and when was the patent granted?",
     "Alexander Graham Bell was awarded the first patent for the invention of the telephone in 1876. " * 8),
    ("q", "naïve café — 42 µg"),
]


def write_fp32(model, path, output="logits"):
    example = tensors(SAMPLE, 32)
    shape = {0: "pairs", 1: "tokens"}
    axes = {name: shape for name in NAMES} | {output: {0: "pairs"} if output == "logits" else shape}
    raw = f"{path}.raw"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(model, tuple(example), raw, input_names=NAMES, output_names=[output], dynamic_axes=axes,
                          opset_version=OPSET, dynamo=False)
    fold_constants(raw, path)
    Path(raw).unlink()
    onnx.checker.check_model(str(path))


def fold_constants(source, path):
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(path)
    ort.InferenceSession(source, options, providers=["CPUExecutionProvider"], disabled_optimizers=["ConstantSharing"])
    folded = onnx.load(path)
    del folded.opset_import[:]
    folded.opset_import.append(onnx.helper.make_opsetid("", OPSET))
    onnx.save(folded, path)


def write_int8(source, path, reduce_range=False):
    logging.getLogger().setLevel(logging.ERROR)
    quantize_dynamic(source, path, op_types_to_quantize=["MatMul", "Gather"], per_channel=True,
                     weight_type=QuantType.QInt8, reduce_range=reduce_range)


def tensors(pairs, max_length=512):
    rows = tokenizer(max_length).encode_batch(pairs)
    return [torch.tensor([getattr(row, name) for row in rows]) for name in ("ids", "attention_mask", "type_ids")]


def onnx_scores(path, inputs):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    run = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return run.run(None, {name: x.numpy() for name, x in zip(NAMES, inputs)})[0]


def check(model, fp32, int8=None, pairs=SAMPLE):
    """Largest difference of PyTorch and ONNX fp32 in one padded batch, and of padded and single; then of int8, one by one."""
    inputs = tensors(pairs)
    with torch.inference_mode():
        truth = model(*inputs).numpy()
    one_by_one = [tensors([pair]) for pair in pairs]
    single = np.concatenate([onnx_scores(fp32, x) for x in one_by_one])
    report = {"fp32": float(np.abs(truth - onnx_scores(fp32, inputs)).max()), "fp32 single": float(np.abs(truth - single).max())}
    assert max(report.values()) < 1e-4, report
    if int8:
        report["int8 single"] = float(np.abs(truth - np.concatenate([onnx_scores(int8, x) for x in one_by_one])).max())
    return report


def config(precision):
    return {
        "architectures": ["SecondpassCrossEncoder"], "model_type": "bert", "num_labels": 1,
        "hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "intermediate_size": INNER,
        "hidden_act": "gelu", "layer_norm_eps": 1e-12, "max_position_embeddings": POSITIONS, "type_vocab_size": 2,
        "vocab_size": VOCABULARY, "pad_token_id": 0,
        "sentence_transformers": {"activation_fn": "torch.nn.modules.activation.Sigmoid"},
        "secondpass": {"precision": precision, "max_length": POSITIONS},
    }


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--weights", required=True)
    args.add_argument("--out", required=True, type=Path)
    args.add_argument("--precision", choices=["fp32", "int8"], default="int8")
    args.add_argument("--reduce-range", action="store_true", help="7-bit weights, for processors without VNNI")
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    model = load_model(args.weights)
    with tempfile.TemporaryDirectory() as scratch:
        fp32 = (args.out if args.precision == "fp32" else Path(scratch)) / "model.onnx"
        int8 = args.out / "model_int8.onnx" if args.precision == "int8" else None
        write_fp32(model, fp32)
        if int8:
            write_int8(fp32, int8, args.reduce_range)
        print("largest difference from PyTorch:", check(model, fp32, int8))
    write_tokenizer(args.out)
    (args.out / "config.json").write_text(json.dumps(config(args.precision), indent=1) + "\n")
    for path in sorted(args.out.iterdir()):
        print(f"{path.stat().st_size:>10,} {path.name}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
