"""Rows of word pieces on a device, and what packed.py wrote: training reads nothing else, so it needs no tokenizer and no folder of data."""
import hashlib
from pathlib import Path

import numpy as np
import torch


class Ragged:
    """Rows of different lengths, one after the other in `flat`; on a device."""

    def __init__(self, flat, lengths, device="cpu"):
        self.flat = torch.as_tensor(np.asarray(flat, np.int32), device=device)
        self.lengths = torch.as_tensor(np.asarray(lengths, np.int64), device=device)
        self.starts = self.lengths.cumsum(0) - self.lengths

    @staticmethod
    def of(rows: list[list[int]], device="cpu") -> "Ragged":
        return Ragged(np.concatenate([np.asarray(row, np.int32) for row in rows]), [len(row) for row in rows], device)

    def __len__(self):
        return len(self.lengths)

    def some(self, numbers) -> "Ragged":
        """Those rows alone, in the order given."""
        flat, starts, lengths = (part.cpu().numpy() for part in (self.flat, self.starts, self.lengths))
        return Ragged(np.concatenate([flat[starts[at] : starts[at] + lengths[at]] for at in numbers]), lengths[numbers], self.flat.device)

    def digest(self) -> str:
        """A name that changes with what the rows hold."""
        held = b"".join(part.cpu().numpy().tobytes() for part in (self.lengths, self.flat))
        return hashlib.sha256(held).hexdigest()[:12]

    def places(self, numbers):
        """Of some rows: where their items lie in `flat` `[rows, width]`, and which of them are there; the width is a multiple of 8."""
        lengths = self.lengths[numbers]
        at = torch.arange(-(-int(lengths.max()) // 8) * 8, device=self.flat.device)
        mask = at < lengths[:, None]
        return (self.starts[numbers][:, None] + at).clamp(max=len(self.flat) - 1), mask

    def padded(self, numbers) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids and mask of some rows, int64 `[rows, width]`."""
        places, mask = self.places(numbers)
        return self.flat[places].long() * mask, mask.long()

    def batches(self, budget: int, numbers=None, seed=None):
        """Numbers of rows, in order of length, as many as stay within so many padded items; with a seed, batches of other rows and in another order each time."""
        numbers = np.arange(len(self)) if numbers is None else np.asarray(numbers)
        lengths = self.lengths.cpu().numpy()[numbers]
        rng = None if seed is None else np.random.default_rng(seed)
        order = np.argsort(lengths if rng is None else lengths + rng.uniform(0, 8, len(lengths)), kind="stable")
        found, start = [], 0
        widths = -(-lengths[order] // 8) * 8
        while start < len(order):
            end = start + 1
            most = max(1, budget // int(widths[start]))
            end = min(len(order), start + most)
            while end - start > 1 and (end - start) * int(widths[start:end].max()) > budget:
                end = start + max(1, min(end - start - 1, budget // int(widths[start:end].max())))
            found.append(torch.as_tensor(numbers[order[start:end]], device=self.flat.device))
            start = end
        return found if rng is None else [found[at] for at in rng.permutation(len(found))]


class Packed:
    """What `packed.npz` holds: `texts` and `queries`, of each query the number of its home and its kind; the first `labelled` texts are those of training/."""

    def __init__(self, path: Path, device="cpu"):
        held = np.load(path)
        self.texts = Ragged(held["text_ids"], held["text_lengths"], device)
        self.queries = Ragged(held["query_ids"], held["query_lengths"], device)
        self.home = torch.as_tensor(held["home"].astype(np.int64), device=device)
        self.kind, self.kinds = held["kind"], held["kinds"].tolist()
        self.labelled = int(held["labelled"])

    def part(self, count: int, which=0, in_a_row=100) -> "Packed":
        """So many of the texts and the queries that are at home in them: half of training/, half passages, as runs of neighbours spread evenly over each.
        `which`: parts with other numbers have other texts, until all of a half have been read; then they come round again, those of part 0 left out."""
        some, device = self.numbers(count, which, in_a_row), self.home.device
        if which:
            some = np.setdiff1d(some, self.numbers(count, 0, in_a_row))
        place = np.full(len(self.texts), -1)
        place[some] = np.arange(len(some))
        asked = np.flatnonzero(place[self.home.cpu().numpy()] >= 0)
        found = object.__new__(Packed)
        found.texts, found.queries = self.texts.some(some), self.queries.some(asked)
        found.home = torch.as_tensor(place[self.home.cpu().numpy()[asked]], device=device)
        found.kind, found.kinds, found.labelled = self.kind[asked], self.kinds, int((some < self.labelled).sum())
        return found

    def numbers(self, count, which, in_a_row):
        """Of the texts of a part, ascending, those of part 0 among them where they have come round again."""
        sides = [(first, last) for first, last in ((0, self.labelled), (self.labelled, len(self.texts))) if last > first]
        kept = []
        for first, last in sides:
            runs = max(1, round(count / len(sides) / in_a_row))
            starts = np.linspace(0, last - first, runs, endpoint=False).astype(int) + which * in_a_row
            kept.append(first + np.unique((starts[:, None] + np.arange(in_a_row)) % (last - first)))
        return np.concatenate(kept)
