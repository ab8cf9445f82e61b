"""int8 of BERT's products: scales that no other text changes, smoothing, copies, and weights rounded so that their errors cancel.

- Smoothing (Xiao et al., SmoothQuant, 2023): a few channels of the activations are ten times larger than the others, and
  with one scale for all, the others would be rounded away. Each channel is divided by a power of its largest value, and its
  row of the weights multiplied by it.
- Copies (Zhao et al., Outlier Channel Splitting, 2019): what smoothing leaves of the largest channels, mostly of [CLS], would still set the
  scale. Such a channel is divided by twice as much and read twice, so neither it nor its weights are larger than the others'.
- Outliers (Dettmers et al., LLM.int8(), 2022): the few channels that are far larger still, of what the activation
  function gives, stay in floats with their rows of the weights.
- A scale for each token where the largest value varies most from token to token and what comes out is narrow, so that multiplying by it costs little.
- Rounding (Frantar et al., GPTQ, 2023): the weights are fitted to what quantised activations come in and full ones should
  go out, by least squares, then rounded row by row, each row's error spread over the rows to come.

What each is worth: docs/model-training.md, "What int8 costs".
"""
from dataclasses import dataclass, field

import numpy as np
import torch


@dataclass(frozen=True)
class Rounding:
    """Of each kind of product; what it does not name has none."""

    powers: dict
    """Of smoothing."""
    copies: dict
    """How many."""
    outliers: dict
    """How many; of down only, since graph.py adds their part to the residual."""
    by_token: bool
    """Whether some products have a scale for each token: those out of the wide layer, and the last one out of the attention."""

    def reaches(self, layer, kind, layers):
        """Whether the product `kind` of `layer` is one of those."""
        return self.by_token and (kind == "down" or (kind == "out" and layer == layers - 1))


ROUNDINGS = {
    "token": Rounding({"qkv": 0.8, "out": 0.9, "up": 0.65, "down": 0}, {"up": 16}, {"down": 16}, True),
    "fixed": Rounding({"qkv": 0.8, "out": 0.9, "up": 0.75, "down": 0.65}, {}, {"down": 8}, False),
}
LOWEST = {"down": -0.17}  # Gelu gives no less; of inputs that are not smoothed
ZEROS = {"down": 24}  # of products with a scale for each token: the byte that stands for 0, of 255
DAMPING = 0.01
BLOCK = 64


@dataclass
class Product:
    """One product `[inputs, outputs]`, or the three of queries, keys and values side by side."""

    smoothing: np.ndarray
    """The input is divided by it, `[inputs]`; infinite for outliers, which are left out."""
    copies: np.ndarray
    """Numbers of the inputs that come once more, behind all others."""
    scale: float | None
    """Of the input, in bytes: (byte - zero) * scale. None: each token has its own, see `token_scales`."""
    zero: int
    lowest: float | None
    """What no smoothed input is below, where that is known."""
    outliers: np.ndarray
    """Numbers of the inputs that stay in floats, with the weights that they had."""
    weights: np.ndarray = field(init=False)
    """int8 `[inputs and copies, outputs]`, of the smoothed input."""
    scales: np.ndarray = field(init=False)
    """Of the weights, one for each output."""

    def fed(self, x):
        """What the bytes say of the input `x` `[tokens, inputs]`, and what they should say."""
        smooth = x / torch.from_numpy(self.smoothing)
        scale = self.token_scales(smooth) if self.scale is None else self.scale
        whole = ((smooth / scale).round() + self.zero).clamp(0, 255).sub(self.zero).mul(scale)
        return self.with_copies(whole, 1), self.with_copies(smooth, 1)

    def token_scales(self, smooth):
        """The scale of each row of the smoothed input `[tokens, inputs]`, without its copies: `[tokens, 1]`."""
        least = smooth.amin(-1, keepdim=True) if self.lowest is None else torch.tensor(self.lowest)
        return torch.maximum(smooth.amax(-1, keepdim=True) / (255 - self.zero), -least / self.zero).clamp(min=1e-9)

    def with_copies(self, x, axis):
        """`x` with the copies behind the inputs, which lie along `axis`."""
        return torch.cat([x, x.index_select(axis, torch.from_numpy(self.copies))], axis)


NAMES = {"qkv": ["attention.self.query", "attention.self.key", "attention.self.value"], "out": ["attention.output.dense"],
         "up": ["intermediate.dense"], "down": ["output.dense"]}


def products(bert):
    """(layer, kind) -> the linear layers that share an input."""
    modules = dict(bert.named_modules())
    layers = sum(name.endswith(".intermediate.dense") for name in modules)
    return {(at, kind): [modules[f"encoder.layer.{at}.{name}"] for name in names] for at in range(layers) for kind, names in NAMES.items()}


@torch.inference_mode()
def quantise(bert, forward, inputs, rounding="token"):
    """(layer, kind) -> Product. `bert`: network.py's or Hugging Face's. `forward(*one)` runs it for each of `inputs`, one text or pair at a time,
    unpadded. `rounding`: a name in ROUNDINGS."""
    found, rounding = products(bert), ROUNDINGS[rounding]
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
    layers = 1 + max(layer for layer, _ in found)
    made = {}
    for key in found:
        made[key] = prepared(key[1], low[key], high[key], rounding, rounding.reaches(*key, layers))

    def moments(key, x):
        fed, smooth = made[key].fed(x)
        second[key] = second.get(key, 0) + fed.T @ fed
        cross[key] = cross.get(key, 0) + fed.T @ smooth

    listen(moments)
    for key, linears in found.items():
        product = made[key]
        wanted = torch.cat([linear.weight for linear in linears]).T * torch.from_numpy(product.smoothing)[:, None]
        wanted[product.outliers] = 0
        times = 1 + torch.bincount(torch.from_numpy(product.copies), minlength=len(wanted))
        wanted = product.with_copies(wanted / times[:, None], 0)
        whole, scales = rounded(wanted, second.pop(key), cross.pop(key))
        product.weights, product.scales = whole.to(torch.int8).numpy(), scales.numpy()
    return made


def prepared(kind, low, high, rounding, by_token):
    """A product whose weights are still to come; `low` and `high`: of each input, the extremes. `by_token`: each token has its own scale."""
    assert not by_token or kind not in LOWEST or rounding.powers[kind] == 0, f"what {kind} is not below is known only where it is not smoothed"
    largest = torch.maximum(high, -low).clamp(min=1e-3)
    outliers = largest.topk(rounding.outliers.get(kind, 0)).indices.sort().values
    smoothing = largest ** rounding.powers[kind]
    smoothing[outliers] = 1
    smoothing /= smoothing.log().mean().exp()
    smoothing[outliers] = torch.inf
    smoothing, times = split(largest, smoothing, rounding.copies.get(kind, 0))
    copies = torch.arange(len(times)).repeat_interleave(times - 1)
    bottom, top = float((low / smoothing).min().clamp(max=0)), float((high / smoothing).max())
    scale = (top - bottom) / 255
    zero = ZEROS.get(kind, 128) if by_token else int(np.clip(round(-bottom / scale), 0, 255))
    return Product(smoothing.numpy(), copies.numpy(), None if by_token else scale, zero, LOWEST.get(kind), outliers.numpy())


def split(largest, smoothing, count):
    """Smoothing `[inputs]` that leaves the largest channels as small as `count` copies allow, and how many times each channel is read.

    `largest`: of each channel, before smoothing; `smoothing`: without copies.
    """
    if not count:
        return smoothing, torch.ones(len(smoothing), dtype=torch.long)
    smooth = largest / smoothing
    times = lambda top: (smooth / top).ceil().clamp(min=1).long()
    enough, too_low = float(smooth.max()), 0.0
    for _ in range(50):
        middle = (enough + too_low) / 2
        if int((times(middle) - 1).sum()) <= count:
            enough = middle
        else:
            too_low = middle
    return torch.maximum(smoothing, largest / enough), times(enough)


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
