"""What a teacher makes of every token of the training texts and queries, for distil_encoder.py, shard by shard.

    python teacher_tokens.py                  # cache/tokens/bge: 3.5 million tokens, half a minute of a core for each of 107 shards; resumable

Read are the queries of the training groups, keyword queries by rule and the texts: half of them alone, half joined with the
texts after them to up to 256 word pieces, because texts of a collection are long and these are short. All of it in random
order, so that any number of shards is a fair sample.
"""
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from data import arguments, training
from encode import batches, pad
from pseudo import keyword_groups
from teachers import TEACHERS, network
from weights import tokenizer

SHARD = 32768  # tokens
LONGEST = 256
KEYWORDS = 20000
MEDICAL_SHARE = 0.4  # of the texts of medquad, which hold half of all tokens


def rows(data: Path, seed=17) -> list[list[int]]:
    """Word pieces of everything that is read, in random order."""
    rng = np.random.default_rng(seed)
    texts, groups = training(data)
    medical = {number for group in groups if group.source == "medquad" for number in group.positive}
    queries = sorted({group.query for group in groups} | {group.query for group in keyword_groups(texts, KEYWORDS, seed=13)})
    tok = tokenizer(padded=False)
    tok.enable_truncation(LONGEST)
    pieces = [row.ids for row in tok.encode_batch(texts)]
    found = [row.ids for row in tok.encode_batch(queries)]
    number = 0
    while number < len(pieces):
        row, joins = pieces[number], rng.random() < 0.5
        kept = number not in medical or rng.random() < MEDICAL_SHARE
        number += 1
        while joins and number < len(pieces) and len(row) + len(pieces[number]) - 2 <= LONGEST:
            row = row[:-1] + pieces[number][1:]
            number += 1
        if kept:
            found.append(row)
    return [found[at] for at in rng.permutation(len(found))]


def shards(found: list[list[int]]) -> list[list[list[int]]]:
    out, size = [[]], 0
    for row in found:
        if size > SHARD:
            out.append([])
            size = 0
        out[-1].append(row)
        size += len(row)
    return out


@torch.inference_mode()
def taught(model, some: list[list[int]], middle: int, device) -> dict:
    """Unit token vectors in fp16 after the last layer and after `middle` layers, of all rows one after the other."""
    parts = [None] * len(some)
    for batch in batches(np.array([len(row) for row in some]), 4096):
        ids, mask = (part.to(device) for part in pad([some[at] for at in batch]))
        states = model.states(ids, mask, torch.zeros_like(ids))
        kept = torch.stack([F.normalize(states[at], dim=-1) for at in (-1, middle)]).half().cpu()
        for place, at in enumerate(batch):
            parts[at] = kept[:, place, : len(some[at])]
    last, early = torch.cat(parts, 1)
    return {"rows": some, "last": last.clone(), "middle": early.clone()}


if __name__ == "__main__":
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--teacher", choices=[*TEACHERS], default="bge")
    parser.add_argument("--middle", type=int, default=8, help="the layer that the cut student's lower half should come to")
    parser.add_argument("--limit", type=int, help="so many shards at most")
    args = parser.parse_args()
    torch.set_num_threads(1)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    folder, model, started = args.cache / "tokens" / args.teacher, network(args.teacher).to(device), time.time()
    folder.mkdir(parents=True, exist_ok=True)
    planned = shards(rows(args.data))[: args.limit]
    for number, some in enumerate(planned):
        path = folder / f"{number:04d}.pt"
        if not path.exists():
            torch.save(taught(model, some, args.middle, device), path.with_suffix(".part"))
            path.with_suffix(".part").replace(path)
        print(f"{number + 1} of {len(planned)} shards, {time.time() - started:.0f} s", flush=True)
