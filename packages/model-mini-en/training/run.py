"""A training run that can be stopped and goes on with the same command: schedule, log, checkpoints.

A trainer is a `Run` that knows its losses; everything else about a run is here.
"""
import json
import math
import signal
import time
from pathlib import Path

import torch

from lock import alone_in
from progress import EVERY, say
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

    def spent(self) -> float:
        """Seconds trained, those of earlier starts among them."""
        return self.seconds + time.time() - self.started

    def progress(self) -> float:
        """0 to 1, by steps or, where a time is given, by the time trained: a slow machine then still ends its schedule."""
        spent = self.spent() / self.args.seconds if self.args.seconds else 0
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
        save_state(self.checkpoint(), self.args.run / f"step-{self.step:06d}.safetensors", self.about)
        states = {name: part.state_dict() for name, part in self.stateful().items()}
        torch.save(states | {"step": self.step, "seconds": self.spent()}, last.with_suffix(".part"))
        last.with_suffix(".part").replace(last)

    def resume(self):
        last = self.args.run / "last.pt"
        if last.exists():
            saved = torch.load(last, map_location="cpu", weights_only=True)
            for name, part in self.stateful().items():
                part.load_state_dict(saved[name])
            self.step, self.seconds = saved["step"], saved["seconds"]

    def report(self):
        spent, progress = self.spent(), self.progress()
        say(f"training: step {self.step}, {spent:.0f} s trained, about {spent / progress - spent:.0f} s left")

    def run(self):
        """Until its end, or until it is asked to end (SIGINT, SIGTERM): then it keeps what it has, and the same command goes on."""
        self.args.run.mkdir(parents=True, exist_ok=True)
        stopped = []
        with alone_in(self.args.run), open(self.args.run / "log.jsonl", "a") as log:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: stopped.append(True))
            self.resume()
            begun, self.started = self.step, time.time()
            if self.progress() == 1:
                return say(f"training: {self.args.run} is at its end, with {self.step} steps in {self.seconds:.0f} s. For more, allow it more; for another, name another folder.")
            say(f"training: goes on at step {begun}, after {self.seconds:.0f} s" if begun else "training: begins, by measuring what is held out")

            def write(row):
                log.write(json.dumps({"step": self.step, "pairs": self.step * self.texts_per_step} | row) + "\n")
                log.flush()

            settings = {name: str(value) if isinstance(value, Path) else value for name, value in vars(self.args).items()}
            write({"settings": settings, "steps": self.steps} | self.dev())
            sums, said, saved, self.started = {}, time.time(), time.time(), time.time()
            while self.progress() < 1 and not stopped:
                for name, value in self.train_step().items():
                    sums[name] = sums.get(name, 0) + value / self.every
                if self.step % self.every == 0:
                    now = time.time()
                    rate = self.every * self.texts_per_step / (now - self.started)
                    self.seconds, self.started = self.seconds + now - self.started, now
                    write(sums | {"lr": self.rate(), "seconds": self.seconds, "rate": rate})
                    sums = {}
                if time.time() - said > EVERY:
                    self.report()
                    said = time.time()
                if time.time() - saved > SAVE_EVERY:
                    write(self.dev())
                    self.save()
                    saved = time.time()
            if self.step > begun:
                self.save()
            if not stopped:
                write(self.dev())
            say(f"training: {'asked to end' if stopped else 'at its end'}, with {self.step} steps in {self.spent():.0f} s, kept in {self.args.run}")
