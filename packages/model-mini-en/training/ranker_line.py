"""A line of ranker.json: the fit of its coefficients to lists, what it says of a pair, and how far that can be trusted."""
import numpy as np
import torch

from measures import ndcg


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
    """Coefficients of the terms, intercept, presence.

    1. Direction: softmax cross-entropy of the positives within each list, every source counting the same, weights of at least 0, held together by
    an L2 penalty of `strength` on standardised terms (spread within a list); every list is seen with its first-stage scores, a share of them,
    `drop`, without. 2. Scale, intercept and presence flag: logistic regression on the same pairs.
    """
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
