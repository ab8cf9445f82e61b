"""Scores of one system part over a collection's candidates, kept per list in cache/scores, so nothing runs twice: a list is a query's
text and the texts that a first stage found for it, in their order.

Parts: `bm25` (the first stage), what an encoder knows (`ENCODER`), or the path of a cross-encoder: `.safetensors` runs in
PyTorch (batched), `.onnx` in ONNX Runtime (int8 files one pair at a time).
"""
import functools
import hashlib
import pickle
import time
from pathlib import Path

import numpy as np
import torch

from digest import digest
from encode import batches, encode, pieces
from features import Background, features
from progress import Progress
from session import session
from share import whole
from weights import FAST, load_model, tokenizer

MAX_LENGTH = 256
ENCODER = {"bi": "cosine", "maxsim": "max-sim", "rare": "rare-max-sim", "lexical": "lexical"}  # part -> term of ranker.json
MODEL = Path(__file__).parent.parent / "model"


def part_scores(part, found, cache, depth, encoder=None):
    """Query -> scores in the first stage's order, and milliseconds per query where they were measured now.

    `encoder`: a checkpoint; None for the untouched base.
    """
    if part == "bm25":
        return {query: np.array([score for _, score in hits]) for query, hits in found.first.items()}, 0.0
    path, lists = stored(part, found, cache, depth, encoder), keys(found)
    known = kept(path, found, lists)
    missing = [query for query, hits in found.first.items() if lists[query] not in known and hits]
    started, progress = time.time(), Progress(f"scoring {found.name} by {part}", len(missing))
    step = len(missing) if part in ENCODER else 10  # a cross-encoder takes long: what is there is kept, for a run that is stopped
    for start in range(0, len(missing), max(1, step)):
        progress.at(start)
        some = missing[start : start + step]
        made = encoded(part, found, some, cache, depth, encoder) if part in ENCODER else cross(part, found, some)
        known |= {lists[query]: scores for query, scores in made.items()}
        write(path, known)
    spent = 1000 * (time.time() - started) / len(missing) if missing else 0.0
    return {query: known.get(lists[query], np.zeros(0)) for query in found.first}, spent


def keys(found):
    """Of each query's list."""
    return {query: digest([found.queries[query], *(found.documents[document] for document, _ in hits)]) for query, hits in found.first.items()}


def stored(part, found, cache, depth, encoder=None):
    name = f"{part}-{of_file(encoder)}" if part in ENCODER else key(part)
    return cache / "scores" / f"{found.name.partition(':')[0]}-{name}-{depth}.lists.pkl"


def kept(path, found, lists):
    """By list. Before, they were kept by the queries' ids, in files that say nothing of the texts: of collections that stay, those still count."""
    read = lambda file: pickle.loads(file.read_bytes()) if file.exists() else {}
    known, before = read(path), read(path.with_name(path.name.replace(".lists.pkl", ".pkl"))) if found.stays else {}
    return {lists[query]: scores for query, scores in before.items() if query in lists and len(scores) == len(found.first[query])} | known


def write(path, known):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".part").write_bytes(pickle.dumps(known))
    path.with_suffix(".part").replace(path)


def key(path):
    """Of a cross-encoder."""
    return f"{of_file(path)}-{MAX_LENGTH}"


def of_file(path):
    """A name that changes with what the file holds."""
    return f"{Path(path).stem}-{hashlib.sha256(whole(path)).hexdigest()[:12]}" if path else "base"


def encoded(part, found, queries, cache, depth, encoder):
    """All parts of the encoder at once; the others are kept for when they are asked for."""
    documents, where = collection_vectors(found, cache, encoder)
    vectors = encode([found.queries[query] for query in queries], 128, encoder)
    background = Background.read(MODEL)
    known = {name: {} for name in ENCODER}
    for at, query in enumerate(queries):
        terms = features(background, vectors, at, documents, [where[document] for document, _ in found.first[query]])
        for name, term in ENCODER.items():
            known[name][query] = terms[term]
    lists = keys(found)
    for name in known.keys() - {part}:
        path = stored(name, found, cache, depth, encoder)
        write(path, kept(path, found, lists) | {lists[query]: scores for query, scores in known[name].items()})
    return known[part]


def collection_vectors(found, cache, encoder):
    """Token vectors of every document that a first stage found, kept in cache/vectors, and where each lies."""
    names = sorted(found.listed)
    where = {name: at for at, name in enumerate(names)}
    folder = cache / "vectors" / of_file(encoder) / found.place
    return pieces(folder, [found.documents[name] for name in names], max_length=MAX_LENGTH, weights=encoder), where


def cross(part, found, queries):
    return {query: logits(part, [(found.queries[query], found.documents[document]) for document, _ in found.first[query]]) for query in queries}


def logits(part, pairs: list[tuple[str, str]]):
    """Of queries and texts, by the cross-encoder in the file `part`; float32 `[pairs]`."""
    rows = [(pair.ids, pair.type_ids) for pair in framed(part).encode_batch(pairs)]
    scores, score = np.zeros(len(rows), np.float32), runner(part)
    for batch in batches(np.array([len(ids) for ids, _ in rows]), 1 if "int8" in part else 4096):
        scores[batch] = score(padded([rows[at] for at in batch]))
    return scores


def padded(rows):
    """Ids and types of several pairs as `[3, pairs, tokens]`, int64: ids, mask, types."""
    width = max(len(ids) for ids, _ in rows)
    out = torch.zeros(3, len(rows), width, dtype=torch.long)
    for at, (ids, types) in enumerate(rows):
        out[0, at, : len(ids)] = torch.tensor(ids)
        out[1, at, : len(ids)] = 1
        out[2, at, : len(ids)] = torch.tensor(types)
    return out


@functools.cache
def framed(part):
    """The tokenizer beside an ONNX file: another model has other words, and joins pairs in another way. For checkpoints, ours."""
    beside = Path(part).parent / "tokenizer.json"
    return tokenizer(MAX_LENGTH, padded=False, file=beside if part.endswith(".onnx") and beside.exists() else None)


@functools.cache
def runner(part):
    """A function from `[3, pairs, tokens]` (ids, mask, types) to scores."""
    if part.endswith(".onnx"):
        graph = session(part)
        names, read = ["input_ids", "attention_mask", "token_type_ids"], {given.name for given in graph.get_inputs()}
        return lambda inputs: graph.run(None, {name: values for name, values in zip(names, inputs.numpy()) if name in read})[0][:, 0]
    model = load_model(part).to(FAST).eval()

    @torch.inference_mode()
    def run(inputs):
        return model(*inputs)[:, 0].numpy()

    return run
