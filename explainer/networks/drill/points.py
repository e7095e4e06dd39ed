"""The arithmetic of layers that look at one place: activations, norms, and layers that copy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from explainer.networks.drill.site import Numbers, Site, numbers
from explainer.networks.drill.sums import ConvolutionDrill, Drill


@dataclass(frozen=True, eq=False)
class ActivationDrill(Drill):
    """`total` is the activation called `function` of `input`."""

    function: str
    input: float


def activation(site: Site) -> ActivationDrill:
    """What goes in and what comes out, by the module itself."""
    maps, channel = site.inputs[0], site.place.channel
    alone = torch.zeros((1, maps.shape[0], 1, 1), dtype=maps.dtype)
    alone[0, channel] = site.same()
    with torch.no_grad():
        total = float(site.module(alone)[0, channel, 0, 0])
    return ActivationDrill(site.place, total, type(site.module).__name__, site.same())


@dataclass(frozen=True, eq=False)
class BatchNormDrill(Drill):
    """$y = γ (x - μ) / \\sqrt{σ² + ε} + β$, and the same as $y = s x + t$.

    `normalised` is the value before γ and β; `scale` $s = γ / \\sqrt{σ² + ε}$; `shift`
    $t = β - s μ$. `folded`, where the layer before is a convolution, is that convolution with s and
    t in its weights and bias: one layer that does what the two do.
    """

    input: float
    mean: float
    variance: float
    epsilon: float
    gamma: float
    beta: float
    normalised: float
    scale: float
    shift: float
    folded: ConvolutionDrill | None = None


def batch_norm(site: Site) -> BatchNormDrill:
    """The steps of a batch norm in evaluation, with the statistics it has kept."""
    module, channel, value = site.module, site.place.channel, site.same()
    mean, variance = float(module.running_mean[channel]), float(module.running_var[channel])
    gamma, beta = _trained(module.weight, channel, 1.0), _trained(module.bias, channel, 0.0)
    deviation = math.sqrt(variance + module.eps)
    normalised, factor = (value - mean) / deviation, gamma / deviation
    return BatchNormDrill(
        site.place, normalised * gamma + beta, value, mean, variance, module.eps, gamma, beta,
        normalised, factor, beta - factor * mean,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class LayerNormDrill(Drill):
    """$y = γ (x - μ) / \\sqrt{σ² + ε} + β$ with μ and σ² over values of this picture alone.

    `inputs` are those values, flat: of all channels at the place, or of all pixels of a group of
    maps; `input` is the one that the drill is about.
    """

    inputs: Numbers
    input: float
    mean: float
    variance: float
    epsilon: float
    gamma: float
    beta: float
    normalised: float


def layer_norm(site: Site) -> LayerNormDrill:
    """The steps of a layer norm over the channels of one place."""
    return _normalised(site, site.pixel())


def group_norm(site: Site) -> LayerNormDrill:
    """The steps of a norm over all pixels of the group of maps that the channel belongs to."""
    size = site.shape[0] // site.module.num_groups
    first = site.place.channel // size * size
    return _normalised(site, numbers(site.inputs[0][first : first + size]).ravel())


def _normalised(site: Site, inputs: Numbers) -> LayerNormDrill:
    module, channel, value = site.module, site.place.channel, site.same()
    mean, variance = float(inputs.mean()), float(inputs.var())
    gamma, beta = _trained(module.weight, channel, 1.0), _trained(module.bias, channel, 0.0)
    normalised = (value - mean) / math.sqrt(variance + module.eps)
    return LayerNormDrill(
        site.place, normalised * gamma + beta, inputs, value, mean, variance, module.eps, gamma,
        beta, normalised,
    )  # fmt: skip


def _trained(weights: torch.Tensor | None, channel: int, without: float) -> float:
    return without if weights is None else float(weights[channel].detach())


@dataclass(frozen=True, eq=False)
class CopyDrill(Drill):
    """The value as it stands in another layer's map: `(source, channel, y, x)`.

    `source` is None where it comes from nowhere: a map of zeros that a shortcut adds.
    """

    source: str | None
    channel: int
    y: int
    x: int


def _copied(site: Site, number: int, channel: int, y: int, x: int) -> CopyDrill:
    value = float(site.inputs[number][channel, y, x])
    return CopyDrill(site.place, value, site.sources[number], channel, y, x)


def permutation(site: Site) -> CopyDrill:
    """The axes change their order, the value keeps its place."""
    return _copied(site, 0, site.place.channel, site.place.y, site.place.x)


def flatten(site: Site) -> CopyDrill:
    """Where in the maps a number of the long list was."""
    channel, y, x = np.unravel_index(site.place.channel, tuple(site.inputs[0].shape))
    return _copied(site, 0, int(channel), int(y), int(x))


def concatenation(site: Site) -> CopyDrill:
    """From which of the layers, and from which of its maps."""
    ends = np.cumsum([maps.shape[0] for maps in site.inputs])
    number = int(np.searchsorted(ends, site.place.channel, side="right"))
    channel = site.place.channel - (int(ends[number - 1]) if number else 0)
    return _copied(site, number, channel, site.place.y, site.place.x)


def shortcut(site: Site) -> CopyDrill:
    """The pixel that a shortcut without weights passes, or none on a map that it adds."""
    module, maps = site.module, site.inputs[0]
    channel = site.place.channel - module.added // 2
    y, x = site.place.y * module.stride, site.place.x * module.stride
    if 0 <= channel < maps.shape[0]:
        return _copied(site, 0, channel, y, x)
    return CopyDrill(site.place, 0.0, None, channel, y, x)
