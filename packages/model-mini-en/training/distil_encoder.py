"""Make the encoder out of half of a teacher's layers and have it imitate the teacher token by token. Resumable.

    python distil_encoder.py --run runs/imitation --seconds 4800

A late-interaction model is its token vectors, and here the teacher has the student's vocabulary and width: so every token of
every text is a lesson of 384 numbers, where a ranking loss gives one number for a pair of texts. The student starts as layers
0, 2, 8, 9, 10, 11 of the teacher, the six that a greedy search keeps: their token vectors have a cosine of .84 with the
teacher's before any training. Loss: 1 - cosine of tokens, of [CLS], which carries the teacher's text vector, and, at a lower
weight, of tokens after the student's second layer with the teacher's after its eighth. Word embeddings stay the teacher's.
Several passes over the shards of teacher_tokens.py, of which new ones may still be coming in.
"""
import random
from pathlib import Path

import torch

import teachers
from clusters import waited
from data import arguments
from encode import batches, pad
from network import Bert
from run import Run
from weights import FROZEN, load_encoder

KEPT = [0, 2, 8, 9, 10, 11]
MIDDLE = KEPT.index(8)
WORDS = FROZEN.removeprefix("bert.")
BUDGET = 2560  # tokens of a step, padding counted


def cut(teacher: str, layers: list[int]) -> Bert:
    """A network of some of the teacher's layers, counted from 0, one on the other."""
    whole, student = teachers.network(teacher), Bert(len(layers))
    student.embeddings.load_state_dict(whole.embeddings.state_dict())
    for own, number in zip(student.encoder["layer"], layers):
        own.load_state_dict(whole.encoder["layer"][number].state_dict())
    return student


class Shards:
    """Steps out of the shards that are there: new ones first, then all of them again and again. Number 0 is held out."""

    def __init__(self, folder: Path):
        self.folder, self.visits, self.steps = folder, {}, []

    def held_out(self):
        return torch.load(waited(self.folder / "0000.pt"), weights_only=False)

    def next(self, seed: str):
        """`seed`: of the order, where another shard is begun."""
        if not self.steps:
            waited(self.folder / "0001.pt")
            order = random.Random(seed)
            there = [path for path in sorted(self.folder.glob("*.pt")) if path.stem != "0000"]
            path = min(there, key=lambda path: (self.visits.get(path, 0), order.random()))
            self.visits[path] = self.visits.get(path, 0) + 1
            shard = torch.load(path, weights_only=False)
            self.steps = list(steps(shard))
            order.shuffle(self.steps)
        return self.steps.pop()


def steps(shard):
    """Of texts of about one length: ids, mask, the teacher's token vectors at the end and in the middle, as rows of tokens."""
    lengths = torch.tensor([len(row) for row in shard["rows"]])
    ends = lengths.cumsum(0)
    for batch in batches(lengths.numpy(), BUDGET):
        tokens = torch.cat([torch.arange(ends[at] - lengths[at], ends[at]) for at in batch])
        yield *pad([shard["rows"][at] for at in batch]), shard["last"][tokens].float(), shard["middle"][tokens].float()


class Trainer(Run):
    def __init__(self, args):
        super().__init__(args, steps=10**9, every=20, texts_per_step=1, start=0.002, warm_up=0.05)
        teachers.checkpoint(args.teacher)  # whose words ours go with
        self.about, self.device = teachers.about(args.teacher), "cuda" if torch.cuda.is_available() else "cpu"
        self.shards = Shards(args.cache / "tokens" / args.teacher)
        self.model = (load_encoder(args.init) if args.init else cut(args.teacher, KEPT)).to(self.device).train()
        self.model.get_parameter(WORDS).requires_grad_(False)
        self.optimizer = torch.optim.AdamW([p for p in self.model.parameters() if p.requires_grad], lr=args.lr, weight_decay=0.01)

    def losses(self, step):
        ids, mask, last, middle = (part.to(self.device) for part in step)
        states, there = self.model.states(ids, mask, torch.zeros_like(ids)), mask.bool()
        close = torch.nn.functional.cosine_similarity(states[-1][there], last, dim=-1)
        first = ids[there] == 101
        early = torch.nn.functional.cosine_similarity(states[MIDDLE][there], middle, dim=-1)
        return {"tokens": 1 - close.mean(), "cls": 1 - close[first].mean(), "middle": self.args.middle * (1 - early.mean())}

    def train_step(self):
        parts = self.losses(self.shards.next(f"{self.args.seed} {self.step}"))
        sum(parts.values()).backward()
        self.apply(self.optimizer.param_groups[0]["params"])
        self.optimizer.zero_grad(set_to_none=True)
        return {name: float(value.detach()) for name, value in parts.items()}

    @torch.no_grad()
    def dev(self):
        """On a shard never trained on: the losses, which are 1 - cosine, the middle's at its weight."""
        some = list(steps(self.shards.held_out()))[::3]
        found = [self.losses(step) for step in some]
        return {f"dev_{name}": round(float(torch.stack([row[name] for row in found]).mean()), 4) for name in found[0]}

    def stateful(self):
        return {"model": self.model, "optimizer": self.optimizer}

    def checkpoint(self):
        return {f"bert.{name}": value for name, value in self.model.state_dict().items()}


if __name__ == "__main__":
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--teacher", choices=[*teachers.TEACHERS], default="bge")
    parser.add_argument("--init", help="a checkpoint; default: layers of the teacher")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="of training; the learning rate ends there")
    parser.add_argument("--lr", type=float, default=3e-4)
    parser.add_argument("--middle", type=float, default=0.3, help="weight of the loss in the middle")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    Trainer(options).run()
