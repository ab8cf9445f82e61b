"""Fit ranker.json: how the encoder's terms, the cross-encoder's logit and a first-stage score become one probability.

    python fit_ranker.py --weights state/weights.fp16.safetensors            # goes on where it stopped; --seconds ends a piece
    python fit_ranker.py --weights … --out /tmp/trial --strength .1 --saturation 10
    python fit_ranker.py --weights … --try cosine,rare-max-sim,lexical,first-stage        # another line: printed, not written
    python fit_ranker.py --short state/short.fp16.safetensors                # the fast line alone, over an encoder of its own

ranker_lists.py has the lists, ranker_line.py the fit.
"""
import json
from argparse import Namespace
from pathlib import Path

import numpy as np
import torch

from data import arguments
from ranker_line import calibration_error, fit, line, quality
from ranker_lists import add_logits, lists
from scoring import MODEL, key, of_file

FAST = ["cosine", "rare-max-sim", "first-stage"]
BEST = [*FAST, "logit"]
LINES = {"default": FAST, "fast": FAST, "best": BEST}
SHORT = "encoder-short_int8.onnx"  # of the fast line, beside the encoder of the others


def report(rows, names, args):
    """Fitted on every second query and measured on the others, and the other way round; then on sources left out of the fit."""
    halves = [rows[0::2], rows[1::2]]

    def fitted(part):
        return line(names, fit(part, names, args.strength, args.saturation, args.drop), args.saturation)

    crossed = [(fitted(a), b) for a, b in (halves, halves[::-1])]
    left_out = []
    for source in sorted({row["source"] for row in rows}):
        left_out.append((fitted([row for row in rows if row["source"] != source]), [row for row in rows if row["source"] == source]))
    out = {}
    for first in (True, False) if "first-stage" in names else (False,):
        out["with first stage" if first else "without"] = {
            "calibration error, other queries": round(float(np.mean([calibration_error(part, made, first) for made, part in crossed])), 4),
            "calibration error, other sources": round(float(np.mean([calibration_error(part, made, first) for made, part in left_out])), 4),
            "nDCG@10, other sources": round(float(np.mean([quality(part, made, first) for made, part in left_out])), 4),
        }
    return out


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--weights", help="the cross-encoder, .safetensors or .onnx; without it the lines that read its logit stay as they were")
    parser.add_argument("--encoder", help="its checkpoint; default: the untouched base")
    parser.add_argument("--short", help="the checkpoint of the fast line's own encoder: fits that line, and the others stay as they were; without it a fast line that has one stays")
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--strength", type=float, default=3, help="of the L2 penalty")
    parser.add_argument("--saturation", type=float, default=20)
    parser.add_argument("--drop", type=float, default=0.1, help="share of the lists that come without first-stage scores")
    parser.add_argument("--seconds", type=float, help="stop scoring pairs after this time; the same command goes on")
    parser.add_argument("--lists", type=int, help="so many with the cross-encoder's logits are enough for the lines that have it; default: all")
    parser.add_argument("--try", dest="trial", help="terms of a line to print, joined by commas")
    args = parser.parse_args()
    background, rows = lists(Namespace(**vars(args) | {"encoder": args.short or args.encoder}))
    scored = add_logits(args, rows) if args.weights else []
    if args.weights and len(scored) < (args.lists or len(rows)):
        raise SystemExit(f"{len(scored)} of {len(rows)} lists are scored by the cross-encoder; the same command goes on.")
    before = json.loads(path.read_text()) if (path := args.out / "ranker.json").exists() else {"lines": {}, "about": {"found": {}}}
    made, found = before["lines"], before["about"]["found"]
    own = {"encoder": SHORT} if args.short else {}
    wanted = {"trial": args.trial.split(",")} if args.trial else {"fast": FAST} if args.short else LINES
    for name, terms in wanted.items():
        if "logit" in terms and not args.weights or "encoder" in made.get(name, {}) and not own:
            continue
        known = scored if "logit" in terms else rows
        made[name] = own | line(terms, fit(known, terms, args.strength, args.saturation, args.drop), args.saturation)
        found[name] = {"lists": len(known)} | report(known, terms, args)
    if args.trial:
        return print(json.dumps({"line": made["trial"], "found": found["trial"]}))
    args.out.mkdir(parents=True, exist_ok=True)
    read = {"short encoder": of_file(args.short)} if args.short else {"encoder": of_file(args.encoder)}
    read |= {"cross-encoder": key(args.weights)} if args.weights else {}
    about = {"fitted": "training/fit_ranker.py", "encoder": None, "short encoder": None, "cross-encoder": None} | before["about"] | read | {"strength": args.strength, "found": found}
    ranker = {"format": 1, "about": about, "queryTokens": 128, "documentTokens": 256, "rarity": background.write(args.out), "lines": made}
    path.write_text(json.dumps(ranker, indent=1) + "\n")
    print(json.dumps(ranker, indent=1))


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.set_grad_enabled(True)
    main()
