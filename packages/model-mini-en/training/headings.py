"""Choosing sets of short queries, out of passages that training never reads: a heading asks for what stands under it.

    python passages.py --repositories FOLDER
    python headings.py                                                        # cache/headings/NAME: folders as the collections are
    python evaluate.py --data cache/headings --sets headings --ranker ../model --encoder FILE

The other choosing sets have long queries or few of them, and had misled more than once (docs/model-training.md). Here a query has two to eight words, and there are
hundreds in each field; relevant are the passages under the heading, which the passage's text does not repeat. Many others would do as well, so
figures are low; differences are what counts. packed.py leaves these sources out.
"""
import gzip
import json
import random
import re
from collections import defaultdict
from pathlib import Path

from bm25 import BM25, STOP, WORD
from data import HEADINGS, arguments
from mine import top

QUERIES, DEPTH, MOST = 150, 100, 8
GENERAL = re.compile(r"summar|introduc|review|preface|example|conclusion|overview|glossar|appendix|key |learning|chapter|check|about", re.I)


def query_of(title: str) -> str | None:
    """The narrowest heading, without its number; None if it says too little, or nothing of its own."""
    words = WORD.findall(re.sub(r"^[\d.]+\s*", "", title.split(": ")[-1]))
    plain = [word for word in words if word.lower() not in STOP]
    return " ".join(words) if 2 <= len(words) <= 8 and len(plain) >= 2 and not GENERAL.search(title.split(": ")[-1]) else None


def build(rows: list[dict], folder: Path, seed=7, depth=DEPTH):
    """`rows`: passages of one source."""
    under = defaultdict(list)
    for number, row in enumerate(rows):
        if query := query_of(row["title"]):
            under[query.lower()].append(number)
    asked = sorted(query for query, numbers in under.items() if len(numbers) <= MOST)
    asked = random.Random(seed).sample(asked, min(QUERIES, len(asked)))
    index = BM25([row["text"] for row in rows])
    folder.mkdir(parents=True, exist_ok=True)
    jsonl = lambda pairs: "".join(json.dumps({"_id": name, "text": text}, ensure_ascii=False) + "\n" for name, text in pairs)
    (folder / "corpus.jsonl").write_text(jsonl((f"d{at}", row["text"]) for at, row in enumerate(rows)), encoding="utf-8")
    (folder / "queries.jsonl").write_text(jsonl((f"q{at}", query) for at, query in enumerate(asked)), encoding="utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(f"q{at}\td{number}\t1\n" for at, query in enumerate(asked) for number in under[query]))
    lines = []
    for at, query in enumerate(asked):
        scores = index.scores(query)
        lines += [f"q{at} Q0 d{number} {rank} {scores[number]:.4f} bm25\n" for rank, number in enumerate(top(scores, depth), 1) if scores[number] > 0]
    (folder / "bm25.trec").write_text("".join(lines))
    print(f"{folder.name}: {len(rows)} passages, {len(asked)} queries")


if __name__ == "__main__":
    args = arguments(__doc__.splitlines()[0]).parse_args()
    held = defaultdict(list)
    with gzip.open(args.cache / "passages.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            held[row["source"]].append(row)
    for source in HEADINGS:
        build(held[source], args.cache / "headings" / source)
