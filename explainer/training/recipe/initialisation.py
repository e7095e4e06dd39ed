r"""Initial weights, paired: what a tensor gets follows from the seed, its name and its shape.

Every weight tensor is one draw of standard normal numbers times the standard deviation of the
scheme. So within a seed all recipes whose shapes agree start from the same weights, whatever else
they differ in, and two schemes differ in scale alone, except that "orthogonal" and "orthonormal"
make the draw orthonormal first. Biases are 0, norm scales 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explainer.registry import Registry
from explainer.training.seeds import generator
from explainer.words import N_

SMALL = 0.01


@dataclass(frozen=True)
class Start:
    """What a scheme needs to know: the fans of one unit, the activation's gain, the σ asked for."""

    fan_in: int
    fan_out: int
    gain: float
    sigma: float


def _as_drawn(numbers: Tensor) -> Tensor:
    return numbers


def orthonormal(numbers: Tensor) -> Tensor:
    """The orthonormal matrix next to `numbers` `(O, ...)`: rows, or columns where O is larger.

    Of independent standard normal numbers it is uniform among all (Mezzadri 2007): the Q of their
    QR decomposition, with the signs of R's diagonal.
    """
    flat = numbers.flatten(1)
    wide = flat.shape[0] < flat.shape[1]
    factors: tuple[Tensor, Tensor] = torch.linalg.qr(flat.T if wide else flat)
    q = factors[0] * factors[1].diagonal().sign()
    return (q.T if wide else q).reshape(numbers.shape)


ORTHONORMAL = '''def orthonormal(numbers):
    """The orthonormal matrix next to these numbers: rows, or columns where there are more rows."""
    flat = numbers.flatten(1)
    wide = flat.shape[0] < flat.shape[1]
    q, r = torch.linalg.qr(flat.T if wide else flat)
    q = q * r.diagonal().sign()
    return (q.T if wide else q).reshape(numbers.shape)'''


@dataclass(frozen=True)
class Scheme:
    """A scheme by name: weights are `shaped` standard normal numbers times `scale`.

    `formula` is what holds of the weights then, with g the activation's gain.
    `expression` is the scale as code, which may use `fan_in`, `fan_out`, GAIN and SIGMA, and
    `source` the function that shapes the numbers first. `uses_sigma` says whether the σ of the
    recipe matters.
    """

    slug: str
    title: str
    formula: str
    scale: Callable[[Start], float]
    expression: str
    shaped: Callable[[Tensor], Tensor] = _as_drawn
    source: str = ""
    uses_sigma: bool = False


SCHEMES = Registry[Scheme](
    N_("initialisation"),
    Scheme(
        "he",
        N_("He"),
        r"\sigma = g / \sqrt{n_\text{in}}",
        lambda start: start.gain / math.sqrt(start.fan_in),
        "GAIN / math.sqrt(fan_in)",
    ),
    Scheme(
        "xavier",
        N_("Xavier"),
        r"\sigma = \sqrt{2 / (n_\text{in} + n_\text{out})}",
        lambda start: math.sqrt(2 / (start.fan_in + start.fan_out)),
        "math.sqrt(2 / (fan_in + fan_out))",
    ),
    Scheme(
        "lecun",
        N_("LeCun"),
        r"\sigma = 1 / \sqrt{n_\text{in}}",
        lambda start: 1 / math.sqrt(start.fan_in),
        "1 / math.sqrt(fan_in)",
    ),
    Scheme("small", N_("Small normal"), r"\sigma = 0.01", lambda start: SMALL, "0.01"),
    Scheme("zero", N_("Zero"), r"\sigma = 0", lambda start: 0.0, "0.0"),
    Scheme(
        "orthogonal",
        N_("Orthogonal"),
        # Of whichever there are fewer: columns of length g where W is tall, rows where it is wide.
        r"W^\top W = g^2 I \;(n_\text{out} \ge n_\text{in}), \quad"
        r" W W^\top = g^2 I \;(n_\text{out} \le n_\text{in})",
        lambda start: start.gain,
        "GAIN",
        orthonormal,
        ORTHONORMAL,
    ),
    Scheme(
        "orthonormal",
        N_("Orthogonal, gain 1"),
        r"W^\top W = I \;(n_\text{out} \ge n_\text{in}), \quad"
        r" W W^\top = I \;(n_\text{out} \le n_\text{in})",
        lambda start: 1.0,
        "1.0",
        orthonormal,
        ORTHONORMAL,
    ),
    Scheme(
        "normal",
        N_("Normal, σ"),
        r"\sigma \text{ as asked for}",
        lambda start: start.sigma,
        "SIGMA",
        uses_sigma=True,
    ),
)


def initialise(
    model: nn.Module, chosen: Scheme, gain: float, seed: int, *, sigma: float = 0.0
) -> None:
    """Give `model` its initial parameters and buffers, in place; the same for the same arguments.

    `gain` is that of the activation (He et al. 2015 for ReLU: √2), `sigma` what "normal" asks for.
    Sources: Glorot and Bengio 2010, He et al. 2015, LeCun et al. 1998, Saxe et al. 2014.
    """
    for name, module in model.named_modules():
        if not isinstance(module, nn.Linear | nn.Conv2d):
            if hasattr(module, "reset_parameters"):
                module.reset_parameters()
            continue
        drawn = chosen.shaped(standard_normal(seed, f"{name}.weight", module.weight))
        with torch.no_grad():
            module.weight.copy_(drawn * chosen.scale(Start(*fans(module.weight), gain, sigma)))
            if module.bias is not None:
                module.bias.zero_()


def standard_normal(seed: int, name: str, like: Tensor) -> Tensor:
    """Standard normal numbers of the shape of `like` that follow from seed, name and shape."""
    shape = tuple(like.shape)
    return torch.randn(shape, generator=generator(seed, "weights", name, shape)).to(like.device)


def fans(weight: Tensor) -> tuple[int, int]:
    """Inputs and outputs of one unit: `(O, I)` gives (I, O), `(O, I, kh, kw)` times kh·kw."""
    field = weight[0, 0].numel()
    return weight.shape[1] * field, weight.shape[0] * field
