"""What train.py can teach: the cross-encoder, or the encoder. Both give the logits of rows with some of their candidates."""
import json

import torch

from apart import of_queries, of_texts
from data import training
from features import PER_UNIT, SPECIAL, Background
from late import compared, encoded
from network import APART, HIDDEN, CrossEncoder, LateEncoder
from scoring import MODEL
from weights import FROZEN, about, base_state, load_state, tokenizer

SHARPER = 3  # than the calibrated line that the cross-encoder starts from: a group of eight should have a clear best
CHUNK = 16
TEXT_LENGTH, QUERY_LENGTH = 160, 66  # word pieces of what the encoder reads


class Cross:
    """Learns the layers that read query and document together; what the lower ones say is kept, for they stay as they are."""

    def __init__(self, rows, args):
        texts = training(args.data)[0]
        self.encoder = args.encoder
        self.documents = of_texts(args.cache, args.encoder, texts)
        self.queries = of_queries(args.cache, args.encoder, rows.queries)

    def network(self, init) -> CrossEncoder:
        """From a checkpoint of its own kind, or of the encoder."""
        state = base_state() if init == "base" else load_state(init)
        if "between" not in state:
            return at_the_line(state, about(init)["pooling"])
        before = load_state(self.encoder) if self.encoder else base_state()
        if any((before[name].half() != value.half()).any() for name, value in state.items() if name in before and not self.learns(name)):
            raise SystemExit(f"{init} reads texts by other lower layers than those of the encoder, {self.encoder or 'base'}.")
        model = CrossEncoder(about(init)["pooling"])
        model.load_state_dict(state)
        return model

    def learns(self, name):
        """Of a parameter's name."""
        lower = [f"bert.encoder.layer.{layer}." for layer in range(APART)]
        return not name.startswith(("bert.embeddings.", *lower))

    def times(self, name):
        """By how much a parameter's rate is higher: single numbers have further to go than weights."""
        return 100 if name in ("between", "a", "b") else 1

    def logits(self, model, numbers, groups, device):
        """`[rows, candidates]`; `groups`: of each row the text numbers."""
        pairs = [(row, number) for row, texts in zip(numbers, groups) for number in texts]
        sizes = [len(self.queries.ids[row]) + len(self.documents.ids[number]) for row, number in pairs]
        order = sorted(range(len(pairs)), key=lambda at: sizes[at])
        logits = [self.some(model, [pairs[at] for at in order[start : start + CHUNK]], device) for start in range(0, len(order), CHUNK)]
        return torch.cat(logits)[torch.argsort(torch.tensor(order, device=device))].view(len(numbers), -1)

    def some(self, model, pairs, device):
        rows = [(self.queries.ids[row], self.documents.ids[number]) for row, number in pairs]
        width = max(len(query) + len(document) for query, document in rows)
        h = torch.zeros(len(pairs), width, HIDDEN)
        ids = torch.zeros(len(pairs), width, dtype=torch.long)
        mask, document = torch.zeros(2, len(pairs), width)
        for at, ((row, number), (asked, text)) in enumerate(zip(pairs, rows)):
            middle, end = len(asked), len(asked) + len(text)
            h[at, :middle], h[at, middle:end] = self.queries.of(row), self.documents.of(number)
            ids[at, :end] = torch.tensor(asked + text)
            mask[at, :end], document[at, middle:end] = 1, 1
        working = model.lin.weight.dtype
        return model.together(h.to(device, working), ids.to(device), mask.to(device), document.to(device))[:, 0]


def at_the_line(state, pooling="mean") -> CrossEncoder:
    """Of an encoder's state, and how it pools: what ranker.json's default makes of its texts without a first stage, but for what the upper layers see of the other text."""
    model = CrossEncoder(pooling)
    model.bert.load_state_dict({name.removeprefix("bert."): value for name, value in state.items() if name.startswith("bert.")})
    line = json.loads((MODEL / "ranker.json").read_text())["lines"]["default"]
    weight = {term["of"]: SHARPER * term["weight"] for term in line["terms"]}
    rarity = torch.from_numpy(Background.read(MODEL).rarity * PER_UNIT).round().float()
    rarity[list(SPECIAL)] = 0
    with torch.no_grad():
        model.a.fill_(weight["cosine"])
        model.b.fill_(weight["rare-max-sim"])
        model.lin.weight.zero_()
        model.lin.bias.fill_(SHARPER * line["intercept"])
        model.rarity.copy_(rarity)
    return model


def word_pieces(texts, most) -> list[list[int]]:
    """Ids of each text, [CLS] and [SEP] among them."""
    tok = tokenizer(padded=False)
    tok.enable_truncation(most)
    return [row.ids for row in tok.encode_batch(texts)]


class Late:
    """Learns all layers, by the similarity of a query and a text that are read apart."""

    def __init__(self, rows, args):
        self.background = Background.read(MODEL)
        self.texts, self.queries = word_pieces(training(args.data)[0], TEXT_LENGTH), word_pieces(rows.queries, QUERY_LENGTH)

    def network(self, init) -> LateEncoder:
        model, self.pooling = LateEncoder(), about(init)["pooling"]
        found = model.load_state_dict(base_state() if init == "base" else load_state(init), strict=False)
        assert not [name for name in found.missing_keys if name.startswith("bert.")], found.missing_keys
        return model

    def learns(self, name):
        return name != FROZEN

    def times(self, name):
        return 1

    def logits(self, model, numbers, groups, device):
        queries = [self.queries[row] for row in numbers]
        texts = [self.texts[number] for group in groups for number in group]
        weights = [self.background.weights(ids) for ids in queries]
        every = compared(weights, encoded(model.bert, queries, self.pooling, device), encoded(model.bert, texts, self.pooling, device))
        size = len(texts) // len(numbers)
        own = torch.arange(len(texts), device=every.device).view(len(numbers), size)
        return model.a.float() * every.gather(1, own) + model.b.float()


STUDENTS = {"cross-encoder": Cross, "encoder": Late}
