"""What the encoder is trained on: clusters of texts that BM25 confuses, and the queries that are asked of them.

    python clusters.py                        # cache/clusters.pkl: a minute
    python clusters.py --teach bge            # then the vectors of its texts and queries, piece by piece; resumable

A cluster is what a first stage brings to one query: a positive, three more of the first ten, four of the next fifty. Every
text has its own queries beside it: those of the training groups, or keywords of it. A step takes several clusters and
compares all of its queries with all of its texts, so a text that was encoded once is judged dozens of times.
"""
import pickle
import time
from pathlib import Path

import numpy as np
import torch

from bm25 import BM25
from data import arguments, training
from encode import Vectors, cached
from mine import top
from pseudo import keyword_groups
from teachers import TEACHERS, checkpoint

SIZE = 8
SEEDS = {"squad-sent": 700, "medquad": 600, "fever": 500, "pubmedqa": 350, "climate-fever": 200, "ict": 150, "hotpot-train": 90,
         "musique-train": 90}
KEYWORDS = 60000
KEYWORD_SHARE = 0.4
PIECE = 512
TEXT_LENGTH, QUERY_LENGTH = 160, 48


def build(data: Path, limit: int | None = None) -> dict:
    """`clusters` `[n, SIZE]` of text numbers, `queries`, and `asked`: by cluster and text, a query's number."""
    rng = np.random.default_rng(31)
    texts, groups = training(data)
    index = BM25(texts)
    own: dict[int, list[str]] = {}
    for group in groups:
        for number in group.positive:
            own.setdefault(number, []).append(group.query)
    keywords: dict[int, list[str]] = {}
    for group in keyword_groups(texts, KEYWORDS, seed=13):
        keywords.setdefault(group.positive[0], []).append(group.query)
    seeds = [at for source, count in SEEDS.items()
             for at in rng.permutation([at for at, group in enumerate(groups) if group.source == source])[:count]]
    clusters, asked, queries = [], [], {}

    def number_of(query):
        return queries.setdefault(query, len(queries))

    for at in rng.permutation(seeds)[:limit]:
        group = groups[at]
        scores = index.scores(group.query)
        found = [int(number) for number in top(scores, 60) if number not in group.positive]
        chosen = [group.positive[0], *rng.permutation(found[:10])[:3], *rng.permutation(found[10:])[: SIZE - 4]]
        clusters.append(chosen)
        row = [[number_of(group.query)]]
        for number in chosen[1:]:
            pool = [*rng.permutation(own.get(number, []))[:1], *keywords.get(number, [])[: int(rng.random() < KEYWORD_SHARE)]]
            row.append([number_of(query) for query in pool] or [number_of(group.query)])
        asked.append(row)
    return {"clusters": np.array(clusters), "asked": asked, "queries": list(queries)}


def ordered(plan) -> list[int]:
    """Text numbers by first use."""
    return list(dict.fromkeys(plan["clusters"].flatten().tolist()))


def load(cache: Path, data: Path, limit: int | None = None) -> dict:
    """`limit`: so many clusters at most, where they are yet to be made."""
    path = cache / "clusters.pkl"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(build(data, limit)))
    return pickle.loads(path.read_bytes())


def teach(name: str, cache: Path, data: Path):
    """Vectors in pieces of PIECE texts by first use. `name`: a teacher, or `own`, the untouched base, for what the student knows and should keep."""
    plan, texts = load(cache, data), training(data)[0]
    folder, numbers = cache / "taught" / name, ordered(plan)
    weights = None if name == "own" else str(checkpoint(name))
    cached(folder / "queries.pt", plan["queries"], max_length=QUERY_LENGTH, weights=weights)
    for start in range(0, len(numbers), PIECE):
        cached(folder / f"{start:06d}.pt", [texts[number] for number in numbers[start : start + PIECE]], max_length=TEXT_LENGTH, weights=weights)
        print(f"{name}: {start + PIECE} of {len(numbers)} texts", flush=True)


class Taught:
    """Token vectors and vectors of texts and queries, by text number; waits for pieces that are still being made."""

    def __init__(self, name: str, cache: Path, numbers: list[int]):
        self.folder, self.place = cache / "taught" / name, {number: at for at, number in enumerate(numbers)}
        self.pieces: dict[int, Vectors] = {}
        self.queries = cached(waited(self.folder / "queries.pt"), [])

    def text(self, number) -> tuple[torch.Tensor, torch.Tensor]:
        """Token vectors and the text's own."""
        piece, at = divmod(self.place[number], PIECE)
        if piece not in self.pieces:
            self.pieces[piece] = cached(waited(self.folder / f"{piece * PIECE:06d}.pt"), [])
        return self.pieces[piece].of(at), self.pieces[piece].pooled[at]

    def query(self, at) -> tuple[torch.Tensor, torch.Tensor]:
        return self.queries.of(at), self.queries.pooled[at]


def waited(path: Path) -> Path:
    while not path.exists():
        time.sleep(2)
    return path


if __name__ == "__main__":
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--teach", choices=["own", *TEACHERS])
    parser.add_argument("--limit", type=int, help="so many clusters at most, for a trial; of a cache that has none yet")
    args = parser.parse_args()
    torch.set_num_threads(1)
    if args.teach:
        teach(args.teach, args.cache, args.data)
    else:
        plan = load(args.cache, args.data, args.limit)
        print(f"{len(plan['clusters'])} clusters, {len(ordered(plan))} texts, {len(plan['queries'])} queries")
