"""Queries with candidates and what the teachers say of them, all on one device: what distil.py learns from.

Every text and query is read once by each teacher. Candidates of a query are its home, what its words find (BM25 over word pieces) and what the
first teacher's vectors find; the teachers score them when they are asked for.
"""
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from encode import pool
from ragged import Packed, Ragged
from weights import FAST

K1, B, SATURATION = 1.2, 0.75, 20
WORDS, NEAR = 40, 40  # candidates of each kind
AT_ONCE = {"cpu": 2048, "cuda": 131072}  # word pieces; the caches of a processor are small
VOCABULARY = 30522
SPECIAL = [100, 101, 102]


@dataclass
class Read:
    """Unit token vectors of rows, as they lie in `rows.flat`, fp16, and a unit vector of each row."""

    rows: Ragged
    tokens: torch.Tensor
    pooled: torch.Tensor

    def of(self, numbers):
        """Of some rows: token vectors `[rows, width, 384]`, mask, vectors."""
        places, mask = self.rows.places(numbers)
        return self.tokens[places], mask, self.pooled[numbers]


@torch.no_grad()
def read(model, rows: Ragged, pooling: str) -> Read:
    device = rows.flat.device
    tokens, pooled = torch.empty(len(rows.flat), 384, dtype=torch.float16, device=device), torch.empty(len(rows), 384, device=device)
    for numbers in rows.batches(AT_ONCE[device.type]):
        ids, mask = rows.padded(numbers)
        h = model(ids, mask, torch.zeros_like(ids)).float()
        places, there = rows.places(numbers)
        pooled[numbers] = pool(h, mask, pooling)
        tokens[places[there]] = F.normalize(h, dim=-1)[there].half()
    return Read(rows, tokens, pooled)


def read_once(name, model, rows, pooling, folder) -> Read:
    """As `read`; kept in a folder, if one is given, for a run that goes on with the same texts."""
    if folder is None:
        return read(model, rows, pooling)
    path = folder / f"{name}-{rows.digest()}.pt"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = read(model, rows, pooling)
        torch.save({"tokens": made.tokens, "pooled": made.pooled}, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)
    return Read(rows, **torch.load(path, map_location=rows.flat.device, weights_only=True))


def similarities(queries, texts, weights):
    """Cosine and rare MaxSim `[queries, candidates]` of what `Read.of` gives of queries and of their candidates; `weights` `[queries, width]` add up to 1."""
    (q, _, q_pooled), (d, mask, d_pooled) = queries, texts
    size = len(q)
    d, mask = d.view(size, -1, *d.shape[1:]), mask.view(size, -1, mask.shape[1])
    every = torch.einsum("qld,qktd->qklt", q.to(FAST), d.to(FAST))
    best = every.masked_fill(~mask[:, :, None].bool(), -2).amax(3).float()
    return torch.einsum("qd,qkd->qk", q_pooled, d_pooled.view(size, -1, d_pooled.shape[-1])), torch.einsum("qkl,ql->qk", best, weights)


def every_similarity(queries, texts, weights):
    """As `similarities`, of all queries with all texts: `[queries, texts]`. And each token of a query, of those that are there, with each of a text: `[tokens, texts, width]`."""
    (q, there, q_pooled), (d, mask, d_pooled) = queries, texts
    there = there.bool()
    every = (q[there].float() @ d.flatten(0, 1).float().T).view(-1, *d.shape[:2])  # of tokens that are there: queries' lengths differ; bf16 has no cosines nearer than .004
    every = every.masked_fill(~mask.bool(), -2)
    best = every.amax(2) * weights[there][:, None]
    rows = torch.arange(len(q), device=q.device)[:, None].expand_as(there)[there]
    return q_pooled @ d_pooled.T, torch.zeros(len(q), len(d), device=q.device).index_add(0, rows, best), every


def saturated(scores):
    return scores / (scores + SATURATION)


def token_weights(rarity, ids, mask):
    """What a query's tokens count `[queries, width]`, together 1: as much as they are rare, special ones as the mean of the others."""
    special = torch.isin(ids, torch.tensor(SPECIAL, device=ids.device)) & mask.bool()
    plain = rarity[ids] * mask * ~special
    count = (mask.bool() & ~special).sum(1, keepdim=True)
    mean = torch.where(plain.sum(1, keepdim=True) > 0, plain.sum(1, keepdim=True) / count.clamp(min=1), 1.0)
    weight = plain + special * mean
    return weight / weight.sum(1, keepdim=True)


class Lists:
    """`choose` gives queries their candidates, `taught` says what the teachers make of them."""

    def __init__(self, packed: Packed, teachers, rarity, seed=3, folder=None):
        """`teachers`: of each a name, the network, its pooling, and the weights of its cosine and rare MaxSim; `rarity` of every word piece. `folder`: where what
        they read is kept, for a run that goes on."""
        self.packed, self.rarity, self.read = packed, rarity, []
        self.below = None  # what a cross-encoder's lower layers make of it, once they are asked
        for name, model, pooling, weights in teachers:
            sides = [read_once(name, model, rows, pooling, folder) for rows in (packed.texts, packed.queries)]
            self.read.append((*sides, weights))
        self.index = BM25(packed.texts)
        self.near = [part.pooled.to(FAST) for part in self.read[0][:2]]
        self.generator = torch.Generator(device=rarity.device).manual_seed(seed)
        self.by_home = torch.argsort(packed.home)
        self.first_of = torch.searchsorted(packed.home[self.by_home].contiguous(), torch.arange(len(packed.texts) + 1, device=rarity.device))

    def candidates(self, numbers):
        """Of each query its home, WORDS that its words find, and NEAR that the first teacher finds."""
        texts, queries = self.near
        near = (queries[numbers] @ texts.T).topk(min(NEAR, len(texts))).indices
        words = self.index.scores(self.packed.queries.padded(numbers)[0]).topk(min(WORDS, len(texts))).indices
        return torch.cat([self.packed.home[numbers, None], words, near], 1)

    def choose(self, numbers, size):
        """Of each query `[queries, size]` text numbers: its home, then of both kinds as many from the first ten as from below them, one at random."""
        rest = size - 2
        shares = [math.ceil(rest / 4), rest // 4, math.ceil(rest / 4)]
        shares.append(rest - sum(shares))
        starts = [(1, 10), (11, WORDS - 10), (1 + WORDS, 10), (11 + WORDS, NEAR - 10)]
        places = [torch.zeros(len(numbers), 1, dtype=torch.long, device=numbers.device)]
        for share, (first, count) in zip(shares, starts):
            places.append(first + torch.rand(len(numbers), count, generator=self.generator, device=numbers.device).topk(share).indices)
        chosen = self.candidates(numbers).gather(1, torch.cat(places, 1))
        chance = torch.randint(len(self.packed.texts), (len(numbers), 1), generator=self.generator, device=numbers.device)
        return torch.cat([chosen, chance], 1)

    def together(self, numbers, size):
        """What some queries find, `texts`, each once; `asked`, one query at home in each that has any; and `own` `[asked, size]`, places in `texts` of
        what was found with its home: a text that is read once is compared with all the queries."""
        chosen = self.choose(numbers, size)
        texts, place = torch.unique(chosen, return_inverse=True)
        first, count = self.first_of[texts], self.first_of[texts + 1] - self.first_of[texts]
        which = (torch.rand(len(texts), generator=self.generator, device=texts.device) * count).long()
        asked = self.by_home[(first + which)[count > 0]]
        rows = torch.arange(len(chosen), device=texts.device).repeat_interleave(size)
        finder = torch.full_like(texts, len(chosen)).scatter_reduce(0, place.flatten(), rows, "amin")  # the first query that found it
        return texts, asked, place[finder[count > 0]]

    def weights(self, numbers):
        """Of queries, as `token_weights`."""
        return token_weights(self.rarity, *self.packed.queries.padded(numbers))

    @torch.no_grad()
    def taught(self, numbers, chosen, first_stage=0.0):
        """The teachers' scores `[queries, candidates]`; `first_stage`: weight of saturated BM25 among them."""
        weights, total = self.weights(numbers), 0
        for texts, queries, (cosine, rare) in self.read:
            near, best = similarities(queries.of(numbers), texts.of(chosen.flatten()), weights)
            total = total + cosine * near + rare * best
        return total + first_stage * self.first_stage(numbers, chosen) if first_stage else total

    def first_stage(self, numbers, chosen):
        """What a first stage knows: saturated BM25, 0 to 1 `[queries, candidates]`."""
        return saturated(self.index.of(self.packed.queries.padded(numbers)[0], chosen))

    def first_stage_of_all(self, asked, texts):
        """The same of all those queries with all those texts: `[asked, texts]`."""
        return saturated(self.index.scores(self.packed.queries.padded(asked)[0], texts).float())

    @torch.no_grad()
    def taught_all(self, asked, texts):
        """As `taught`, of all those queries with all those texts: `[asked, texts]`. And what of it the texts' vectors say, `[asked, texts]`, and what each word of a query
        says of each text, and of each word in it, before it is weighted: `[tokens, texts]`, `[tokens, texts, width]`."""
        weights, total, vectors, words, places = self.weights(asked), 0, 0, 0, 0
        for own, queries, (cosine, rare) in self.read:
            near, best, every = every_similarity(queries.of(asked), own.of(texts), weights)
            total, vectors = total + cosine * near + rare * best, vectors + cosine * near
            words, places = words + rare * every.amax(2), places + rare * every
        return total, vectors, words, places


class BM25:
    """Over word pieces, as products of a dense matrix made piece by piece."""

    def __init__(self, rows: Ragged, piece=32768):
        self.rows, self.piece = rows, piece
        frequency = torch.zeros(VOCABULARY, device=rows.flat.device)
        self.parts = []
        for start in range(0, len(rows), piece):
            counts = self.counts(start)
            frequency += (counts > 0).sum(0)
            self.parts.append(self.weighted(counts, start))
        self.idf = torch.log(1 + (len(rows) - frequency + 0.5) / (frequency + 0.5))
        self.idf[[0, *SPECIAL]] = 0

    def counts(self, start):
        end = min(start + self.piece, len(self.rows))
        first, last = int(self.rows.starts[start]), int(self.rows.starts[end - 1] + self.rows.lengths[end - 1])
        text = torch.repeat_interleave(torch.arange(end - start, device=self.rows.flat.device), self.rows.lengths[start:end])
        counts = torch.zeros(end - start, VOCABULARY, dtype=FAST, device=self.rows.flat.device)
        return counts.index_put_((text, self.rows.flat[first:last].long()), torch.ones((), dtype=FAST, device=counts.device), accumulate=True)

    def restraint(self, numbers):
        return K1 * (1 - B + B * self.rows.lengths[numbers] / self.rows.lengths.float().mean())

    def weighted(self, counts, start):
        return (counts / (counts + self.restraint(torch.arange(start, start + len(counts), device=counts.device))[:, None].to(FAST))).T.contiguous()

    def asked(self, ids):
        return torch.zeros(len(ids), VOCABULARY, device=ids.device).scatter_(1, ids, 1.0) * self.idf

    def scores(self, ids, texts=None):
        """Of queries' word pieces `[queries, width]`: of every text, or of those whose numbers are given, in ascending order, `[queries, texts]`."""
        asked = self.asked(ids).to(FAST)
        parts = self.parts
        if texts is not None:
            parts = [part[:, texts[texts // self.piece == at] - at * self.piece] for at, part in enumerate(parts)]
        return torch.cat([asked @ part for part in parts], 1)

    def of(self, ids, chosen):
        """Of some texts only `[queries, candidates]`."""
        known = self.idf[ids]
        later = torch.tril(ids[:, :, None] == ids[:, None, :], -1).any(2)  # a word counts once
        text, mask = self.rows.padded(chosen.flatten())
        text = text.view(len(ids), -1, text.shape[1])
        counts = torch.stack([(ids[:, at, None, None] == text).sum(2) for at in range(ids.shape[1])], 2).float()
        counts = counts / (counts + self.restraint(chosen)[:, :, None])
        return (counts * (known * ~later)[:, None]).sum(2)
