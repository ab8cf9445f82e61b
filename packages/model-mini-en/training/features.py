"""What the embedded ranker knows of one query and one document. Nothing here depends on the rest of a list.

The terms of ranker.json, as packages/core/src/load/ranker-file.ts defines them: `cosine` of the texts' vectors, `max-sim`,
`rare-max-sim` and `lexical`. How rare a word piece is was counted in the training texts and is kept in `rarity.bin`.
"""
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from encode import Vectors

K1, B = 1.2, 0.75
SPECIAL = {100, 101, 102}  # [UNK], [CLS], [SEP]
PER_UNIT = 20
FILE = "rarity.bin"
MEAN_TOKENS = 84.7  # of the training texts


@dataclass
class Background:
    """How rare each word piece is in a body of texts, in steps of 1 / PER_UNIT, and how long a text is there."""

    rarity: np.ndarray
    mean_tokens: float

    @staticmethod
    def of(texts: list[list[int]], vocabulary: int) -> "Background":
        found = np.zeros(vocabulary)
        for ids in texts:
            found[list(set(ids))] += 1
        idf = np.log(1 + (len(texts) - found + 0.5) / (found + 0.5))
        return Background(np.clip(np.round(idf * PER_UNIT), 0, 255) / PER_UNIT, round(float(np.mean([len(ids) for ids in texts])), 1))

    def write(self, folder: Path) -> dict:
        """The table, and what ranker.json says of it."""
        (folder / FILE).write_bytes(np.round(self.rarity * PER_UNIT).astype(np.uint8).tobytes())
        return {"file": FILE, "perUnit": PER_UNIT, "meanTokens": self.mean_tokens}

    @staticmethod
    def read(folder: Path) -> "Background":
        stored = np.frombuffer((folder / FILE).read_bytes(), np.uint8)
        return Background(stored / PER_UNIT, MEAN_TOKENS)

    def lexical(self, query: list[int], document: list[int]) -> float:
        """0 to 1: BM25 over word pieces as a share of the most that any document could reach."""
        asked = set(query) - SPECIAL
        most = sum(self.rarity[piece] for piece in asked)
        if not most:
            return 0.0
        counts: dict[int, int] = {}
        for piece in document:
            if piece in asked:
                counts[piece] = counts.get(piece, 0) + 1
        restraint = K1 * (1 - B + B * len(document) / self.mean_tokens)
        return float(sum(self.rarity[piece] * count / (count + restraint) for piece, count in counts.items()) / most)

    def weights(self, query: list[int]) -> torch.Tensor:
        """A query token counts as much as it is rare; special ones as the mean of the others."""
        rarity = self.rarity[query].astype(np.float32)
        plain = np.array([piece not in SPECIAL for piece in query])
        rarity[~plain] = rarity[plain].mean() if rarity[plain].any() else 1.0
        return torch.from_numpy(rarity)


def features(background: Background, queries: Vectors, at: int, documents: Vectors, chosen: list[int]) -> dict[str, np.ndarray]:
    """By term, one number for each chosen document."""
    own, vectors = queries.of(at).float(), [documents.of(number) for number in chosen]
    best = torch.stack([(own @ vector.float().T).max(1).values for vector in vectors])
    weight = background.weights(queries.ids[at])
    return {
        "cosine": (documents.pooled[chosen] @ queries.pooled[at]).numpy(),
        "max-sim": best.mean(1).numpy(),
        "rare-max-sim": (best @ (weight / weight.sum())).numpy(),
        "lexical": np.array([background.lexical(queries.ids[at], documents.ids[number]) for number in chosen]),
    }
