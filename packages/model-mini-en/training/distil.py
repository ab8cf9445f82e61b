"""Teach the encoder, or the cross-encoder over it, to order candidates as the teachers do. Resumable; made for a GPU, runs on a CPU.

    python distil.py --init runs/imitation/step-….safetensors --run runs/encoder --seconds 150
    python distil.py --student cross-encoder --init runs/encoder/step-….safetensors --run runs/cross --seconds 150

The teachers are bge and our untouched base, each with the cosine of texts' vectors and MaxSim weighted by rare words, and for the cross-encoder the first
stage, too: it has to stand alone. Loss per query: KL to the teachers' softmax over its candidates, plain and softened, squared error of how far
apart scores lie; the encoder also goes on imitating bge token by token. No labels for the order: whoever learnt one from them here lost elsewhere. But they say
where the cross-encoder's logit is 0, by a binary cross-entropy of low weight: even odds.
"""
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import rows
import teachers
from data import arguments
from encode import pool
from features import Background
from imitate import WORDS, quick
from late import MIX
from lists import Lists, similarities
from network import APART, across, padding
from ragged import Packed
from run import Run
from scoring import MODEL
from students import at_the_line
from weights import FAST, about, base_encoder, base_state, load_encoder, load_state

TEACHERS = "bge=15,20 base=3.8,5.2"  # cosine, rare MaxSim
# how often a query of a kind is asked, before all kinds are scaled to a step's queries
SHARES = {"squad-sent": 0.18, "medquad": 0.12, "fever": 0.15, "pubmedqa": 0.04, "climate-fever": 0.03, "hotpot-train": 0.01, "musique-train": 0.01,
          "ict": 0.05, "heading": 0.2, "keywords": 0.21}
UNLABELLED = rows.UNLABELLED | {"heading"}
NEAR_THE_FIRST = 2.0  # in units of the teachers' scores
HELD_OUT = 512  # queries at most


def apart(a, b):
    """Mean square of how differently far apart scores lie within a list."""
    return (a - a.mean(1, keepdim=True) - b + b.mean(1, keepdim=True)).square().mean()


def listwise(logits, target):
    kl = sum(t * F.kl_div(F.log_softmax(logits / t, -1), F.log_softmax(target / t, -1), log_target=True, reduction="batchmean") for t in (1.0, 3.0))
    return {"kl": kl, "apart": 0.1 * apart(logits, target)}


def even_odds(logits, target, labelled):
    """Binary cross-entropy of lists whose first candidate is known to be right; others that the teachers put near it are left out."""
    truth = torch.zeros_like(logits)
    truth[:, 0] = 1
    known = labelled[:, None] & ((truth == 1) | (target < target[:, :1] - NEAR_THE_FIRST))
    return F.binary_cross_entropy_with_logits(logits[known], truth[known]) if known.any() else logits.sum() * 0


class Encoder:
    """Learns all layers, by cosine and rare MaxSim of texts read apart."""

    FIRST_STAGE = 0.0

    def __init__(self, args, lists):
        self.args, self.lists, self.about = args, lists, about(args.init)
        self.model = base_encoder() if args.init == "base" else load_encoder(args.init)
        self.head = torch.nn.Parameter(torch.tensor(math.log(args.sharpness)))

    def learns(self, name):
        return name != WORDS

    def read(self, rows, numbers):
        """As Read.of; and how far its tokens are from the first teacher's."""
        ids, mask = rows.padded(numbers)
        h = quick(self.model)("forward", ids, mask, torch.zeros_like(ids))
        return F.normalize(h.float(), dim=-1), mask, pool(h.float(), mask, self.about["pooling"])

    def losses(self, numbers, chosen, _):
        """Logits `[queries, candidates]`, and what is learnt beside the order."""
        packed, (texts, queries, _) = self.lists.packed, self.lists.read[0]
        q, unique = self.read(packed.queries, numbers), chosen.flatten()
        parts, order = [], torch.argsort(packed.texts.lengths[unique])
        for some in order.chunk(6):  # of about one length
            parts.append(self.read(packed.texts, unique[some]))
        width = parts[-1][0].shape[1]
        back = torch.argsort(order)
        d = [torch.cat([F.pad(part[0], (0, 0, 0, width - part[0].shape[1])) for part in parts])[back],
             torch.cat([F.pad(part[1], (0, width - part[1].shape[1])) for part in parts])[back], torch.cat([part[2] for part in parts])[back]]
        cosine, rare = similarities(q, d, self.lists.weights(numbers))
        logits = self.head.exp() * (MIX["cosine"] * cosine + MIX["rare"] * rare)
        tokens = torch.cat([self.far(q, queries.of(numbers)), self.far(d, texts.of(unique))])
        return logits, {"tokens": self.args.imitate * tokens.mean()}

    def far(self, own, taught):
        there = own[1].bool()
        return 1 - (own[0][there] * taught[0][there].float()).sum(-1)

    def parameters(self):
        return [{"params": [p for p in self.model.parameters() if p.requires_grad]}, {"params": [self.head], "times": 30}]

    def checkpoint(self):
        return {f"bert.{name}": value for name, value in self.model.state_dict().items()}

    def modules(self):
        return {"model": self.model}


class Cross:
    """Learns the layers that read query and text together."""

    FIRST_STAGE = 10.0

    def __init__(self, args, lists):
        self.lists, self.about = lists, about(args.init)
        state = base_state() if args.init == "base" else load_state(args.init)
        self.model = at_the_line(state, self.about["pooling"])
        if "between" in state:
            self.model.load_state_dict(state)
        labelled = [kind not in UNLABELLED for kind in lists.packed.kinds]
        self.labelled = torch.as_tensor(np.array(labelled)[lists.packed.kind], device=lists.rarity.device)

    def learns(self, name):
        lower = [f"bert.encoder.layer.{layer}." for layer in range(APART)]
        return not name.startswith(("bert.embeddings.", *lower))

    def losses(self, numbers, chosen, target):
        """Logits as `target`, and what is learnt beside the order."""
        packed, size = self.lists.packed, chosen.shape[1]
        pairs, texts = numbers.repeat_interleave(size), chosen.flatten()
        order = torch.argsort(packed.queries.lengths[pairs] + packed.texts.lengths[texts])
        logits = torch.cat([self.score(*pair(packed, pairs[some], texts[some])) for some in order.chunk(6)])
        logits = logits[torch.argsort(order)].view(-1, size)
        return logits, {"zero": 0.05 * even_odds(logits, target, self.labelled[numbers])}

    def score(self, ids, mask, types):
        """Logits `[pairs]`."""
        with torch.no_grad():
            h = self.lower(ids, mask, types)
        return quick(self.model)("together", h, ids, mask.float(), types.float())[:, 0]

    def lower(self, ids, mask, types):
        model = self.model
        with torch.autocast(ids.device.type, FAST, enabled=FAST != torch.float32):
            asked = (mask * (1 - types)).sum(1, keepdim=True)
            h = model.bert.embeddings(ids, torch.zeros_like(types), torch.arange(ids.shape[1], device=ids.device) - asked * types).to(FAST)
            bias = padding(mask.float()) - 1e9 * across(types.float())
            for layer in model.bert.encoder["layer"][:APART]:
                h = layer(h, bias)
        return h.to(FAST)

    def parameters(self):
        single = [p for name, p in self.model.named_parameters() if name in ("between", "a", "b")]
        return [{"params": [p for name, p in self.model.named_parameters() if p.requires_grad and name not in ("between", "a", "b")]},
                {"params": single, "times": 100}]

    def checkpoint(self):
        return self.model.state_dict()

    def modules(self):
        return {"model": self.model}


def pair(packed, queries, texts):
    """Ids, mask and types `[pairs, width]` of queries, each with a text behind it."""
    (asked, first), (text, second) = packed.queries.padded(queries), packed.texts.padded(texts)
    lengths, more = first.sum(1, keepdim=True), second.sum(1, keepdim=True)
    at = torch.arange(-(-int((lengths + more).max()) // 8) * 8, device=asked.device)[None]
    mask, types = (at < lengths + more).long(), ((at >= lengths) & (at < lengths + more)).long()
    ids = torch.where(at < lengths, asked.gather(1, at.clamp(max=asked.shape[1] - 1).expand(len(asked), -1)),
                      text.gather(1, (at - lengths).clamp(0, text.shape[1] - 1)))
    return ids * mask, mask, types


class Trainer(Run):
    def __init__(self, args):
        super().__init__(args, steps=10**9, every=50, texts_per_step=args.queries * args.size, start=0.002, warm_up=0.04)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        packed = Packed(args.cache / "packed.npz", self.device)
        rarity = torch.from_numpy(Background.read(MODEL).rarity).float().to(self.device)
        known = {"base": base_encoder, "bge": lambda: load_encoder(teachers.checkpoint("bge"))}
        taught = []
        for part in args.teachers.split():
            name, weights = part.split("=")
            pooling = "mean" if name == "base" else teachers.about(name)["pooling"]
            taught.append((known[name]().to(self.device, FAST), pooling, [float(weight) for weight in weights.split(",")]))
        self.lists = Lists(packed, taught, rarity, args.seed)
        self.student = {"encoder": Encoder, "cross-encoder": Cross}[args.student](args, self.lists)
        self.about, self.model = self.student.about, self.student.model.to(self.device).train()
        for name, parameter in self.model.named_parameters():
            parameter.requires_grad_(self.student.learns(name))
        if hasattr(self.student, "head"):
            self.student.head = torch.nn.Parameter(self.student.head.detach().to(self.device))
        self.optimizer = torch.optim.AdamW(self.student.parameters(), lr=args.lr, weight_decay=0.01)
        order = np.random.default_rng(5).permutation(len(packed.queries))
        held_out = min(HELD_OUT, len(order) // 10)
        self.held_out, trained = order[:held_out], order[held_out:]
        by_kind = {kind: trained[packed.kind[trained] == at] for at, kind in enumerate(packed.kinds)}
        self.pools = [(share, torch.as_tensor(by_kind[kind], device=self.device)) for kind, share in SHARES.items() if len(by_kind.get(kind, []))]
        self.generator = torch.Generator(device=self.device).manual_seed(args.seed)

    def asked(self):
        """Numbers of a step's queries."""
        total, found = sum(share for share, _ in self.pools), []
        for share, numbers in self.pools:
            count = max(1, round(self.args.queries * share / total))
            found.append(numbers[torch.randint(len(numbers), (count,), generator=self.generator, device=self.device)])
        return torch.cat(found)

    def losses(self, numbers):
        chosen = self.lists.choose(numbers, self.args.size)
        target = self.lists.taught(numbers, chosen, self.student.FIRST_STAGE)
        logits, more = self.student.losses(numbers, chosen, target)
        return listwise(logits, target) | more, (logits.argmax(1) == target.argmax(1)).float().mean()

    def train_step(self):
        parts, agreement = self.losses(self.asked())
        sum(parts.values()).backward()
        self.apply([parameter for group in self.optimizer.param_groups for parameter in group["params"]])
        self.optimizer.zero_grad(set_to_none=True)
        return {name: float(value.detach()) for name, value in (parts | {"agreement": agreement}).items()}

    @torch.no_grad()
    def dev(self):
        """On queries never trained on, with the same candidates every time. Says that training works, not that it transfers."""
        found, before = [], self.lists.generator.get_state()
        self.lists.generator.manual_seed(9)
        for numbers in torch.as_tensor(self.held_out, device=self.device).split(self.args.queries):
            parts, agreement = self.losses(numbers)
            found.append({f"dev_{name}": float(value) for name, value in (parts | {"agreement": agreement}).items()})
        self.lists.generator.set_state(before)
        return {name: round(float(np.mean([row[name] for row in found])), 4) for name in found[0]}

    def stateful(self):
        return self.student.modules() | {"optimizer": self.optimizer}

    def checkpoint(self):
        return self.student.checkpoint()


if __name__ == "__main__":
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--student", choices=["encoder", "cross-encoder"], default="encoder")
    parser.add_argument("--init", required=True, help="a checkpoint of the encoder, or of the student's own kind, or `base`")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="of training; the learning rate ends there")
    parser.add_argument("--teachers", default=TEACHERS, help="weights of cosine and rare MaxSim of each")
    parser.add_argument("--queries", type=int, default=96, help="in a step")
    parser.add_argument("--size", type=int, default=16, help="candidates of a query")
    parser.add_argument("--lr", type=float, default=1e-4)
    parser.add_argument("--imitate", type=float, default=5.0, help="weight of 1 - cosine of the encoder's tokens with bge's")
    parser.add_argument("--sharpness", type=float, default=40, help="of the encoder's softmax at the start; learnt")
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    Trainer(options).run()
