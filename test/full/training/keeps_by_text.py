"""What is kept of texts is found again by these texts alone: vectors for training, vectors and scores for the evaluation.

Run in packages/model-mini-en/training, with a folder for what is made.
"""
import json
import pickle
import sys
from argparse import Namespace
from pathlib import Path

sys.path.insert(0, ".")
import numpy as np
import torch

import apart
import data
import scoring
from rows import Rows
from students import Cross, word_pieces

TEXTS = [f"The pump number {at} leaks when valve {at * 7} is open, so tighten seal {at * 3}." for at in range(12)]


def training_reads_its_own_queries(work):
    """Of queries that were mined, some are left out, and others change: what is trained on is what stands in the rows."""
    queries = [f"what to do when pump {at} leaks" for at in range(12)]
    assert apart.of_queries(work, None, queries).ids == word_pieces(queries, apart.QUERY)
    for left in (queries[1:], queries[:3] + queries[5:], [f"other {query}" for query in queries]):
        (work / "training").mkdir(exist_ok=True)
        with data.gzip.open(work / "training/texts.jsonl.gz", "wt") as out:
            out.writelines(json.dumps({"id": at, "text": text}) + "\n" for at, text in enumerate(TEXTS))
        data.gzip.open(work / "training/groups.jsonl.gz", "wt").close()
        count = len(left)
        np.savez(work / "rows.npz", numbers=np.zeros((count, 4), np.int32), parts=np.zeros((count, 4, 3), np.float32), sources=np.array(["asked"] * count), queries=np.array(left))
        learnt = Cross(Rows(work), Namespace(data=work, cache=work, encoder=None))
        assert learnt.queries.ids == word_pieces(left, apart.QUERY) and learnt.documents.ids == word_pieces(TEXTS, apart.TEXT)
    before = apart.of_texts(work, None, TEXTS)
    changed = apart.of_texts(work, None, [TEXTS[-1], *TEXTS[1:]])
    assert torch.equal(changed.of(0), before.of(11)) and not torch.equal(changed.of(0), before.of(0))
    # Whoever reads the lower layers alone neither computes nor keeps the others, and gets what those have who read all.
    assert all(set(torch.load(path)) == {"ids", "lower"} for path in (work / "apart").rglob("*.pt"))
    whole = apart.of_texts(work / "whole", None, TEXTS, whole=True)
    assert all(torch.equal(whole.of(number), before.of(number)) for number in range(12)) and len(whole.after(0)) == len(whole.of(0))
    again = apart.of_texts(work / "whole", None, TEXTS)
    assert torch.equal(again.of(3), whole.of(3)) and len(list((work / "whole").rglob("*.pt"))) == 1


def folder(at, texts=TEXTS, backwards=False):
    at.mkdir(parents=True, exist_ok=True)
    (at / "corpus.jsonl").write_text("".join(json.dumps({"_id": number, "text": text}) + "\n" for number, text in enumerate(texts)))  # ids that are numbers
    (at / "queries.jsonl").write_text("".join(json.dumps({"_id": f"q{number}", "text": f"pump {number} leaks"}) + "\n" for number in range(2)))
    (at / "qrels.tsv").write_text("q0\t0\t1\nq1\t1\t1\n")
    order = [3, 0, 1, 2][:: -1 if backwards else 1]
    (at / "bm25.trec").write_text("".join(f"q{query} Q0 {number} {rank} {9 - rank} bm25\n" for query in range(2) for rank, number in enumerate(order)))
    return data.collection(at.parent, at.name, depth=4)


def scored(part, found, work):
    scores = scoring.part_scores(part, found, work, 4)[0]
    return {query: {document: round(float(score), 3) for (document, _), score in zip(hits, scores[query])} for query, hits in found.first.items()}


def scores_are_of_the_documents_listed(work):
    """Another first stage with the same documents; and a folder of the same name with other texts."""
    other = [text.replace("pump", "harbour crane") for text in TEXTS]
    for part in ("bi", str(scoring.MODEL / "model_int8.onnx")):
        first = scored(part, folder(work / "a/test"), work)
        assert len(set(first["q0"].values())) == 4, first
        assert scored(part, folder(work / "a/test", backwards=True), work) == first
        elsewhere = scored(part, folder(work / "b/test", other), work)
        assert elsewhere != first and elsewhere == scored(part, folder(work / "b/test", other), work / "fresh")


def old_scores_count_where_texts_stay(work):
    found = folder(work / "kept/test")
    old = scoring.stored("bi", found, work / "old", 4)
    old = old.with_name(old.name.replace(".lists", ""))
    old.parent.mkdir(parents=True)
    old.write_bytes(pickle.dumps({"q0": np.arange(4.0), "q1": np.arange(3.0)}))  # the second is of a shorter list
    assert not found.stays and scored("bi", found, work / "old")["q0"]["3"] != 0
    data.KEPT = (*data.KEPT, work / "kept")
    scoring.stored("bi", found, work / "old", 4).unlink()
    found = folder(work / "kept/test")
    assert found.stays and found.place == "test"
    again = scored("bi", found, work / "old")
    assert list(again["q0"].values()) == [0, 1, 2, 3] and list(again["q1"].values()) != [0, 1, 2], again


if __name__ == "__main__":
    torch.set_num_threads(1)
    work = Path(sys.argv[1]).resolve()
    work.mkdir(parents=True, exist_ok=True)
    for checked in (training_reads_its_own_queries, scores_are_of_the_documents_listed, old_scores_count_where_texts_stay):
        checked(work)
        print(checked.__name__.replace("_", " "), flush=True)
