"""nDCG@10 of checkpoints on collections that were packed beforehand: quick on a GPU, and no collection needs to be there.

    python judge.py --pack choosing                                        # cache/judged.npz, where the collections are
    python judge.py runs/encoder/step-….safetensors base                   # anywhere: encoders
    python judge.py --cross runs/cross/step-….safetensors --limit 30       # cross-encoders

For encoders: cosine, rare MaxSim, both (z-scores per list), and both with .2 of the first stage by min-max, which is the line without training
of docs/model-training.md with rare MaxSim in it: nothing fitted, so that encoders of any scale can be compared. For cross-encoders: the logit alone.
"""
import numpy as np
import torch

import teachers
from data import ALL, CHOOSING, HEADINGS, REPORTING, arguments, collection
from list_students import pair
from features import Background
from lists import read, similarities, token_weights
from ragged import Ragged
from scoring import MODEL
from weights import FAST, about, base_encoder, load_encoder, load_model, tokenizer

TEXT, QUERY, DEPTH, TOP = 256, 128, 100, 10


def pack(names, data, out):
    tok, held = tokenizer(padded=False), {}

    def pieces(texts, most):
        tok.enable_truncation(most)
        rows = [row.ids for row in tok.encode_batch(texts)]
        return np.concatenate([np.array(row, np.uint16) for row in rows]), np.array([len(row) for row in rows], np.uint16)

    for name in names:
        found = collection(data, name, DEPTH)
        used = sorted({document for hits in found.first.values() for document, _ in hits})
        place = {document: at for at, document in enumerate(used)}
        lists, scores, gains = np.full((len(found.first), DEPTH), -1, np.int32), *np.zeros((2, len(found.first), DEPTH), np.float32)
        ideal = np.zeros(len(found.first))
        for at, (query, hits) in enumerate(found.first.items()):
            grades = found.judgments[query]
            for rank, (document, score) in enumerate(hits):
                lists[at, rank], scores[at, rank], gains[at, rank] = place[document], score, max(0, grades.get(document, 0))
            best = sorted((max(0, grade) for grade in grades.values()), reverse=True)[:TOP]
            ideal[at] = sum(gain / np.log2(rank + 2) for rank, gain in enumerate(best))
        text = pieces([found.documents[document] for document in used], TEXT)
        query = pieces([found.queries[query] for query in found.first], QUERY)
        held |= {f"{name}/{key}": value for key, value in
                 {"text_ids": text[0], "text_lengths": text[1], "query_ids": query[0], "query_lengths": query[1], "lists": lists,
                  "scores": scores, "gains": gains, "ideal": ideal}.items()}
    np.savez(out, **held)


def some(flat, lengths, numbers, device) -> Ragged:
    """Of rows that lie one after the other, those."""
    starts = lengths.astype(np.int64).cumsum() - lengths
    return Ragged.of([flat[starts[at] : starts[at] + lengths[at]] for at in numbers], device)


class Judged:
    """One collection on a device; of each query the numbers of its candidates `lists`, -1 where there are no more, their `scores` by the first stage, and gains."""

    def __init__(self, held, name, device, limit):
        self.name = name
        part = {key.removeprefix(f"{name}/"): held[key] for key in held.files if key.startswith(f"{name}/")}
        self.lists, self.scores, self.gains, self.ideal = (part[key][:limit] for key in ("lists", "scores", "gains", "ideal"))
        used, places = np.unique(self.lists, return_inverse=True)
        self.lists = (places.reshape(self.lists.shape) - int(used[0] < 0)).astype(np.int32)
        self.texts = some(part["text_ids"], part["text_lengths"], used[used >= 0], device)
        self.queries = some(part["query_ids"], part["query_lengths"], np.arange(len(self.lists)), device)

    def ndcg(self, scores):
        """Mean over queries; `scores` `[queries, DEPTH]`, ties in the first stage's order."""
        scores = np.where(self.lists >= 0, scores, -np.inf)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
        found = (np.take_along_axis(self.gains, order, 1) / np.log2(np.arange(TOP) + 2)).sum(1)
        return float(np.mean(np.where(self.ideal > 0, found / np.where(self.ideal > 0, self.ideal, 1), 0)))


def per_list(values, there, how):
    """Min-max or z-scores within each list."""
    masked = np.where(there, values, np.nan)
    if how == "minmax":
        low, high = np.nanmin(masked, 1, keepdims=True), np.nanmax(masked, 1, keepdims=True)
        return np.nan_to_num((masked - low) / np.maximum(high - low, 1e-9))
    return np.nan_to_num((masked - np.nanmean(masked, 1, keepdims=True)) / np.maximum(np.nanstd(masked, 1, keepdims=True), 1e-9))


def blends(cosine, rare, part):
    there = part.lists >= 0
    both = per_list(cosine, there, "z") + per_list(rare, there, "z")
    mixed = 0.8 * per_list(both, there, "minmax") + 0.2 * per_list(part.scores, there, "minmax")
    return {"cosine": cosine, "rare MaxSim": rare, "both": both, "both + .2 first stage": mixed}


@torch.no_grad()
def encoder_scores(model, pooling, part, rarity):
    texts, queries = read(model, part.texts, pooling), read(model, part.queries, pooling)
    found = []
    for at in range(len(part.lists)):
        numbers = torch.tensor([at], device=rarity.device)
        chosen = torch.as_tensor(part.lists[at].clip(0), device=rarity.device).long()
        found.append(torch.stack(similarities(queries.of(numbers), texts.of(chosen), token_weights(rarity, *part.queries.padded(numbers))))[:, 0].cpu().numpy())
    return np.stack(found, 1)


@torch.no_grad()
def cross_scores(model, part, device, at_once=64):
    found = []
    for at in range(len(part.lists)):
        texts = torch.as_tensor(part.lists[at].clip(0), device=device).long()
        order = torch.argsort(part.texts.lengths[texts])
        logits = torch.cat([model(*pair(part, torch.full_like(some, at), texts[some]))[:, 0].float() for some in order.split(at_once)])
        found.append(logits[torch.argsort(order)].cpu().numpy())
    return np.stack(found)


def rows(args, device):
    held = np.load(args.cache / "judged.npz")
    names = list(dict.fromkeys(key.split("/")[0] for key in held.files))
    rarity = torch.from_numpy(Background.read(MODEL).rarity).float().to(device)
    parts = [Judged(held, name, device, args.limit) for name in names]
    yield "", names
    yield "first stage", [part.ndcg(part.scores) for part in parts]
    for path in args.checkpoints:
        if args.cross:
            model = load_model(path).to(device, FAST).eval()
            yield path, [part.ndcg(cross_scores(model, part, device)) for part in parts]
            continue
        named = {"base": (base_encoder, "mean"), "bge": (lambda: load_encoder(teachers.checkpoint("bge")), "cls")}
        made, pooling = named.get(path) or ((lambda path=path: load_encoder(path)), about(path)["pooling"])
        model = made().to(device, FAST).eval()
        found = [blends(*encoder_scores(model, pooling, part, rarity), part) for part in parts]
        for name in found[0]:
            yield f"{path}: {name}", [part.ndcg(blend[name]) for part, blend in zip(parts, found)]


if __name__ == "__main__":
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("checkpoints", nargs="*", help="files, or base, or bge")
    parser.add_argument("--pack", help="choosing, headings, reporting, all, or names joined by commas")
    parser.add_argument("--cross", action="store_true", help="the checkpoints are cross-encoders")
    parser.add_argument("--limit", type=int, help="first N queries of each collection")
    options = parser.parse_args()
    if options.pack:
        sets = {"choosing": CHOOSING, "headings": HEADINGS, "reporting": REPORTING, "all": ALL}.get(options.pack) or options.pack.split(",")
        pack(sets, options.data, options.cache / "judged.npz")
    for name, values in rows(options, "cuda" if torch.cuda.is_available() else "cpu") if options.checkpoints else []:
        print(f"| {name} | " + " | ".join(str(v) if isinstance(v, str) else f"{v:.4f}" for v in values) + (f" | {np.mean(values):.4f} |" if name else " | mean |"), flush=True)
