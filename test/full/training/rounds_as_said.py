"""The int8 graph computes what quantise.py says: PyTorch with every product's input and weights in those whole numbers gives the same token vectors, but where the last bit decides.

Run in packages/model-mini-en/training. Also: copies and smoothing leave a product what it was, and a text's vectors are the same to the last bit in a batch and alone.
"""
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, ".")
import numpy as np
import torch

import export
import graph
import graph_heads
import quantise
from network import HEADS, INNER
from scoring import padded
from weights import base_encoder

SHORT = ["?", "rain", "trains", "who?", "two words", "a river", "blue sky", "salt", "old maps", "north", "the sea", "music", "iron ore", "cats", "seven", "no"]
TEXTS = [text for _, text in export.SAMPLE] + ["Rails, " * 100, "Rivers carry water to the sea; trains carry people.", *SHORT]


def splits():
    """Copies leave the largest channel smaller, and no copy has larger weights than its channel had."""
    numbers = torch.Generator().manual_seed(5)
    for count in (0, 1, 7, 40):
        largest = torch.rand(30, generator=numbers) ** 4 * 20 + 1e-3
        smoothing = largest**0.5
        smaller, times = quantise.split(largest, smoothing, count)
        assert int((times - 1).sum()) <= count and int(times.min()) == 1
        per_copy = largest / smoothing / times
        assert float((largest / smaller).max()) <= float((largest / smoothing).max()) + 1e-6
        assert float(per_copy.max()) <= float((largest / smaller).max()) * (1 + 1e-5), "weights of a copy are larger than before"
        if count:
            assert float((largest / smaller).max()) < float((largest / smoothing).max()), count


def keeps_products(made, found):
    """In floats, without a rounding: smoothed, copied and added up, the input's product is the one it was."""
    rows = torch.randn(5, INNER, generator=torch.Generator().manual_seed(6))
    for key, product in made.items():
        weight = torch.cat([linear.weight for linear in found[key]]).T
        x = rows[:, : len(weight)]
        times = 1 + torch.bincount(torch.from_numpy(product.copies), minlength=len(weight))
        smoothing = torch.from_numpy(product.smoothing)
        _, smooth = product.fed(x)
        copied = product.with_copies((weight * smoothing[:, None]).nan_to_num(posinf=0, neginf=0) / times[:, None], 0)
        left = torch.isfinite(smoothing)
        assert torch.allclose(smooth @ copied, x[:, left] @ weight[left], atol=1e-3), key


def in_whole_numbers(made, found):
    """Every product of the network answers with the whole numbers that the graph is given."""
    for key, linears in found.items():
        product, start = made[key], 0
        weights = torch.from_numpy(product.weights * product.scales)
        for linear in linears:
            columns = slice(start, start + linear.out_features)
            start = columns.stop

            def answer(module, given, _, product=product, weights=weights[:, columns]):
                x = given[0].flatten(0, -2)
                outliers = torch.from_numpy(product.outliers)
                out = product.fed(x)[0] @ weights + x[:, outliers] @ module.weight.T[outliers] + module.bias
                return out.view(*given[0].shape[:-1], -1)

            linear.register_forward_hook(answer)


@torch.inference_mode()
def main():
    splits()
    model = base_encoder()
    words = model.embeddings.word_embeddings.weight
    scale = words.abs().amax(1, keepdim=True) / 127
    words.copy_((words / scale).round() * scale)  # as the graph has them
    inputs = export.one_by_one(TEXTS)
    made, found = quantise.quantise(model, model, inputs), quantise.products(model)
    assert sum(len(product.copies) for product in made.values()) and any(product.scale is None for product in made.values())
    keeps_products(made, found)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "encoder_int8.onnx"
        graph.save(graph.bert(export.arrays(model), HEADS, graph_heads.hidden_state, made), path)
        alone = [export.onnx_scores(path, one) for one in inputs]
        together = export.onnx_scores(path, padded([(one[0][0].tolist(), one[2][0].tolist()) for one in inputs]))
    full = [model(*one) for one in inputs]
    in_whole_numbers(made, found)
    said, precise = [], []
    for at, one in enumerate(inputs):
        by_graph = torch.from_numpy(alone[at])
        assert np.array_equal(alone[at][0], together[at, : alone[at].shape[1]]), f"text {at} is not the same in a batch"
        for errors, other in ((said, model(*one)), (precise, full[at])):
            errors.append(float(1 - torch.cosine_similarity(by_graph, other, dim=-1).mean()))
    # of a long text one input always lies so near the middle of two whole numbers that the last bit decides, and what follows takes another way
    assert sum(error < 1e-6 for error in said) >= len(SHORT) / 4, said
    assert sum(said) < sum(precise) / 2, (said, precise)
    assert sum(precise) / len(precise) < 1e-3, precise
    print("1 - cosine, text by text, from what it says:", *(f"{error:.0e}" for error in said), "and from full precision:", *(f"{error:.0e}" for error in precise))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
