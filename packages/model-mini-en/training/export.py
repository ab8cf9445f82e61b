"""Checkpoint -> ONNX in fp32 and int8, with the tokenizer and config beside it, checked against PyTorch.

    python export.py --weights state/weights.fp16.safetensors --out ../model --precision int8 --rounding fixed    # what ships
    python export.py --weights … --out /tmp/twin --precision fp32

Inputs `input_ids`, `attention_mask`, `token_type_ids` (int64, `[pairs, tokens]`), output `logits` (float, `[pairs, 1]`).
graph.py has the graph, quantise.py what int8 is here. int8 needs texts to take its scales from: those of training, in
`--data` or, for rows of one's own, `--cache`. Its scales are fixed, so a pair's score does not depend on its batch.
"""
import json
import random
import tempfile
from pathlib import Path

import numpy as np
import torch

import graph
import graph_heads
from data import arguments, training
from network import APART, HEADS, HIDDEN, INNER, LAYERS, POSITIONS, VOCABULARY
from quantise import ROUNDINGS, quantise
from session import session
from weights import load_model, tokenizer, write_tokenizer

CHECKED = 120  # pairs on which int8 is compared with PyTorch
SAMPLE = [
    ("what is the life cycle of a flea", "A flea can live up to a year, but its general lifespan depends on its living conditions."),
    ("what is the life cycle of a flea", "Trains run on rails."),
    ("who invented the telephone and when was the patent granted?",
     "Alexander Graham Bell was awarded the first patent for the invention of the telephone in 1876. " * 8),
    ("what carries trains", "The bridge over the river was opened in 1890 and has carried trains ever since. " * 40),
    ("q", "naïve café — 42 µg"),
]


def arrays(module):
    """Of a Bert or CrossEncoder, under names without `bert.`."""
    return {name.removeprefix("bert."): value.numpy() for name, value in module.state_dict().items()}


def cross_encoder_graph(model, quantised=None):
    state = arrays(model)
    apart = np.full((APART, HEADS), -graph.FAR, np.float32)
    head = graph_heads.similarity(*(state[name] for name in ("a", "b", "lin.weight", "lin.bias", "rarity")), model.pooling)
    return graph.bert(state, HEADS, head, quantised, between=np.concatenate([apart, state["between"]]))


def write_int8(model, path, pairs, rounding="token"):
    """`pairs`: of queries and documents, about a hundred, such as the model will see: the scales of activations come from them."""
    graph.save(cross_encoder_graph(model, quantise(model.bert, model, one_by_one(pairs), rounding)), path)


def calibration_pairs(data, cache, count, seed=1):
    """Of training groups, a wanted and an unwanted document in turn; where there are none, of the rows that training reads.

    Their passages are short, and the last positions have outliers of their own: to every third, others are joined until
    the model is full.
    """
    texts, groups = training(data)
    rng = random.Random(seed)
    if groups:
        chosen = rng.sample(groups, min(count, len(groups)))
        found = [(group.query, texts[group.positive[0] if at % 2 else rng.choice(group.negative)]) for at, group in enumerate(chosen)]
    else:
        rows = np.load(cache / "rows.npz")
        chosen = rng.sample(range(len(rows["queries"])), min(count, len(rows["queries"])))
        found = [(str(rows["queries"][row]), texts[rng.choice(rows["numbers"][row])]) for row in chosen]
    longer = lambda document: " ".join([document, *rng.sample(texts, min(len(texts), 30))])
    return [(query, longer(document) if at % 3 == 2 else document) for at, (query, document) in enumerate(found)]


def one_by_one(inputs, max_length=POSITIONS):
    """Of pairs or texts: ids, mask and types of each, `[1, tokens]`."""
    tok = tokenizer(padded=False)
    tok.enable_truncation(max_length)
    rows = tok.encode_batch(inputs)
    return [[torch.tensor([getattr(row, name)]) for name in ("ids", "attention_mask", "type_ids")] for row in rows]


def tensors(pairs, max_length=512):
    rows = tokenizer(max_length).encode_batch(pairs)
    return [torch.tensor([getattr(row, name) for row in rows]) for name in ("ids", "attention_mask", "type_ids")]


def onnx_scores(path, inputs):
    return session(path).run(None, {name: x.numpy() for name, x in zip(graph.INPUTS, inputs)})[0]


def check(model, fp32, int8=None, pairs=SAMPLE):
    """Largest difference of PyTorch and ONNX, in one padded batch and one by one; of int8, also between the two."""
    inputs = tensors(pairs)
    with torch.inference_mode():
        truth = model(*inputs).numpy()
    single = lambda path: np.concatenate([onnx_scores(path, x) for x in one_by_one(pairs)])
    report = {"fp32": float(np.abs(truth - onnx_scores(fp32, inputs)).max()), "fp32 single": float(np.abs(truth - single(fp32)).max())}
    assert max(report.values()) < 1e-4, report
    if int8:
        report["int8 single"] = float(np.abs(truth - single(int8)).max())
        report["int8 single - batch"] = float(np.abs(onnx_scores(int8, inputs) - single(int8)).max())
    return report


@torch.inference_mode()
def off_by(model, path, pairs):
    """By how much the logits of the graph in `path` differ from PyTorch's: standard deviations of the difference and of the logits."""
    inputs = one_by_one(pairs, 256)
    truth = np.array([model(*one).item() for one in inputs])
    return float((np.array([onnx_scores(path, one).item() for one in inputs]) - truth).std()), float(truth.std())


def config(precision):
    return {
        "architectures": ["SecondpassCrossEncoder"], "num_labels": 1, **network(),
        "sentence_transformers": {"activation_fn": "torch.nn.modules.activation.Sigmoid"},
        "secondpass": {"precision": precision, "max_length": POSITIONS, "activation_scales": "fixed"},
    }


def encoder_config():
    return {"architectures": ["BertModel"], **network(), "secondpass": {"precision": "int8", "max_length": POSITIONS, "activation_scales": "fixed"}}


def network():
    return {
        "model_type": "bert", "hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "intermediate_size": INNER,
        "hidden_act": "gelu", "layer_norm_eps": 1e-12, "max_position_embeddings": POSITIONS, "type_vocab_size": 2,
        "vocab_size": VOCABULARY, "pad_token_id": 0,
    }


def main():
    args = arguments(__doc__.splitlines()[0])
    args.add_argument("--weights", required=True)
    args.add_argument("--out", required=True, type=Path)
    args.add_argument("--precision", choices=["fp32", "int8"], default="int8")
    args.add_argument("--pairs", type=int, default=120, help="to take int8 scales from")
    args.add_argument("--rounding", choices=ROUNDINGS, default="token", help="of int8: `token` is nearer to fp32; what ships was chosen when there was only `fixed`")
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    model = load_model(args.weights)
    with tempfile.TemporaryDirectory() as scratch:
        fp32 = (args.out if args.precision == "fp32" else Path(scratch)) / "model.onnx"
        int8 = args.out / "model_int8.onnx" if args.precision == "int8" else None
        graph.save(cross_encoder_graph(model), fp32)
        if int8:
            write_int8(model, int8, calibration_pairs(args.data, args.cache, args.pairs), args.rounding)
        print("largest difference from PyTorch:", check(model, fp32, int8))
        if int8:
            others = calibration_pairs(args.data, args.cache, CHECKED, seed=2)
            print("int8: logits of %d other pairs are off by %.3f, and differ among each other by %.2f" % (CHECKED, *off_by(model, int8, others)))
    write_tokenizer(args.out)
    (args.out / "config.json").write_text(json.dumps(config(args.precision), indent=1) + "\n")
    for path in sorted(args.out.iterdir()):
        print(f"{path.stat().st_size:>10,} {path.name}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
