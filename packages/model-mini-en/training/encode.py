"""Texts to token vectors and a vector each with an encoder, each text on its own, in length order."""
import functools

import numpy as np
import torch

from graph import INPUTS
from session import session
from weights import FAST, about, base_encoder, load_encoder, tokenizer

BUDGET = 8192  # padded tokens in a batch


class Vectors:
    """Unit token vectors of many texts in one fp16 array; `pooled` is a unit vector for each text, `ids` the word pieces."""

    def __init__(self, tokens, offsets, pooled, ids):
        self.tokens, self.offsets, self.pooled, self.ids = tokens, offsets, pooled, ids

    def of(self, number) -> torch.Tensor:
        return self.tokens[self.offsets[number] : self.offsets[number + 1]]


def batches(lengths, budget=BUDGET):
    """Numbers in order of length, cut so that a padded batch stays within the budget."""
    batch, order = [], np.argsort(lengths, kind="stable")
    for number in order:
        if batch and (len(batch) + 1) * lengths[number] > budget:
            yield batch
            batch = []
        batch.append(int(number))
    if batch:
        yield batch


def pad(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    width = max(map(len, rows))
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = torch.tensor(row)
    mask = torch.arange(width) < torch.tensor([len(row) for row in rows])[:, None]
    return ids, mask.long()


@functools.cache
def loaded(weights, threads=1):
    """A function from ids, mask and types `[texts, tokens]` to token vectors. `weights`: a checkpoint, an ONNX file, which has so many threads, or None for the untouched base."""
    if str(weights).endswith(".onnx"):
        graph = session(weights, threads)
        return lambda *inputs: torch.from_numpy(graph.run(None, dict(zip(INPUTS, (x.numpy() for x in inputs))))[0])
    return (load_encoder(weights) if weights else base_encoder()).to(FAST)


@torch.inference_mode()
def encode(texts: list[str], max_length=256, weights=None) -> Vectors:
    """`weights`: as for `loaded`."""
    encoder = loaded(weights)
    tok = tokenizer(padded=False)
    tok.enable_truncation(max_length)
    rows = [encoding.ids for encoding in tok.encode_batch(texts)]
    lengths = np.array([len(row) for row in rows])
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    tokens = torch.empty(int(offsets[-1]), 384, dtype=torch.float16)
    pooled, pooling = torch.empty(len(rows), 384), about(weights)["pooling"]
    for batch in batches(lengths):
        ids, mask = pad([rows[number] for number in batch])
        h = encoder(ids, mask, torch.zeros_like(ids)).float()
        pooled[batch] = pool(h, mask, pooling)
        h = torch.nn.functional.normalize(h, dim=-1).half()
        for at, number in enumerate(batch):
            tokens[offsets[number] : offsets[number + 1]] = h[at, : lengths[number]]
    return Vectors(tokens, offsets, pooled, rows)


def pool(h, mask, pooling):
    """Unit vectors of texts: the mean of their tokens', or that of the first."""
    whole = h[:, 0] if pooling == "cls" else (h * mask.unsqueeze(-1)).sum(1)
    return torch.nn.functional.normalize(whole, dim=-1)


def maxsim(query: torch.Tensor, documents: list[torch.Tensor], weight=None) -> torch.Tensor:
    """Mean (or weighted mean) over query tokens of the best cosine in each document."""
    every = torch.cat(documents).to(query.dtype)
    best = torch.stack([part.max(1).values for part in (query @ every.T).split([len(d) for d in documents], dim=1)])
    if weight is None:
        return best.float().mean(1)
    return best.float() @ (weight / weight.sum())


def cached(path, texts, **options) -> Vectors:
    """`encode`, kept on disk."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = encode(texts, **options)
        torch.save([made.tokens, made.offsets, made.pooled, made.ids], path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)
    return Vectors(*torch.load(path, weights_only=False))


def pieces(folder, texts, size=2048, **options) -> Vectors:
    """`cached` for many texts: every piece is a file of its own, so that a run that was stopped goes on where it was."""
    parts = [cached(folder / f"{start:06d}.pt", texts[start : start + size], **options) for start in range(0, len(texts), size)]
    starts = np.cumsum([0] + [len(part.tokens) for part in parts])
    offsets = np.concatenate([part.offsets[:-1] + start for part, start in zip(parts, starts)] + [starts[-1:]])
    return Vectors(torch.cat([part.tokens for part in parts]), offsets, torch.cat([part.pooled for part in parts]),
                   [row for part in parts for row in part.ids])
