"""What train.py can teach: the cross-encoder, or the encoder. Both give the logits of rows with some of their candidates."""
import torch

from features import Background
from late import compared, encoded
from network import CrossEncoder, LateEncoder
from rows import Rows, score
from scoring import MODEL
from weights import about, base_state, load_state


class Cross:
    def __init__(self, rows: Rows):
        self.rows = rows

    def network(self, init) -> CrossEncoder:
        """From a checkpoint, or from `base`, the untouched encoder."""
        model = CrossEncoder()
        model.load_state_dict(base_state() if init == "base" else load_state(init), strict=init != "base")
        if init == "base":
            model.lin.weight.data *= 0.01
            model.lin.bias.data.fill_(-5.0)
        return model

    def logits(self, model, numbers, groups, device):
        """`[rows, candidates]`; `groups`: of each row the text numbers."""
        pairs = [self.rows.pair(row, number) for row, texts in zip(numbers, groups) for number in texts]
        return score(model, pairs, device).view(len(numbers), -1)


class Late:
    def __init__(self, rows: Rows):
        self.rows, self.background = rows, Background.read(MODEL)

    def network(self, init) -> LateEncoder:
        model, self.pooling = LateEncoder(), about(init)["pooling"]
        found = model.load_state_dict(base_state() if init == "base" else load_state(init), strict=False)
        assert not [name for name in found.missing_keys if name.startswith("bert.")], found.missing_keys
        return model

    def logits(self, model, numbers, groups, device):
        queries = [self.rows.query(row) for row in numbers]
        texts = [self.rows.text(number) for group in groups for number in group]
        weights = [self.background.weights(ids) for ids in queries]
        every = compared(weights, encoded(model.bert, queries, self.pooling, device), encoded(model.bert, texts, self.pooling, device))
        size = len(texts) // len(numbers)
        own = torch.arange(len(texts), device=every.device).view(len(numbers), size)
        return model.a.float() * every.gather(1, own) + model.b.float()


STUDENTS = {"cross-encoder": Cross, "encoder": Late}
