"""The cross-encoder: a small BERT over `[CLS] query [SEP] document [SEP]` with a similarity head.

    logit = a * cos(mean of query tokens, mean of document tokens) + w . h[CLS] + b

Both means come from the joint encoding. Parameter names are those of Hugging Face's BERT under `bert.`, so checkpoints
travel both ways; the forward pass is our own because it exports to a plain ONNX graph.
"""
import torch
import torch.nn.functional as F
from torch import nn

HIDDEN, LAYERS, HEADS, INNER, VOCABULARY, POSITIONS = 384, 6, 12, 1536, 30522, 512


class Embeddings(nn.Module):
    def __init__(self):
        super().__init__()
        self.word_embeddings = nn.Embedding(VOCABULARY, HIDDEN)
        self.position_embeddings = nn.Embedding(POSITIONS, HIDDEN)
        self.token_type_embeddings = nn.Embedding(2, HIDDEN)
        self.LayerNorm = nn.LayerNorm(HIDDEN, eps=1e-12)

    def forward(self, input_ids, token_type_ids):
        positions = self.position_embeddings.weight[: input_ids.shape[1]]
        return self.LayerNorm(self.word_embeddings(input_ids) + self.token_type_embeddings(token_type_ids) + positions)


class SelfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(HIDDEN, HIDDEN) for _ in range(3))

    def forward(self, h, bias):
        batch, length, _ = h.shape
        q, k, v = (part(h).view(batch, length, HEADS, -1).transpose(1, 2) for part in (self.query, self.key, self.value))
        if self.training or torch.onnx.is_in_onnx_export():  # backwards, this is four times as fast on a CPU as SDPA
            weights = torch.softmax(q @ (k * (HIDDEN // HEADS) ** -0.5).transpose(2, 3) + bias.to(q.dtype), dim=-1)
            mixed = weights @ v
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype))
        return mixed.transpose(1, 2).reshape(batch, length, HIDDEN)


class DenseNorm(nn.Module):
    """Linear, add the residual, normalise."""

    def __init__(self, width):
        super().__init__()
        self.dense = nn.Linear(width, HIDDEN)
        self.LayerNorm = nn.LayerNorm(HIDDEN, eps=1e-12)

    def forward(self, h, residual):
        return self.LayerNorm(self.dense(h) + residual)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.ModuleDict({"self": SelfAttention(), "output": DenseNorm(HIDDEN)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(HIDDEN, INNER)})
        self.output = DenseNorm(INNER)

    def forward(self, h, bias):
        h = self.attention["output"](self.attention["self"](h, bias), h)
        return self.output(F.gelu(self.intermediate["dense"](h)), h)


class Bert(nn.Module):
    """Token vectors `[texts, tokens, 384]`. Padding has attention weight exactly 0: exp of the bias underflows."""

    def __init__(self, layers=LAYERS):
        super().__init__()
        self.embeddings = Embeddings()
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(Layer() for _ in range(layers))})

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.states(input_ids, attention_mask, token_type_ids)[-1]

    def states(self, input_ids, attention_mask, token_type_ids):
        """Token vectors before the first layer and after each."""
        states = [self.embeddings(input_ids, token_type_ids)]
        bias = ((1.0 - attention_mask.float()) * -1e9)[:, None, None, :]
        for layer in self.encoder["layer"]:
            states.append(layer(states[-1], bias))
        return states


class CrossEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.bert = Bert()
        self.lin = nn.Linear(HIDDEN, 1)
        self.a = nn.Parameter(torch.tensor(10.0))

    def forward(self, input_ids, attention_mask, token_type_ids):
        """All int64 `[pairs, tokens]`; returns logits `[pairs, 1]` in fp32."""
        h = self.bert(input_ids, attention_mask, token_type_ids).float()
        mask, segment = attention_mask.float(), token_type_ids.float()
        u, v = (pooled(h, mask * side) for side in (1 - segment, segment))
        cosine = (u * v).sum(-1, keepdim=True) / (norm(u) * norm(v))
        return self.a * cosine + (h[:, 0] * self.lin.weight).sum(-1, keepdim=True) + self.lin.bias


class LateEncoder(nn.Module):
    """The encoder, and what makes a logit of the similarity that `late.compared` finds: `a * similarity + b`."""

    def __init__(self):
        super().__init__()
        self.bert = Bert()
        self.a = nn.Parameter(torch.tensor(20.0))
        self.b = nn.Parameter(torch.tensor(-10.0))


def pooled(h, weight):
    return (h * weight.unsqueeze(-1)).sum(1) / weight.sum(1, keepdim=True).clamp(min=1)


def norm(x):
    return (x * x).sum(-1, keepdim=True).clamp(min=1e-12).sqrt()
