"""The mined rows as training batches: which query comes when, and which of its candidates."""
import numpy as np

# times that a source's rows are seen in one pass; no source ends above 40 % of the groups
WEIGHTS = {"squad-sent": 0.7, "fever": 0.6, "medquad": 0.4, "pubmedqa": 2, "climate-fever": 2, "hotpot-train": 4,
           "musique-train": 4, "ict": 3, "keywords": 1}
UNLABELLED = {"ict", "keywords", "asked"}


class Rows:
    """Of cache/rows.npz: text `numbers` `[rows, candidates]`, the positive first; teacher `parts` `[rows, candidates, parts]`; `sources` and `queries`."""

    def __init__(self, cache):
        mined = np.load(cache / "rows.npz")
        self.numbers, self.parts, self.sources = mined["numbers"], mined["parts"], mined["sources"]
        self.queries = mined["queries"].tolist()

    def order(self, groups, seed=3):
        """Row numbers for a whole run: passes over the weighted sources, shuffled, none of the held-out rows."""
        rng = np.random.default_rng(seed)
        usable = np.setdiff1d(np.arange(len(self.sources)), self.held_out())
        passes, total = [], 0
        while total < groups:
            chosen = []
            others = sorted(set(self.sources.tolist()) - WEIGHTS.keys())
            for source, weight in (WEIGHTS | {source: 1 for source in others}).items():
                pool = rng.permutation(usable[self.sources[usable] == source])
                chosen += [pool] * int(weight) + [pool[: round(len(pool) * (weight % 1))]]
            passes.append(rng.permutation(np.concatenate(chosen)))
            total += len(passes[-1])
        return np.concatenate(passes)[:groups]

    def held_out(self, count=200):
        """For the training log only: some rows of every pass are never trained on."""
        return np.random.default_rng(1).permutation(len(self.sources))[: min(count, len(self.sources) // 10)]

    def group(self, row, size, rng):
        """The positive and `size - 1` of the other candidates: texts and teacher parts."""
        chosen = np.concatenate([[0], 1 + rng.permutation(self.numbers.shape[1] - 1)[: size - 1]])
        return self.numbers[row, chosen], self.parts[row, chosen]
