"""A run that is asked to end keeps what it has, goes on from there, ends once, and shares its folder with nobody.

Run in packages/model-mini-en/training, with a folder for what is made. The run is a stand-in with a layer of four numbers.
"""
import json
import os
import signal
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path

sys.path.insert(0, ".")
import torch

import steps
from run import Run


class Small(Run):
    def __init__(self, args):
        super().__init__(args, args.steps, every=20, texts_per_step=1, start=0.01, warm_up=0.1)
        self.model = torch.nn.Linear(2, 2, bias=False)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=args.lr)

    def train_step(self):
        time.sleep(0.02)
        loss = self.model(torch.ones(2)).square().sum()
        loss.backward()
        self.apply(self.model.parameters())
        return {"loss": float(loss.detach())}

    def dev(self):
        return {"dev": 0.0}

    def stateful(self):
        return {"model": self.model}

    def checkpoint(self):
        return self.model.state_dict()


def command(run, seconds=None, count=10**6, through_a_step=False):
    given = ["step" if through_a_step else "small", str(run), str(seconds or 0), str(count)]
    return subprocess.Popen([sys.executable, __file__, *given], stderr=subprocess.PIPE, text=True)


def at_work(run):
    log = run / "log.jsonl"
    before = len(log.read_text().splitlines()) if log.exists() else 0
    for _ in range(600):
        if log.exists() and len(log.read_text().splitlines()) > before + 1:
            return
        time.sleep(0.1)
    raise AssertionError(f"{log} does not grow")


def kept(run):
    saved = torch.load(run / "last.pt", weights_only=True)
    assert (run / f"step-{saved['step']:06d}.safetensors").exists()
    return saved["step"], saved["seconds"]


def asked_to_end(work):
    run, step = work / "asked", 0
    for number in (signal.SIGINT, signal.SIGTERM):
        process = command(run)
        at_work(run)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0 and "asked to end" in said, said
        before, (step, seconds) = step, kept(run)
        assert step > before and seconds > step * 0.02, (step, seconds)  # also of the steps since the last line of the log
    assert f"goes on at step {before}," in said, said


def ends_once(work):
    for limit in ({"seconds": 1}, {"count": 30}):
        run = work / f"ends-by-{next(iter(limit))}"
        assert command(run, **limit).wait(60) == 0
        before, lines = kept(run), (run / "log.jsonl").read_text()
        again = command(run, **limit)
        _, said = again.communicate(timeout=60)
        assert again.returncode == 0 and "is at its end" in said and kept(run) == before and (run / "log.jsonl").read_text() == lines, said
    assert command(run, count=40).wait(60) == 0
    assert kept(run)[0] == 40


def alone(work):
    run = work / "alone"
    first = command(run)
    at_work(run)
    second = command(run)
    _, said = second.communicate(timeout=60)
    assert second.returncode == 1 and f"Process {first.pid} is at work in {run}" in said, said
    first.kill()
    first.communicate()
    third = command(run)
    at_work(run)
    third.terminate()
    assert third.wait(60) == 0


def goes_on_from_old_files(work):
    run = work / "old"
    run.mkdir()
    args = Namespace(run=run, seconds=None, steps=50, lr=0.01)
    torch.save({"model": Small(args).model.state_dict(), "step": 45, "seconds": 12.5}, run / "last.pt")
    assert command(run, count=50).wait(60) == 0
    step, seconds = kept(run)
    assert step == 50 and 12.5 < seconds < 20, seconds
    assert [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()][0]["step"] == 45


def passed_on_to_steps(work):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        run = work / f"step-{number}"
        process = command(run, through_a_step=True)
        at_work(run)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 128 + number and "the same command goes on there" in said and "Traceback" not in said, said
        assert kept(run)[0] > 0
        try:
            os.kill(int((run / "lock").read_text()), 0)
            raise AssertionError("the step is still there")
        except ProcessLookupError:
            pass


def hung_up_under_nohup(work):
    process = subprocess.Popen(["nohup", sys.executable, __file__, "step", str(work / "nohup"), "0", "60"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    at_work(work / "nohup")
    process.send_signal(signal.SIGHUP)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0 and kept(work / "nohup")[0] == 60, said


if __name__ == "__main__":
    kind, folder, *limits = sys.argv[1:] if len(sys.argv) > 2 else ["", sys.argv[1]]
    if kind == "small":
        Small(Namespace(run=Path(folder), seconds=float(limits[0]) or None, steps=int(limits[1]), lr=0.01)).run()
    elif kind == "step":
        steps.python(__file__, "small", folder, *limits)
    else:
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for checked in (asked_to_end, ends_once, alone, goes_on_from_old_files, passed_on_to_steps, hung_up_under_nohup):
            checked(folder)
            print(checked.__name__.replace("_", " "), flush=True)
