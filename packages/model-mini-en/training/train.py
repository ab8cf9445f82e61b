"""Distil the teachers into the cross-encoder, or into the encoder. Resumable: the same command goes on where it stopped.

    python train.py --encoder runs/encoder/average.safetensors --run runs/a --groups 20000
    python train.py --encoder state/weights.fp16.safetensors --run runs/b --groups 20000      # goes on from one of its own kind
    python train.py --student encoder --init base --run runs/e --groups 36000

Working weights are bf16, the optimiser keeps fp32; word embeddings stay as they are; no dropout.
Loss per group: KL to the teacher's softmax, plain and softened, + 0.2 cross-entropy on the label (candidates that the
teacher scores above 95 % of the positive are left out of it) + 0.05 binary cross-entropy, so that logit 0 means even odds.
"""
import copy
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from data import arguments
from rows import UNLABELLED, Rows
from run import Run
from students import STUDENTS
from weights import FAST, about

TEACHER = "10.2,13.8,11.9"  # the default line of ranker.json, three times as sharp


def losses(logits, parts, labelled, teacher):
    """Logits and teacher parts of `[groups, size]`, the positive first."""
    target = (parts * teacher).sum(-1)
    kl = sum(t * F.kl_div(F.log_softmax(logits / t, -1), F.log_softmax(target / t, -1), log_target=True, reduction="batchmean")
             for t in (1.0, 3.0))
    similarity = parts[..., 0] + parts[..., 1]  # cosine and MaxSim
    doubtful = similarity > 0.95 * similarity[:, :1]
    doubtful[:, 0] = False
    truth = F.one_hot(torch.zeros(len(logits), dtype=torch.long, device=logits.device), logits.shape[1]).float()
    label = F.cross_entropy(logits.masked_fill(doubtful, -1e4)[labelled], truth[labelled].argmax(-1)) if labelled.any() else kl * 0
    known = labelled[:, None] & ~doubtful
    binary = F.binary_cross_entropy_with_logits(logits[known], truth[known]) if known.any() else kl * 0
    return {"kl": kl, "label": 0.2 * label, "binary": 0.05 * binary}


class Trainer(Run):
    def __init__(self, args):
        super().__init__(args, args.groups // args.batch, every=20, texts_per_step=args.batch * args.size, start=0.001, warm_up=0.04)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.rows = Rows(args.cache)
        self.teacher = torch.tensor([float(x) for x in args.teacher.split(",")], device=self.device)
        self.student = STUDENTS[args.student](self.rows, args)
        init = args.init or args.encoder or "base"
        self.about = about(init)
        self.master = self.student.network(init).to(self.device)
        self.model = copy.deepcopy(self.master).to(FAST).train()
        for name, working in self.model.named_parameters():
            working.requires_grad_(self.student.learns(name))
        self.pairs = [(p, w) for p, w in zip(self.master.parameters(), self.model.parameters()) if w.requires_grad]
        by_rate = {}
        for name, parameter in self.master.named_parameters():
            if self.model.get_parameter(name).requires_grad:
                by_rate.setdefault(self.student.times(name), []).append(parameter)
        self.optimizer = torch.optim.AdamW([{"params": some, "times": times} for times, some in by_rate.items()], lr=args.lr, weight_decay=0.01)
        self.order = self.rows.order(args.groups, args.seed)

    def forward(self, numbers, seed):
        rng = np.random.default_rng(seed)
        groups = [self.rows.group(row, self.args.size, rng) for row in numbers]
        parts = torch.tensor(np.stack([parts for _, parts in groups]), device=self.device)
        labelled = torch.tensor([self.rows.sources[row] not in UNLABELLED for row in numbers], device=self.device)
        logits = self.student.logits(self.model, numbers, [texts for texts, _ in groups], self.device)
        return logits, losses(logits, parts, labelled, self.teacher)

    def train_step(self):
        batch = self.args.batch
        _, parts = self.forward(self.order[self.step * batch : (self.step + 1) * batch], (self.args.seed, 7, self.step))
        sum(parts.values()).backward()
        for master, working in self.pairs:
            master.grad, working.grad = working.grad.float(), None
        self.apply([p for p, _ in self.pairs])
        with torch.no_grad():
            for master, working in self.pairs:
                working.copy_(master)
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

    def stateful(self):
        return {"master": self.master, "optimizer": self.optimizer}

    def checkpoint(self):
        return self.master.state_dict()

    def resume(self):
        super().resume()
        self.model.load_state_dict(self.master.state_dict())


if __name__ == "__main__":
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--student", choices=STUDENTS, default="cross-encoder")
    parser.add_argument("--init", help="a checkpoint to start from, or `base`, the untouched encoder; default: the encoder")
    parser.add_argument("--encoder", help="its lower layers are the cross-encoder's: an encoder, or a cross-encoder that goes on; default: the untouched encoder")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--groups", type=int, required=True)
    parser.add_argument("--seconds", type=float, help="end the schedule after this much training time, if that comes first")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--size", type=int, default=8)
    parser.add_argument("--lr", type=float, default=8e-5)
    parser.add_argument("--teacher", default=TEACHER, help="weights of cosine, rare MaxSim and saturated BM25")
    parser.add_argument("--seed", type=int, default=3, help="of the order of the rows, and of the head")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    Trainer(options).run()
