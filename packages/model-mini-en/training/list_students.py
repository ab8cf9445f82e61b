"""What distil.py can teach: the encoder, or the cross-encoder over it. Each gives logits `[queries, candidates]` and what it learns beside the order."""
import math

import numpy as np
import torch
import torch.nn.functional as F

import rows
from encode import pool
from imitate import WORDS, quick
from late import MIX
from lists import AT_ONCE, every_similarity, similarities
from network import APART, HIDDEN
from students import at_the_line
from weights import FAST, about, base_encoder, base_state, load_encoder, load_state

UNLABELLED = rows.UNLABELLED | {"heading"}
NEAR_THE_FIRST = 2.0  # in units of the teachers' scores


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
        self.head = torch.nn.ParameterDict({name: torch.tensor(math.log(value)) for name, value in zip(MIX, args.sharpness)})

    def learns(self, name):
        return name != WORDS

    def read(self, ragged, numbers):
        """As Read.of, in fp32."""
        ids, mask = ragged.padded(numbers)
        h = quick(self.model)("forward", ids, mask, torch.zeros_like(ids))
        return F.normalize(h.float(), dim=-1), mask, pool(h.float(), mask, self.about["pooling"])

    def read_sorted(self, ragged, numbers):
        """As `read`, in parts of about one length."""
        order = torch.argsort(ragged.lengths[numbers])
        parts = [self.read(ragged, numbers[some]) for some in order.chunk(6)]
        width, back = parts[-1][0].shape[1], torch.argsort(order)
        tokens = torch.cat([F.pad(part[0], (0, 0, 0, width - part[0].shape[1])) for part in parts])[back]
        mask = torch.cat([F.pad(part[1], (0, width - part[1].shape[1])) for part in parts])[back]
        return tokens, mask, torch.cat([part[2] for part in parts])[back]

    def losses(self, numbers, chosen, _):
        """Logits `[queries, candidates]`, and what is learnt beside the order."""
        vectors, words, more = self.compare(similarities, numbers, chosen.flatten())
        return vectors + words, more

    def losses_of_all(self, asked, texts):
        """Logits `[asked, texts]` of all those queries with all those texts; what of them is the texts' vectors', `[asked, texts]`; of the queries' words with the texts'
        `[tokens, texts, width]`; and what is learnt beside the order."""
        vectors, words, places, more = self.compare(every_similarity, asked, texts)
        return vectors + words, vectors, places, more

    def compare(self, similar, numbers, chosen):
        """What `similar` gives of them, each term times its sharpness, and what is learnt beside the order."""
        packed, (texts, queries, _) = self.lists.packed, self.lists.read[0]
        q, d = self.read(packed.queries, numbers), self.read_sorted(packed.texts, chosen)
        cosine, *rare = similar(q, d, self.lists.weights(numbers))
        logits = self.head["cosine"].exp() * cosine, *(self.head["rare"].exp() * every for every in rare)
        if not self.args.imitate:
            return *logits, {}
        tokens = torch.cat([self.far(q, queries.of(numbers)), self.far(d, texts.of(chosen))])
        return *logits, {"tokens": self.args.imitate * tokens.mean()}

    def far(self, own, taught):
        """1 - cosine of each token that is there."""
        there = own[1].bool()
        return 1 - (own[0][there] * taught[0][there].float()).sum(-1)

    def parameters(self):
        return [{"params": [p for p in self.model.parameters() if p.requires_grad]}, {"params": list(self.head.values()), "times": 30}]

    def checkpoint(self):
        return {f"bert.{name}": value for name, value in self.model.state_dict().items()}

    def modules(self):
        return {"model": self.model, "head": self.head}


class Cross:
    """Learns the layers that read query and text together."""

    FIRST_STAGE = 10.0

    def __init__(self, args, lists):
        self.lists, self.about = lists, about(args.init)
        state = base_state() if args.init == "base" else load_state(args.init)
        self.model = at_the_line(state, self.about["pooling"])
        if "between" in state:
            self.model.load_state_dict(state)

    def learns(self, name):
        lower = [f"bert.encoder.layer.{layer}." for layer in range(APART)]
        return not name.startswith(("bert.embeddings.", *lower))

    def losses(self, numbers, chosen, target):
        """Logits as `target`, and what is learnt beside the order."""
        packed, size = self.lists.packed, chosen.shape[1]
        pairs, texts = numbers.repeat_interleave(size), chosen.flatten()
        order = torch.argsort(packed.queries.lengths[pairs] + packed.texts.lengths[texts])
        logits = torch.cat([self.score(pairs[some], texts[some]) for some in order.chunk(6)])
        logits = logits[torch.argsort(order)].view(-1, size)
        return logits, {"zero": 0.05 * even_odds(logits, target, self.labelled(numbers))}

    def labelled(self, numbers):
        """Whose queries' own text is known to be right."""
        packed = self.lists.packed
        kinds = np.array([kind not in UNLABELLED for kind in packed.kinds])
        return torch.as_tensor(kinds[packed.kind[numbers.cpu()]], device=numbers.device)

    def score(self, queries, texts):
        """Logits `[pairs]`, of numbers of queries and of the text that stands behind each, both `[pairs]`."""
        ids, mask, types = pair(self.lists.packed, queries, texts)
        h, *_ = side_by_side(self.lists.packed, queries, texts, *self.below())
        return quick(self.model)("together", h, ids, mask.float(), types.float())[:, 0]

    def below(self):
        """What the lower layers, which do not learn, make of all queries and of all texts, each read once and by itself: two of what `lower` gives; kept as long as the lists are."""
        if self.lists.below is None:
            self.lists.below = [self.lower(rows) for rows in (self.lists.packed.queries, self.lists.packed.texts)]
        return self.lists.below

    @torch.no_grad()
    def lower(self, rows):
        """Token vectors after the lower layers, as they lie in `rows.flat`, `[tokens, 384]` in FAST."""
        states = torch.empty(len(rows.flat), HIDDEN, dtype=FAST, device=rows.flat.device)
        for numbers in rows.batches(AT_ONCE[rows.flat.device.type]):
            ids, mask = rows.padded(numbers)
            with torch.autocast(ids.device.type, FAST, enabled=FAST != torch.float32):
                h = self.model.bert.states(ids, mask, torch.zeros_like(ids), APART)[-1]
            places, there = rows.places(numbers)
            states[places[there]] = h[there].to(FAST)
        return states

    def parameters(self):
        single = [p for name, p in self.model.named_parameters() if name in ("between", "a", "b")]
        return [{"params": [p for name, p in self.model.named_parameters() if p.requires_grad and name not in ("between", "a", "b")]},
                {"params": single, "times": 100}]

    def checkpoint(self):
        return self.model.state_dict()

    def modules(self):
        return {"model": self.model}


def pair(packed, queries, texts):
    """Ids, mask and types `[pairs, width]`, int64, of queries, each with a text behind it."""
    ids, mask, types = side_by_side(packed, queries, texts, packed.queries.flat, packed.texts.flat)
    return ids.long(), mask, types


def side_by_side(packed, queries, texts, asked, told):
    """What is known of the tokens of queries, each with a text behind it, `[pairs, width, …]` and 0 where there is none; mask and types as `pair`. `asked` and `told`
    hold it of all queries and of all texts, `[tokens, …]` as they lie in `flat`."""
    lengths, more = packed.queries.lengths[queries][:, None], packed.texts.lengths[texts][:, None]
    at = torch.arange(-(-int((lengths + more).max()) // 8) * 8, device=lengths.device)[None]
    mask, second = at < lengths + more, (at >= lengths) & (at < lengths + more)
    first = asked[(packed.queries.starts[queries][:, None] + at).clamp(max=len(asked) - 1)]
    behind = told[(packed.texts.starts[texts][:, None] + at - lengths).clamp(0, len(told) - 1)]
    wide = lambda where: where.view(*where.shape, *[1] * (first.dim() - 2))
    return torch.where(wide(second), behind, first) * wide(mask), mask.long(), second.long()


STUDENTS = {"encoder": Encoder, "cross-encoder": Cross}
