"""The encoder -> int8 ONNX that returns `last_hidden_state`, for cosine and late interaction.

    python export_encoder.py --weights state/encoder.fp16.safetensors --out ../model
    python export_encoder.py --weights state/short.fp16.safetensors --out ../model --name encoder-short_int8.onnx
    python export_encoder.py --out /tmp/untouched                                        # the base as it is
"""
import json
import tempfile
from pathlib import Path

import numpy as np
import torch

import graph
import graph_heads
from data import arguments
from export import SAMPLE, arrays, calibration_pairs, encoder_config, one_by_one, onnx_scores, tensors
from network import HEADS
from quantise import quantise
from weights import about, base_encoder, load_encoder, write_tokenizer

CHECKED = 40  # texts on which int8 is compared with fp32


def queries_and_documents(args, count, seed=1):
    """Of training, one query to three documents, each as ids, mask and types."""
    pairs = calibration_pairs(args.data, args.cache, count, seed)
    return one_by_one([query if at % 4 == 0 else document for at, (query, document) in enumerate(pairs)])


@torch.inference_mode()
def token_cosines(model, path, inputs):
    """Of each token of one text: how near the graph in `path` comes to the network."""
    return torch.cosine_similarity(model(*inputs), torch.from_numpy(onnx_scores(path, inputs)), dim=-1)[0].numpy()


if __name__ == "__main__":
    torch.set_num_threads(1)
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", help="a checkpoint; default: the untouched base")
    parser.add_argument("--name", default="encoder_int8.onnx", help="of the graph; another begins with `encoder-`")
    parser.add_argument("--texts", type=int, default=120, help="to take int8 scales from")
    parser.add_argument("--seed", type=int, default=1, help="which texts of training those are")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    model = load_encoder(args.weights) if args.weights else base_encoder()
    inputs = tensors(SAMPLE[-2:-1])
    with torch.inference_mode():
        truth = model(*inputs).numpy()
    with tempfile.TemporaryDirectory() as scratch:
        fp32, int8 = Path(scratch) / "encoder.onnx", args.out / args.name
        graph.save(graph.bert(arrays(model), HEADS, graph_heads.hidden_state), fp32)
        graph.save(graph.bert(arrays(model), HEADS, graph_heads.hidden_state, quantise(model, model, queries_and_documents(args, args.texts, args.seed))), int8)
        difference = np.abs(truth - onnx_scores(fp32, inputs)).max()
        assert difference < 1e-4, difference
        cosines = np.concatenate([token_cosines(model, int8, one) for one in queries_and_documents(args, CHECKED, args.seed + 1)])
    print(f"fp32: largest difference {difference:.1e}; int8: token cosine {cosines.mean():.5f}, least {cosines.min():.4f}, of {CHECKED} other texts; "
          f"{int8.stat().st_size:,} bytes")
    write_tokenizer(args.out)
    pooling = args.out / "1_Pooling" / "config.json"
    pooling.unlink(missing_ok=True)  # the engine takes the mean by itself
    if about(args.weights)["pooling"] == "cls":
        pooling.parent.mkdir(exist_ok=True)
        pooling.write_text(json.dumps({"pooling_mode_cls_token": True}) + "\n")
    if not (args.out / "config.json").exists():  # beside a cross-encoder there is one
        (args.out / "config.json").write_text(json.dumps(encoder_config(), indent=1) + "\n")
