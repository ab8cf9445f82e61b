"""Average checkpoints, optionally with the initial weights.

    python average.py runs/a/step-004000.safetensors runs/a/step-004500.safetensors --out runs/a/average.safetensors
    python average.py runs/a/step-004500.safetensors --initial state/weights.fp16.safetensors --share .2 --out …
    python average.py runs/encoder/step-000400.safetensors --initial base --share .6 --out …     # of an encoder
    python average.py runs/a/step-001200.safetensors --initial runs/encoder/average.safetensors --share .6 --out …   # of a cross-encoder, with where it started
"""
import argparse

from students import at_the_line
from weights import about, base_state, load_state, save_state


def average(states, weights):
    """Of what they have in common: a base has no head."""
    common = set.intersection(*(set(state) for state in states))
    return {name: sum(weight * state[name] for weight, state in zip(weights, states)) for name in sorted(common)}


def initial(path, trained):
    """Of a cross-encoder that was trained from an encoder: the cross-encoder that the encoder makes."""
    state = base_state() if path == "base" else load_state(path)
    return at_the_line(state, about(path)["pooling"]).state_dict() if "between" in trained and "between" not in state else state


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoints", nargs="+")
    parser.add_argument("--initial")
    parser.add_argument("--share", type=float, default=0.2, help="how much of the initial weights")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    every = args.checkpoints + [args.initial] * bool(args.initial)
    if any(about(path) != about(every[0]) for path in every):
        raise SystemExit(f"These go with other words, or pool otherwise: {[about(path) for path in every]}")
    states = [load_state(path) for path in args.checkpoints]
    weights = [1 / len(states)] * len(states)
    if args.initial:
        states.append(initial(args.initial, states[0]))
        weights = [weight * (1 - args.share) for weight in weights] + [args.share]
    save_state(average(states, weights), args.out, about(every[0]))
