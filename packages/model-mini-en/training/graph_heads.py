"""What comes out of an ONNX graph of BERT: token vectors, our cross-encoder's score, a public classifier's logits.

Each is a function from graph.py's Nodes, the last layer's output `[tokens * pairs, width]` and the names of `mask`, `tokens` and `pairs` to the name, the public name and the
dimensions of the output.
"""
import numpy as np
from onnx import TensorProto

PART = 128  # a longer sum of products is cut by the runtime into pieces that depend on the padding


def hidden_state(n, x, at):
    """`last_hidden_state` `[pairs, tokens, width]`."""
    by_token = n.Reshape(x, n.Concat(at["tokens"], at["pairs"], n.ints(at["width"]), axis=0))
    return n.Transpose(by_token, perm=[1, 0, 2]), "last_hidden_state", ["pairs", "tokens", at["width"]]


def first(n, side):
    """Of a text's mask `[pairs, tokens]`, which is 1 for all its tokens: the mask of its first one."""
    before = n.Concat(n.Mul(n.Slice(side, n.ints(0), n.ints(1), n.ints(1)), n.constant(0.0)), n.Slice(side, n.ints(0), n.ints(-1), n.ints(1)), axis=1)
    return n.Relu(n.Sub(side, before))


def similarity(a, b, weight, bias, rarity, pooling="mean"):
    """network.py's head: scalars `a`, `b`; `weight` `[1, width]` and `bias` `[1]` of [CLS]; `rarity` of every word piece in whole units, 0 to 255; `pooling` of the cosine.

    A cosine of sums is the cosine of the means.

    Sums over tokens are products of matrices: those add token by token, whatever the padding, so a score is the same to the last bit in every batch.
    """
    def head(n, x, at):
        document = n.Mul(at["mask"], n.Cast("token_type_ids", to=TensorProto.FLOAT))
        query = n.Sub(at["mask"], document)
        by_token = n.Reshape(x, n.Concat(at["tokens"], at["pairs"], n.ints(at["width"]), axis=0))
        sides = [first(n, side) if pooling == "cls" else side for side in (query, document)]
        sums = n.FusedMatMul(n.Concat(*(n.Unsqueeze(side, n.ints(1)) for side in sides), axis=1), by_token, transBatchB=1)
        products = n.Reshape(n.FusedMatMul(sums, sums, transB=1), n.ints(-1, 4))
        uu, uv, _, vv = (n.Slice(products, n.ints(i), n.ints(i + 1), n.ints(1)) for i in range(4))
        lengths = n.Mul(*(n.Sqrt(n.Max(square, n.constant([1e-12]))) for square in (uu, vv)))
        unit = n.Div(by_token, n.Sqrt(n.Max(n.ReduceSumSquare(by_token, n.ints(2)), n.constant([1e-12]))))
        parts = n.Reshape(unit, n.Concat(at["tokens"], at["pairs"], n.ints(-1, PART), axis=0))
        every = n.ReduceSum(n.FusedMatMul(parts, parts, transBatchA=1, transBatchB=1, transB=1), n.ints(1), keepdims=0)
        elsewhere = n.Mul(n.Unsqueeze(n.Sub(document, n.constant(1.0)), n.ints(1)), n.constant(4.0))
        best = n.ReduceMax(n.Add(every, elsewhere), n.ints(2), keepdims=0)
        plain = n.Mul(n.Cast(n.Gather(n.constant(rarity, np.uint8), "input_ids"), to=TensorProto.FLOAT), query)
        known = n.Cast(n.Greater(plain, n.constant(0.0)), to=TensorProto.FLOAT)
        counts = n.Concat(*(n.Unsqueeze(row, n.ints(1)) for row in (plain, n.Sub(query, known), known)), axis=1)
        values = n.Concat(*(n.Unsqueeze(row, n.ints(1)) for row in (best, at["mask"])), axis=1)
        sums = n.Reshape(n.FusedMatMul(counts, values, transB=1), n.ints(-1, 6))
        plain_best, plain_all, other_best, other_all, _, plain_count = (n.Slice(sums, n.ints(i), n.ints(i + 1), n.ints(1)) for i in range(6))
        one = n.constant([1.0])
        mean = n.Add(n.Div(plain_all, n.Max(plain_count, one)), n.Sub(one, n.Min(plain_count, one)))
        rare = n.Div(n.Add(plain_best, n.Mul(mean, other_best)), n.Add(plain_all, n.Mul(mean, other_all)))
        logit = n.Gemm(n.rows(x, n.ints(0), at["pairs"]), n.constant(weight.T), n.constant(bias))
        return n.Sum(n.Mul(n.Div(uv, lengths), n.constant(a)), n.Mul(rare, n.constant(b)), logit), "logits", ["pairs", 1]
    return head


def classifier(pooler_weight, pooler_bias, weight, bias):
    """BERT's own: tanh of a product of [CLS], then one more."""
    def head(n, x, at):
        pooled = n.Tanh(n.Gemm(n.rows(x, n.ints(0), at["pairs"]), n.constant(pooler_weight.T), n.constant(pooler_bias)))
        return n.Gemm(pooled, n.constant(weight.T), n.constant(bias)), "logits", ["pairs", len(bias)]
    return head
