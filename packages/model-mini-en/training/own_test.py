"""Whether fine_tune.py's model is better, on judged queries of one's own: runs of what was there and of what was made, for `secondpass evaluate`."""
import json
import shutil
import subprocess

import numpy as np

from bm25 import BM25
from cli import command, written
from data import collection, judgment_file
from evaluate import ranked
from measures import minmax, zscore
from own_texts import identified, whole
from progress import Progress, say
from scoring import ENCODER, MODEL, part_scores

RUNS = ["first", "mini-en", "before", "after"]


def checked(args, work):
    """The collection of `--test`, its first stage made where there is none. What is missing is said before anything is trained."""
    for name in ("corpus.jsonl", "queries.jsonl"):
        if not (args.test / name).exists():
            raise SystemExit(f"{args.test / name} is not there: --test takes a folder with corpus.jsonl, queries.jsonl and judgments (qrels/test.tsv, qrels.tsv or qrels.txt).")
    judgments, run, folder = judgment_file(args.test), "bm25", args.test.resolve()
    if not (folder / "bm25.trec").exists():
        run = str((work / "first-stage").resolve())
        first_stage(folder, f"{run}.trec", args.depth)
        say(f"test: {folder / 'bm25.trec'} is not there, so BM25 was run here: {run}.trec")
    found = collection(folder.parent, folder.name, depth=args.depth, run=run)
    named = sum(document in found.documents and grade > 0 for query in found.queries for document, grade in found.judgments[query].items())
    if not any(found.first.values()) or not named:
        raise SystemExit(f"{args.test} tests nothing: {len(found.queries)} queries of queries.jsonl are judged in {judgments}, {named} of their judgments, grades above 0 alone, name documents of "
                         f"corpus.jsonl, and the first stage found something for {sum(map(bool, found.first.values()))}. Are the ids the same in all files?")
    say(f"test: {len(found.queries)} judged queries, {len(found.documents)} documents")
    return found


def first_stage(folder, path, depth):
    documents, queries = identified(folder / "corpus.jsonl"), identified(folder / "queries.jsonl")
    index, progress = BM25([whole(row) for row in documents]), Progress("test: BM25", len(queries))
    with open(path, "w", encoding="utf-8") as run:
        for at, row in enumerate(queries):
            progress.at(at)
            scores = index.scores(row["text"])
            best = [number for number in np.argsort(-scores, kind="stable")[:depth] if scores[number] > 0]
            run.writelines(f"{row['_id']} Q0 {documents[number]['_id']} {rank} {scores[number]:.6f} bm25\n" for rank, number in enumerate(best, 1))


def evaluate(args, work, found):
    files = []
    for name, what, score in systems(args, work, found):
        say(f"test: {name} is {what}")
        files.append(args.out / f"{name}.trec")
        scores = score()
        with open(files[-1], "w", encoding="utf-8") as run:
            for query, hits in found.first.items():
                order = np.argsort(-scores[query], kind="stable") if hits else []
                run.writelines(f"{query} Q0 {hits[at][0]} {rank} {scores[query][at]:.6f} {name}\n" for rank, at in enumerate(order, 1))
    options = command("evaluate", "--qrels", judgment_file(args.test), *files)
    print(written(options), flush=True)
    if not shutil.which("node"):
        raise SystemExit("The runs are written; Node.js, which compares them, is not there. Give the command above where it is.")
    if code := subprocess.run(options, check=False).returncode:
        raise SystemExit(f"The runs are written; comparing them ended with exit code {code}; why stands above. Give the command above again.")


def systems(args, work, found):
    """Name, what it is, and a function that gives query -> scores in the first stage's order."""
    cross = lambda folder: lambda: part_scores(str(folder / "model_int8.onnx"), found, work, args.depth)[0]
    encoder = lambda folder: lambda: with_first_stage(found, terms(found, work, args.depth, folder))
    same = "cross-encoder" if args.student == "cross-encoder" else "encoder in the blend of the guide (cosine + MaxSim, .8, first stage .2)"
    model = cross if args.student == "cross-encoder" else encoder
    made = [("the first stage", lambda: part_scores("bm25", found, work, args.depth)[0]),
            ("what loadReranker() gives without a model's name", lambda: default_line(terms(found, work, args.depth, MODEL))),
            (f"the {same} that ships", model(MODEL)), (f"yours, the {same} in {args.out}", model(args.out))]
    return [(name, *system) for name, system in zip(RUNS, made, strict=True)]


def terms(found, work, depth, folder):
    """Of each query that has candidates, what the exported encoder in that folder says of them, and the first stage."""
    scores = {part: part_scores(part, found, work, depth, folder / "encoder_int8.onnx")[0] for part in ["bm25", *ENCODER]}
    return {query: {part: known[query] for part, known in scores.items()} for query, hits in found.first.items() if hits}


def default_line(known):
    line = json.loads((MODEL / "ranker.json").read_text())["lines"]["default"]
    return {query: ranked(parts, line, True) for query, parts in known.items()}


def with_first_stage(found, known):
    """`blend` of cosine and MaxSim by z-score, and that, .8, with the first stage, .2."""
    late = {query: zscore(parts["bi"]) + zscore(parts["maxsim"]) for query, parts in known.items()}
    return {query: 0.8 * minmax(late[query]) + 0.2 * minmax(parts["bm25"]) for query, parts in known.items()}
