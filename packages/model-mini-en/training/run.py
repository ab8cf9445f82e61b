"""A training run that can be stopped and goes on with the same command: schedule, log, checkpoints.

A trainer is a `Run` that knows its losses; everything else about a run is here.
"""
import json
import math
import signal
import time
from pathlib import Path

import torch

from weights import BASE, save_state

SAVE_EVERY = 600  # seconds


class Run:
    """Subclasses set `self.optimizer` and give `train_step`, `dev`, `stateful` and `checkpoint`."""

    about = BASE  # of the checkpoints

    def __init__(self, args, steps: int, every: int, texts_per_step: int, start: float, warm_up: float):
        """`every`: steps between two lines of the log; `start` and `warm_up`: of the whole run, for the learning rate."""
        self.args, self.steps, self.every, self.texts_per_step = args, steps, every, texts_per_step
        self.start, self.warm_up = start, warm_up
        self.step, self.seconds, self.started = 0, 0.0, time.time()

    def train_step(self) -> dict[str, float]:
        """One step of the optimiser, counted in `self.step`; what the log should average."""
        raise NotImplementedError

    def dev(self) -> dict[str, float]:
        """Measured on what is held out."""
        raise NotImplementedError

    def stateful(self) -> dict[str, torch.nn.Module | torch.optim.Optimizer]:
        """What is saved and read back by name."""
        raise NotImplementedError

    def checkpoint(self) -> dict[str, torch.Tensor]:
        """What a checkpoint for others holds."""
        raise NotImplementedError

    def progress(self) -> float:
        """0 to 1, by steps or, where a time is given, by the time trained: a slow machine then still ends its schedule."""
        spent = (self.seconds + time.time() - self.started) / self.args.seconds if self.args.seconds else 0
        return min(1.0, max(spent, self.step / self.steps))

    def rate(self) -> float:
        """Linear warm-up, then half a cosine to 0."""
        warm = min(1, (self.progress() + self.start) / self.warm_up)
        return self.args.lr * warm * 0.5 * (1 + math.cos(math.pi * self.progress()))

    def apply(self, clipped):
        """Clips, sets the rate, steps."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate() * group.get("times", 1)
        torch.nn.utils.clip_grad_norm_(clipped, 1.0)
        self.optimizer.step()
        self.step += 1

    def save(self):
        last = self.args.run / "last.pt"
        states = {name: part.state_dict() for name, part in self.stateful().items()}
        torch.save(states | {"step": self.step, "seconds": self.seconds}, last.with_suffix(".part"))
        last.with_suffix(".part").replace(last)
        save_state(self.checkpoint(), self.args.run / f"step-{self.step:06d}.safetensors", self.about)

    def resume(self):
        last = self.args.run / "last.pt"
        if last.exists():
            saved = torch.load(last, map_location="cpu", weights_only=True)
            for name, part in self.stateful().items():
                part.load_state_dict(saved[name])
            self.step, self.seconds = saved["step"], saved["seconds"]

    def run(self):
        self.args.run.mkdir(parents=True, exist_ok=True)
        self.resume()
        stopped = []
        signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))  # a run that is asked to end keeps what it has
        with open(self.args.run / "log.jsonl", "a") as log:
            def write(row):
                log.write(json.dumps({"step": self.step, "pairs": self.step * self.texts_per_step} | row) + "\n")
                log.flush()

            settings = {name: str(value) if isinstance(value, Path) else value for name, value in vars(self.args).items()}
            write({"settings": settings, "steps": self.steps} | self.dev())
            sums, saved, self.started = {}, time.time(), time.time()
            while self.progress() < 1 and not stopped:
                for name, value in self.train_step().items():
                    sums[name] = sums.get(name, 0) + value / self.every
                if self.step % self.every == 0:
                    now = time.time()
                    rate = self.every * self.texts_per_step / (now - self.started)
                    self.seconds, self.started = self.seconds + now - self.started, now
                    write(sums | {"lr": self.rate(), "seconds": self.seconds, "rate": rate})
                    sums = {}
                if time.time() - saved > SAVE_EVERY or self.progress() == 1 or stopped:
                    write(self.dev())
                    self.save()
                    saved = time.time()
