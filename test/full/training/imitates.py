"""A student cut out of a teacher's layers comes nearer to its token vectors, by the two commands that do it on a GPU for hours.

Run in packages/model-mini-en/training, with a folder for what is made and the folder of the data. The teacher is a stand-in: twelve layers,
the base's, each twice; it needs no download, and the student has as little of it to begin with as it has of the real one.
"""
import json
import sys
from argparse import Namespace
from pathlib import Path

sys.path.insert(0, ".")
import torch

import distil_encoder
import teacher_tokens
import teachers
from network import Bert
from weights import BASE, base_encoder, load_encoder

SHARD, SHARDS, SECONDS = 3000, 3, 40


def twice(name):
    base, whole = base_encoder(), Bert(12)
    whole.embeddings.load_state_dict(base.embeddings.state_dict())
    for number, layer in enumerate(whole.encoder["layer"]):
        layer.load_state_dict(base.encoder["layer"][number // 2].state_dict())
    return whole.eval()


torch.set_num_threads(1)
work, data = Path(sys.argv[1]), Path(sys.argv[2])
teachers.network, teachers.about, teachers.checkpoint = twice, lambda name: dict(BASE), lambda name: None
teacher_tokens.SHARD, distil_encoder.BUDGET = SHARD, 512

folder = work / "tokens" / "bge"
folder.mkdir(parents=True)
for number, some in enumerate(teacher_tokens.shards(teacher_tokens.rows(data))[:SHARDS]):
    shard = teacher_tokens.taught(twice("bge"), some, 8, "cpu")
    tokens = sum(len(row) for row in some)
    assert shard["last"].shape == shard["middle"].shape == (tokens, 384), (shard["last"].shape, tokens)
    assert abs(float(shard["last"].float().norm(dim=-1).mean()) - 1) < 1e-3
    torch.save(shard, folder / f"{number:04d}.pt")

args = Namespace(run=work / "run", cache=work, teacher="bge", init=None, seconds=SECONDS, lr=3e-4, middle=0.3, seed=3, threads=1)
distil_encoder.Trainer(args).run()
log = [json.loads(line) for line in (work / "run/log.jsonl").read_text().splitlines()]
before, after = (next(row["dev_tokens"] for row in rows if "dev_tokens" in row) for rows in (log, log[::-1]))
assert after < 0.8 * before, (before, after)
assert len(load_encoder(next((work / "run").glob("step-*.safetensors"))).encoder["layer"]) == len(distil_encoder.KEPT)
print(f"1 - cosine of a token, held out: {before:.3f} before, {after:.3f} after {log[-1]['step']} steps")
