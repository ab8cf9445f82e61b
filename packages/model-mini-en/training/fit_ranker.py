"""Fit ranker.json: how the encoder's terms, the cross-encoder's logit and a first-stage score become one probability.

    python fit_ranker.py --weights state/weights.fp16.safetensors            # goes on where it stopped; --seconds ends a piece
    python fit_ranker.py --weights … --out /tmp/trial --strength .1 --saturation 10
    python fit_ranker.py --weights … --try cosine,rare-max-sim,lexical,first-stage        # another line: printed, not written

On training queries and training texts alone. A list is what reranking sees: BM25 over all training texts, the first 8
and 14 of the next 92, and the positives. 1. Direction: softmax cross-entropy of the positives within each list, every
source counting the same, weights of at least 0, held together by an L2 penalty on standardised terms (spread within a list);
every list is seen with its first-stage scores, a share of them without. 2. Scale, intercept and presence flag: logistic regression on
the same pairs. Candidates that contain or lie within a positive, or that the encoder puts above 95 % of it, are left out.
"""
import json
import pickle
import time
from pathlib import Path

import numpy as np
import torch

from bm25 import BM25
from data import arguments, training
from encode import encode, pieces
from features import Background, features
from measures import ndcg
from mine import same_passage
from scoring import MAX_LENGTH, MODEL, key, logits, of_file
from weights import tokenizer

PER_SOURCE, HEAD, TAIL, DEPTH = 150, 8, 14, 100
FAST = ["cosine", "rare-max-sim", "first-stage"]
BEST = [*FAST, "logit"]
LINES = {"default": FAST, "fast": FAST, "best": BEST}


def lists(args):
    """Per query: source, text numbers, label, doubt, terms. Kept in the cache, per encoder."""
    path = args.cache / f"ranker-lists-{of_file(args.encoder)}.pkl"
    if path.exists():
        return pickle.loads(path.read_bytes())
    texts, groups = training(args.data)
    index, answers = BM25(texts), {}
    for group in groups:
        answers.setdefault(group.query, set()).update(group.positive)
    rows, rng = [], np.random.default_rng(21)
    for source in sorted({group.source for group in groups} - {"ict"}):
        for at in rng.permutation([at for at, group in enumerate(groups) if group.source == source])[:PER_SOURCE]:
            group, scores = groups[at], index.scores(groups[at].query)
            found = [int(number) for number in np.argsort(-scores, kind="stable")[:DEPTH] if scores[number] > 0]
            tail = rng.permutation(np.arange(HEAD, len(found)))[:TAIL] if len(found) > HEAD else []
            chosen = found[:HEAD] + [found[place] for place in sorted(tail)]
            chosen += [number for number in group.positive[:3] if number not in chosen]
            rows.append((group, chosen, scores[chosen]))
    needed = sorted({number for _, chosen, _ in rows for number in chosen})
    place = {number: at for at, number in enumerate(needed)}
    folder = args.cache / "ranker-vectors" / of_file(args.encoder)
    documents = pieces(folder, [texts[number] for number in needed], weights=args.encoder)
    queries = encode([group.query for group, _, _ in rows], 64, args.encoder)
    tok = tokenizer(padded=False)
    tok.enable_truncation(MAX_LENGTH)
    background = Background.of([row.ids for row in tok.encode_batch(texts)], 30522)
    made = []
    for at, (group, chosen, scores) in enumerate(rows):
        terms = features(background, queries, at, documents, [place[number] for number in chosen]) | {"bm25": scores}
        label = np.array([number in answers[group.query] for number in chosen])
        likeness, contains = terms["cosine"] + terms["max-sim"], same_passage(texts, group.positive)
        doubt = ~label & ((likeness > 0.95 * likeness[label].max()) | np.array([contains(number) for number in chosen]))
        made.append({"source": group.source, "query": group.query, "texts": chosen, "label": label, "doubt": doubt, "terms": terms})
    path.write_bytes(pickle.dumps((background, made)))
    return background, made


def add_logits(args, made):
    """The cross-encoder's logit of every pair, kept per weights; a mixture of sources where the time runs out before the end."""
    path = args.cache / "scores" / f"ranker-{key(args.weights)}.pkl"
    known = pickle.loads(path.read_bytes()) if path.exists() else {}
    texts, started = training(args.data)[0], time.time()
    for at in np.random.default_rng(4).permutation(len(made)):
        row = made[at]
        if (name := (row["query"], tuple(row["texts"]))) not in known:
            if args.seconds and time.time() - started > args.seconds:
                continue
            known[name] = logits(args.weights, [(row["query"], texts[number]) for number in row["texts"]])
        row["terms"]["logit"] = known[name]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(known))
    return [row for row in made if "logit" in row["terms"]]


def columns(terms, names, saturation):
    """`[candidates, terms]`; the first stage saturates."""
    return np.stack([terms["bm25"] / (terms["bm25"] + saturation) if name == "first-stage" else terms[name] for name in names], 1)


class Padded:
    """Lists side by side: terms `[lists, candidates, terms]`, labels, what counts, and each list's weight (sources alike)."""

    def __init__(self, rows, names, saturation):
        rows = [row for row in rows if row["label"].any()]
        width = max(len(row["label"]) for row in rows)
        counts: dict[str, int] = {}
        for row in rows:
            counts[row["source"]] = counts.get(row["source"], 0) + 1
        self.x = torch.zeros(len(rows), width, len(names))
        self.label, self.counts = torch.zeros(2, len(rows), width, dtype=torch.bool)
        for at, row in enumerate(rows):
            size = len(row["label"])
            self.x[at, :size] = torch.from_numpy(columns(row["terms"], names, saturation)).float()
            self.label[at, :size] = torch.from_numpy(row["label"])
            self.counts[at, :size] = torch.from_numpy(~row["doubt"])
        self.weight = torch.tensor([1 / counts[row["source"]] / len(counts) for row in rows])
        within = torch.stack([part[keep].var(0, correction=0) for part, keep in zip(self.x, self.counts)])
        self.spread = (within * self.weight[:, None]).sum(0).sqrt()
        self.first = [name == "first-stage" for name in names]


def minimise(loss, start):
    theta = start.clone().requires_grad_(True)
    optimiser = torch.optim.LBFGS([theta], max_iter=500, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        value = loss(theta)
        value.backward()
        return value

    optimiser.step(closure)
    return theta.detach()


def fit(rows, names, strength, saturation, drop=0.1):
    """Coefficients of the terms, intercept, presence."""
    data = Padded(rows, names, saturation)
    without = torch.tensor([0.0 if first else 1.0 for first in data.first])
    views = [torch.ones(len(names)), without] if any(data.first) else [without]
    shares = [1 - drop, drop] if any(data.first) else [1]
    standard = data.x / data.spread

    def direction(theta):
        total = strength * theta.square().sum()
        for view, share in zip(views, shares):
            z = (standard @ (theta.abs() * view)).masked_fill(~data.counts, -1e9)
            total = total + ((z.logsumexp(1) - z.masked_fill(~data.label, -1e9).logsumexp(1)) * data.weight).sum() * share
        return total

    weights = minimise(direction, torch.ones(len(names))).abs()
    each = (data.weight[:, None] / data.counts.sum(1, keepdim=True)).expand_as(data.label)[data.counts]
    truth = data.label[data.counts].float()
    sums = [(standard @ (weights * view))[data.counts] for view in views]

    def calibration(theta):
        total = 0.0
        for z, present in zip(sums, (1.0, 0.0) if len(views) == 2 else (0.0,)):
            logit = theta[0] * z + theta[1] + theta[2] * present
            total = total + (torch.nn.functional.binary_cross_entropy_with_logits(logit, truth, reduction="none") * each).sum()
        return total

    slope, intercept, present = minimise(calibration, torch.tensor([1.0, -5.0, 0.0])).tolist()
    return (slope * weights / data.spread).tolist(), intercept, present


def line(names, fitted, saturation):
    coefficients, intercept, present = fitted
    terms = [{"of": name, "weight": round(weight, 4)} | ({"present": round(present, 4), "saturation": saturation} if name == "first-stage" else {})
             for name, weight in zip(names, coefficients)]
    return {"intercept": round(intercept, 4), "terms": terms}


def logit_of(line, terms, first=True):
    """What the engine computes, before the sigmoid. `terms` holds every term's name and `bm25`."""
    total = line["intercept"]
    for term in line["terms"]:
        if term["of"] != "first-stage":
            total = total + term["weight"] * np.asarray(terms[term["of"]], np.float64)
        elif first:
            score = np.asarray(terms["bm25"], np.float64)
            total = total + term["present"] + term["weight"] * score / (score + term["saturation"])
    return total


def calibration_error(rows, line, first, bins=10):
    """Expected calibration error, every source counting the same."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["source"]] = counts.get(row["source"], 0) + 1
    p, truth, weight = [], [], []
    for row in rows:
        keep = ~row["doubt"]
        p.append(1 / (1 + np.exp(-logit_of(line, row["terms"], first)[keep])))
        truth.append(row["label"][keep])
        weight.append(np.full(keep.sum(), 1 / counts[row["source"]] / keep.sum()))
    p, truth, weight = map(np.concatenate, (p, truth, weight))
    at = np.minimum((p * bins).astype(int), bins - 1)
    return sum(abs((weight * (p - truth))[at == number].sum()) for number in range(bins)) / weight.sum()


def quality(rows, line, first):
    """Mean nDCG@10 within the lists."""
    values = []
    for row in rows:
        if row["label"].any():
            keep = np.flatnonzero(~row["doubt"])
            said = logit_of(line, row["terms"], first)
            values.append(ndcg(said[keep], keep, {number: 1.0 for number in np.flatnonzero(row["label"])}))
    return float(np.mean(values))


def report(rows, names, args):
    """Fitted on every second query and measured on the others, and the other way round; then on sources left out of the fit."""
    halves = [rows[0::2], rows[1::2]]

    def fitted(part):
        return line(names, fit(part, names, args.strength, args.saturation, args.drop), args.saturation)

    crossed = [(fitted(a), b) for a, b in (halves, halves[::-1])]
    left_out = []
    for source in sorted({row["source"] for row in rows}):
        left_out.append((fitted([row for row in rows if row["source"] != source]), [row for row in rows if row["source"] == source]))
    out = {}
    for first in (True, False) if "first-stage" in names else (False,):
        out["with first stage" if first else "without"] = {
            "calibration error, other queries": round(float(np.mean([calibration_error(part, made, first) for made, part in crossed])), 4),
            "calibration error, other sources": round(float(np.mean([calibration_error(part, made, first) for made, part in left_out])), 4),
            "nDCG@10, other sources": round(float(np.mean([quality(part, made, first) for made, part in left_out])), 4),
        }
    return out


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--weights", help="the cross-encoder, .safetensors or .onnx; without it the lines that read its logit stay as they were")
    parser.add_argument("--encoder", help="its checkpoint; default: the untouched base")
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--strength", type=float, default=3, help="of the L2 penalty")
    parser.add_argument("--saturation", type=float, default=20)
    parser.add_argument("--drop", type=float, default=0.1, help="share of the lists that come without first-stage scores")
    parser.add_argument("--seconds", type=float, help="stop scoring pairs after this time; the same command goes on")
    parser.add_argument("--lists", type=int, help="so many with the cross-encoder's logits are enough for the lines that have it; default: all")
    parser.add_argument("--try", dest="trial", help="terms of a line to print, joined by commas")
    args = parser.parse_args()
    background, rows = lists(args)
    scored = add_logits(args, rows) if args.weights else []
    if args.weights and len(scored) < (args.lists or len(rows)):
        raise SystemExit(f"{len(scored)} of {len(rows)} lists are scored by the cross-encoder; the same command goes on.")
    before = json.loads(path.read_text()) if (path := args.out / "ranker.json").exists() else {"lines": {}, "about": {"found": {}}}
    made, found = before["lines"], before["about"]["found"]
    for name, terms in {"trial": args.trial.split(",")}.items() if args.trial else LINES.items():
        if "logit" in terms and not args.weights:
            continue
        known = scored if "logit" in terms else rows
        made[name] = line(terms, fit(known, terms, args.strength, args.saturation, args.drop), args.saturation)
        found[name] = {"lists": len(known)} | report(known, terms, args)
    if args.trial:
        return print(json.dumps({"line": made["trial"], "found": found["trial"]}))
    args.out.mkdir(parents=True, exist_ok=True)
    about = {"fitted": "training/fit_ranker.py", "encoder": of_file(args.encoder), "cross-encoder": key(args.weights) if args.weights else before["about"].get("cross-encoder"), "strength": args.strength,
             "found": found}
    ranker = {"format": 1, "about": about, "queryTokens": 128, "documentTokens": 256, "rarity": background.write(args.out), "lines": made}
    path.write_text(json.dumps(ranker, indent=1) + "\n")
    print(json.dumps(ranker, indent=1))


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.set_grad_enabled(True)
    main()
