"""What fine_tune.py would write over, or could not use, is refused before anything is made; a disk that is full is called that, and half a mining counts as none.

Run in packages/model-mini-en/training, with a folder for what is made.
"""
import io
import resource
import signal
import sys
from argparse import Namespace
from contextlib import redirect_stderr
from pathlib import Path

sys.path.insert(0, ".")
import numpy as np
import onnx
import torch

import apart
import graph
import own_rows
from data import HERE
from fine_tune import check
from own_texts import ASKED
from stages import Stages


def refused(work):
    corpus = work / "corpus"
    corpus.mkdir(parents=True)
    (work / "file").write_text("hi")
    model, own = work / "model", work / "own"
    model.mkdir()
    (model / "config.json").write_text("{}")
    (own / "work").mkdir(parents=True)
    (own / "work" / "queries.jsonl").write_text("")
    for why, given in {"config.json, and no work/stages.json": {"out": model}, "work/queries.jsonl, and no": {"out": own}, "is a file": {"out": work / "file"},
                       "--seconds -1: it takes": {"seconds": -1}, "--lr nan: it takes": {"lr": float("nan")}, "holds no weights of this network": {"init": work / "file"}, "is no file": {"teacher": corpus}}.items():
        args = Namespace(**{"corpus": corpus, "out": work / "new", "test": None, "clicks": None, "teacher": None, "init": None, "seconds": None, "lr": 3e-5,
                            "texts": 50, "groups": 16, "make": 5, "depth": 5, "student": "cross-encoder"} | given)
        try:
            check(args, Stages(args.out / "work" / "stages.json"))
            raise AssertionError(why)
        except SystemExit as error:
            assert why in str(error), error
    args.teacher = None
    for name in ("encoder", "weights"):
        args.init = str(HERE / "state" / f"{name}.fp16.safetensors")
        check(args, Stages(work / "new" / "work" / "stages.json"))
    (model / "work").mkdir()
    (model / "work" / "stages.json").write_text("{}")
    args.out = model
    check(args, Stages(model / "work" / "stages.json"))
    assert not (work / "new").exists()


def disk_is_full(work):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    small = onnx.helper.make_node("Identity", ["x"], ["y"])
    ends = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1]) for name in "xy"]
    weights = onnx.numpy_helper.from_array(np.zeros(10_000, np.float32), "w")
    made = onnx.helper.make_model(onnx.helper.make_graph([small], "small", ends[:1], ends[1:], [weights]), ir_version=10)
    (work / "model.onnx").write_text("the one before")
    try:
        graph.save(made, work / "model.onnx")
        raise AssertionError("no error")
    except OSError:
        assert (work / "model.onnx").read_text() == "the one before"
    try:
        apart.save({"lower": torch.zeros(10_000)}, work / "piece.pt")
        raise AssertionError("no error")
    except OSError as error:
        assert f"{work / 'piece.pt'} could not be written. Is the disk full?" in str(error), error
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not (work / "piece.pt").exists()
    graph.save(made, work / "model.onnx")
    assert onnx.load(work / "model.onnx").graph.name == "small"


def half_a_mining_is_none(work):
    (work / "mined.npz").write_bytes(b"of other texts")
    (work / "training").write_text("in the way, as a full disk would be")
    texts = [f"Load {at} is on." for at in range(24)]
    try:
        with redirect_stderr(io.StringIO()), torch.inference_mode():
            own_rows.mine(work, HERE / "state" / "encoder.fp16.safetensors", [str(at) for at in range(24)], texts, [("q", "load", [], ASKED)])
        raise AssertionError("no error")
    except OSError:
        assert (work / "candidates.trec").exists() and not (work / "mined.npz").exists()


if __name__ == "__main__":
    torch.set_num_threads(1)
    for checked in (refused, disk_is_full, half_a_mining_is_none):
        checked(Path(sys.argv[1]))
        print(checked.__name__.replace("_", " "), flush=True)
