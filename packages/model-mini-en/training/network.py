"""The encoder, and the cross-encoder over it: `[CLS] query [SEP] [CLS] document [SEP]`, apart at first, then together.

The lower layers read query and document each on its own, as the encoder does and with its weights; in the upper ones every token
attends to both texts (as in DeFormer, Cao et al., 2020, and PreTTR, MacAvaney et al., 2020). What is between the texts is learnt for each head: a number added to its
attention scores wherever a token looks into the other text. So training begins at what the encoder knows, with hardly a look across.

    logit = a * cos(query, document) + b * rare MaxSim + w . h[CLS of the query] + c

over the last layer's tokens; a text's vector for the cosine is its tokens' mean or its [CLS]; rare MaxSim is the mean, over query tokens, of each one's best cosine with a document token, weighted by how rare its word piece is.
Parameter names are those of Hugging Face's BERT under `bert.`, so checkpoints travel both ways; the forward pass is our own
because it exports to a plain ONNX graph.
"""
import torch
import torch.nn.functional as F
from torch import nn

HIDDEN, LAYERS, HEADS, INNER, VOCABULARY, POSITIONS = 384, 6, 12, 1536, 30522, 512
APART = 4  # layers of the cross-encoder that read query and document each on its own
FAR = 1e9


class Embeddings(nn.Module):
    def __init__(self):
        super().__init__()
        self.word_embeddings = nn.Embedding(VOCABULARY, HIDDEN)
        self.position_embeddings = nn.Embedding(POSITIONS, HIDDEN)
        self.token_type_embeddings = nn.Embedding(2, HIDDEN)
        self.LayerNorm = nn.LayerNorm(HIDDEN, eps=1e-12)

    def forward(self, input_ids, token_type_ids, positions=None):
        """`positions`, of every token; default: in order."""
        places = self.position_embeddings.weight[: input_ids.shape[1]] if positions is None else self.position_embeddings(positions)
        return self.LayerNorm(self.word_embeddings(input_ids) + self.token_type_embeddings(token_type_ids) + places)


class SelfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(HIDDEN, HIDDEN) for _ in range(3))

    def forward(self, h, bias):
        batch, length, _ = h.shape
        q, k, v = (part(h).view(batch, length, HEADS, -1).transpose(1, 2) for part in (self.query, self.key, self.value))
        if torch.onnx.is_in_onnx_export() or (self.training and not h.is_cuda):  # backwards, this is four times as fast on a CPU as SDPA
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

    def states(self, input_ids, attention_mask, token_type_ids, layers=None):
        """Token vectors before the first layer and after each, or after each of the first `layers`."""
        states = [self.embeddings(input_ids, token_type_ids)]
        bias = ((1.0 - attention_mask.float()) * -FAR)[:, None, None, :]
        for layer in self.encoder["layer"][:layers]:
            states.append(layer(states[-1], bias))
        return states


class CrossEncoder(nn.Module):
    """`pooling`: what the cosine compares, the `mean` of each text's tokens or its [CLS] (`cls`), as the encoder does."""

    def __init__(self, pooling="mean"):
        super().__init__()
        self.pooling = pooling
        self.bert = Bert()
        self.between = nn.Parameter(torch.full((LAYERS - APART, HEADS), -3.0))
        self.a, self.b = (nn.Parameter(torch.tensor(start)) for start in (10.0, 14.0))
        self.lin = nn.Linear(HIDDEN, 1)
        self.register_buffer("rarity", torch.zeros(VOCABULARY))  # of every word piece, in whole units up to 255; 0 for those that are no text

    def forward(self, input_ids, attention_mask, token_type_ids):
        """All int64 `[pairs, tokens]`, the type of a document's tokens is 1; returns logits `[pairs, 1]` in fp32."""
        mask, document = attention_mask.float(), token_type_ids.float()
        asked = (attention_mask * (1 - token_type_ids)).sum(1, keepdim=True)
        positions = torch.arange(input_ids.shape[1], device=input_ids.device) - asked * token_type_ids
        h = self.bert.embeddings(input_ids, torch.zeros_like(token_type_ids), positions)
        apart = padding(mask) - FAR * across(document)
        for layer in self.bert.encoder["layer"][:APART]:
            h = layer(h, apart)
        return self.together(h, input_ids, mask, document)

    def together(self, h, input_ids, mask, document):
        """From token vectors after the lower layers."""
        off, other = padding(mask).to(h.dtype), across(document).to(h.dtype)
        for layer, between in zip(self.bert.encoder["layer"][APART:], self.between):
            h = layer(h, off + other * between[:, None, None])
        h, query, document = h.float(), mask * (1 - document), mask * document
        u, v = (pooled(h, first(side) if self.pooling == "cls" else side) for side in (query, document))
        cosine = (u * v).sum(-1) / (norm(u) * norm(v))[:, 0]
        unit = h / norm(h)
        best = (unit @ unit.transpose(1, 2) - 4 * (1 - document)[:, None]).amax(2)
        weight = rare(self.rarity[input_ids].float(), query)
        logit = self.a * cosine + self.b * (weight * best).sum(1) + (h[:, 0] * self.lin.weight).sum(-1) + self.lin.bias
        return logit[:, None]


class LateEncoder(nn.Module):
    """The encoder, and what makes a logit of the similarity that `late.compared` finds: `a * similarity + b`."""

    def __init__(self):
        super().__init__()
        self.bert = Bert()
        self.a = nn.Parameter(torch.tensor(20.0))
        self.b = nn.Parameter(torch.tensor(-10.0))


def pooled(h, weight):
    return (h * weight.unsqueeze(-1)).sum(1) / weight.sum(1, keepdim=True).clamp(min=1)


def first(side):
    """Of a text's mask, which is 1 for all its tokens: the mask of its first one."""
    return side * (1 - F.pad(side, (1, 0))[:, :-1])


def norm(x):
    return (x * x).sum(-1, keepdim=True).clamp(min=1e-12).sqrt()


def padding(mask):
    """Added to attention scores: padding gets a weight of exactly 0, since exp of this underflows."""
    return ((1.0 - mask) * -FAR)[:, None, None, :]


def across(document):
    """1 where one token is the query's and the other the document's, `[pairs, 1, tokens, tokens]`."""
    return (document[:, :, None] - document[:, None, :]).abs()[:, None]


def rare(rarity, query):
    """What a query's tokens count, together 1: as much as they are rare, and those that are no text as the mean of the others, or 1."""
    plain = rarity * query
    count = (plain > 0).sum(1, keepdim=True)
    mean = torch.where(count > 0, plain.sum(1, keepdim=True) / count.clamp(min=1), 1.0)
    weight = plain + query * (plain == 0) * mean
    return weight / weight.sum(1, keepdim=True)
