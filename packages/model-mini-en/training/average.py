"""Average checkpoints, optionally with the initial weights.

    python average.py runs/a/step-004000.safetensors runs/a/step-004500.safetensors --out runs/a/average.safetensors
    python average.py runs/a/step-004500.safetensors --initial state/weights.fp16.safetensors --share .2 --out …
"""
import argparse

from weights import load_state, save_state


def average(states, weights):
    return {name: sum(weight * state[name] for weight, state in zip(weights, states)) for name in states[0]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoints", nargs="+")
    parser.add_argument("--initial")
    parser.add_argument("--share", type=float, default=0.2, help="how much of the initial weights")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    states = [load_state(path) for path in args.checkpoints]
    weights = [1 / len(states)] * len(states)
    if args.initial:
        states.append(load_state(args.initial))
        weights = [weight * (1 - args.share) for weight in weights] + [args.share]
    save_state(average(states, weights), args.out)
