"""Reading the training groups and the test collections."""
import argparse
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from digest import digest
from judgments import numbered, read_judgments, read_run

HERE = Path(__file__).parent
DEFAULT_DATA = HERE.parents[2] / ".." / "shared" / "data"
CHOOSING = ["scifact", "cranfield", "liveqa-med", "hotpotqa-dev:odd", "musique-dev:odd"]
ALL = ["dl19", "dl21", "scifact", "cranfield", "npl", "liveqa-med", "hotpotqa-dev", "musique-dev"]
HEADINGS = ["light-and-matter", "openstax-american-government", "openstax-astronomy", "openstax-principles-finance"]  # made by headings.py; no training reads them
KEPT = (DEFAULT_DATA, HERE / "cache" / "headings")  # what lies here has stayed as it was since the first scores were kept
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
    stays: bool  # what is kept under its name and its queries' ids is of these texts and this first stage


def collection(data: Path, name: str, depth=100, limit=None, run="bm25") -> Collection:
    """`name` may end in `:odd` or `:even`: positions in queries.jsonl counted from 1. Judged queries only. `run`: a file `….trec` there, or a whole path without the ending."""
    name, _, half = name.partition(":")
    folder = data / name
    documents = {row["_id"]: f"{row.get('title') or ''} {row['text']}".strip() for row in records(folder / "corpus.jsonl")}
    judgments = judged(folder)
    keep = {"": (0, 1), "odd": (1,), "even": (0,)}[half]
    rows = [row for at, row in enumerate(records(folder / "queries.jsonl"), 1) if at % 2 in keep and row["_id"] in judgments]
    queries = {row["_id"]: row["text"] for row in rows[:limit]}
    first, listed = {query: [] for query in queries}, set()
    for query, document, score in read_run(folder / f"{run}.trec"):
        if limit is None or query in first:
            listed |= {document} & documents.keys()
        if query in first and document in documents:
            first[query].append((document, score))
    first = {query: sorted(found, key=lambda hit: -hit[1])[:depth] for query, found in first.items()}
    place = name if limit is None else f"{name}-{half or 'all'}-{limit}"
    stays = run == "bm25" and folder.resolve().parent in [kept.resolve() for kept in KEPT]
    if not stays:
        place += "-" + digest(part for name in sorted(listed) for part in (name, documents[name]))
    return Collection(f"{name}:{half}" if half else name, documents, queries, judgments, first, listed, place, stays)


def judgment_file(folder: Path) -> Path:
    """Where the command `secondpass tune` looks for it, too."""
    names = ("qrels/test.tsv", "qrels.tsv", "qrels.txt")
    for name in names:
        if (folder / name).exists():
            return folder / name
    raise SystemExit(f"{folder} holds no judgments: none of {', '.join(names)} is there.")


def judged(folder: Path) -> dict[str, dict[str, float]]:
    judgments: dict[str, dict[str, float]] = {}
    for query, document, grade in read_judgments(judgment_file(folder)):
        judgments.setdefault(query, {})[document] = grade
    return judgments


def jsonl(path: Path):
    rows = []
    for number, line in numbered(path):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise SystemExit(f"{path}:{number} is not JSON: {error}") from None
    return rows


def records(path: Path) -> list[dict]:
    """Rows of a corpus or of queries as the command `secondpass` reads them: an id that is a whole number becomes text, a text or title that is null is empty."""
    rows = jsonl(path)
    for row in rows:
        if not isinstance(row, dict) or "_id" not in row or not row.keys() & {"title", "text"}:
            raise SystemExit(f'{path}: every row takes an "_id" and a "text"; this has not both: {json.dumps(row)[:200]}')
        name = row["_id"]
        if not (isinstance(name, str) or (type(name) is int and abs(name) < 2**53)):
            raise SystemExit(f'{path}: an "_id" is text, or a whole number below 2^53; this is neither: {json.dumps(row)[:200]}')
        row["_id"] = str(name)
        for field in ("title", "text"):
            text = "" if row.get(field) is None else row[field]
            if not isinstance(text, str):
                raise SystemExit(f'{path}: a "{field}" is text; here it is none: {json.dumps(row)[:200]}')
            row[field] = without_halves(text)
    return rows


def without_halves(text: str) -> str:
    """Half a character, of texts that were cut in the midst of one in UTF-16, can be neither read by a model nor written: U+FFFD takes its place."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
