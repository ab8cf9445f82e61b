"""The untouched encoder (all-MiniLM-L6-v2) -> int8 ONNX that returns `last_hidden_state`, for cosine and late interaction.

    python export_encoder.py --out /tmp/encoder
"""
import argparse
import tempfile
from pathlib import Path

import numpy as np
import torch

from export import SAMPLE, onnx_scores, tensors, write_fp32, write_int8
from weights import base_encoder, write_tokenizer

if __name__ == "__main__":
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    model = base_encoder()
    inputs = tensors(SAMPLE[:1])
    with torch.inference_mode():
        truth = model(*inputs).numpy()
    with tempfile.TemporaryDirectory() as scratch:
        fp32, int8 = Path(scratch) / "encoder.onnx", args.out / "encoder_int8.onnx"
        write_fp32(model, fp32, "last_hidden_state")
        write_int8(fp32, int8)
        difference = np.abs(truth - onnx_scores(fp32, inputs)).max()
        assert difference < 1e-4, difference
        quantised = onnx_scores(int8, inputs)
    cosine = (truth * quantised).sum(-1) / np.linalg.norm(truth, axis=-1) / np.linalg.norm(quantised, axis=-1)
    print(f"fp32: largest difference {difference:.1e}; int8: token cosine {cosine.min():.4f} and up; {int8.stat().st_size:,} bytes")
    write_tokenizer(args.out)
