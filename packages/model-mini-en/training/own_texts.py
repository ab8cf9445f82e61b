"""What fine_tune.py learns from: texts, what people asked, what they clicked, queries made by rule. What is left out is counted."""
import json
import random

from bm25 import WORD
from data import records, without_halves
from judgments import read_judgments
from mine import WIDTH
from progress import say
from pseudo import keyword_groups

MADE, ASKED, CLICKED = "keywords", "asked", "clicked"  # "clicked" alone carries labels
LEAST = 10  # queries: every tenth is held out


def read(args, test=None):
    """Ids and texts; queries as (id, text, wanted text numbers, source), none of which is asked in `test`, a collection."""
    documents = written(args.corpus / "corpus.jsonl", "texts", whole)
    if len(documents) < WIDTH:
        raise SystemExit(f"{args.corpus / 'corpus.jsonl'} holds {len(documents)} texts. A query is given {WIDTH} candidates, so that many are the least.")
    if len(documents) > args.texts:
        say(f"{args.texts} of {len(documents)} texts are read (--texts).")
        documents = random.Random(1).sample(documents, args.texts)
    names = [row["_id"] for row in documents]
    texts = [whole(row) for row in documents]
    own = args.corpus / "queries.jsonl"
    asked = written(own, "queries", lambda row: row["text"].strip()) if own.exists() and not args.no_queries else []
    asked, tested = without_test(asked, test)
    wanted = clicks(args, names, asked, tested) if args.clicks else {}
    queries = [(row["_id"], row["text"], wanted.get(row["_id"], []), CLICKED if row["_id"] in wanted else ASKED) for row in asked]
    queries = with_candidates(queries, len(texts)) + made_by_rule(args, texts, asked, test)
    if len(queries) < LEAST:
        raise SystemExit(f"{len(queries)} queries are left to train on, {LEAST} are the least. Give more in {own}, or have more made by rule (--make).")
    return names, texts, queries


def identified(path):
    """Rows, each with an id of its own that can stand in a TREC run."""
    if not path.exists():
        raise SystemExit(f"{path} is not there.")
    rows, known = records(path), set()
    for row in rows:
        name = row["_id"]
        if name in known or name.split() != [name] or without_halves(name) != name:
            why = "stands there twice" if name in known else "is empty, or has blanks or half a character, which a TREC run cannot hold"
            raise SystemExit(f"{path}: the id {json.dumps(name)} {why}.")
        known.add(name)
    return rows


def written(path, what, text):
    """Rows whose `text` is not empty: the others teach nothing, and no teacher takes an empty query."""
    rows = identified(path)
    found, empty = [row for row in rows if text(row)], [row["_id"] for row in rows if not text(row)]
    if empty:
        say(f"{path}: {len(empty)} of {len(rows)} {what} are empty and left out, the first: {empty[0]}.")
    return found


def whole(row):
    """Title and text."""
    return f"{row['title']} {row['text']}".strip()


def plain(text):
    """Texts that differ in case, blanks and punctuation alone are one."""
    return " ".join(WORD.findall(text.lower())) or text.strip()


def without_test(asked, test):
    """Rows that the test does not ask, by id or by text, and the ids of the others."""
    if not test:
        return asked, set()
    texts = {plain(text) for text in test.queries.values()}
    by_text = {row["_id"] for row in asked if plain(row["text"]) in texts}
    by_id = {row["_id"] for row in asked if row["_id"] in test.queries} - by_text
    if by_text or by_id:
        say(f"{len(by_text | by_id)} of {len(asked)} queries are left out of training, for the test asks them too ({len(by_text)} by their text, {len(by_id)} by their id).")
    return [row for row in asked if row["_id"] not in by_text | by_id], by_text | by_id


def clicks(args, names, asked, tested) -> dict[str, list[int]]:
    """Of queries, the numbers of the texts that were wanted."""
    where, known = {name: number for number, name in enumerate(names)}, {row["_id"] for row in asked}
    wanted: dict[str, list[int]] = {}
    left: dict[str, list[str]] = {}
    rows = read_judgments(args.clicks, ungraded=True)
    for query, document, grade in rows:
        why = ("have no grade above 0" if grade <= 0 else "are of queries that the test asks" if query in tested else
               "are of queries that are not read" if query not in known else "name a document that is not among the texts read" if document not in where else None)
        if why:
            left.setdefault(why, []).append(f"{query} {document}")
        elif where[document] not in wanted.setdefault(query, []):
            wanted[query].append(where[document])
    used = len(rows) - sum(map(len, left.values()))
    said = "; ".join([f"{args.clicks}: {used} of {len(rows)} clicks are used", *(f"{len(pairs)} {why}, the first: {pairs[0]}" for why, pairs in left.items())]) + "."
    if not used:
        raise SystemExit(f"{said} Ids must be those of {args.corpus}/queries.jsonl and corpus.jsonl; without --clicks the same command does without.")
    say(said)
    return wanted


def with_candidates(queries, size):
    """Those whose wanted texts leave enough others."""
    found = [query for query in queries if size - len(query[2]) >= WIDTH - 1]
    if len(found) < len(queries):
        say(f"{len(queries) - len(found)} queries are left out: of {size} texts, so many are wanted that {WIDTH - 1} others are not left.")
    return found


def made_by_rule(args, texts, asked, test):
    """None that was asked, and none twice."""
    name = "made"
    while any(row["_id"].startswith(f"{name}-") for row in asked):  # queries that were made before, and came back as one's own
        name += "-again"
    seen = {plain(text) for text in [row["text"] for row in asked] + list(test.queries.values() if test else [])}
    found = []
    for at, group in enumerate(keyword_groups(texts, args.make) if args.make else []):
        if group.query not in seen:
            seen.add(group.query)
            found.append((f"{name}-{at}", group.query, group.positive, MADE))
    if args.make:
        say(f"{len(asked)} queries were asked, {len(found)} different ones made by rule.")
    return found
