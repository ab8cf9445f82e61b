"""A cross-encoder made of an encoder that looks across nowhere says what the encoder's line says of texts read one by one.

Run in packages/model-mini-en/training. Also: its graph says the same to 1e-4, and the same to the last bit in a batch and alone.
"""
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["FULL_PRECISION"] = "1"  # bf16, where the processor has it, would be off by .03
sys.path.insert(0, ".")
import numpy as np
import torch

import export
import graph
from encode import encode
from features import Background, features
from ranker_line import logit_of
from scoring import MODEL
from session import session
from students import SHARPER, at_the_line
from weights import base_state

PAIRS = [(query, text[:1500]) for query, text in export.SAMPLE] + [("", "A text without a question."), ("?", "Rails."), ("where do trains run", "Rails, " * 100)]


@torch.no_grad()
def main():
    line, background = json.loads((MODEL / "ranker.json").read_text())["lines"]["default"], Background.read(MODEL)
    queries, documents = encode([query for query, _ in PAIRS], 512), encode([text for _, text in PAIRS], 512)
    apart = [float(logit_of(line, features(background, queries, at, documents, [at]), first=False)[0]) for at in range(len(PAIRS))]
    model = at_the_line(base_state()).eval()
    model.between.fill_(-graph.FAR)
    together = model(*export.tensors(PAIRS, 512))[:, 0].numpy()
    worst = float(np.abs(together - SHARPER * np.array(apart)).max())
    assert worst < 0.01, worst  # token vectors are kept in fp16 there
    model.between.copy_(torch.linspace(-4, 0, model.between.numel()).view_as(model.between))
    assert np.abs(model(*export.tensors(PAIRS, 512))[:, 0].numpy() - together).max() > 0.1  # it does look across
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        graph.save(export.cross_encoder_graph(model), path)
        print(worst, export.check(model, path, pairs=PAIRS))
        run = session(path).run
        score = lambda inputs: run(None, {name: x.numpy() for name, x in zip(graph.INPUTS, inputs)})[0]
        alone = np.concatenate([score(one) for one in export.one_by_one(PAIRS)])
        assert (score(export.tensors(PAIRS)) == alone).all()


main()
