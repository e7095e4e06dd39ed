"""The weighted sums behind one value: convolution, dense layer, addition, product, softmax."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explainer.networks.drill.kernel_taps import Places, kernel_taps
from explainer.networks.drill.site import Mask, Numbers, Place, Site, inside, numbers, patch

# torch's words for what lies beyond the border, and ours.
BORDERS = {"zeros": "zero", "reflect": "reflect", "replicate": "replicate", "circular": "wrap"}


@dataclass(frozen=True, eq=False)
class Drill:
    """The arithmetic behind one value: `total` is computed here, `place.value` by the network."""

    place: Place
    total: float


@dataclass(frozen=True, eq=False)
class ConvolutionDrill(Drill):
    """$y = b + \\sum_{c,i,j} w_{c,i,j}\\, x_{c,i,j}$ over the input channels that the filter sees.

    `channels` `(C,)` are their numbers (of a grouped convolution a part, of a depthwise one a
    single one). `window`, `weights` and `products` are `(C, kh, kw)`, the padding filled in;
    `inside` `(kh, kw)` is False on the padding; `rows` `(kh,)` and `columns` `(kw,)` are the places
    of the taps; `sums` `(C,)` are the products summed for each channel. As networks do, this
    correlates: the kernel is not turned.
    """

    channels: NDArray[np.int64]
    rows: Places
    columns: Places
    inside: Mask
    window: Numbers
    weights: Numbers
    products: Numbers
    sums: Numbers
    bias: float


def convolution(site: Site) -> ConvolutionDrill:
    """The products behind one pixel of a convolution, also of a grouped or dilated one."""
    module, maps, channel = site.module, site.inputs[0], site.place.channel
    seen = module.in_channels // module.groups
    group = channel // (module.out_channels // module.groups)
    channels = group * seen + np.arange(seen)
    rows, columns = (
        axis.places(at)
        for axis, at in zip(kernel_taps(module), (site.place.y, site.place.x), strict=True)
    )
    seen_maps = maps[int(channels[0]) : int(channels[-1]) + 1]
    window = patch(seen_maps, rows, columns, BORDERS[module.padding_mode])
    weights = numbers(module.weight[channel])
    products = window * weights
    sums = products.sum(axis=(1, 2))
    bias = _bias(site)
    total = float(sums.sum() + bias)
    return ConvolutionDrill(
        site.place, total, channels, rows, columns, inside(maps, rows, columns), window, weights,
        products, sums, bias,
    )  # fmt: skip


def folded(drill: ConvolutionDrill, scale: float, shift: float, place: Place) -> ConvolutionDrill:
    """The convolution that does at once what it and the batch norm behind it do.

    $s (w ∗ x + b) + t = (s w) ∗ x + (s b + t)$: weights times `scale`, bias too, plus `shift`.
    `place` is that of the batch norm.
    """
    products, bias = drill.products * scale, drill.bias * scale + shift
    sums = products.sum(axis=(1, 2))
    return replace(
        drill, place=place, total=float(sums.sum() + bias), weights=drill.weights * scale,
        products=products, sums=sums, bias=bias,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class LinearDrill(Drill):
    """$y = b + \\sum_i w_i x_i$ over all inputs: `inputs`, `weights`, `products` are `(I,)`."""

    inputs: Numbers
    weights: Numbers
    products: Numbers
    bias: float

    def largest(self, count: int) -> NDArray[np.int64]:
        """The numbers of the `count` inputs that contribute most, in either direction."""
        return np.argsort(-np.abs(self.products), kind="stable")[:count]


def linear(site: Site) -> LinearDrill:
    """The products behind one output of a dense layer."""
    inputs, weights = site.pixel(), numbers(site.module.weight[site.place.channel])
    products, bias = inputs * weights, _bias(site)
    return LinearDrill(site.place, float(products.sum() + bias), inputs, weights, products, bias)


def _bias(site: Site) -> float:
    bias = site.module.bias
    return 0.0 if bias is None else float(bias[site.place.channel].detach())


@dataclass(frozen=True, eq=False)
class AdditionDrill(Drill):
    """The sum of `terms`, one from each of the layers `sources`, all from the same place."""

    sources: tuple[str, ...]
    terms: tuple[float, ...]


def addition(site: Site) -> AdditionDrill:
    """The terms of an addition; of a residual block what it made and what went round it."""
    terms = tuple(site.same(number) for number in range(len(site.inputs)))
    return AdditionDrill(site.place, sum(terms), site.sources, terms)


@dataclass(frozen=True, eq=False)
class ProductDrill(Drill):
    """The product of `factors`, from the layers `sources`; a trained factor is called "weight"."""

    sources: tuple[str, ...]
    factors: tuple[float, ...]


def multiplication(site: Site) -> ProductDrill:
    """The factors of a product of maps; a map of one pixel is a factor for every place."""
    factors = tuple(site.same(number) for number in range(len(site.inputs)))
    return ProductDrill(site.place, float(np.prod(factors)), site.sources, factors)


def scale(site: Site) -> ProductDrill:
    """The value and the trained factor of its map."""
    factors = (site.same(), float(site.module.weight[site.place.channel].detach().squeeze()))
    return ProductDrill(site.place, factors[0] * factors[1], (*site.sources, "weight"), factors)


@dataclass(frozen=True, eq=False)
class SoftmaxDrill:
    """$p_k = e^{z_k - m} / \\sum_j e^{z_j - m}$ with m the largest logit, which cancels.

    `logits`, `exponentials` and `probabilities` are `(K,)`.
    """

    logits: Numbers
    largest: float
    exponentials: Numbers
    sum: float
    probabilities: Numbers


def softmax(logits: ArrayLike) -> SoftmaxDrill:
    """The steps from logits `(K,)` to probabilities. Raises `ValueError` for another shape."""
    values = np.array(logits, dtype=np.float64)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(f"logits have shape (K,), these have {values.shape}")
    largest = float(values.max())
    exponentials = np.exp(values - largest)
    total = float(exponentials.sum())
    return SoftmaxDrill(values, largest, exponentials, total, exponentials / total)
