"""What the layers that read a text alone make of it, once for all the pairs that it is part of: the lower ones of the
cross-encoder are the encoder's, and no pair changes what they say.

Kept in pieces under a folder, each named by its texts: a run that was stopped goes on where it was, and other texts are other pieces.
"""
import numpy as np
import torch

from digest import digest
from encode import batches, loaded, pad, pool
from network import APART, HIDDEN
from progress import Progress
from scoring import of_file
from weights import about, tokenizer

SIZE = 1024  # texts in a piece
TEXT, QUERY = 144, 64  # word pieces at most


def of_texts(cache, encoder, texts, whole=False):
    return Apart(cache / "apart" / of_file(encoder) / "texts", texts, encoder, TEXT, whole)


def of_queries(cache, encoder, queries, whole=False):
    return Apart(cache / "apart" / of_file(encoder) / "queries", queries, encoder, QUERY, whole)


class Apart:
    """Of many texts: word pieces `ids`, token vectors after the lower layers, fp16. `whole`: also the last layer's unit token vectors, and unit vectors of the texts."""

    def __init__(self, folder, texts, encoder, max_length, whole):
        parts = [texts[start : start + SIZE] for start in range(0, len(texts), SIZE)]
        files = []
        progress = Progress(f"reading {folder.name}", len(texts))
        for at, part in enumerate(parts):
            progress.at(at * SIZE)
            path = folder / f"{digest(part)}.pt"
            if not whole and not path.exists():  # a third less to compute, and half as much to keep
                path = path.with_suffix(".lower.pt")
            if not path.exists():
                folder.mkdir(parents=True, exist_ok=True)
                save(read(part, encoder, max_length, whole), path)
            files.append(path)
        names = ["lower", "last"] if whole else ["lower"]
        self.ids, pooled = [], []
        for path in files:
            part = torch.load(path, mmap=True)
            self.ids += part["ids"]
            pooled += [part["pooled"].clone()] if whole else []
        assert len(self.ids) == len(texts), (folder, len(self.ids), len(texts))
        self.offsets, self.pooled = np.concatenate([[0], np.cumsum([len(row) for row in self.ids])]), torch.cat(pooled) if whole else None
        self.tokens = {name: torch.empty(int(self.offsets[-1]), HIDDEN, dtype=torch.float16) for name in names}
        for at, path in enumerate(files):  # one after another: all of them twice would not fit everywhere
            part = torch.load(path, mmap=True)
            start = self.offsets[at * SIZE]
            for name, tokens in self.tokens.items():
                tokens[start : start + len(part[name])] = part[name]

    def of(self, number):
        """Token vectors after the lower layers `[tokens, 384]`."""
        return self.tokens["lower"][self.offsets[number] : self.offsets[number + 1]]

    def after(self, number):
        """Unit token vectors after the last layer."""
        return self.tokens["last"][self.offsets[number] : self.offsets[number + 1]]


def save(made, path):
    try:
        torch.save(made, path.with_suffix(".part"))
    except RuntimeError as error:  # which is all that PyTorch says of a full disk
        raise OSError(f"{path} could not be written. Is the disk full? ({error})") from None
    path.with_suffix(".part").replace(path)


@torch.inference_mode()
def read(texts, weights, max_length, whole):
    encoder, pooling = loaded(weights), about(weights)["pooling"]
    tok = tokenizer(padded=False)
    tok.enable_truncation(max_length)
    rows = [row.ids for row in tok.encode_batch(texts)]
    lengths = np.array([len(row) for row in rows])
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    made = {name: torch.empty(int(offsets[-1]), HIDDEN, dtype=torch.float16) for name in (["lower", "last"] if whole else ["lower"])}
    pooled = torch.empty(len(rows), HIDDEN)
    for batch in batches(lengths):
        ids, mask = pad([rows[number] for number in batch])
        states = encoder.states(ids, mask, torch.zeros_like(ids), None if whole else APART)
        found = {"lower": states[APART]}
        if whole:
            h = states[-1].float()
            pooled[batch] = pool(h, mask, pooling)
            found["last"] = torch.nn.functional.normalize(h, dim=-1)
        for at, number in enumerate(batch):
            for name, tokens in found.items():
                made[name][int(offsets[number]) : int(offsets[number + 1])] = tokens[at, : lengths[number]].half()
    return {"ids": rows, **made, **({"pooled": pooled} if whole else {})}
