"""What train.py reads, made of one's own texts: each query's candidates, and what a teacher says of them."""
import gzip
import json
import random

import numpy as np
import torch

from apart import of_queries, of_texts
from bm25 import BM25
from digest import digest
from features import Background
from judgments import read_run
from mine import WIDTH, candidates, taught, top
from own_texts import ASKED, CLICKED, LEAST, read
from progress import Progress, say
from scoring import MODEL, of_file
from train import TEACHER

# Of the largest score: what is less apart is alike. `secondpass rerank` writes equal scores a step of 32 bits apart.
ALIKE = 1e-5


def mined(args, work, stages, encoder, test):
    """work/mined.npz, as `mine` writes it, unless it was made of the same. Returns what it was made of."""
    names, texts, queries = read(args, test)
    clicked = [f"{query} {' '.join(names[number] for number in wanted)}" for query, _, wanted, source in queries if source == CLICKED]
    facts = {"texts": f"{len(texts)} ({digest(names + texts)})", "queries": f"{len(queries)} ({digest(part for query, text, *_ in queries for part in (query, text))})",
             "clicks": f"of {len(clicked)} queries ({digest(clicked)})", "encoder": of_file(encoder)}
    if not ((work / "mined.npz").exists() and stages.holds("mining", facts)):
        with torch.inference_mode():
            mine(work, encoder, names, texts, queries)
        stages.note("mining", facts)
    return facts


def mine(work, encoder, names, texts, queries):
    """Candidates of every query with what the encoder and BM25 say, in work/mined.npz and as a TREC run."""
    say(f"mining: {WIDTH} candidates for each of {len(queries)} queries among {len(texts)} texts")
    documents, vectors = of_texts(work, encoder, texts, whole=True), of_queries(work, encoder, [text for _, text, _, _ in queries], whole=True)
    index, rng, background, progress = BM25(texts), random.Random(5), Background.read(MODEL), Progress("mining", len(queries))
    numbers, parts = np.zeros((len(queries), WIDTH), np.int32), np.zeros((len(queries), WIDTH, 3), np.float32)
    for at, (_, text, positive, _) in enumerate(queries):
        progress.at(at)
        scores = index.scores(text)
        lexical = [int(number) for number in top(scores, min(60, len(texts) - 1)) if scores[number] > 0]
        dense = (vectors.pooled[at] @ documents.pooled.T).topk(min(50, len(texts))).indices.tolist()
        first = rng.choice(positive) if positive else (lexical or dense)[0]
        numbers[at] = candidates(rng, first, [], lexical, dense, set(positive), len(texts))
        parts[at] = taught(background, vectors, at, documents, numbers[at], scores)
    (work / "mined.npz").unlink(missing_ok=True)  # what it goes with is written over
    with open(work / "candidates.trec", "w", encoding="utf-8") as run, open(work / "queries.jsonl", "w", encoding="utf-8") as asked:
        for (query, text, _, _), row in zip(queries, numbers):
            asked.write(json.dumps({"_id": query, "text": text}) + "\n")
            run.writelines(f"{query} Q0 {names[number]} {rank} {WIDTH - rank} mined\n" for rank, number in enumerate(row, 1))
    (work / "training").mkdir(exist_ok=True)
    with gzip.open(work / "training" / "texts.jsonl.gz", "wt") as out:
        out.writelines(json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(texts))
    with gzip.open(work / "training" / "groups.jsonl.gz", "wt"):
        pass  # the rows say it all
    with open(work / "mined.part", "wb") as part:
        np.savez(part, numbers=numbers, parts=parts, names=np.array(names), sources=np.array([source for *_, source in queries]),
                 queries=np.array([text for _, text, _, _ in queries]), ids=np.array([query for query, *_ in queries]))
    (work / "mined.part").replace(work / "mined.npz")


def teach(args, work):
    """work/rows.npz, what train.py reads: the mined rows, with the teacher's scores as a fourth part. Returns the parts' weights."""
    mined = dict(np.load(work / "mined.npz"))
    names, ids = mined.pop("names"), mined.pop("ids")
    weights = TEACHER
    if args.teacher:
        given = given_scores(args, work, ids, names[mined["numbers"]])
        whole = ~np.isnan(given).any(1)
        mined, given = {name: part[whole] for name, part in mined.items()}, given[whole]
        spread = float(np.mean(given.std(1))) or 1.0  # teachers differ in scale: brought to the built-in one's spread
        mined["parts"] = np.concatenate([mined["parts"], given[..., None] / spread], axis=2).astype(np.float32)
        weights = "0,0,0,2.5"
    wanted = (mined["parts"] * np.array([float(x) for x in weights.split(",")])).sum(-1)
    for at in np.flatnonzero(mined["sources"] == ASKED):  # nobody said what is wanted: the teacher's best leads
        order = np.argsort(-wanted[at], kind="stable")
        mined["numbers"][at], mined["parts"][at] = mined["numbers"][at][order], mined["parts"][at][order]
    np.savez(work / "rows.npz", **mined)
    return weights


def given_scores(args, work, ids, names):
    """The teacher's, `[queries, candidates]`; not a number where it gave none, or the same to all of a query."""
    scores = {(query, document): score for query, document, score in read_run(args.teacher)}
    given = np.array([[scores.get((query, name), np.nan) for name in row] for query, row in zip(ids, names)])
    counts = (~np.isnan(given)).sum(1)
    whole = int((counts == WIDTH).sum())
    said = f"The teacher, {args.teacher}, scored all {WIDTH} candidates of {whole} of {len(ids)} queries"
    same = np.ptp(given, axis=1) <= ALIKE * np.abs(given).max(1)
    given[same] = np.nan
    if same.any():
        said += f", all alike in {same.sum()} of these, the first: {ids[same.argmax()]}"
    if whole - same.sum() < LEAST <= whole:
        raise SystemExit(f"{said}. Only differences within a query teach, and {LEAST} queries that have them are the least. Did the teacher fail?")
    if whole < LEAST:
        most = int(counts.argmax())
        raise SystemExit(f"{said}; {LEAST} are the least. At best it scored {counts[most]}, those of query {ids[most]}. It must score every pair in {work / 'candidates.trec'}, as that file now is "
                         f"(`secondpass rerank` does with --depth {WIDTH}).")
    left = "; these and what was not scored are left out." if same.any() else "; the others are left out." if whole < len(ids) else "."
    say(said + left)
    return given
