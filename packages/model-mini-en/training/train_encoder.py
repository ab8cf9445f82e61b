"""Teach the encoder what stronger encoders say. Resumable: the same command goes on where it stopped.

    python train_encoder.py --run runs/encoder --teacher bge=34,own=9

What is trained is what ships: 12 times the fast line's mixture of the cosine of the texts' vectors and of MaxSim weighted by rare
words. Loss per query: KL to the teachers' softmax over its own cluster, plain and softened, and over all texts of the step;
squared error of how far apart scores lie, which also hears what the teachers say far below the first; a little
cross-entropy on the positive. Word embeddings stay as they are; no dropout; fp32.
"""
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from clusters import QUERY_LENGTH, SIZE, TEXT_LENGTH, Taught, load, ordered
from data import arguments, training
from features import Background
from late import compared, encoded, stacked
from run import Run
from scoring import MODEL
from weights import FROZEN, about, base_encoder, load_encoder, tokenizer

HELD_OUT = 40  # clusters at most, for the log only


class Sharpness(torch.nn.Module):
    """What the student's scores are multiplied by before their softmax; learnt as a logarithm."""

    def __init__(self, start):
        super().__init__()
        self.log = torch.nn.Parameter(torch.tensor(math.log(start)))


class Trainer(Run):
    def __init__(self, args):
        self.plan = load(args.cache, args.data)
        self.trained = len(self.plan["clusters"]) - min(HELD_OUT, len(self.plan["clusters"]) // 10 + 1)
        usable = np.arange(self.trained)
        per_pass = len(usable) // args.clusters
        super().__init__(args, args.passes * per_pass, every=10, texts_per_step=args.clusters * SIZE, start=0.002, warm_up=0.05)
        texts = training(args.data)[0]
        tok = tokenizer(padded=False)
        tok.enable_truncation(TEXT_LENGTH)
        self.numbers = ordered(self.plan)
        self.ids = dict(zip(self.numbers, (row.ids for row in tok.encode_batch([texts[n] for n in self.numbers]))))
        tok.enable_truncation(QUERY_LENGTH)
        self.queries = [row.ids for row in tok.encode_batch(self.plan["queries"])]
        background = Background.read(MODEL)
        self.weights = [background.weights(ids) for ids in self.queries]
        scales = {name: float(scale) for name, scale in (part.split("=") for part in args.teacher.split(","))}
        self.about = about(args.init)
        self.teachers = [(scale, Taught(name, args.cache, self.numbers)) for name, scale in scales.items()]
        self.model = (load_encoder(args.init) if args.init else base_encoder()).train()
        self.model.get_parameter(FROZEN.removeprefix("bert.")).requires_grad_(False)
        self.head = Sharpness(args.sharpness)
        changing = [p for p in self.model.parameters() if p.requires_grad] + [self.head.log]
        self.optimizer = torch.optim.AdamW(changing, lr=args.lr, weight_decay=0.01)
        later = np.random.default_rng(args.seed)  # the first pass in the order of the pieces, which are perhaps still being made
        passes = [usable if number == 0 else later.permutation(usable) for number in range(args.passes)]
        self.order = [part[at * args.clusters : (at + 1) * args.clusters] for part in passes for at in range(per_pass)]

    @torch.no_grad()
    def target(self, queries, texts):
        total, weights = torch.zeros(len(queries), len(texts)), [self.weights[at] for at in queries]
        for scale, taught in self.teachers:
            sides = [stacked([taught.query(at) for at in queries]), stacked([taught.text(number) for number in texts])]
            total += scale * compared(weights, *sides)
        return total

    def batch(self, clusters, seed):
        """Text numbers, query numbers, each query's cluster and the place of its text."""
        rng = np.random.default_rng(seed)
        texts = self.plan["clusters"][clusters].flatten()
        queries, home = [], []
        for place, cluster in enumerate(clusters):
            for at, pool in enumerate(self.plan["asked"][cluster]):
                queries.append(int(rng.choice(pool)))
                home.append((place, place * SIZE + at))
        _, first = np.unique(queries, return_index=True)
        return texts, [queries[at] for at in first], np.array(home)[first]

    def losses(self, clusters, seed):
        texts, queries, home = self.batch(clusters, seed)
        sides = [encoded(self.model, rows, self.about["pooling"]) for rows in ([self.queries[at] for at in queries], [self.ids[number] for number in texts])]
        weights = [self.weights[at] for at in queries]
        student, target = self.head.log.exp() * compared(weights, *sides), self.target(queries, texts)
        own = torch.from_numpy(home[:, :1] * SIZE + np.arange(SIZE))
        near, wanted = student.gather(1, own), target.gather(1, own)

        def kl(a, b, t):
            return t * F.kl_div(F.log_softmax(a / t, -1), F.log_softmax(b / t, -1), log_target=True, reduction="batchmean")

        def apart(a, b):
            return (a - a.mean(1, keepdim=True) - b + b.mean(1, keepdim=True)).square().mean()

        parts = {"near": kl(near, wanted, 1.0) + kl(near, wanted, 3.0), "all": kl(student, target, 1.0),
                 "apart": 0.1 * apart(near, wanted) + 0.03 * apart(student, target),
                 "label": self.args.label * F.cross_entropy(student, torch.from_numpy(home[:, 1]))}
        agreement = (near.argmax(1) == wanted.argmax(1)).float().mean()
        return parts, {"agreement": float(agreement)}

    def train_step(self):
        parts, noted = self.losses(self.order[self.step], (self.args.seed, 7, self.step))
        sum(parts.values()).backward()
        self.apply(self.optimizer.param_groups[0]["params"])
        self.optimizer.zero_grad()
        return {name: float(value.detach()) for name, value in parts.items()} | noted

    @torch.no_grad()
    def dev(self):
        """On clusters never trained on. Says that training works, not that it transfers."""
        found = []
        for start in range(self.trained, len(self.plan["clusters"]), self.args.clusters):
            parts, noted = self.losses(np.arange(start, min(start + self.args.clusters, len(self.plan["clusters"]))), (5, start))
            found.append({"dev_near": float(parts["near"]), "dev_all": float(parts["all"]), "dev_agreement": noted["agreement"]})
        return {name: float(np.mean([row[name] for row in found])) for name in found[0]} | {"sharpness": float(self.head.log.exp())}

    def stateful(self):
        return {"model": self.model, "head": self.head, "optimizer": self.optimizer}

    def checkpoint(self):
        return {f"bert.{name}": value for name, value in self.model.state_dict().items()}


if __name__ == "__main__":
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--init", help="a checkpoint; default: the untouched base")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--teacher", default="bge=34,own=9", help="scales of the teachers' scores")
    parser.add_argument("--passes", type=int, default=2, help="over all clusters")
    parser.add_argument("--seconds", type=float, help="end the schedule after this much training time, if that comes first")
    parser.add_argument("--clusters", type=int, default=8, help="in a step")
    parser.add_argument("--lr", type=float, default=8e-5)
    parser.add_argument("--label", type=float, default=0.1, help="weight of the label loss")
    parser.add_argument("--sharpness", type=float, default=20, help="of the student's softmax at the start; learnt")
    parser.add_argument("--seed", type=int, default=9, help="of the order of the clusters after the first pass, and of their queries")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    Trainer(options).run()
