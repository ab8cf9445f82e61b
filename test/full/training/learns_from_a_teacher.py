"""Imitation, listwise distillation and judging, the commands that a GPU runs for minutes, on next to nothing.

Run in packages/model-mini-en/training, with a folder for what is made and the folder of the data. The teacher is a stand-in: twelve layers,
the base's, each twice; it needs no download, and the student has as little of it to begin with as it has of the real one.
"""
import json
import sys
import time
from argparse import Namespace
from pathlib import Path

sys.path.insert(0, ".")
import numpy as np
import torch

import distil
import imitate
import judge
import list_students
import packed
import teachers
from encode import loaded
from lists import BM25, read, read_once
from network import Bert
from ragged import Packed, Ragged
from weights import FAST, about, base_encoder, load_encoder, load_model, save_state

TEXTS, KEYWORDS = 240, 60
ABOUT = {"words": "base", "pooling": "cls"}


def stand_in(path):
    base, whole = base_encoder(), Bert(12)
    whole.embeddings.load_state_dict(base.embeddings.state_dict())
    for number, layer in enumerate(whole.encoder["layer"]):
        layer.load_state_dict(base.encoder["layer"][number // 2].state_dict())
    save_state({f"bert.{name}": value for name, value in whole.state_dict().items()}, path, ABOUT)
    return path


def batches_hold_every_row_once(rows):
    for budget, seed in ((64, None), (300, 1), (5000, 2)):
        found = rows.batches(budget, seed=seed)
        assert sorted(torch.cat(found).tolist()) == list(range(len(rows)))
        for numbers in found:
            ids, mask = rows.padded(numbers)
            assert len(numbers) == 1 or ids.numel() <= budget, (ids.shape, budget)
            assert mask.sum() == rows.lengths[numbers].sum() and (ids[mask == 0] == 0).all()


def searching_equals_scoring(held):
    """BM25 of all texts by products of matrices is BM25 of some texts by counting, but for the rounding of bf16."""
    index = BM25(held.texts, piece=100)
    numbers, chosen = torch.arange(20), torch.randint(len(held.texts), (20, 30), generator=torch.Generator().manual_seed(1))
    ids = held.queries.padded(numbers)[0]
    every, some = index.scores(ids).float().gather(1, chosen), index.of(ids, chosen)
    assert some.max() > 5 and (every - some).abs().max() < 0.02 * some.max(), (every - some).abs().max()


def pairs_are_queries_and_texts(held):
    ids, mask, types = list_students.pair(held, torch.tensor([3, 4]), torch.tensor([5, 6]))
    for row, (query, text) in enumerate(((3, 5), (4, 6))):
        asked, said = held.queries.padded([query])[0][0, : held.queries.lengths[query]], held.texts.padded([text])[0][0, : held.texts.lengths[text]]
        assert ids[row, : mask[row].sum()].tolist() == [*asked.tolist(), *said.tolist()]
        assert types[row].sum() == len(said) and types[row, : len(asked)].sum() == 0


def queries_share_their_texts(lists):
    """Every text is read once, every query is at home in one, and its own list holds its home; what all are compared by is what lists are."""
    texts, asked, own = lists.together(torch.arange(5), 6)
    assert len(set(texts.tolist())) == len(texts) and len(asked) > 5, (len(texts), len(asked))
    homes = lists.packed.home[asked]
    assert len(set(homes.tolist())) == len(asked) and own.shape == (len(asked), 6)
    assert (texts[own] == homes[:, None]).any(1).all()
    (every, vectors, words, places), some = lists.taught_all(asked, texts), lists.taught(asked, texts[own])
    near = 0.1 if FAST == torch.bfloat16 else 1e-4
    assert torch.allclose(every.gather(1, own), some, atol=near)
    cosines = sum(cosine * (queries.pooled[asked] @ known.pooled[texts].T) for known, queries, (cosine, _) in lists.read)
    assert torch.allclose(vectors, cosines, atol=1e-4)
    there = lists.packed.queries.padded(asked)[1].bool()
    rows = torch.arange(len(asked))[:, None].expand_as(there)[there]
    assert torch.allclose(cosines.index_add(0, rows, lists.weights(asked)[there][:, None] * words), every, atol=near)  # what words say adds up
    assert (places.amax(2) <= words + near).all() and (places.amax(2) > words - 8).all()  # each teacher has its own best place
    every, some = lists.first_stage_of_all(asked, texts), lists.first_stage(asked, texts[own])
    assert 0.1 < some.max() < 1 and torch.allclose(every.gather(1, own), some, atol=0.01 if FAST == torch.bfloat16 else 1e-5)


def a_part_is_of_the_whole(held):
    part = held.part(60, in_a_row=7)
    assert 50 <= len(part.texts) <= 63 and len(part.queries) == len(part.home) == len(part.kind)
    rows = lambda ragged, numbers: [tuple(ragged.flat[ragged.starts[at] : ragged.starts[at] + ragged.lengths[at]].tolist()) for at in numbers]
    known = dict(zip(rows(held.queries, range(len(held.queries))), rows(held.texts, held.home)))
    asked = rows(part.queries, range(len(part.queries)))
    for which in range(1, 9):  # nine runs, 26 or 27 texts apart: they come round again with the fourth part, and those of the first are left out
        other = held.part(60, which, in_a_row=7)
        assert 0 < len(other.texts) <= 63 and not set(rows(part.texts, range(len(part.texts)))) & set(rows(other.texts, range(len(other.texts))))
    assert len(asked) > 5 and all(known[query] == home for query, home in zip(asked, rows(part.texts, part.home)))


def what_is_read_is_kept_by_texts(held, folder):
    """A second reading comes from the file, and other texts have a file of their own."""
    class Counted(torch.nn.Module):
        calls, base = 0, base_encoder()

        def forward(self, *inputs):
            Counted.calls += 1
            return self.base(*inputs)

    one, other = held.texts.some(np.arange(8)), held.texts.some(np.arange(1, 9))
    first = read_once("base", Counted(), one, "mean", folder)
    calls = Counted.calls
    again = read_once("base", Counted(), one, "mean", folder)
    assert Counted.calls == calls and torch.equal(first.tokens, again.tokens) and torch.equal(first.pooled, again.pooled)
    elsewhere = read_once("base", Counted(), other, "mean", folder)
    assert Counted.calls > calls and torch.allclose(elsewhere.pooled[:-1], first.pooled[1:], atol=1e-2 if FAST == torch.bfloat16 else 1e-5)
    assert len(list(folder.iterdir())) == 2


def int8_graphs_read_as_their_weights(held):
    """What ships, as a teacher: its graph on two threads, and the weights that it was made of."""
    some = held.texts.some(np.arange(12))
    exact, quick = (read(model, some, "mean") for model in (load_encoder("state/encoder.fp16.safetensors"), loaded(Path("../model/encoder_int8.onnx"), 2)))
    cosines = torch.nn.functional.cosine_similarity(exact.tokens.float(), quick.tokens.float(), dim=-1)
    assert cosines.mean() > 0.999 and cosines.min() > 0.99, (cosines.mean(), cosines.min())
    assert not torch.equal(exact.tokens, quick.tokens) and torch.allclose(exact.pooled, quick.pooled, atol=0.01)


def what_is_kept_says_the_same(trainer):
    """A pair put together of what the lower layers made of each side, and the same pair read from its start; of other texts, too, once it has turned to them."""
    queries, texts = torch.tensor([0, 3, 1, 2]), torch.tensor([5, 6, 2, 20])
    for part in (0, 1):
        if part:
            trainer.turn_to(part)
        with torch.no_grad():
            read = trainer.model(*list_students.pair(trainer.lists.packed, queries, texts))[:, 0]
            assert torch.allclose(trainer.student.score(queries, texts), read, atol=0.15 if FAST == torch.bfloat16 else 1e-3), (part, trainer.student.score(queries, texts), read)


def goes_on_to_other_texts(trainer):
    """Every two steps; what is held out is asked of the first texts, which no step has."""
    first, before, seen = trainer.lists, trainer.dev(), []
    for _ in range(4):
        trainer.train_step()
        seen.append(trainer.lists.packed.texts.flat)
    assert trainer.student.lists is trainer.lists is not first
    assert torch.equal(seen[0], seen[1]) and torch.equal(seen[2], seen[3]) and not torch.equal(seen[1], seen[2])
    assert not any(torch.equal(one, first.packed.texts.flat) for one in seen)
    assert trainer.dev() != before and trainer.lists is not first


def single_terms_fade(trainer):
    """From all of their weight to what `--fade` leaves of it; the others stay."""
    for spent, left in ((0, 1.0), (500, 0.55), (1000, 0.1)):
        trainer.seconds, trainer.started = spent, time.time()
        assert abs(trainer.weight("words") - 0.5 * left) < 0.01 and trainer.weight("kl") == 1, (spent, trainer.weight("words"))


def saved(trainer):
    trainer.args.run.mkdir(parents=True)
    trainer.save()
    return trainer.args.run.glob("step-*.safetensors")


def learns_a_step_by_heart(trainer, lessons=("kl",), steps=8):
    numbers, said = trainer.asked(), []
    for _ in range(steps):
        trainer.lists.generator.manual_seed(4)
        parts, _ = trainer.losses(numbers)
        sum(parts.values()).backward()
        torch.nn.utils.clip_grad_norm_([parameter for group in trainer.optimizer.param_groups for parameter in group["params"]], 1.0)
        trainer.optimizer.step()
        trainer.optimizer.zero_grad(set_to_none=True)
        said.append({name: float(parts[name].detach()) for name in lessons})
    for name in lessons:
        assert said[-1][name] < 0.8 * said[0][name], (name, said)


torch.set_num_threads(1)
work, data = Path(sys.argv[1]), Path(sys.argv[2])
work.mkdir(parents=True, exist_ok=True)
packed.pack(data, Path("none"), work / "packed.npz", KEYWORDS, TEXTS)
held = Packed(work / "packed.npz")
assert len(held.texts) == TEXTS and held.home.max() < TEXTS
batches_hold_every_row_once(Ragged.of([[1] * length for length in np.random.default_rng(0).integers(1, 60, 200)]))
searching_equals_scoring(held)
pairs_are_queries_and_texts(held)
a_part_is_of_the_whole(held)
what_is_read_is_kept_by_texts(held, work / "kept")
int8_graphs_read_as_their_weights(held)

teacher = stand_in(work / "teacher.safetensors")
teachers.checkpoint, teachers.about = lambda name: teacher, lambda name: dict(ABOUT)
common = {"cache": work, "seed": 3}
imitate.Trainer(Namespace(**common, run=work / "imitation", teacher="bge", init=None, layers=imitate.KEPT, seconds=60, tokens=1024, lr=3e-4, middle=0.3, asked=1)).run()
log = [json.loads(line) for line in (work / "imitation/log.jsonl").read_text().splitlines()]
before, after, (imitation,) = log[0], log[-1], (work / "imitation").glob("step-*.safetensors")
assert after["dev_tokens"] < 0.85 * before["dev_tokens"], (before, after)
assert len(load_encoder(imitation).encoder["layer"]) == 6

lists = {**common, "init": str(imitation), "teachers": "bge=15,20 base=3.8,5.2", "queries": 6, "size": 6, "imitate": 5.0, "sharpness": [16.8, 23.2], "vectors": 0.0, "fade": 0.0, "seconds": 1000, "texts": None, "in_a_row": 100, "each": None, "part": 1, "beside": 0.0, "words": 0.0, "places": 0.0, "int8": None, "together": False}
learns_a_step_by_heart(encoder := distil.Trainer(Namespace(**lists, student="encoder", run=work / "encoder", lr=1e-4)))
learns_a_step_by_heart(crossed := distil.Trainer(Namespace(**lists, student="cross-encoder", run=work / "cross", lr=1e-4)))
what_is_kept_says_the_same(distil.Trainer(Namespace(**lists | {"texts": 60, "in_a_row": 10}, student="cross-encoder", run=work / "apart", lr=1e-4)))
assert encoder.dev() == encoder.dev()
queries_share_their_texts(encoder.lists)
learns_a_step_by_heart(terms := distil.Trainer(Namespace(**lists | {"texts": 200, "together": True, "imitate": 0, "queries": 3, "beside": 18, "fade": 0.9, "vectors": 0.2, "words": 0.5, "places": 0.2}, student="encoder", run=work / "together", lr=1e-4)), ("kl", "vectors", "words", "places"))
single_terms_fade(terms)
goes_on_to_other_texts(distil.Trainer(Namespace(**lists | {"texts": 60, "each": 2, "together": True, "imitate": 0, "queries": 3}, student="encoder", run=work / "fresh", lr=1e-4)))
encoder.step = 8
assert list(saved(encoder))
again = distil.Trainer(encoder.args)
again.resume()
assert again.step == 8 and all(torch.equal(again.student.head[name], value) and value != distil.Trainer(encoder.args).student.head[name] for name, value in encoder.student.head.items())
(cross,) = saved(crossed)
kept, made = load_encoder(imitation).state_dict(), load_model(cross).bert.state_dict()
assert about(cross)["pooling"] == "cls" and all(torch.equal(made[name], value) for name, value in kept.items() if ".layer.3." in name)
assert any(not torch.equal(made[name], value) for name, value in kept.items() if ".layer.5." in name)

judge.pack(["cranfield"], data, work / "judged.npz")
args = Namespace(cache=work, limit=2, cross=False, checkpoints=["base"])
rows = dict(judge.rows(args, "cpu"))
assert 0 <= rows["first stage"][0] <= 1 and set(rows) == {"", "first stage", *(f"base: {name}" for name in ("cosine", "rare MaxSim", "both", "both + .2 first stage"))}
print(f"1 - cosine of a token, held out: {before['dev_tokens']:.3f} before, {after['dev_tokens']:.3f} after {after['step']} steps; {rows}")
