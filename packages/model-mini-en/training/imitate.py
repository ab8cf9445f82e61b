"""Have the encoder imitate a teacher token by token. Resumable; made for a GPU, runs on a CPU.

    python imitate.py --run runs/imitation --seconds 200 --init base          # from our base
    python imitate.py --run runs/imitation --seconds 200                      # from six layers of the teacher
    python imitate.py --run runs/short --seconds 3600 --teacher state/encoder.fp16.safetensors --layers 0,4,5 --middle 0 --asked 3 --tokens 8192   # our own, in fewer layers

A late-interaction model is its token vectors, and here the teacher has the student's vocabulary and width: so every token of
every text is a lesson of 384 numbers, where a ranking loss gives one number for a pair of texts. Loss: 1 - cosine of tokens,
of the texts' vectors, [CLS] or the mean of the tokens as the teacher has them, and, at a lower weight that ends half-way, of tokens after the student's third layer
with those of a public teacher after its eighth. Word embeddings stay as they are. Read are all texts of cache/packed.npz and their
queries; half of the training texts, which are short, also joined with those after them.
"""
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import teachers
from data import arguments
from network import Bert, first, pooled
from ragged import Packed, Ragged
from run import Run
from weights import FAST, FROZEN, about, base_encoder, load_encoder

KEPT = [0, 2, 8, 9, 10, 11]  # of the teacher's layers; a greedy search keeps these: their token vectors have a cosine of .84 with the teacher's before any training
MIDDLE, TAUGHT_MIDDLE = 3, 8
WORDS = FROZEN.removeprefix("bert.")
LONGEST = 256
HELD_OUT = 512  # rows at most


def file_of(teacher: str):
    """Of a teacher by its name, or by its checkpoint."""
    return teachers.checkpoint(teacher) if teacher in teachers.TEACHERS else teacher


def cut(teacher: str, layers: list[int]) -> Bert:
    """A network of some of the teacher's layers, counted from 0, one on the other."""
    whole, student = load_encoder(file_of(teacher)), Bert(len(layers))
    student.embeddings.load_state_dict(whole.embeddings.state_dict())
    for own, number in zip(student.encoder["layer"], layers):
        own.load_state_dict(whole.encoder["layer"][number].state_dict())
    return student


def joined(packed: Packed, asked=1, seed=17) -> Ragged:
    """Texts, and queries `asked` times; of the training texts half are joined to up to LONGEST word pieces."""
    rng = np.random.default_rng(seed)
    flat, lengths = packed.texts.flat.cpu().numpy(), packed.texts.lengths.cpu().numpy()
    pieces = np.split(flat, lengths.cumsum()[:-1])
    found, number = pieces[packed.labelled :], 0
    while number < packed.labelled:
        row, joins = pieces[number], rng.random() < 0.5
        number += 1
        while joins and number < packed.labelled and len(row) + len(pieces[number]) - 2 <= LONGEST:
            row = np.concatenate([row[:-1], pieces[number][1:]])
            number += 1
        found.append(row)
    found += np.split(packed.queries.flat.cpu().numpy(), packed.queries.lengths.cpu().numpy().cumsum()[:-1]) * asked
    return Ragged.of(found, packed.texts.flat.device)


def quick(model):
    """The network as a function whose products run in FAST, while its parameters stay as they are."""
    def run(method, *inputs):
        working = {name: value.to(FAST) if value.is_floating_point() else value for name, value in model.state_dict(keep_vars=True).items()}
        return torch.func.functional_call(Named(model, method), {f"model.{name}": value for name, value in working.items()}, inputs)
    return run


class Named(torch.nn.Module):
    """Another method of a network as `forward`."""

    def __init__(self, model, method):
        super().__init__()
        self.model, self.method = model, method

    def forward(self, *inputs):
        return getattr(self.model, self.method)(*inputs)


class Trainer(Run):
    def __init__(self, args):
        super().__init__(args, steps=10**9, every=100, texts_per_step=1, start=0.002, warm_up=0.04)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.about = {"words": about(args.init or file_of(args.teacher))["words"], "pooling": about(file_of(args.teacher))["pooling"]}
        self.rows = joined(Packed(args.cache / "packed.npz", self.device), args.asked)
        order = np.random.default_rng(5).permutation(len(self.rows))
        held_out = min(HELD_OUT, len(order) // 10)
        self.held_out, self.trained, self.waiting, self.passes = order[:held_out], order[held_out:], [], 0
        self.teacher = load_encoder(file_of(args.teacher)).to(self.device, FAST)
        start = cut(args.teacher, args.layers) if args.init is None else base_encoder() if args.init == "base" else load_encoder(args.init)
        self.model = start.to(self.device).train()
        self.model.get_parameter(WORDS).requires_grad_(False)
        self.optimizer = torch.optim.AdamW([p for p in self.model.parameters() if p.requires_grad], lr=args.lr, weight_decay=0.01)

    def losses(self, numbers):
        ids, mask = self.rows.padded(numbers)
        types, there = torch.zeros_like(ids), mask.bool()
        with torch.no_grad():
            taught = self.teacher.states(ids, mask, types)
        states = quick(self.model)("states", ids, mask, types)
        close = F.cosine_similarity(states[-1][there].float(), taught[-1][there].float(), dim=-1)
        weight = self.args.middle * max(0.0, 1 - 2 * self.progress())
        early = F.cosine_similarity(states[MIDDLE][there].float(), taught[TAUGHT_MIDDLE][there].float(), dim=-1) if weight else close.new_ones(1)
        whole = F.cosine_similarity(*(pooled(last.float(), first(mask) if self.about["pooling"] == "cls" else mask) for last in (states[-1], taught[-1])), dim=-1)
        return {"tokens": 1 - close.mean(), "texts": 1 - whole.mean(), "middle": weight * (1 - early.mean())}

    def train_step(self):
        if not self.waiting:
            self.waiting = self.rows.batches(self.args.tokens, self.trained, (self.args.seed, self.passes, self.step))
            self.passes += 1
        parts = self.losses(self.waiting.pop())
        sum(parts.values()).backward()
        self.apply(self.optimizer.param_groups[0]["params"])
        self.optimizer.zero_grad(set_to_none=True)
        return {name: float(value.detach()) for name, value in parts.items()}

    @torch.no_grad()
    def dev(self):
        """On rows never trained on: the losses, which are 1 - cosine."""
        found = [self.losses(numbers) for numbers in self.rows.batches(self.args.tokens, self.held_out)]
        return {f"dev_{name}": round(float(torch.stack([row[name] for row in found]).mean()), 4) for name in ("tokens", "texts")} | {"passes": self.passes}

    def stateful(self):
        return {"model": self.model, "optimizer": self.optimizer}

    def checkpoint(self):
        return {f"bert.{name}": value for name, value in self.model.state_dict().items()}


if __name__ == "__main__":
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--teacher", default="bge", help=f"{', '.join(teachers.TEACHERS)}, or a checkpoint")
    parser.add_argument("--init", help="a checkpoint, or `base`; default: `--layers` of the teacher")
    parser.add_argument("--layers", type=lambda given: [int(number) for number in given.split(",")], default=KEPT, help="of the teacher, counted from 0, to begin with")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="of training; the learning rate ends there")
    parser.add_argument("--tokens", type=int, default=65536, help="of a step, padding counted")
    parser.add_argument("--lr", type=float, default=5e-4)
    parser.add_argument("--middle", type=float, default=0.3, help="weight of the loss in the middle at the start; 0 where the teacher has no nine layers or the student no four")
    parser.add_argument("--asked", type=int, default=1, help="how often a query is read for every time that a text is")
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    Trainer(options).run()
