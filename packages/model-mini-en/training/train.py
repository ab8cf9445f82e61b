"""Distil the teachers into the cross-encoder. Resumable: the same command goes on where it stopped.

    python train.py --init state/weights.fp16.safetensors --run runs/a --groups 36000 --teacher 12,12,4

Working weights are bf16, the optimiser keeps fp32; word embeddings stay as they are; no dropout.
Loss per group: KL to the teacher's softmax, plain and softened, + 0.2 cross-entropy on the label (candidates that the
teacher scores above 95 % of the positive are left out of it) + 0.05 binary cross-entropy, so that logit 0 means even odds.
"""
import copy
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from data import arguments
from network import CrossEncoder
from rows import UNLABELLED, Rows, score
from weights import FAST, FROZEN, base_state, load_state, save_state

SAVE_EVERY = 600  # seconds


def losses(logits, parts, labelled, teacher):
    """Logits and teacher parts of `[groups, size]`, the positive first."""
    target = (parts * teacher).sum(-1)
    kl = sum(t * F.kl_div(F.log_softmax(logits / t, -1), F.log_softmax(target / t, -1), log_target=True, reduction="batchmean")
             for t in (1.0, 3.0))
    similarity = parts[..., 0] + parts[..., 1]
    doubtful = similarity > 0.95 * similarity[:, :1]
    doubtful[:, 0] = False
    truth = F.one_hot(torch.zeros(len(logits), dtype=torch.long, device=logits.device), logits.shape[1]).float()
    label = F.cross_entropy(logits.masked_fill(doubtful, -1e4)[labelled], truth[labelled].argmax(-1)) if labelled.any() else kl * 0
    known = labelled[:, None] & ~doubtful
    binary = F.binary_cross_entropy_with_logits(logits[known], truth[known]) if known.any() else kl * 0
    return {"kl": kl, "label": 0.2 * label, "binary": 0.05 * binary}


class Trainer:
    def __init__(self, args):
        self.args, self.device = args, "cuda" if torch.cuda.is_available() else "cpu"
        self.rows = Rows(args.data, args.cache)
        self.teacher = torch.tensor([float(x) for x in args.teacher.split(",")], device=self.device)
        self.master = CrossEncoder()
        state = base_state() if args.init == "base" else load_state(args.init)
        self.master.load_state_dict(state, strict=args.init != "base")
        if args.init == "base":
            self.master.lin.weight.data *= 0.01
            self.master.lin.bias.data.fill_(-5.0)
        self.master.to(self.device)
        self.model = copy.deepcopy(self.master).to(FAST).train()
        self.model.get_parameter(FROZEN).requires_grad_(False)
        self.pairs = [(p, w) for (name, p), w in zip(self.master.named_parameters(), self.model.parameters()) if name != FROZEN]
        self.optimizer = torch.optim.AdamW([p for p, _ in self.pairs], lr=args.lr, weight_decay=0.01)
        self.steps = args.groups // args.batch
        self.order = self.rows.order(args.groups)
        self.step, self.seconds, self.started = 0, 0.0, time.time()

    def progress(self):
        """0 to 1, by steps or, where a time is given, by the time trained: a slow machine then still ends its schedule."""
        spent = (self.seconds + time.time() - self.started) / self.args.seconds if self.args.seconds else 0
        return min(1.0, max(spent, self.step / self.steps))

    def rate(self):
        return self.args.lr * min(1, (self.progress() + 0.001) / 0.04) * 0.5 * (1 + math.cos(math.pi * self.progress()))

    def forward(self, numbers, seed):
        rng = np.random.default_rng(seed)
        groups = [self.rows.group(row, self.args.size, rng) for row in numbers]
        pairs = [self.rows.pair(row, number) for row, (texts, _) in zip(numbers, groups) for number in texts]
        parts = torch.tensor(np.stack([parts for _, parts in groups]), device=self.device)
        labelled = torch.tensor([self.rows.sources[row] not in UNLABELLED for row in numbers], device=self.device)
        logits = score(self.model, pairs, self.device).view(len(numbers), -1)
        return logits, losses(logits, parts, labelled, self.teacher)

    def train_step(self):
        batch = self.args.batch
        _, parts = self.forward(self.order[self.step * batch : (self.step + 1) * batch], (7, self.step))
        sum(parts.values()).backward()
        for master, working in self.pairs:
            master.grad, working.grad = working.grad.float(), None
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        torch.nn.utils.clip_grad_norm_([p for p, _ in self.pairs], 1.0)
        self.optimizer.step()
        with torch.no_grad():
            for master, working in self.pairs:
                working.copy_(master)
        self.step += 1
        return {name: float(value.detach()) for name, value in parts.items()}

    @torch.no_grad()
    def dev(self):
        """Reciprocal rank of the positive, and KL, on held-out rows. In-mix: says that training works, not that it transfers."""
        ranks, kl = [], []
        held_out = self.rows.held_out()
        for start in range(0, len(held_out), 20):
            logits, parts = self.forward(held_out[start : start + 20], (9, start))
            ranks += (1 / (1 + (logits[:, 1:] > logits[:, :1]).sum(1).float())).tolist()
            kl.append(float(parts["kl"]))
        return {"dev_mrr": float(np.mean(ranks)), "dev_kl": float(np.mean(kl))}

    def save(self):
        run = self.args.run
        part = run / "last.part"
        torch.save({"master": self.master.state_dict(), "optimizer": self.optimizer.state_dict(), "step": self.step,
                    "seconds": self.seconds}, part)
        part.replace(run / "last.pt")
        save_state(self.master.state_dict(), run / f"step-{self.step:06d}.safetensors")

    def resume(self):
        path = self.args.run / "last.pt"
        if path.exists():
            saved = torch.load(path, map_location=self.device, weights_only=True)
            self.master.load_state_dict(saved["master"])
            self.optimizer.load_state_dict(saved["optimizer"])
            self.step, self.seconds = saved["step"], saved["seconds"]
            self.model.load_state_dict(self.master.state_dict())

    def run(self):
        self.args.run.mkdir(parents=True, exist_ok=True)
        self.resume()
        sums, saved = {}, time.time()
        self.started = time.time()
        with open(self.args.run / "log.jsonl", "a") as log:
            def write(row):
                log.write(json.dumps({"step": self.step, "pairs": self.step * self.args.batch * self.args.size} | row) + "\n")
                log.flush()
            write({"steps": self.steps, "lr": self.args.lr, "teacher": self.args.teacher, "init": str(self.args.init)} | self.dev())
            while self.progress() < 1:
                for name, value in self.train_step().items():
                    sums[name] = sums.get(name, 0) + value / 20
                if self.step % 20 == 0:
                    now = time.time()
                    rate = 20 * self.args.batch * self.args.size / (now - self.started)
                    self.seconds, self.started = self.seconds + now - self.started, now
                    write(sums | {"lr": self.rate(), "seconds": self.seconds, "rate": rate})
                    sums = {}
                if time.time() - saved > SAVE_EVERY or self.progress() == 1:
                    write(self.dev())
                    self.save()
                    saved = time.time()


if __name__ == "__main__":
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--init", default="base", help="a checkpoint, or `base` for the untouched encoder")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--groups", type=int, required=True)
    parser.add_argument("--seconds", type=float, help="end the schedule after this much training time, if that comes first")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--size", type=int, default=8)
    parser.add_argument("--lr", type=float, default=8e-5)
    parser.add_argument("--teacher", default="12,12,4", help="weights of bi-encoder, MaxSim and BM25 share")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    Trainer(options).run()
