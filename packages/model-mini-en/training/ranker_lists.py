"""What the lines of ranker.json are fitted on: lists as reranking sees them, of training queries and training texts alone.

Each holds BM25's first 8 over all training texts and 14 of the next 92, and the positives. Candidates that contain or lie within a positive, or that the
encoder puts above 95 % of it, are in doubt: they count neither way.
"""
import pickle
import time

import numpy as np

from bm25 import BM25
from data import training
from encode import encode, pieces
from features import Background, features
from mine import same_passage
from scoring import MAX_LENGTH, key, logits, of_file
from weights import tokenizer

PER_SOURCE, HEAD, TAIL, DEPTH = 150, 8, 14, 100


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
