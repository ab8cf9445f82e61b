"""Makes cache/passages.jsonl.gz: short English passages of many subjects, free for any use.

Each line is {"source": short name, "title": heading or "", "text": 40 to 220 words}.
The text comes from the public repositories in passage_sources.py, each read at the commit named there.
To get them, make one folder and, for each, run there

    git clone --bare https://github.com/OWNER/NAME OWNER+NAME

then run: python passages.py --repositories FOLDER [--out FILE] [--relicensed]

Every licence in SOURCES allows commercial use. Some textbooks have since moved to a
non-commercial licence; their last commit whose licence file, read-me and collection files
all say CC BY 4.0 is listed under RELICENSED, and is read only with --relicensed.
A source with a limit is sampled: its files are read in the order of a hash of their paths
until it has given that many words. The output is the same on every run.
"""

import argparse
import gzip
import hashlib
import html
import json
import pathlib
import re
import subprocess
import xml.etree.ElementTree as ElementTree

from passage_sources import ALL, RELICENSED, SOURCES

SHORTEST, WANTED, LONGEST = 40, 60, 220
COMMON = set("the of and to in a is that for it as was with be by on are this from or an at which "
             "not have has were can its but their they you we your if these when more one".split())


def clean(paragraph):
    paragraph = re.sub(r"\s+", " ", html.unescape(paragraph)).strip()
    paragraph = re.sub(r"\$([^$]{1,60}?)\$", r"\1", paragraph)  # formulas within the line
    paragraph = re.sub(r"\\[A-Za-z]+\{([^{}]*)\}", r"\1", paragraph)
    paragraph = re.sub(r"\\[A-Za-z]+ ?|:::.*|::|\{[#=.][^}]*\}|\(\s*\)|\[\s*\]", "", paragraph)
    return re.sub(r"\s+([.,;:!?])(?=\s|$)", r"\1", paragraph)


def is_prose(text, words):
    plain = sum(character.isalpha() or character in " .,;:'’\"“”()-–?!" for character in text)
    ascii_letters = sum("a" <= character <= "z" for character in text)
    common = sum(word.strip(".,;:()\"“”").lower() in COMMON for word in words)
    return (plain >= 0.9 * len(text) and ascii_letters >= 0.65 * len(text)
            and common >= 0.2 * len(words) and len(text) < 9 * len(words))


def split_long(paragraph):
    """Pieces of at most LONGEST words, cut between sentences."""
    count = len(paragraph.split())
    if count <= LONGEST:
        return [paragraph]
    share, pieces, piece = count / -(-count // 150), [], []
    for sentence in re.split(r"(?<=[.!?;])\s+", paragraph):
        piece += sentence.split()
        if len(piece) >= share:
            pieces.append(" ".join(piece))
            piece = []
    return pieces + ([" ".join(piece)] if piece else [])


def passages(paragraphs, seen):
    """Joins paragraphs to passages of SHORTEST to LONGEST words; drops what was seen before."""
    groups, group = [], []
    for paragraph in paragraphs:
        for piece in split_long(clean(paragraph)):
            words = piece.split()
            key = hash_of(piece.casefold())
            if not words or (len(words) > 8 and key in seen):
                continue
            seen.add(key)
            if group and len(group) + len(words) > LONGEST:
                groups.append(group)
                group = []
            group = group + words
            if len(group) >= WANTED:
                groups.append(group)
                group = []
    if group and len(group) < SHORTEST and groups and len(groups[-1]) + len(group) <= LONGEST:
        groups[-1] = groups[-1] + group
    elif group:
        groups.append(group)
    for words in groups:
        text = " ".join(words)
        key = hash_of("passage " + text.casefold())
        if SHORTEST <= len(words) <= LONGEST and key not in seen and is_prose(text, words):
            seen.add(key)
            yield text, len(words)


def hash_of(text):
    return hashlib.sha1(text.encode("utf-8", "replace")).digest()


def find_repository(folder, repository):
    place = folder / repository.replace("/", "+")
    for candidate in [place, *sorted(place.glob("*")), *sorted(place.glob("*/.git"))]:
        if (candidate / "objects").is_dir():
            return candidate
    raise SystemExit(f"{repository} is not in {folder}")


def read_files(git_directory, source):
    """Yields (path, text) of the source's files, in the order of a hash of the path."""
    git = ["git", "-c", "safe.directory=*", f"--git-dir={git_directory}"]
    listing = subprocess.run(git + ["ls-tree", "-r", "-z", source.commit], check=True,
                             capture_output=True).stdout.decode("utf-8", "replace")
    files = []
    for line in filter(None, listing.split("\0")):
        details, path = line.split("\t", 1)
        if details.split()[1] == "blob" and re.search(source.files, path):
            files.append((path, details.split()[2]))
    files.sort(key=lambda file: hash_of(file[0]) if source.limit < ALL else file[0])
    with subprocess.Popen(git + ["cat-file", "--batch"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        for path, name in files:
            process.stdin.write(f"{name}\n".encode())
            process.stdin.flush()
            header = process.stdout.readline().split()
            if header[1] != b"missing":
                text = process.stdout.read(int(header[2]) + 1)[:-1].decode("utf-8", "replace")
                yield path, text.replace("\r\n", "\n")
        process.stdin.close()


def read_source(git_directory, source, seen):
    total = 0
    for path, text in read_files(git_directory, source):
        if total >= source.limit:
            break
        try:
            sections = list(source.reader(text, path))
        except (ElementTree.ParseError, json.JSONDecodeError) as error:
            print(f"  {source.name}: {path} left out: {error}")
            continue
        for title, paragraphs in sections:
            for passage, count in passages(paragraphs, seen):
                total += count
                title = re.sub(r"^[^\w(\"“'$]+", "", clean(title).rstrip(": "))
                yield {"source": source.name, "title": title, "text": passage}, count


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repositories", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("cache/passages.jsonl.gz"))
    parser.add_argument("--relicensed", action="store_true",
                        help="also read the textbooks under RELICENSED, at their last CC BY commit")
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    seen = set()
    with open(options.out, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as out:
        for source in SOURCES + (RELICENSED if options.relicensed else []):
            counts = [0, 0]
            place = find_repository(options.repositories, source.repository)
            for passage, count in read_source(place, source, seen):
                out.write((json.dumps(passage, ensure_ascii=False) + "\n").encode())
                counts[0] += 1
                counts[1] += count
            print(f"{source.name:42} {counts[0]:8} passages {counts[1]:10} words", flush=True)


if __name__ == "__main__":
    main()
