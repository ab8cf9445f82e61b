"""What two graphs hold alike lies once beside them, and not a bit of what they are or say changes.

Run in packages/model-mini-en/training, with a folder for what is made.
"""
import sys
from pathlib import Path

sys.path.insert(0, ".")
import numpy as np
import onnx

from scoring import MODEL, of_file
from session import session
from share import FILE, share, whole

GRAPHS = ["encoder_int8.onnx", "model_int8.onnx"]


def said(folder):
    ids = np.array([[101, 2054, 2003, 102, 101, 1037, 2314, 102]])
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.array([[0] * 4 + [1] * 4])}
    return [session(folder / name).run(None, inputs)[0] for name in GRAPHS]


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def lies_once(folder):
    graphs = {name: whole(MODEL / name) for name in GRAPHS}
    for name, graph in graphs.items():
        (folder / name).write_bytes(graph)
    names, before = [of_file(folder / name) for name in GRAPHS], said(folder)
    size = sum(map(len, graphs.values()))
    less = share(folder)
    assert less == size - sum(path.stat().st_size for path in folder.iterdir()) and less > 11_000_000, less
    assert [of_file(folder / name) for name in GRAPHS] == names and {name: whole(folder / name) for name in GRAPHS} == graphs
    assert all(np.array_equal(one, other) for one, other in zip(before, said(folder)))
    assert sorted(contents(folder)) == sorted([*GRAPHS, FILE])
    once = contents(folder)
    assert share(folder) == 0 and contents(folder) == once
    return graphs


def what_differs_is_told_apart(folder, graphs):
    """Another export beside one that shares: each keeps what is its own."""
    other = onnx.load_from_string(graphs[GRAPHS[0]])
    words = max(other.graph.initializer, key=lambda tensor: len(tensor.raw_data))
    words.raw_data = words.raw_data[::-1]
    (folder / GRAPHS[0]).write_bytes(other.SerializeToString())
    share(folder)
    assert whole(folder / GRAPHS[0]) == other.SerializeToString() and whole(folder / GRAPHS[1]) == graphs[GRAPHS[1]]
    shared = (folder / FILE).stat().st_size if (folder / FILE).exists() else 0
    assert shared < len(words.raw_data), shared  # of the words, only their scales are still alike


def what_does_not_belong_together_is_refused(folder, graphs):
    for name, graph in graphs.items():
        (folder / name).write_bytes(graph)
    share(folder)
    beside = bytearray((folder / FILE).read_bytes())
    beside[-1] ^= 1
    (folder / FILE).write_bytes(beside)
    try:
        share(folder)
    except AssertionError as error:
        assert "do not belong together" in str(error), error
    else:
        raise AssertionError("weights of another export were taken")


if __name__ == "__main__":
    work = Path(sys.argv[1]).resolve()
    work.mkdir(parents=True, exist_ok=True)
    made = lies_once(work)
    what_differs_is_told_apart(work, made)
    what_does_not_belong_together_is_refused(work, made)
    print("lies once")
