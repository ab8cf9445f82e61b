"""What the graphs of a folder hold alike, the word embeddings above all, moves into one file beside them: `shared.onnx_data`.

    python share.py ../model

Not one number changes, and neither do the graphs' names. A folder that shares already is done anew. `whole` reads a graph as it was before.
"""
import hashlib
import os
import sys
from collections import Counter
from pathlib import Path

import onnx
from onnx.external_data_helper import set_external_data

FILE = "shared.onnx_data"
LEAST = 10_000  # bytes; what is smaller stays where it is
ALIGNED = 1 << 16  # a tensor begins where a file can be mapped from, on every system


def share(folder: Path):
    """Moves them, and returns how many bytes the folder is smaller."""
    paths = sorted(folder.glob("*.onnx"))
    graphs = {path: loaded(path) for path in paths}
    before = sum(path.stat().st_size for path in folder.iterdir())
    held = Counter(raw for graph in graphs.values() for raw in dict.fromkeys(tensor.raw_data for tensor in large(graph)))
    places, data = {}, bytearray()
    for raw, count in held.items():
        if count > 1:
            data += bytes(-len(data) % ALIGNED)
            places[raw] = len(data)
            data += raw
    if data:
        write(folder / FILE, bytes(data))
    for path, graph in graphs.items():
        for tensor in large(graph):
            if tensor.raw_data in places:
                set_external_data(tensor, FILE, places[tensor.raw_data], len(tensor.raw_data), sha1(tensor))
                tensor.ClearField("raw_data")
        write(path, graph.SerializeToString())
        onnx.checker.check_model(str(path))
    if not data:
        (folder / FILE).unlink(missing_ok=True)
    return before - sum(path.stat().st_size for path in folder.iterdir())


def loaded(path):
    """A graph with all that it holds, as if nothing had ever lain beside it."""
    sums = [checksum(tensor) for tensor in onnx.load(path, load_external_data=False).graph.initializer]
    graph = onnx.load(path)
    for tensor, known in zip(graph.graph.initializer, sums):
        assert known in (None, sha1(tensor)), f"{path} and {FILE} beside it do not belong together: export the graph again"
        tensor.ClearField("data_location")
    return graph


def checksum(tensor):
    """What a graph says of weights that lie beside it."""
    return next((entry.value for entry in tensor.external_data if entry.key == "checksum"), None)


def sha1(tensor):
    return hashlib.sha1(tensor.raw_data).hexdigest()


def large(graph):
    return [tensor for tensor in graph.graph.initializer if len(tensor.raw_data) >= LEAST]


def write(path, content):
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    os.replace(part, path)


def whole(path) -> bytes:
    """The bytes of a graph with all that it holds: the same, wherever it lies."""
    path = Path(path)
    if path.suffix != ".onnx" or not (path.parent / FILE).exists():
        return path.read_bytes()
    return loaded(path).SerializeToString()


if __name__ == "__main__":
    print(f"{share(Path(sys.argv[1])):,} bytes less")
