"""Lines on the error output about what takes long: how far it is, and how long it will take."""
import sys
import time

EVERY = 15  # seconds


def say(text):
    print(text, file=sys.stderr, flush=True)


class Progress:
    """Of a stage with so many things to do."""

    def __init__(self, stage: str, total: int):
        self.stage, self.total = stage, total
        self.started = self.said = time.time()

    def at(self, done: int):
        now = time.time()
        if now - self.said >= EVERY:
            self.said = now
            say(f"{self.stage}: {done} of {self.total}, about {(now - self.started) * (self.total - done) / max(done, 1):.0f} s left")
