"""int8 of BERT's products: fixed activation scales, smoothing, and weights rounded so that their errors cancel.

- Smoothing (Xiao et al., SmoothQuant, 2023): a few channels of the activations are ten times larger than the others, and
  with one scale for all, the others would be rounded away. Each channel is divided by a power of its largest value, and its
  row of the weights multiplied by it.
- Outliers (Dettmers et al., LLM.int8(), 2022): the few channels that are still far larger than the others, mostly of what the activation
  function gives, stay in floats with their rows of the weights. Eight of 1,536 halve the error of all products together.
- Rounding (Frantar et al., GPTQ, 2023): the weights are fitted to what quantised activations come in and full ones should
  go out, by least squares, then rounded row by row, each row's error spread over the rows to come.
"""
from dataclasses import dataclass

import numpy as np
import torch

POWERS = {"qkv": 0.8, "out": 0.9, "up": 0.75, "down": 0.65}
OUTLIERS = {"down": 8}  # of down only: graph.py adds their part to the residual
DAMPING = 0.01
BLOCK = 64


@dataclass
class Product:
    """One product `[inputs, outputs]`, or the three of queries, keys and values side by side."""

    smoothing: np.ndarray
    """The input is divided by it, `[inputs]`; infinite for outliers, which are left out."""
    scale: float
    zero: int
    """Of the input, in bytes: (byte - zero) * scale."""
    weights: np.ndarray
    """int8, of the smoothed input."""
    scales: np.ndarray
    """Of the weights, one for each output."""
    outliers: np.ndarray
    """Numbers of the inputs that stay in floats, with the weights that they had."""


NAMES = {"qkv": ["attention.self.query", "attention.self.key", "attention.self.value"], "out": ["attention.output.dense"],
         "up": ["intermediate.dense"], "down": ["output.dense"]}


def products(bert):
    """(layer, kind) -> the linear layers that share an input."""
    modules = dict(bert.named_modules())
    layers = sum(name.endswith(".intermediate.dense") for name in modules)
    return {(at, kind): [modules[f"encoder.layer.{at}.{name}"] for name in names] for at in range(layers) for kind, names in NAMES.items()}


@torch.inference_mode()
def quantise(bert, forward, inputs):
    """`bert`: network.py's or Hugging Face's. `forward(*one)` runs it for each of `inputs`, one text or pair at a time, unpadded."""
    found = products(bert)
    low, high, second, cross = {}, {}, {}, {}

    def listen(note):
        hooks = [linears[0].register_forward_pre_hook(lambda _, given, key=key: note(key, given[0].flatten(0, -2)))
                 for key, linears in found.items()]
        for one in inputs:
            forward(*one)
        for hook in hooks:
            hook.remove()

    def extremes(key, x):
        low[key] = torch.minimum(low.get(key, x[0]), x.amin(0))
        high[key] = torch.maximum(high.get(key, x[0]), x.amax(0))

    listen(extremes)
    made = {}
    for key in found:
        largest = torch.maximum(high[key], -low[key]).clamp(min=1e-3)
        outliers = largest.topk(OUTLIERS.get(key[1], 0)).indices.sort().values
        smoothing = largest ** POWERS[key[1]]
        smoothing[outliers] = 1
        smoothing /= smoothing.log().mean().exp()
        smoothing[outliers] = torch.inf
        bottom, top = float((low[key] / smoothing).min().clamp(max=0)), float((high[key] / smoothing).max())
        scale = (top - bottom) / 255
        made[key] = Product(smoothing.numpy(), scale, int(np.clip(round(-bottom / scale), 0, 255)), None, None, outliers.numpy())

    def moments(key, x):
        product = made[key]
        smooth = x / torch.from_numpy(product.smoothing)
        fed = ((smooth / product.scale).round() + product.zero).clamp(0, 255).sub(product.zero).mul(product.scale)
        second[key] = second.get(key, 0) + fed.T @ fed
        cross[key] = cross.get(key, 0) + fed.T @ smooth

    listen(moments)
    for key, linears in found.items():
        wanted = torch.cat([linear.weight for linear in linears]).T * torch.from_numpy(made[key].smoothing)[:, None]
        wanted[made[key].outliers] = 0
        whole, scales = rounded(wanted, second.pop(key), cross.pop(key))
        made[key].weights, made[key].scales = whole.to(torch.int8).numpy(), scales.numpy()
    return made


def rounded(wanted, second, cross):
    """Whole numbers `[inputs, outputs]` and their scales: fed @ (numbers * scales) comes near smooth @ wanted.

    `second`: fed.T @ fed; `cross`: fed.T @ smooth, over the same rows.
    """
    damped = second + DAMPING * second.diagonal().mean() * torch.eye(len(second))
    fitted = wanted + torch.cholesky_solve((cross - second) @ wanted, torch.linalg.cholesky(damped))
    scales = fitted.abs().amax(0).clamp(min=1e-9) / 127
    order = second.diagonal().argsort(descending=True)
    left, damped = fitted[order], damped[order][:, order]
    spread = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(damped)), upper=True)
    whole = torch.zeros_like(left)
    for start in range(0, len(left), BLOCK):
        end = min(start + BLOCK, len(left))
        errors = torch.zeros(end - start, left.shape[1])
        for row in range(start, end):
            whole[row] = (left[row] / scales).round().clamp(-127, 127)
            errors[row - start] = (left[row] - whole[row] * scales) / spread[row, row]
            left[row + 1 : end] -= spread[row, row + 1 : end, None] * errors[row - start]
        left[end:] -= spread[start:end, end:].T @ errors
    return whole[order.argsort()], scales
