"""Judgments, clicks and runs out of files, with file and line where one is not as it should be."""
import gzip
import math
from pathlib import Path


def numbered(path: Path):
    """The lines of a text in UTF-8, counted from 1; `….gz` is unpacked."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig") as lines:
            yield from enumerate(lines, 1)
    except UnicodeDecodeError as error:
        begins, kind = error.object[:2], "WINDOWS-1252"
        if begins in (b"\xff\xfe", b"\xfe\xff"):
            kind = "UTF-16"
        way = "It is packed: gzip -dc" if begins == b"\x1f\x8b" else f"Convert it first; if it is {kind}: iconv -f {kind} -t UTF-8"
        raise SystemExit(f"{path} is not UTF-8 text: it holds the byte {error.object[error.start]:#04x} where none can be. {way}") from None


def lines_of(path: Path):
    """Where each stands, and its fields: between tabs, or where there are none, between blanks."""
    for number, line in numbered(path):
        if line.strip():
            yield f"{path}:{number}", [field.strip() for field in (line.split("\t") if "\t" in line else line.split())]


def number_in(field) -> float | None:
    try:
        return number if math.isfinite(number := float(field)) else None
    except ValueError:
        return None


def read_judgments(path: Path, ungraded=False) -> list[tuple[str, str, float]]:
    """Query, document, grade, as BEIR has them (with or without a line of headings) or as TREC has them (with a second column that says nothing). `ungraded`: without a grade it is 1."""
    found, first = [], True
    for place, fields in lines_of(path):
        if len(fields) == 4:
            fields = [fields[0], *fields[2:]]
        if len(fields) == 2 and ungraded:
            fields = [*fields, "1"]
        grade = number_in(fields[-1])
        if len(fields) == 3 and grade is not None:
            found.append((fields[0], fields[1], grade))
        elif not first or len(fields) != 3:
            raise SystemExit(f"{place} is no judgment: it takes a query's id, a document's id and a number, between tabs, or the four columns of TREC; this is {' | '.join(fields)}")
        first = False
    return found


def read_run(path: Path) -> list[tuple[str, str, float]]:
    """Query, document, score of a TREC run."""
    found = []
    for place, fields in lines_of(path):
        score = number_in(fields[4]) if len(fields) == 6 else None
        if score is None:
            raise SystemExit(f"{place} is no line of a TREC run: it takes `query Q0 document rank score tag`; this is {' | '.join(fields)}")
        found.append((fields[0], fields[2], score))
    return found
