"""A cross-encoder, or an encoder, for your own texts: mine, distil from any teacher, export, evaluate. The same command goes on where it stopped.

    python fine_tune.py --corpus FOLDER --out my-model                                  # teacher: the default line
    python fine_tune.py --corpus FOLDER --out my-model --teacher scores.trec --test FOLDER --seconds 3600
    python fine_tune.py --corpus FOLDER --out my-encoder --student encoder                # for cosine and late interaction

FOLDER holds `corpus.jsonl` (`_id`, `title`, `text`); `queries.jsonl` (`_id`, `text`: what people typed) where there is
one. `--clicks` names judgments or clicks (tab-separated query id, document id, grade above 0 = wanted). Where queries are
few, more are made by rule from the texts. `--teacher` is a TREC run: scores by any stronger reranker for the pairs in
`my-model/work/candidates.trec`. As long as the file is not there, the command stops after mining and says how to make it.
`--test` names a BEIR folder over the same corpus with queries and judgments that training does not see.
"""
import argparse
import gzip
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch

from apart import of_queries, of_texts
from bm25 import BM25
from data import HERE, collection, jsonl
from features import Background
from late import MIX
from mine import WIDTH, candidates, taught, top
from pseudo import keyword_groups
from scoring import MODEL, part_scores
from students import STUDENTS
from train import TEACHER
from weights import base_state, save_state

MADE, ASKED, CLICKED = "keywords", "asked", "clicked"  # "clicked" alone carries labels


def read(args):
    """Texts and their ids; queries as (id, text, wanted text numbers, source)."""
    documents = list(jsonl(args.corpus / "corpus.jsonl"))
    if len(documents) > args.texts:
        documents = random.Random(1).sample(documents, args.texts)
    names = [row["_id"] for row in documents]
    texts = [f"{row.get('title') or ''} {row['text']}".strip() for row in documents]
    where = {name: number for number, name in enumerate(names)}
    wanted: dict[str, list[int]] = {}
    for line in args.clicks.read_text().splitlines() if args.clicks else []:
        query, document, grade = (line.split("\t") + ["1"])[:3]
        if document in where and grade.replace(".", "").isdigit() and float(grade) > 0:
            wanted.setdefault(query, []).append(where[document])
    own = args.corpus / "queries.jsonl"
    asked = list(jsonl(own)) if own.exists() and not args.no_queries else []
    queries = [(row["_id"], row["text"], wanted.get(row["_id"], []), CLICKED if row["_id"] in wanted else ASKED) for row in asked]
    made = keyword_groups(texts, args.make) if args.make else []
    return names, texts, queries + [(f"made-{at}", group.query, group.positive, MADE) for at, group in enumerate(made)]


def mine(args, work):
    """Candidates of every query with what the encoder and BM25 say, in work/mined.npz and as a TREC run."""
    names, texts, queries = read(args)
    encoder = encoder_before(args, work)
    documents, vectors = of_texts(work, encoder, texts, whole=True), of_queries(work, encoder, [text for _, text, _, _ in queries], whole=True)
    index, rng, background = BM25(texts), random.Random(5), Background.read(MODEL)
    numbers, parts = np.zeros((len(queries), WIDTH), np.int32), np.zeros((len(queries), WIDTH, 3), np.float32)
    for at, (_, text, positive, _) in enumerate(queries):
        scores = index.scores(text)
        lexical = [int(number) for number in top(scores, min(60, len(texts) - 1)) if scores[number] > 0]
        dense = (vectors.pooled[at] @ documents.pooled.T).topk(min(50, len(texts))).indices.tolist()
        first = rng.choice(positive) if positive else (lexical or dense)[0]
        numbers[at] = candidates(rng, first, [], lexical, dense, set(positive), len(texts))
        parts[at] = taught(background, vectors, at, documents, numbers[at], scores)
    with open(work / "candidates.trec", "w") as run, open(work / "queries.jsonl", "w") as asked:
        for (query, text, _, _), row in zip(queries, numbers):
            asked.write(json.dumps({"_id": query, "text": text}) + "\n")
            run.writelines(f"{query} Q0 {names[number]} {rank} {WIDTH - rank} mined\n" for rank, number in enumerate(row, 1))
    (work / "training").mkdir(exist_ok=True)
    with gzip.open(work / "training" / "texts.jsonl.gz", "wt") as out:
        out.writelines(json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(texts))
    with gzip.open(work / "training" / "groups.jsonl.gz", "wt"):
        pass  # the rows say it all
    np.savez(work / "mined.npz", numbers=numbers, parts=parts, names=np.array(names), sources=np.array([source for *_, source in queries]),
             queries=np.array([text for _, text, _, _ in queries]), ids=np.array([query for query, *_ in queries]))


def teach(args, work):
    """work/rows.npz, what train.py reads: the mined rows, with the teacher's scores as a fourth part. Returns the parts' weights."""
    mined = dict(np.load(work / "mined.npz"))
    names, ids = mined.pop("names"), mined.pop("ids")
    weights = TEACHER
    if args.teacher:
        scores = {}
        for line in args.teacher.read_text().splitlines():
            query, _, document, _, score, _ = line.split()
            scores[query, document] = float(score)
        given = np.array([[scores.get((query, names[number]), np.nan) for number in row] for query, row in zip(ids, mined["numbers"])])
        whole = ~np.isnan(given).any(1)
        print(f"The teacher scored all candidates of {whole.sum()} of {len(whole)} queries; the others are left out.")
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


def python(script, *options):
    subprocess.run([sys.executable, str(HERE / script), *map(str, options)], check=True)


def evaluate(args, work):
    """Runs of the first stage, the model that came and the model that was made, for `secondpass evaluate`."""
    found = collection(args.test.parent, args.test.name, depth=args.depth)
    files = []
    for name in ("first", "before", "after"):
        scores = system_scores(name, args, work, found)
        files.append(args.out / f"{name}.trec")
        with open(files[-1], "w") as run:
            for query, hits in found.first.items():
                order = np.argsort(-scores[query], kind="stable")
                run.writelines(f"{query} Q0 {hits[at][0]} {rank} {scores[query][at]:.6f} {name}\n" for rank, at in enumerate(order, 1))
    judged = next(args.test / name for name in ("qrels.tsv", "qrels.txt") if (args.test / name).exists())
    command = ["npx", "secondpass", "evaluate", "--qrels", str(judged), *map(str, files)]
    print(" ".join(command), flush=True)
    if shutil.which("npx"):
        subprocess.run(command, check=False)


def system_scores(name, args, work, found):
    """Query -> scores in the first stage's order."""
    if name == "first":
        return part_scores("bm25", found, work, args.depth)[0]
    if args.student == "cross-encoder":
        return part_scores(str((MODEL if name == "before" else args.out) / "model_int8.onnx"), found, work, args.depth)[0]
    weights = work / ("init.safetensors" if name == "before" else "encoder.safetensors")
    cosine, rare = (part_scores(part, found, work, args.depth, weights)[0] for part in ("bi", "rare"))
    return {query: MIX["cosine"] * cosine[query] + MIX["rare"] * rare[query] for query in cosine}


def encoder_before(args, work):
    """work/init.safetensors: the encoder that mines and teaches, that the student starts from and whose lower layers a cross-encoder keeps."""
    init = work / "init.safetensors"
    if init.exists():
        return init
    if args.init == "base":
        save_state(base_state(), init)
    elif args.init and args.student == "encoder":
        shutil.copy(args.init, init)
    else:
        python("average.py", HERE / "state" / "encoder.fp16.safetensors", "--initial", "base", "--share", 0.6, "--out", init)
    return init


def make_cross_encoder(args, work, options):
    encoder = encoder_before(args, work)
    start = encoder if args.init == "base" else args.init or HERE / "state" / "weights.fp16.safetensors"
    python("train.py", "--encoder", encoder, "--init", start, *options)
    python("export.py", "--weights", max((work / "run").glob("step-*.safetensors")), "--out", args.out, "--data", work, "--cache", work)


def make_encoder(args, work, options):
    """Averaged with what it came from: it keeps what it learnt, and most of what it would forget."""
    init, made = encoder_before(args, work), work / "encoder.safetensors"
    python("train.py", "--student", "encoder", "--init", init, *options)
    python("average.py", max((work / "run").glob("step-*.safetensors")), "--initial", init, "--share", 0.5, "--out", made)
    python("export_encoder.py", "--weights", made, "--out", args.out, "--data", work, "--cache", work)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--clicks", type=Path)
    parser.add_argument("--teacher", type=Path, help="a TREC run over work/candidates.trec; without it, encoder and BM25 teach")
    parser.add_argument("--test", type=Path)
    parser.add_argument("--depth", type=int, default=50, help="of the evaluation")
    parser.add_argument("--texts", type=int, default=50_000, help="mine among this many texts at most")
    parser.add_argument("--make", type=int, default=3000, help="queries made by rule")
    parser.add_argument("--no-queries", action="store_true", help="leave the folder's queries out (where they are the test)")
    parser.add_argument("--student", choices=STUDENTS, default="cross-encoder")
    parser.add_argument("--init", help="a checkpoint to start from, or `base`, the untouched encoder; default: what ships")
    parser.add_argument("--groups", type=int, default=8000)
    parser.add_argument("--seconds", type=float, help="end training after this time, if that comes first")
    parser.add_argument("--lr", type=float, default=3e-5)
    args = parser.parse_args()
    work = args.out / "work"
    work.mkdir(parents=True, exist_ok=True)
    if not (work / "mined.npz").exists():
        with torch.inference_mode():
            mine(args, work)
    if args.teacher and not args.teacher.exists():
        raise SystemExit(f"{work / 'candidates.trec'} waits for its teacher. Any stronger reranker will do, for instance\n"
                         f"  npx secondpass rerank --queries {work / 'queries.jsonl'} --corpus {args.corpus / 'corpus.jsonl'} "
                         f"--run {work / 'candidates.trec'} --output {args.teacher} --depth {WIDTH} --model owner/name\n"
                         "then give this command again.")
    weights = teach(args, work)
    limit = ["--seconds", args.seconds] if args.seconds else []
    options = ["--data", work, "--cache", work, "--run", work / "run", "--groups", args.groups, "--lr", args.lr, "--teacher", weights, *limit]
    (make_encoder if args.student == "encoder" else make_cross_encoder)(args, work, options)
    if args.test:
        evaluate(args, work)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
