"""BERT -> an ONNX graph that the ONNX runtime runs fast on a CPU, node by node; the same graph in fp32 and in int8.

What is peculiar, and why (docs/performance.md has the measurements):
- Tokens come first: `[tokens, pairs, …]`. So attention reads queries, keys and values where the products left them
  (FusedMatMul with transBatch), without a transposition of each.
- The mask rides in the keys: every head has one dimension more, 1 in the queries and 0 or -1e9 in the keys, instead of an
  addition to all scores. Where two texts are read apart, or at a distance, it has two: one for the queries of each text.
  The bias of the keys is left out: it adds the same to all scores of a query, and softmax forgets it.
- Residuals are added by Sum, which the runtime does not fuse into its SkipLayerNormalization: that is three times slower.
- Gelu comes after a product that adds its own bias: fused into BiasGelu, it would be twice as slow.
- int8: activations have one fixed scale, or one for each token, so that a pair's score does not depend on what else is in its batch. The few
  largest channels of the activation function are a product of their own: what they add stays in floats, and comes with the residual in one operation.
"""
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 20
CONTRIBUTED = ("FusedMatMul", "MatMulIntegerToFloat")
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
FAR = 1e9


class Nodes:
    """A graph under construction; `nodes.Add(a, b)` gives the name of the sum."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, value, kind=np.float32):
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value, dtype=kind), name))
        return name

    def ints(self, *values):
        return self.constant(values, np.int64)

    def __getattr__(self, kind):
        def add(*inputs, **attributes):
            name = f"{kind}_{len(self.nodes)}"
            domain = "com.microsoft" if kind in CONTRIBUTED else ""
            self.nodes.append(helper.make_node(kind, list(inputs), [name], name, domain=domain, **attributes))
            return name
        return add

    def rows(self, x, first, last):
        return self.Slice(x, first, last, self.ints(0))


def bert(state, heads, head, quantised=None, cls_only=False, epsilon=1e-12, between=None):
    """An ONNX model with inputs `input_ids`, `attention_mask`, `token_type_ids`, int64 `[pairs, tokens]`.

    `state`: arrays under Hugging Face's BERT names without `bert.`. `head`: a function from Nodes, the last layer's output
    `[tokens * pairs, width]` and a dictionary of the names `mask`, `tokens`, `pairs` to the name of the output and its
    dimensions; one of graph_heads.py. `quantised`: what quantise.py made of the products, or None for fp32. `cls_only`: the
    last layer computes [CLS] alone, exactly; for heads that read nothing else. `between`: for each layer and head, what is
    added to the attention scores from one text to the other, `[layers, heads]`, -FAR to read them apart; positions then begin anew in
    the second text, and all tokens have the type of the first. Not together with `cls_only`.
    """
    n = Nodes()
    embedding = state["embeddings.word_embeddings.weight"]
    width = embedding.shape[1]
    size = width // heads
    layers = 1 + max(int(name.split(".")[2]) for name in state if name.startswith("encoder.layer."))
    for (_, kind), product in (quantised or {}).items():
        assert kind == "down" or not len(product.outliers), f"outliers of {kind} have no place in the graph: only those of down come with a residual"
        assert kind in ("out", "down") or product.scale, f"scales by token have no place in {kind}: only in what is added to a residual"
        assert not len(product.copies) or not len(product.outliers), f"{kind} has copies and outliers: copies are numbered as if all channels were there"
    shape = n.Shape("input_ids")
    pairs, tokens = n.Slice(shape, n.ints(0), n.ints(1)), n.Slice(shape, n.ints(1), n.ints(2))
    mask = n.Cast("attention_mask", to=TensorProto.FLOAT)

    def norm(x, name):
        return n.LayerNormalization(x, n.constant(state[f"{name}.weight"]), n.constant(state[f"{name}.bias"]), axis=-1, epsilon=epsilon)

    def embed():
        ids, types = n.Transpose("input_ids", perm=[1, 0]), n.Transpose("token_type_ids", perm=[1, 0])
        if quantised is None:
            words = n.Gather(n.constant(embedding), ids)
        else:
            scale = np.maximum(np.abs(embedding).max(1, keepdims=True), 1e-12) / 127
            whole = n.Gather(n.constant(np.round(embedding / scale), np.int8), ids)
            words = n.Mul(n.Cast(whole, to=TensorProto.FLOAT), n.Gather(n.constant(scale), ids))
        kinds, places = state["embeddings.token_type_embeddings.weight"], state["embeddings.position_embeddings.weight"]
        if between is None:
            x = n.Add(words, n.Gather(n.constant(kinds), types))
            x = n.Add(x, n.rows(n.constant(places[:, None]), n.ints(0), tokens))
        else:
            asked = n.ReduceSum(n.Transpose(n.Sub("attention_mask", "token_type_ids"), perm=[1, 0]), n.ints(0))
            inside = n.Unsqueeze(n.Range(n.constant(0, np.int64), n.Squeeze(tokens), n.constant(1, np.int64)), n.ints(1))
            at = n.Gather(n.constant(places, np.float32 if quantised is None else np.float16), n.Sub(inside, n.Mul(asked, types)))
            x = n.Add(n.Add(words, n.constant(kinds[0])), n.Cast(at, to=TensorProto.FLOAT))
        return norm(n.Reshape(x, n.ints(-1, width)), "embeddings.LayerNorm")

    def prepared(x, key, smooth=False):
        """What the product of `key` is fed, without its outliers, and the scale of each token where it has its own. `smooth`: x is already."""
        if quantised is None:
            return x, None
        product, scales = quantised[key], None
        smoothing = np.delete(product.smoothing, product.outliers)
        if not smooth and (smoothing != 1).any():
            x = n.Mul(x, n.constant(1 / smoothing))
        if product.scale is None:
            scales = token_scales(x, product)
            whole = n.QuantizeLinear(x, scales, n.Expand(n.constant(product.zero, np.uint8), n.Shape(scales)), axis=0)
        else:
            whole = n.QuantizeLinear(x, n.constant(product.scale), n.constant(product.zero, np.uint8))
        if len(product.copies):
            whole = n.Concat(whole, n.Gather(whole, n.constant(product.copies, np.int64), axis=1), axis=1)
        return whole, scales

    def token_scales(x, product):
        """As quantise.py's, `[tokens * pairs]`."""
        largest = n.Mul(n.ReduceMax(x, n.ints(1), keepdims=0), n.constant(1 / (255 - product.zero)))
        if product.lowest is None:
            least = n.Mul(n.ReduceMin(x, n.ints(1), keepdims=0), n.constant(-1 / product.zero))
        else:
            least = n.constant(-product.lowest / product.zero)
        return n.Max(largest, least, n.constant(1e-9))

    def linear(x, key, name, bias=True, part=0, columns=None, wide=None, divide=None):
        """A product and its bias. `part`: of queries, keys and values. `columns`: numbers of those that are wanted. `wide`: bias of `extra` zero
        columns more for each head. `divide`: the output, by a vector. Where each token has a scale, what comes out is still to be multiplied by it."""
        divide = np.ones(1, np.float32) if divide is None else divide
        added = state[f"{name}.bias"] / divide if bias else None
        if quantised is None:
            weights, scales = state[f"{name}.weight"].T / divide, np.ones(1)
        else:
            parts = 3 if key[1] == "qkv" else 1
            weights, scales = (np.split(values, parts, -1)[part] for values in (quantised[key].weights, quantised[key].scales))
            weights, scales = np.delete(weights, quantised[key].outliers, 0), scales / divide
        if columns is not None:
            weights, scales, added = weights[:, columns], scales[columns], added[columns]
        if wide is not None:
            weights = widened(weights, 0)
            scales = widened(scales[None], 1)[0] if quantised else scales
            added = widened(added[None], wide)[0] if bias else None
        bias_name = [n.constant(added)] if bias else []
        if quantised is None:
            return n.Gemm(x, n.constant(weights), *bias_name)
        scale, zero = n.constant(quantised[key].scale or 1.0), n.constant(quantised[key].zero, np.uint8)
        zeros = n.constant(np.zeros(len(scales)), np.int8)
        return n.MatMulIntegerToFloat(x, n.constant(weights, np.int8), scale, n.constant(scales), zero, zeros, *bias_name)

    def with_residual(residual, x, key, name, smooth=False, outliers=None):
        """`residual` and the product of `x`, and of `outliers` `[tokens * pairs, outliers]`, the channels that are not in `x`."""
        x, scales = prepared(x, key, smooth)
        if scales is None:
            product, bias = linear(x, key, name), None
        else:
            scales, bias = n.Unsqueeze(scales, n.ints(1)), state[f"{name}.bias"][None]
            product = n.Mul(linear(x, key, name, bias=False), scales)
        if outliers is None:
            return n.Sum(product, residual, *([] if bias is None else [n.constant(bias)]))
        weights = state[f"{name}.weight"].T[quantised[key].outliers]
        if bias is not None:  # comes with them, as the row of one that is always 1
            outliers, weights = n.Concat(outliers, n.Expand(n.constant(1.0), n.Shape(scales)), axis=1), np.concatenate([weights, bias])
        return n.Sum(product, n.Gemm(outliers, n.constant(weights), residual))

    def widened(matrix, value):
        split = matrix.reshape(len(matrix), heads, -1)
        return np.pad(split, ((0, 0), (0, 0), (0, extra)), constant_values=value).reshape(len(matrix), -1)

    extra = 1 if between is None else 2
    x = embed()
    column = lambda values: n.Reshape(n.Transpose(values, perm=[1, 0]), n.ints(-1, 1))
    off = column(n.Mul(n.Sub(mask, n.constant(1.0)), n.constant(FAR)))
    if between is None:
        off = n.Mul(off, n.constant(np.tile(np.eye(size + 1)[-1], heads)[None]))
    else:
        second = column(n.Cast("token_type_ids", to=TensorProto.FLOAT))
        first = n.Sub(n.constant(1.0), second)
        looks = n.Gemm(n.Concat(first, second, axis=1), n.constant(np.tile(np.eye(size + 2)[size:], heads)))
        sides = n.Concat(off, second, first, axis=1)
    by_head = {wide: n.Concat(tokens, pairs, n.ints(heads, size + wide), axis=0) for wide in (0, extra)}
    of_cls = n.Concat(n.ints(1), pairs, n.ints(heads, size + extra), axis=0)

    def far(distances):
        """What `sides` add to the keys: padding for both texts' queries, and each text's distance for the other's."""
        ends = np.zeros((3, heads, size + 2))
        ends[0, :, size:] = 1
        ends[1, :, size] = ends[2, :, size + 1] = distances * size**0.5  # the product of queries and keys is divided by that
        return n.constant(ends.reshape(3, -1))

    for layer in range(layers):
        at = f"encoder.layer.{layer}."
        short = cls_only and layer == layers - 1
        key = (layer, "qkv")
        fed, _ = prepared(x, key)
        asked = n.rows(fed, n.ints(0), pairs) if short else fed
        query = linear(asked, key, f"{at}attention.self.query", wide=1 if between is None else 0)
        keys = linear(fed, key, f"{at}attention.self.key", bias=False, part=1, wide=0)
        if between is None:
            keys = n.Add(keys, off)
        else:
            query, keys = n.Add(query, looks), n.Gemm(sides, far(between[layer]), keys)
        smoothing = quantised[layer, "out"].smoothing if quantised else None  # of what the values become
        values = linear(fed, key, f"{at}attention.self.value", part=2, divide=smoothing)
        scores = n.FusedMatMul(n.Reshape(query, of_cls if short else by_head[extra]), n.Reshape(keys, by_head[extra]),
                               alpha=size**-0.5, transBatchA=1, transBatchB=1, transB=1)
        mixed = n.FusedMatMul(n.Softmax(scores, axis=-1), n.Reshape(values, by_head[0]), transBatchB=1)
        mixed = n.Reshape(n.Transpose(mixed, perm=[2, 0, 1, 3]), n.ints(-1, width))
        residual = n.rows(x, n.ints(0), pairs) if short else x
        x = norm(with_residual(residual, mixed, (layer, "out"), f"{at}attention.output.dense", smooth=True), f"{at}attention.output.LayerNorm")
        key, name = (layer, "up"), f"{at}intermediate.dense"
        fed, _ = prepared(x, key)
        apart = quantised[layer, "down"].outliers if quantised else []
        rest = np.delete(np.arange(len(state[f"{name}.bias"])), apart) if len(apart) else None
        up = n.Gelu(linear(fed, key, name, columns=rest))
        outliers = n.Gelu(linear(fed, key, name, columns=apart)) if len(apart) else None
        x = norm(with_residual(x, up, (layer, "down"), f"{at}output.dense", outliers=outliers), f"{at}output.LayerNorm")
    answer, name, dimensions = head(n, x, {"mask": mask, "tokens": tokens, "pairs": pairs, "width": width})
    n.nodes.append(helper.make_node("Identity", [answer], [name], "answer"))
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["pairs", "tokens"]) for name in INPUTS]
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, dimensions)]
    graph = helper.make_graph(n.nodes, "bert", inputs, outputs, n.constants)
    domains = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=domains, ir_version=9, producer_name="secondpass")


def save(model, path):
    """What was there before is there until all is written."""
    onnx.checker.check_model(model)
    part = Path(path).with_suffix(".part")
    onnx.save(model, str(part))
    part.replace(path)
