"""What each stage of a longer command was made of, in a file: what still holds is kept; of what does not, it is said what differs."""
import json
from pathlib import Path

from progress import say


class Stages:
    def __init__(self, path: Path):
        self.path = path
        self.known = json.loads(path.read_text()) if path.exists() else {}

    def holds(self, stage: str, facts: dict[str, str]) -> bool:
        """Of a stage whose result is there: was it made of these facts?"""
        before = self.known.get(stage)
        if before == facts:
            return True
        if before is None:
            say(f"{stage}: begins anew, since {self.path} does not say what was there was made of.")
        else:
            differ = [name for name in facts | before if facts.get(name) != before.get(name)]
            say(f"{stage}: begins anew. " + "; ".join(f"{name}: was {before.get(name, 'nothing')}, is {facts.get(name, 'nothing')}" for name in differ) + ".")
        return False

    def note(self, stage: str, facts: dict[str, str]):
        self.known[stage] = facts
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(self.known, indent=1) + "\n")
        part.replace(self.path)
