"""All that training reads as word pieces in one file, so that training itself needs no tokenizer and any machine can have it.

    python passages.py --repositories FOLDER      # optional: passages of many fields, unlabelled
    python packed.py                              # cache/packed.npz: a few minutes

Texts: those of training/, then the passages, without those that headings.py asks for and those that share
ten words in a row with a text of a test collection. Queries: those of the training groups, keywords of texts by rule, and the
headings that passages stand under. Every query has a home, the text that it came from.
"""
import gzip
import json
import zlib
from pathlib import Path

import numpy as np

from bm25 import WORD
from data import ALL, HEADINGS, Group, arguments, jsonl, training
from pseudo import keyword_groups
from weights import tokenizer

TEXT, QUERY = 224, 64  # word pieces at most
KEYWORDS = 60_000
IN_A_ROW = 10


def runs_of_words(text: str) -> np.ndarray:
    """A number for every IN_A_ROW words in a row, the same for the same words."""
    words = np.array([zlib.crc32(word.encode()) for word in WORD.findall(text.lower())], np.uint64)
    found = np.zeros(max(0, len(words) - IN_A_ROW + 1), np.uint64)
    for at in range(IN_A_ROW if len(found) else 0):
        found = found * np.uint64(1_000_003) + words[at : at + len(found)]
    return found


def of_test_collections(data: Path) -> np.ndarray:
    """The runs of words in all texts and queries that are for evaluation only, sorted."""
    files = [data / name / file for name in ALL for file in ("corpus.jsonl", "queries.jsonl")]
    return np.unique(np.concatenate([runs_of_words(row["text"]) for file in files for row in jsonl(file)]))


def pack(data: Path, passages: Path, out: Path, keywords=KEYWORDS, limit: int | None = None):
    """`limit`: so many training texts, and no passages."""
    texts, groups = training(data)
    texts = texts[:limit]
    labelled = len(texts)
    found = [Group(group.query, group.positive, [], group.source) for group in groups if group.positive[0] < labelled]
    if passages.exists() and limit is None:
        barred, left_out = of_test_collections(data), 0
        with gzip.open(passages, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["source"] in HEADINGS:
                    continue
                own = runs_of_words(row["text"])
                if (barred[np.searchsorted(barred, own).clip(max=len(barred) - 1)] == own).any():
                    left_out += 1
                    continue
                if len(row["title"].split()) > 1:
                    found.append(Group(row["title"], [len(texts)], [], "heading"))
                texts.append(row["text"])
        print(f"{left_out} passages are left out: they share {IN_A_ROW} words in a row with a test collection")
    found += keyword_groups(texts, keywords, seed=13)
    once = {}
    for group in found:
        once.setdefault(group.query, group)
    queries, kinds = list(once), sorted({group.source for group in found})
    tok = tokenizer(padded=False)

    def pieces(many, most):
        tok.enable_truncation(most)
        rows = [row.ids for start in range(0, len(many), 10_000) for row in tok.encode_batch(many[start : start + 10_000])]
        return np.concatenate([np.array(row, np.uint16) for row in rows]), np.array([len(row) for row in rows], np.uint16)

    text_ids, text_lengths = pieces(texts, TEXT)
    query_ids, query_lengths = pieces(queries, QUERY)
    np.savez(out, text_ids=text_ids, text_lengths=text_lengths, query_ids=query_ids, query_lengths=query_lengths, labelled=labelled,
             home=np.array([group.positive[0] for group in once.values()], np.int32),
             kind=np.array([kinds.index(group.source) for group in once.values()], np.uint8), kinds=np.array(kinds))
    print(f"{len(texts)} texts, {len(text_ids)} word pieces; {len(queries)} queries, {len(query_ids)} word pieces; {out}")


if __name__ == "__main__":
    args = arguments(__doc__.splitlines()[0]).parse_args()
    args.cache.mkdir(parents=True, exist_ok=True)
    pack(args.data, args.cache / "passages.jsonl.gz", args.cache / "packed.npz")
