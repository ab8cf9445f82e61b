"""fine_tune.py as its guide has it: with the teacher that is there, then with a stronger one, in the same folder; what changed is made anew, and said.

Run in packages/model-mini-en/training, with a folder of texts and one for the model.
"""
import json
import random
import subprocess
import sys
from pathlib import Path

corpus, model = Path(sys.argv[1]), Path(sys.argv[2])
work = model / "work"


def command(*options, corpus=corpus, code=0):
    given = [sys.executable, "fine_tune.py", "--corpus", str(corpus), "--out", str(model), "--make", "40", "--groups", "16", *options]
    done = subprocess.run(given, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert done.returncode == code and "Traceback" not in said and "Warning" not in said, said
    return said


def made():
    return (model / "model_int8.onnx").read_bytes()


def teacher(path, depth=24, left=()):
    rng, lines = random.Random(7), (work / "candidates.trec").read_text().splitlines()
    rows = [line.split() for at, line in enumerate(lines) if at not in left]
    path.write_text("".join(f"{query} Q0 {document} {rank} {rng.random() * 30:.3f} big\n" for query, _, document, rank, _, _ in rows if int(rank) <= depth))


first = command()
assert "mining: 24 candidates" in first and "begins, by measuring" in first and "done" in first, first
before = made()
print("with the teacher that is there")

again = command()
assert "mining: 24" not in again and "anew" not in again and "is at its end, with 2 steps" in again and made() == before, again
print("the same once more")

scores = model.parent / "scores.trec"
scores.unlink(missing_ok=True)
waits = command("--teacher", str(scores), code=1)
assert "waits for its teacher" in waits and "packages/cli/bin/secondpass.js rerank" in waits and "mining" not in waits, waits
teacher(scores, depth=10)
few = command("--teacher", str(scores), code=1)
assert "scored all 24 candidates of 0 of" in few and "At best it scored 10" in few and made() == before, few
print("a teacher that is missing, or stopped early")

teacher(scores, left=[3])  # of the first query
test = model.parent / "own-test"
(test / "qrels").mkdir(parents=True, exist_ok=True)
(test / "corpus.jsonl").write_text((corpus / "corpus.jsonl").read_text())
(test / "queries.jsonl").write_text(json.dumps({"_id": "t", "text": "How long do tests take?"}) + "\n")
(test / "qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\nt\td1\t1\n")
stronger = command("--teacher", str(scores), "--test", str(test), "--depth", "5")
queries = len((work / "queries.jsonl").read_text().splitlines())
for part in (f"of {queries - 1} of {queries} queries; the others are left out", "training: begins anew. --teacher: was the default line, is scores.trec", "run-before", "BM25 was run here", "evaluate --qrels", "mini-en"):
    assert part in stronger, (part, stronger)
assert "mining" not in stronger and made() != before and (work / "run-before/last.pt").exists()
for name in ("first", "mini-en", "before", "after"):
    assert len((model / f"{name}.trec").read_text().splitlines()) == len((model / "first.trec").read_text().splitlines()) > 0
print("a stronger teacher, and a test")

larger = model.parent / "larger"
larger.mkdir(exist_ok=True)
(larger / "corpus.jsonl").write_text((corpus / "corpus.jsonl").read_text() + '\n{"_id": "new", "text": "One more text about tests and rivers."}\n')
changed = command("--teacher", str(model.parent / "later.trec"), corpus=larger, code=1)
assert "mining: begins anew. texts: was 60 (" in changed and "waits for its teacher" in changed, changed
print("a changed corpus")

assert "holds a cross-encoder" in command("--student", "encoder", code=1)
assert "there is no such folder" in command("--test", str(test / "none"), code=1)
assert "is at work in" in subprocess.run([sys.executable, "-c", f"import sys; sys.argv[1:] = {['--corpus', str(corpus), '--out', str(model)]}; from lock import alone_in; from pathlib import Path; "
                                          f"held = alone_in(Path({str(work)!r})); import subprocess; print(subprocess.run([sys.executable, 'fine_tune.py', *sys.argv[1:]], capture_output=True, text=True).stderr)"],
                                         capture_output=True, text=True, check=True).stdout
print("refused")
