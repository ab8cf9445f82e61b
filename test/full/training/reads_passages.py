"""Passages and headings out of a repository made for the purpose: markup and tables go, headings stay, nothing comes twice.

Run in packages/model-mini-en/training, with a folder for what is made.
"""
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, ".")

import headings
import passages
from data import collection
from passage_readers import read_cnxml, read_markdown
from passage_sources import ALL, RELICENSED, SOURCES, Source

SAID = "The dam was finished in the spring of that year, and in the summer the water had reached the old road. People who had lived in the valley came to look at it. They stood on the new bridge for a long time, and then they went home to the houses that had been built for them."
OTHER = "A turbine turns because the water that falls on it gives up a part of what it had at the top. How much of that becomes current depends on the height of the fall, on how much water there is, and on how well the blades were made for both. The rest is heat and noise and is lost."
FREE = {"CC BY 4.0", "CC BY-SA 3.0", "CC BY-SA 4.0", "CC0", "CC BY or CC0", "public domain", "MIT or Apache-2.0"}

work = Path(sys.argv[1])
tree, folder = work / "tree", work / "repositories"
tree.mkdir(parents=True)
(tree / "dam.md").write_text(f"# The dam\n\n## How it was built\n\n{SAID}\n\nSee [the map](map.html).\n\n| year | metres |\n| --- | --- |\n| 1950 | 40 |\n\n```\ncode\n```\n\n## Again\n\n{SAID}\n")
(tree / "turbine.cnxml").write_text(f'<document xmlns="http://cnx.rice.edu/cnxml"><title>Machines</title><content><section><title>Water turbines</title><para>{OTHER}</para></section></content></document>')
git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(tree)]
for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"], ["clone", "-q", "--bare", ".", str((folder / "some+one").absolute())]):
    subprocess.run(git + command, check=True)
commit = subprocess.run(git + ["rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
place, seen = passages.find_repository(folder, "some/one"), set()
rows = [row for files, reader in ((r"\.md$", read_markdown), (r"\.cnxml$", read_cnxml))
        for row, _ in passages.read_source(place, Source("own", "some/one", commit, "CC0", files, reader, ALL), seen)]
assert [row["title"] for row in rows] == ["The dam: How it was built", "Machines: Water turbines"], rows
assert rows[0]["text"] == f"{SAID} See the map." and rows[1]["text"] == OTHER, rows
assert {source.licence for source in SOURCES + RELICENSED} <= FREE

for title, query in (("Momentum: A conserved quantity of motion", "A conserved quantity of motion"), ("3.2 Tidal forces", "Tidal forces"), ("Waves: Summary", None),
                     ("Waves: Key equations", None), ("Energy", None), ("The one", None)):
    assert headings.query_of(title) == query, (title, headings.query_of(title))
many = [{"title": f"Part: Kind {name} of water", "text": f"{SAID} {name} {OTHER if at % 2 else ''}"} for at, name in enumerate(["alpha", "beta", "gamma", "delta", "alpha"] * 30)]
headings.build(many[:5], work / "own", depth=3)
found = collection(work, "own")
assert sorted(found.queries.values()) == ["kind alpha of water", "kind beta of water", "kind delta of water", "kind gamma of water"]
assert sorted(len(judged) for judged in found.judgments.values()) == [1, 1, 1, 2] and all(0 < len(hits) <= 3 for hits in found.first.values())
print(f"{len(rows)} passages, {len(found.queries)} headings")
