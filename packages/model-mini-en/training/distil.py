"""Teach the encoder, or the cross-encoder over it, to order candidates as the teachers do. Resumable; made for a GPU, runs on a CPU.

    python distil.py --init runs/imitation/step-….safetensors --run runs/encoder --seconds 150
    python distil.py --student cross-encoder --init runs/encoder/step-….safetensors --run runs/cross --seconds 150
    python distil.py --together --texts 4000 --each 40 --queries 8 --imitate 0 --init base --run runs/encoder --seconds 7200   # without a GPU

The teachers are bge and our untouched base, each with the cosine of texts' vectors and MaxSim weighted by rare words, and for the cross-encoder the first
stage, too: it has to stand alone. Loss per query: KL to the teachers' softmax over its candidates, plain and softened, and once more without the text that it is at home in; squared error of how far
apart scores lie; the encoder also goes on imitating bge token by token, or learns what the teachers make of each word of a query by itself (`--words`, `--places`) and of the texts' vectors (`--vectors`). No labels for the order: whoever learnt one from them here lost elsewhere. But they say
where the cross-encoder's logit is 0, by a binary cross-entropy of low weight: even odds.
"""
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import teachers
from data import arguments
from encode import loaded
from features import Background
from list_students import STUDENTS
from lists import Lists
from ragged import Packed
from run import Run
from scoring import MODEL
from weights import FAST, base_encoder, load_encoder

TEACHERS = "bge=15,20 base=3.8,5.2"  # cosine, rare MaxSim
# how often a query of a kind is drawn, scaled to add up to 1
SHARES = {"squad-sent": 0.18, "medquad": 0.12, "fever": 0.15, "pubmedqa": 0.04, "climate-fever": 0.03, "hotpot-train": 0.01, "musique-train": 0.01,
          "ict": 0.05, "heading": 0.2, "keywords": 0.21}
HELD_OUT = 512  # queries at most
ALONE = ["vectors", "words", "places"]  # lessons of single terms


def apart(a, b):
    """Mean square of how differently far apart scores lie within a list."""
    return (a - a.mean(1, keepdim=True) - b + b.mean(1, keepdim=True)).square().mean()


def kl_of_each(logits, target):
    """Of each row of `[rows, choices]`, in nats: KL to the target's softmax, plain and, three times as much, softened by 3."""
    return sum(t * F.kl_div(F.log_softmax(logits / t, -1), F.log_softmax(target / t, -1), log_target=True, reduction="none").sum(-1) for t in (1.0, 3.0))


def kl(logits, target):
    return kl_of_each(logits, target).mean()


def listwise(logits, target, home):
    """`home`: the place of each query's own text, the first of nearly every list and easily found: so the others also count as a list of their own."""
    others = torch.ones_like(logits, dtype=torch.bool).scatter(1, home[:, None], False)
    rest = lambda scores: scores[others].view(len(scores), -1)
    return {"kl": kl(logits, target), "others": kl(rest(logits), rest(target)), "apart": 0.1 * apart(logits, target)}


def agreement(logits, target):
    """How often both have the same candidate first, without the first of the target: that one is easy."""
    first = target.argmax(1, keepdim=True)
    return (logits.scatter(1, first, -1e9).argmax(1) == target.scatter(1, first, -1e9).argmax(1)).float().mean()


class Trainer(Run):
    def __init__(self, args):
        super().__init__(args, steps=10**9, every=10 if args.together else 50, texts_per_step=args.queries * args.size, start=0.002, warm_up=0.04)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.packed = Packed(args.cache / "packed.npz", self.device)
        self.rarity = torch.from_numpy(Background.read(MODEL).rarity).float().to(self.device)
        self.teachers = [self.teacher(*part.split("=")) for part in args.teachers.split()]
        self.part, self.lists = 0, self.lists_of(0)
        self.first_lists = self.lists  # what is held out is of these
        self.student = STUDENTS[args.student](args, self.lists)
        for module in self.student.modules().values():
            module.to(self.device).train()
        self.about, self.model = self.student.about, self.student.model
        for name, parameter in self.model.named_parameters():
            parameter.requires_grad_(self.student.learns(name))
        self.optimizer = torch.optim.AdamW(self.student.parameters(), lr=args.lr, weight_decay=0.01)
        order = np.random.default_rng(5).permutation(len(self.lists.packed.queries))
        held_out = min(HELD_OUT // (args.size if args.together else 1), len(order) // 10)
        self.held_out = order[:held_out]
        self.pools = self.pools_of(order[held_out:])
        self.generator = torch.Generator(device=self.device).manual_seed(args.seed)

    def teacher(self, name, weights):
        """As `Lists` wants it, of the name and its weights."""
        pooling, weights = "mean" if name == "base" else teachers.about(name)["pooling"], [float(weight) for weight in weights.split(",")]
        if self.args.int8:
            return f"{name}-int8", loaded(self.args.int8 / name / "encoder_int8.onnx", torch.get_num_threads()), pooling, weights
        model = base_encoder() if name == "base" else load_encoder(teachers.checkpoint(name))
        return name, model.to(self.device, FAST), pooling, weights

    def lists_of(self, part):
        """What the teachers read of the texts, or of a part of them. Of the first part it is kept, since what is held out lies there."""
        args = self.args
        packed = self.packed.part(args.texts, part, args.in_a_row) if args.texts else self.packed
        return Lists(packed, self.teachers, self.rarity, args.seed + part, args.cache / "read" if args.texts and part == 0 else None)

    def pools_of(self, numbers):
        """Numbers of queries by kind, with how often one is drawn."""
        packed = self.lists.packed
        by_kind = {kind: numbers[packed.kind[numbers] == at] for at, kind in enumerate(packed.kinds)}
        return [(share, torch.as_tensor(by_kind[kind], device=self.device)) for kind, share in SHARES.items() if len(by_kind.get(kind, []))]

    def turn_to(self, part):
        """Other texts, and all the queries at home in them."""
        self.lists = self.student.lists = None  # they are large
        self.part, self.lists = part, self.lists_of(part)
        self.student.lists = self.lists
        self.pools = self.pools_of(np.arange(len(self.lists.packed.queries)))

    def asked(self):
        """Numbers of a step's queries."""
        shares = torch.tensor([share for share, _ in self.pools], device=self.device)
        counts = torch.bincount(torch.multinomial(shares, self.args.queries, replacement=True, generator=self.generator), minlength=len(shares)).tolist()
        found = [numbers[torch.randint(len(numbers), (count,), generator=self.generator, device=self.device)] for count, (_, numbers) in zip(counts, self.pools)]
        return torch.cat(found)

    def losses(self, numbers):
        if self.args.together:
            return self.losses_together(numbers)
        chosen = self.lists.choose(numbers, self.args.size)
        target = self.lists.taught(numbers, chosen, self.student.FIRST_STAGE)
        logits, more = self.student.losses(numbers, chosen, target)
        if self.args.beside:
            known = self.args.beside * self.lists.first_stage(numbers, chosen)
            logits, target = logits + known, target + known
        return listwise(logits, target, torch.zeros_like(numbers)) | more, agreement(logits, target)

    def losses_together(self, numbers):
        """All queries at home in what some find, over what was found with their home and, at half the weight, over all texts of the step."""
        texts, asked, own = self.lists.together(numbers, self.args.size)
        target, *taught = self.lists.taught_all(asked, texts)
        logits, vectors, places, more = self.student.losses_of_all(asked, texts)
        more |= self.term_by_term(asked, (vectors, places.amax(2), places), taught)
        if self.args.beside:
            known = self.args.beside * self.lists.first_stage_of_all(asked, texts)
            logits, target = logits + known, target + known
        near, wanted = logits.gather(1, own), target.gather(1, own)
        home = (texts[own] == self.lists.packed.home[asked][:, None]).int().argmax(1)
        return listwise(near, wanted, home) | {"all": 0.5 * kl(logits, target)} | more, agreement(near, wanted)

    def term_by_term(self, asked, own, taught):
        """Before they are weighed by `weight`: what the texts' vectors say alone, as if they were all that the teachers have; and each word of a query asked alone, as much
        as it counts, of all texts of the step and of all words in them."""
        weights = self.lists.weights(asked)[self.lists.packed.queries.padded(asked)[1].bool()] / len(asked)
        cosine, rare = (sum(known[-1][at] for known in self.lists.read) for at in (0, 1))
        rows = {"vectors": 1 / len(asked), "words": weights, "places": weights}  # what each counts
        sharper = {"vectors": (cosine + rare) / cosine if cosine else 1, "words": 1, "places": 1}
        return {name: (rows[name] * kl_of_each(sharper[name] * logits.flatten(1), sharper[name] * target.flatten(1))).sum()
                for name, logits, target in zip(ALONE, own, taught) if getattr(self.args, name)}

    def weight(self, name):
        """How much a lesson counts: those of single terms as their option says, of which a share of `--fade` is gone at the end; the others 1."""
        return getattr(self.args, name) * (1 - self.args.fade * self.progress()) if name in ALONE else 1.0

    def train_step(self):
        if self.args.each and self.part != (part := self.args.part + self.step // self.args.each):
            self.turn_to(part)
        parts, agreed = self.losses(self.asked())
        sum(self.weight(name) * value for name, value in parts.items()).backward()
        self.apply([parameter for group in self.optimizer.param_groups for parameter in group["params"]])
        self.optimizer.zero_grad(set_to_none=True)
        return {name: float(value.detach()) for name, value in (parts | {"agreement": agreed}).items()}

    @torch.no_grad()
    def dev(self):
        """On queries never trained on, with the same candidates every time; with `--each`, on texts never trained on, too. Says that training works, not that it transfers."""
        trained, self.lists = self.lists, self.first_lists
        self.student.lists = self.first_lists
        found, before = [], self.lists.generator.get_state()
        self.lists.generator.manual_seed(9)
        for numbers in torch.as_tensor(self.held_out, device=self.device).split(self.args.queries):
            parts, agreed = self.losses(numbers)
            found.append({f"dev_{name}": float(value) for name, value in (parts | {"agreement": agreed}).items()})
        self.lists.generator.set_state(before)
        self.lists = self.student.lists = trained
        return {name: round(float(np.mean([row[name] for row in found])), 4) for name in found[0]}

    def resume(self):
        super().resume()
        for generator in (self.generator, self.lists.generator):  # not what was drawn before, once more
            generator.manual_seed(self.args.seed + self.step)

    def stateful(self):
        return self.student.modules() | {"optimizer": self.optimizer}

    def checkpoint(self):
        return self.student.checkpoint()


if __name__ == "__main__":
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--student", choices=STUDENTS, default="encoder")
    parser.add_argument("--init", required=True, help="a checkpoint of the encoder, or of the student's own kind, or `base`")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="of training; the learning rate ends there")
    parser.add_argument("--teachers", default=TEACHERS, help="weights of cosine and rare MaxSim of each")
    parser.add_argument("--queries", type=int, default=96, help="in a step")
    parser.add_argument("--size", type=int, default=16, help="candidates of a query")
    parser.add_argument("--lr", type=float, default=1e-4)
    parser.add_argument("--together", action="store_true", help="the encoder: --queries find candidates, and all queries at home in them are asked of all of them; more lessons for each text that is read")
    parser.add_argument("--texts", type=int, help="so many of the texts only: for a CPU, where every teacher has to read them first")
    parser.add_argument("--in-a-row", type=int, default=100, help="neighbours among --texts: the more, the more candidates of a query are of its own subject, and the fewer subjects a part has")
    parser.add_argument("--int8", type=Path, help="on a processor: a folder that holds NAME/encoder_int8.onnx of each teacher, by export_encoder.py; read with in a third of the time")
    parser.add_argument("--each", type=int, help="go on to other --texts after so many steps: none is seen twice until all of a half have been read (training/: 22 parts of 4,000), and those that are held out never are")
    parser.add_argument("--beside", type=float, default=0.0, help="weight of the first stage's score, added on both sides: only what is missing beside it is a lesson; about half the sharpness is the default line's")
    parser.add_argument("--words", type=float, default=0.0, help="weight of what each word of a query says of the texts of a step by itself (with --together)")
    parser.add_argument("--places", type=float, default=0.0, help="weight of what it says of every word in them (with --together)")
    parser.add_argument("--vectors", type=float, default=0.0, help="weight of what the texts' vectors say by themselves (with --together)")
    parser.add_argument("--fade", type=float, default=0.0, help="how much of the weight of --vectors, --words and --places is gone at the end, 0 to 1: single terms first, then their sum")
    parser.add_argument("--part", type=int, default=1, help="which part of the texts comes first with --each: for a run that goes on from another, the one behind those that the other read")
    parser.add_argument("--imitate", type=float, default=5.0, help="weight of 1 - cosine of the encoder's tokens with bge's")
    parser.add_argument("--sharpness", type=float, nargs=2, default=[16.8, 23.2], help="of the encoder's cosine and rare MaxSim at the start; learnt")
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    if any(getattr(options, name) for name in ALONE) and not (options.together and options.student == "encoder"):
        parser.error("--vectors, --words and --places are lessons of the encoder with --together; leave them out, or add it")
    if options.vectors and not any(float(part.split("=")[1].split(",")[0]) for part in options.teachers.split()):
        parser.error(f"--vectors teaches what the teachers' vectors say, and in --teachers \"{options.teachers}\" each weighs 0; give one a weight, or leave it out")
    torch.manual_seed(options.seed)
    Trainer(options).run()
