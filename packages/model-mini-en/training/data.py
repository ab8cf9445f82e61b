"""Reading the training groups and the test collections."""
import argparse
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
DEFAULT_DATA = HERE.parents[2] / ".." / "shared" / "data"
CHOOSING = ["scifact", "cranfield", "liveqa-med", "hotpotqa-dev:odd", "musique-dev:odd"]
ALL = ["dl19", "dl21", "scifact", "cranfield", "npl", "liveqa-med", "hotpotqa-dev", "musique-dev"]
HEADINGS = ["light-and-matter", "openstax-american-government", "openstax-astronomy", "openstax-principles-finance"]  # made by headings.py; no training reads them
REPORTING = ["dl19", "dl21", "npl", "hotpotqa-dev:even", "musique-dev:even"]


def arguments(description) -> argparse.ArgumentParser:
    """A parser with the options that every command shares."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder of the collections and of training/")
    parser.add_argument("--cache", type=Path, default=HERE / "cache", help="folder for everything that can be made again")
    return parser


@dataclass
class Group:
    query: str
    positive: list[int]
    negative: list[int]
    source: str


def training(data: Path) -> tuple[list[str], list[Group]]:
    """Texts by id, and groups; texts are numbered from 0 without gaps."""
    with gzip.open(data / "training" / "texts.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    texts = [""] * (max(row["id"] for row in rows) + 1)
    for row in rows:
        texts[row["id"]] = row["text"]
    with gzip.open(data / "training" / "groups.jsonl.gz", "rt") as lines:
        groups = [Group(**json.loads(line)) for line in lines]
    return texts, groups


@dataclass
class Collection:
    name: str
    documents: dict[str, str]
    queries: dict[str, str]
    judgments: dict[str, dict[str, float]]
    first: dict[str, list[tuple[str, float]]]
    listed: set[str]  # documents that the first stage found: for any query of the whole collection or, with a limit, of these
    place: str  # a name for what is kept of `listed`


def collection(data: Path, name: str, depth=100, limit=None, run="bm25") -> Collection:
    """`name` may end in `:odd` or `:even`: positions in queries.jsonl counted from 1. Judged queries only."""
    name, _, half = name.partition(":")
    folder = data / name
    documents = {row["_id"]: f"{row.get('title') or ''} {row['text']}".strip() for row in jsonl(folder / "corpus.jsonl")}
    judgments = judged(folder)
    keep = {"": (0, 1), "odd": (1,), "even": (0,)}[half]
    rows = [row for at, row in enumerate(jsonl(folder / "queries.jsonl"), 1) if at % 2 in keep and row["_id"] in judgments]
    queries = {row["_id"]: row["text"] for row in rows[:limit]}
    first, listed = {query: [] for query in queries}, set()
    for line in (folder / f"{run}.trec").read_text().splitlines():
        query, _, document, _, score, _ = line.split()
        if limit is None or query in first:
            listed |= {document} & documents.keys()
        if query in first and document in documents:
            first[query].append((document, float(score)))
    first = {query: sorted(found, key=lambda hit: -hit[1])[:depth] for query, found in first.items()}
    place = name if limit is None else f"{name}-{half or 'all'}-{limit}"
    return Collection(f"{name}:{half}" if half else name, documents, queries, judgments, first, listed, place)


def judged(folder: Path) -> dict[str, dict[str, float]]:
    judgments: dict[str, dict[str, float]] = {}
    if (folder / "qrels.tsv").exists():
        rows = [line.split("\t") for line in (folder / "qrels.tsv").read_text().splitlines()[1:]]
    else:
        rows = [[q, d, g] for q, _, d, g in (line.split() for line in (folder / "qrels.txt").read_text().splitlines())]
    for query, document, grade in rows:
        judgments.setdefault(query, {})[document] = float(grade)
    return judgments


def jsonl(path: Path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]
