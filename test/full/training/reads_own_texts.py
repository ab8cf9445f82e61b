"""What fine_tune.py learns from, out of files as people have them: what is used, what is left out and why, what is refused.

Run in packages/model-mini-en/training, with a folder for what is made.
"""
import gzip
import io
import json
import sys
from argparse import Namespace
from contextlib import redirect_stderr
from pathlib import Path

sys.path.insert(0, ".")
import numpy as np

import own_rows
import own_test
from judgments import read_run
from own_texts import CLICKED, read

PARTS, PLACES = ["gasket", "valve", "shaft", "rotor", "seal"], ["kitchen", "tunnel", "hangar"]
TEXTS = [f"The {PARTS[at % 5]} in the {PLACES[at % 3]} leaks when load {at} is on." for at in range(60)]


def folder(at, ids=str, texts=TEXTS):
    at.mkdir(parents=True, exist_ok=True)
    name = (lambda kind, number: number) if ids is int else lambda kind, number: f"{kind}{number}"
    (at / "corpus.jsonl").write_text("".join(json.dumps({"_id": name("d", number), "text": text}) + "\n" for number, text in enumerate(texts)))
    (at / "queries.jsonl").write_text("\ufeff" + "".join(json.dumps({"_id": name("q", number), "text": f"What leaks at load {number}?"}) + "\n" for number in range(20)))
    return at


def got(corpus, clicks=None, test=None, make=0, **more):
    """Queries, and what was said, the refusal among it."""
    args = Namespace(**{"corpus": corpus, "texts": 50_000, "clicks": clicks, "no_queries": False, "make": make} | more)
    with redirect_stderr(said := io.StringIO()):
        try:
            return read(args, test)[2], said.getvalue()
        except SystemExit as refused:
            return [], said.getvalue() + str(refused)


def clicks_in_every_form(work):
    corpus, file = folder(work / "corpus"), work / "clicks.tsv"
    for text, used in {"q0\td0\t1\nq1\td3\t1\n": "2 of 2", "q0\t0\td0\t1\n": "1 of 1", "q0 0 d0 1\n": "1 of 1", "\ufeffq0\td0\t1\n": "1 of 1", "q0\td0\t1\n\n": "1 of 1", "q0\td0\n": "1 of 1",
                       "query-id\tcorpus-id\tscore\nq0\td0\t1e0\nq1\td1\t0.5\n": "2 of 2", "q0\td0\t1\r\n": "1 of 1", "q0\td0\t1\nq0\td0\t2\n": "2 of 2"}.items():
        file.write_text(text)
        queries, said = got(corpus, file)
        assert f"{used} clicks are used" in said, (text, said)
        assert next(query for query in queries if query[0] == "q0")[2:] == ([0], CLICKED)
    file.write_text("q0\td0\t1\nq0\td1\t0\nq1\tnone\t1\nq77\td0\t1\n")
    said = got(corpus, file)[1]
    for part in ("1 of 4 clicks", "1 have no grade above 0, the first: q0 d1", "1 name a document that is not among the texts read, the first: q1 none", "1 are of queries that are not read, the first: q77 d0"):
        assert part in said, said
    file.write_text("q0\tnone\t1\n")
    assert "0 of 1 clicks are used" in got(corpus, file)[1] and "without --clicks" in got(corpus, file)[1]
    file.write_text("q0\td0\t1\nq0\td1\tmuch\n")
    assert f"{file}:2 is no judgment" in got(corpus, file)[1]
    file.write_text("0\t0\t1\n1\t3\t1\n")
    queries, said = got(folder(work / "numbers", int), file)
    assert "2 of 2 clicks" in said and sum(query[3] == CLICKED for query in queries) == 2, said


def refused(work):
    assert "holds 23 texts" in got(folder(work / "few", texts=TEXTS[:23]))[1]
    twice = folder(work / "twice")
    (twice / "corpus.jsonl").write_text((twice / "corpus.jsonl").read_text() * 2)
    assert 'the id "d0" stands there twice' in got(twice)[1]
    broken = folder(work / "broken")
    (broken / "corpus.jsonl").write_text('{"_id": "d0", "text": "a"}\n{"_id": "d1"\n')
    assert f"{broken / 'corpus.jsonl'}:2 is not JSON" in got(broken)[1]
    (broken / "corpus.jsonl").write_text('{"id": "d0", "text": "a"}\n')
    assert 'takes an "_id" and a "text"' in got(broken)[1]
    for file, extra, why in (("corpus", '{"_id": null, "text": "a"}', 'an "_id" is text, or a whole number'), ("corpus", '{"_id": 90071992547409931, "text": "a"}', "below 2^53"),
                             ("corpus", '{"_id": "x", "title": 7, "text": "a"}', 'a "title" is text'), ("queries", '{"_id": "x\\ud83d", "text": "a"}', "half a character")):
        odd = folder(work / "odd")
        (odd / f"{file}.jsonl").write_text((odd / f"{file}.jsonl").read_text() + extra + "\n")
        assert why in got(odd)[1], got(odd)[1]
    odd = folder(work / "odd")
    for encoding, extra, way in (("utf-16", "", "iconv -f UTF-16"), ("latin-1", '{"_id": "x", "text": "caf\u00e9"}\n', "iconv -f WINDOWS-1252")):
        (odd / "corpus.jsonl").write_bytes(((folder(work / "corpus") / "corpus.jsonl").read_text() + extra).encode(encoding))
        assert f"{odd / 'corpus.jsonl'} is not UTF-8 text" in got(odd)[1] and way in got(odd)[1], got(odd)[1]
    assert "0 queries are left" in got(folder(work / "corpus"), no_queries=True)[1]
    assert "is not there" in got(work / "nowhere")[1]


def odd_rows(work):
    odd = folder(work / "odd-rows")
    for name, extra in (("corpus", '{"_id": "e", "text": ""}\n{"_id": "t", "title": "A title alone"}\n{"_id": "n", "title": null, "text": "cut in \\ud83d"}\n'), ("queries", '{"_id": "made-7", "text": " "}\n{"_id": "made-0", "text": "cut in \\ud83d"}\n')):
        (odd / f"{name}.jsonl").write_text((odd / f"{name}.jsonl").read_text() + extra)
    args = Namespace(corpus=odd, texts=50_000, clicks=None, no_queries=False, make=20)
    with redirect_stderr(said := io.StringIO()):
        names, texts, queries = read(args)
    assert "1 of 63 texts are empty and left out, the first: e." in said.getvalue() and "1 of 22 queries are empty and left out, the first: made-7." in said.getvalue(), said.getvalue()
    assert dict(zip(names, texts))["t"] == "A title alone" and dict(zip(names, texts))["n"] == "cut in \ufffd" and "e" not in names
    ids = [query for query, *_ in queries]
    assert len(ids) == len(set(ids)) and any(query.startswith("made-again-") for query in ids), ids


def test_is_not_trained_on(work):
    corpus = folder(work / "corpus")
    own = folder(work / "test")
    (own / "queries.jsonl").write_text('{"_id": "q3", "text": "something else"}\n{"_id": "t1", "text": "what leaks, at load 4"}\n{"_id": "q9", "text": "not judged"}\n')
    (own / "qrels").mkdir(exist_ok=True)
    (own / "qrels/test.tsv").write_text("q3\td3\t1\nt1\td4\t1\n")  # without a line of headings
    (own / "bm25.trec").unlink(missing_ok=True)
    args = Namespace(test=own, depth=5)
    with redirect_stderr(said := io.StringIO()):
        found = own_test.checked(args, work)
    assert "BM25 was run here" in said.getvalue() and set(found.queries) == {"q3", "t1"} and found.first["t1"][0][0] == "d4"
    file = work / "clicks.tsv"
    file.write_text("q4\td4\t1\nq5\td5\t1\n")
    queries, said = got(corpus, file, found, make=30)
    assert "2 of 20 queries are left out of training, for the test asks them too (1 by their text, 1 by their id)" in said, said
    assert "1 are of queries that the test asks, the first: q4 d4" in said, said
    assert not {"q3", "q4"} & {query for query, *_ in queries} and "q9" in {query for query, *_ in queries}
    made = [text for _, text, _, source in queries if source == "keywords"]
    assert len(made) == len(set(made)) > 0
    for name, why in (("qrels/test.tsv", "no judgments: none of qrels/test.tsv, qrels.tsv, qrels.txt"), ("queries.jsonl", "queries.jsonl is not there")):
        (own / name).rename(own / "away")
        try:
            own_test.checked(args, work)
            raise AssertionError(name)
        except SystemExit as error:
            assert why in str(error), error
        (own / "away").rename(own / name)
    for judged in ("q3\tother\t1\n", "q3\td3\t0\n"):
        (own / "qrels/test.tsv").write_text(judged)
        try:
            own_test.checked(args, work)
            raise AssertionError("nothing to test")
        except SystemExit as error:
            assert "tests nothing" in str(error) and "0 of their judgments" in str(error), error


def teacher_must_be_whole(work):
    ids, names = np.array([f"q{at}" for at in range(20)]), np.array([[f"d{at}" for at in range(24)]] * 20)
    file, args = work / "scores.trec", Namespace(teacher=work / "scores.trec")

    def given(depth, left=()):
        file.write_text("\n".join(f"{query} Q0 d{at} 1 {at / 2} big" for query in ids for at in range(depth) if (query, at) not in left) + "\n\n")
        with redirect_stderr(said := io.StringIO()):
            try:
                return own_rows.given_scores(args, work, ids, names), said.getvalue()
            except SystemExit as error:
                return None, str(error)

    found, said = given(24, [("q3", 7)])
    assert "19 of 20 queries; the others are left out" in said and np.isnan(found).sum() == 1 and found[0, 4] == 2
    found, said = given(10)
    assert found is None and "0 of 20 queries" in said and "At best it scored 10" in said and "--depth 24" in said, said
    assert read_run(packed(file)) == read_run(file)
    rows = lambda score: file.write_text("".join(f"{query} Q0 d{at} 1 {score(number, at)} big\n" for number, query in enumerate(ids) for at in range(24)))
    rows(lambda number, at: 0.25 - at * 2**-26 if number in (3, 5) else at)  # equal ones, as `secondpass rerank` writes them
    args.teacher = file
    with redirect_stderr(said := io.StringIO()):
        found = own_rows.given_scores(args, work, ids, names)
    assert "20 of 20 queries, all alike in 2 of these, the first: q3" in said.getvalue() and np.isnan(found).any(1).nonzero()[0].tolist() == [3, 5], said.getvalue()
    rows(lambda number, at: 0)
    try:
        own_rows.given_scores(args, work, ids, names)
        raise AssertionError("all alike")
    except SystemExit as error:
        assert "all alike in 20 of these" in str(error) and "Did the teacher fail?" in str(error), error
    file.write_text("q0 Q0 d0 1 high big\n")
    try:
        own_rows.given_scores(args, work, ids, names)
        raise AssertionError("high")
    except SystemExit as error:
        assert f"{file}:1 is no line of a TREC run" in str(error), error


def packed(file):
    out = file.with_name(f"{file.name}.gz")
    out.write_bytes(gzip.compress(file.read_bytes()))
    return out


if __name__ == "__main__":
    for checked in (clicks_in_every_form, refused, odd_rows, test_is_not_trained_on, teacher_must_be_whole):
        checked(Path(sys.argv[1]))
        print(checked.__name__.replace("_", " "), flush=True)
