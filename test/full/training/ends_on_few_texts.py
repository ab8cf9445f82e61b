"""Queries made by rule, and candidates, of few texts and of uniform ones: as many as there are, and an end.

Run in packages/model-mini-en/training.
"""
import hashlib
import io
import random
import signal
import sys
from contextlib import redirect_stderr

sys.path.insert(0, ".")
from mine import WIDTH, candidates
from pseudo import keyword_groups

PARTS, FAULTS, PLACES = ["gasket", "valve", "shaft", "rotor", "seal"], ["leaks", "jams", "hums", "cracks"], ["kitchen", "tunnel", "hangar"]
TICKETS = [f"The {PARTS[at % 5]} in the {PLACES[at % 3]} {FAULTS[at % 4]} when load {at} is on. Replace the {PARTS[(at + 2) % 5]} there." for at in range(40)]


def made(texts, count):
    said = io.StringIO()
    with redirect_stderr(said):
        return keyword_groups(texts, count), said.getvalue()


signal.alarm(120)
found, said = made(TICKETS, 3000)
assert len(found) == 3000 and not said, said
rng = random.Random(0)
parts = [f"{rng.choice(['Bolt', 'Nut', 'Washer', 'Screw', 'Rivet'])} M{rng.choice([4, 5, 6, 8])}x{rng.randrange(10, 60)} {rng.choice(['zinc', 'steel', 'brass'])} PN-{at}" for at in range(2000)]
found, said = made(parts, 500)
assert len(found) == 500 and not said, said
found, said = made(["Bolt M8x40 zinc PN-17"] * 2000, 3000)
assert not found and "Made 0 of 3000 queries by rule: the 2000 texts" in said, said
assert made([], 10)[1].startswith("Made 0 of 10")
assert not made(TICKETS, 0)[1]

large = [" ".join(rng.choices([f"word{at}" for at in range(900)], k=12)) + "." for _ in range(3000)]
written = "\n".join(f"{group.query} {group.positive}" for group in keyword_groups(large, 400))
assert hashlib.sha256(written.encode()).hexdigest()[:12] == "4d823ed7186c", hashlib.sha256(written.encode()).hexdigest()[:12]  # where there are enough texts, what it always was

for size, banned in ((WIDTH, set()), (WIDTH + 1, {0, 1}), (2000, set(range(1, 1977)))):
    chosen = candidates(random.Random(0), 0, [], [1, 2], [1, 2], banned, size)
    assert len(set(chosen)) == WIDTH and not set(chosen[1:]) & banned
for size, banned in ((WIDTH - 1, set()), (WIDTH + 1, {1, 2, 3})):
    try:
        candidates(random.Random(0), 0, [], [1, 2], [1, 2], banned, size)
        raise AssertionError(size)
    except ValueError as error:
        assert f"of {size} texts, {len(banned)} are wanted" in str(error), error
print("ends")
