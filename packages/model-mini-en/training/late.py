"""What the encoder says of a query and a text, while it is trained: a fixed mixture of the cosine of the texts' vectors and of MaxSim
weighted by rare words, as in the fast line of ranker.json."""
import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence

from encode import pad, pool

MIX = {"cosine": 0.42, "rare": 0.58}
CHUNK = 16


def encoded(bert, rows: list[list[int]], pooling, device="cpu"):
    """Of word pieces: unit token vectors `[texts, tokens, 384]`, their mask, a unit vector of each text; in fp32."""
    order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
    width = len(rows[order[-1]])
    hidden, masks = [], []
    for start in range(0, len(order), CHUNK):
        ids, mask = (part.to(device) for part in pad([rows[at] for at in order[start : start + CHUNK]]))
        h = bert(ids, mask, torch.zeros_like(ids)).float()
        hidden.append(F.pad(h, (0, 0, 0, width - h.shape[1])))
        masks.append(F.pad(mask, (0, width - mask.shape[1])))
    back = torch.argsort(torch.tensor(order))
    h, mask = torch.cat(hidden)[back], torch.cat(masks)[back].float()
    return F.normalize(h, dim=-1), mask, pool(h, mask, pooling)


def stacked(vectors):
    """Of token vectors and vectors of several texts: what `encoded` gives."""
    tokens, pooled = zip(*vectors)
    mask = pad_sequence([torch.ones(len(one)) for one in tokens], batch_first=True)
    return pad_sequence([one.float() for one in tokens], batch_first=True), mask, torch.stack(pooled)


def compared(weights: list[torch.Tensor], queries, texts):
    """`[queries, texts]`, of what `encoded` gives of them; `weights`: how rare each word piece of a query is."""
    (q, _, q_pooled), (d, mask, d_pooled) = queries, texts
    every = (q.flatten(0, 1) @ d.flatten(0, 1).T).view(*q.shape[:2], *d.shape[:2])
    best = every.masked_fill(mask[None, None] == 0, -2).amax(3)
    weight = pad_sequence(weights, batch_first=True).to(best.device)
    rare = torch.einsum("qld,ql->qd", best, weight / weight.sum(1, keepdim=True))
    return MIX["cosine"] * q_pooled @ d_pooled.T + MIX["rare"] * rare
