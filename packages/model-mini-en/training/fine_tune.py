"""A cross-encoder, or an encoder, for your own texts: mine, distil from any teacher, export, evaluate. The same command goes on where it stopped.

    python fine_tune.py --corpus FOLDER --out my-model                                  # teacher: the default line
    python fine_tune.py --corpus FOLDER --out my-model --teacher scores.trec --test FOLDER --seconds 3600
    python fine_tune.py --corpus FOLDER --out my-encoder --student encoder                # for cosine and late interaction

FOLDER holds `corpus.jsonl` (`_id`, `title`, `text`); `queries.jsonl` (`_id`, `text`: what people typed) where there is
one. `--clicks` names judgments or clicks (query id, document id, grade above 0 = wanted; or as TREC has them). Where queries are
few, more are made by rule from the texts. `--teacher` is a TREC run: scores by any stronger reranker for the pairs in
`my-model/work/candidates.trec`. As long as the file is not there, the command stops after mining and says how to make it.
`--test` names a BEIR folder over the same corpus with queries and judgments; queries that it asks are left out of training.
What a stage was made of stands in `my-model/work/stages.json`: where that changed, the stage begins anew and says why.
"""
import argparse
import shutil
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

import own_test
from cli import command, written
from data import HERE
from digest import digest
from lock import alone_in
from mine import WIDTH
from network import HIDDEN, LAYERS
from own_rows import mined, teach
from progress import say
from scoring import of_file
from stages import Stages
from steps import python
from students import STUDENTS
from weights import base_state, save_state

BATCH = 8  # groups in a step of train.py
MADE = ["config.json", "tokenizer.json", "tokenizer_config.json", "model_int8.onnx", "encoder_int8.onnx", "1_Pooling", *(f"{name}.trec" for name in own_test.RUNS),
        *(f"work/{name}" for name in ("queries.jsonl", "candidates.trec", "mined.npz", "rows.npz", "training", "run", "run-before"))]


def encoder_before(args, work, stages):
    """work/init.safetensors: the encoder that mines and teaches, and where a student starts that is an encoder or has no weights of its own."""
    init, shipped = work / "init.safetensors", HERE / "state" / "encoder.fp16.safetensors"
    own = args.init if args.init == "base" or args.student == "encoder" else None
    facts = {"made of": "the untouched base" if own == "base" else of_file(own or shipped)}
    if init.exists() and stages.holds("encoder", facts):
        return init
    if own == "base":
        save_state(base_state(), init)
    else:
        shutil.copy(own or shipped, init)
    stages.note("encoder", facts)
    return init


def newest(run):
    return max(run.glob("step-*.safetensors"), default=None) or stop(f"{run} holds no checkpoint: the training ended before its first step. Remove that folder, and give the same command again.")


def stop(why):
    raise SystemExit(why)


def make_cross_encoder(args, work, options):
    python("train.py", "--encoder", cross_start(args, work), *options)  # its own lower layers; the encoder that mines may have others
    say("export: int8, checked against PyTorch")
    python("export.py", "--weights", newest(work / "run"), "--out", args.out, "--data", work, "--cache", work)


def cross_start(args, work):
    return work / "init.safetensors" if args.init == "base" else args.init or HERE / "state" / "weights.fp16.safetensors"


def make_encoder(args, work, options):
    """Averaged with what it came from: it keeps what it learnt, and most of what it would forget."""
    init, made = work / "init.safetensors", work / "encoder.safetensors"
    python("train.py", "--student", "encoder", "--init", init, *options)
    say("export: averaged, int8, checked against PyTorch")
    python("average.py", newest(work / "run"), "--initial", init, "--share", 0.5, "--out", made)
    python("export_encoder.py", "--weights", made, "--out", args.out, "--data", work, "--cache", work)


def train(args, work, stages, facts):
    """Goes on where it was, also where it is allowed more (`--seconds`, `--groups`); with anything else changed, begins anew."""
    weights = teach(args, work)
    start = work / "init.safetensors" if args.student == "encoder" else cross_start(args, work)
    facts = {"candidates": digest(facts.values()), "--teacher": f"{args.teacher.name} ({of_file(args.teacher)})" if args.teacher else "the default line",
             "--student": args.student, "--lr": str(args.lr), "start": of_file(start)}
    run, before = work / "run", work / "run-before"
    if run.exists() and not stages.holds("training", facts):
        alone_in(run).close()  # nobody trains there still
        shutil.rmtree(before, ignore_errors=True)
        run.rename(before)
        say(f"training: what was trained before is kept in {before}, until the next time.")
    stages.note("training", facts)
    limit = ["--seconds", args.seconds] if args.seconds else []
    options = ["--data", work, "--cache", work, "--run", run, "--batch", BATCH, "--groups", args.groups, "--lr", args.lr, "--teacher", weights, *limit]
    (make_encoder if args.student == "encoder" else make_cross_encoder)(args, work, options)


def check(args, stages):
    """What can be known before anything is made."""
    if args.out.exists() and not args.out.is_dir():
        stop(f"--out {args.out} is a file. Name a folder, which need not be there.")
    if not stages.path.exists() and (there := [name for name in MADE if (args.out / name).exists()]):
        stop(f"--out {args.out} holds {', '.join(there)}, and no {stages.path.relative_to(args.out)} that says they were made here. They would be written over: name another folder, or move them away.")
    for option in ("corpus", "test"):
        if (folder := getattr(args, option)) and not folder.is_dir():
            stop(f"--{option} {folder}: there is no such folder.")
    for option in ("clicks", "init"):
        if (file := getattr(args, option)) and file != "base" and not Path(file).is_file():
            stop(f"--{option} {file}: there is no such file.")
    if args.init not in (None, "base") and not of_our_network(args.init):
        stop(f"--init {args.init} holds no weights of this network. It takes a checkpoint of this training, such as work/run/step-….safetensors of an earlier command, or `base`; other models can teach (--teacher).")
    if args.teacher and args.teacher.exists() and not args.teacher.is_file():
        stop(f"--teacher {args.teacher} is no file. It takes scores as a TREC run.")
    for option, least in {"texts": WIDTH, "groups": BATCH, "make": 0, "depth": 1}.items():
        if getattr(args, option) < least:
            stop(f"--{option} {getattr(args, option)}: {least} is the least.")
    for option in ("seconds", "lr"):
        if (given := getattr(args, option)) is not None and not 0 < given < float("inf"):
            stop(f"--{option} {given}: it takes a number above 0.")
    student = stages.known.get("training", {}).get("--student", args.student)
    if student != args.student:
        stop(f"{args.out} holds a {student}. For a {args.student}, name another folder with --out.")


def of_our_network(path):
    """A checkpoint of the encoder or of the cross-encoder, which both have its layers."""
    try:
        with safe_open(path, "pt") as file:
            shape = {name: file.get_slice(name).get_shape() for name in file.keys()}
            return all(shape.get(f"bert.encoder.layer.{at}.attention.self.query.weight") == [HIDDEN, HIDDEN] for at in range(LAYERS))
    except SafetensorError:
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True, help="a folder with corpus.jsonl and, where there are any, queries.jsonl")
    parser.add_argument("--out", type=Path, required=True, help="a folder for the model; what it is made of is kept in its `work`, and the same command goes on")
    parser.add_argument("--clicks", type=Path, help="a file of judgments or clicks: query id, document id, grade; or the four columns of TREC")
    parser.add_argument("--teacher", type=Path, help="a TREC run over work/candidates.trec; without it, encoder and BM25 teach")
    parser.add_argument("--test", type=Path, help="a folder over the same corpus with queries and judgments: before and after are compared on it; queries that it asks are not trained on")
    parser.add_argument("--depth", type=int, default=50, help="of the evaluation")
    parser.add_argument("--texts", type=int, default=50_000, help="mine among this many texts at most")
    parser.add_argument("--make", type=int, default=3000, help="queries made by rule")
    parser.add_argument("--no-queries", action="store_true", help="leave the folder's queries out (where they are the test)")
    parser.add_argument("--student", choices=STUDENTS, default="cross-encoder")
    parser.add_argument("--init", help="a checkpoint to start from, or `base`, the untouched encoder; default: what ships")
    parser.add_argument("--groups", type=int, default=8000, help="lists to train on, a query with its candidates each")
    parser.add_argument("--seconds", type=float, help="end training after this time, if that comes first")
    parser.add_argument("--lr", type=float, default=3e-5, help="learning rate")
    args = parser.parse_args()
    work = args.out / "work"
    check(args, Stages(work / "stages.json"))
    work.mkdir(parents=True, exist_ok=True)
    lock, stages = alone_in(work), Stages(work / "stages.json")
    test = own_test.checked(args, work) if args.test else None
    facts = mined(args, work, stages, encoder_before(args, work, stages), test)
    if args.teacher and not args.teacher.exists():
        rerank = command("rerank", "--queries", work / "queries.jsonl", "--corpus", args.corpus / "corpus.jsonl", "--run", work / "candidates.trec",
                         "--output", args.teacher, "--depth", WIDTH, "--model", "owner/name")
        stop(f"{work / 'candidates.trec'} waits for its teacher: {args.teacher} is not there. Any stronger reranker will do, for instance\n  {written(rerank)}\nthen give this command again.")
    train(args, work, stages, facts)
    if args.test:
        own_test.evaluate(args, work, test)
    say(f"done: {args.out}")
    lock.close()


if __name__ == "__main__":
    torch.set_num_threads(1)
    try:
        main()
    except KeyboardInterrupt:
        say("Stopped; the same command begins this stage again, with what it has kept.")
        raise SystemExit(130) from None
    except OSError as error:  # a full disk, a folder that may not be written
        raise SystemExit(f"{error}. When that is mended, the same command goes on with what it has kept.") from None
