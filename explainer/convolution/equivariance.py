"""Does it matter whether a picture is moved before a layer or after it?

A layer f is equivariant to shifts where f(shift(x)) = shift(f(x)) (Goodfellow, Bengio and
Courville 2016, section 9.2). A convolution with stride s can only turn a shift of d pixels into
one of d/s places, so d has to be a multiple of s; so does pooling. Near the border the two differ
whatever the layer, because of what is cut off and what is made up there: `inside` is the part that
depends on real pixels alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.convolution.application import Application, pads
from explainer.convolution.apply import apply
from explainer.convolution.kernel import Weights

Floats = NDArray[np.float32]
POOL = 2
WRAP = "wrap"


@dataclass(frozen=True)
class Layer:
    """A convolution with `stride` and `padding` (a slug), then a 2 × 2 maximum where `pooled`."""

    stride: int = 1
    padding: str = "zero"
    pooled: bool = False

    @property
    def application(self) -> Application:
        """How the kernel is laid over the picture."""
        return Application(padding=self.padding, stride=self.stride, channels="grey")

    @property
    def step(self) -> int:
        """How many pixels of the picture lie between two neighbours of the output."""
        return self.stride * (POOL if self.pooled else 1)


@dataclass(frozen=True, eq=False)
class Comparison:
    """The picture moved before the layer, and the output moved after it, `(H', W')`.

    `inside` bool `(H', W')` is where both depend on real pixels alone; `places` is by how many
    columns the output was moved, and `exact` whether that is the shift of the picture.
    """

    before: Floats
    after: Floats
    inside: NDArray[np.bool_]
    places: int
    exact: bool

    @property
    def difference(self) -> Floats:
        """`before` less `after`: float32 `(H', W')`."""
        return self.before - self.after

    @property
    def largest(self) -> float:
        """The largest absolute difference anywhere, ≥ 0."""
        return float(np.abs(self.difference).max())

    @property
    def largest_inside(self) -> float | None:
        """The largest absolute difference inside; None where there is no inside."""
        return float(np.abs(self.difference[self.inside]).max()) if self.inside.any() else None


def compared(grey: Floats, weights: Weights, layer: Layer, shift: int) -> Comparison:
    """Move `grey` `(H, W)` to the right by `shift` ≥ 0 pixels, before and after `layer`.

    Where the padding wraps around, moving does too; else black comes in from the left. Where the
    shift is no multiple of the layer's step, the output is moved by as many whole places as fit.
    """
    if not 0 <= shift < grey.shape[1]:
        raise ValueError(f"the shift is {shift}, but it lies in 0..{grey.shape[1] - 1}")
    wrapped = layer.padding == WRAP
    places, rest = divmod(shift, layer.step)
    before = output_of(moved_right(grey, shift, wrapped), weights, layer)
    after = moved_right(output_of(grey, weights, layer), places, wrapped)
    seen = _inside(grey.shape, before.shape, weights.shape, layer, 0 if wrapped else shift)
    return Comparison(before, after, seen, places, rest == 0)


def moved_right(values: Floats, places: int, wrapped: bool) -> Floats:
    """`values` `(H, W)` moved to the right by whole columns; zeros come in, or what left."""
    moved = np.roll(values, places, axis=1)
    if not wrapped:
        moved[:, :places] = 0
    return moved


def output_of(grey: Floats, weights: Weights, layer: Layer) -> Floats:
    """What the layer makes of a grey picture `(H, W)`: float32 `(H', W')`."""
    values = apply(grey[..., None], weights, layer.application)[..., 0]
    return pooled(values) if layer.pooled else values


def pooled(values: Floats) -> Floats:
    """The largest of each 2 × 2 values; an odd last row or column is left out."""
    height, width = (side // POOL for side in values.shape)
    cut = values[: height * POOL, : width * POOL]
    return np.asarray(cut.reshape(height, POOL, width, POOL).max(axis=(1, 3)))


def _inside(
    shape: tuple[int, ...],
    output: tuple[int, ...],
    kernel: tuple[int, ...],
    layer: Layer,
    shift: int,
) -> NDArray[np.bool_]:
    """Where the window of an output lies on real pixels, in the moved picture and in the other."""
    rows, columns = (
        _real(size, count, taps, layer, begin)
        for size, count, taps, begin in zip(shape, output, kernel, (0, shift), strict=True)
    )
    if layer.padding == WRAP:
        rows[:], columns[:] = True, True
    return np.logical_and.outer(rows, columns)


def _real(size: int, count: int, taps: int, layer: Layer, begin: int) -> NDArray[np.bool_]:
    first = layer.step * np.arange(count) - pads(taps, layer.application)[0]
    last = first + taps - 1 + (layer.stride if layer.pooled else 0)
    return np.asarray((first >= begin) & (last < size))
