"""The arithmetic behind one output pixel, in float64 and step by step, and the counts of a layer.

Nothing here is quick, and nothing is shared with `apply` but the rules: it is the same sum, written
out, and the tests hold the two to each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explainer.convolution.application import (
    CHANNEL_MODES,
    PADDINGS,
    Application,
    output_length,
    output_shape,
    pads,
)

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """What one output pixel is made of.

    `patch` `(kh, kw, C)` is what the taps see, the padding filled in; `inside` `(kh, kw)` is False
    where a tap lies beyond the border; `weights` `(kh, kw)` is the kernel as laid on the picture,
    turned if it is a convolution; `products` `(kh, kw, C)`, `sums` `(C,)` a channel; `output`
    `(C',)` the sums plus bias, for channels "summed" one number. `rows` and `columns` are the
    places the taps lie on, before padding resolves them. Channels "grey" have `C = 1`.
    """

    patch: Numbers
    inside: NDArray[np.bool_]
    weights: Numbers
    products: Numbers
    sums: Numbers
    bias: float
    output: Numbers
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]


def window_at(
    pixels: NDArray[np.floating],
    weights: ArrayLike,
    application: Application,
    row: int,
    column: int,
) -> Window:
    """The window of output pixel (`row`, `column`) of a picture `(H, W, C)` in [0, 1].

    Raises `ValueError` where the result has no such pixel.
    """
    kernel = np.asarray(weights, dtype=np.float64)
    kernel = kernel[::-1, ::-1] if application.flip else kernel
    places = [
        _places(index, size, taps, application, side)
        for index, size, taps, side in zip(
            (row, column), pixels.shape, kernel.shape, ("high", "wide"), strict=False
        )
    ]
    patch, inside = _patch(pixels, application, places[0], places[1])
    products = patch * kernel[:, :, None]
    sums = products.sum(axis=(0, 1))
    output = (sums if _separate(application) else sums.sum(keepdims=True)) + application.bias
    return Window(patch, inside, kernel, products, sums, application.bias, output, *places)


def _separate(application: Application) -> bool:
    return CHANNEL_MODES[application.channels].weights is None


def _places(
    index: int, size: int, taps: int, application: Application, side: str
) -> NDArray[np.int64]:
    """Where the taps of output `index` lie along one axis, not yet resolved by the padding."""
    length = output_length(size, taps, application, side=side)
    if not 0 <= index < length:
        raise ValueError(f"the result is {length} pixels {side}; it has no pixel {index}")
    first = index * application.stride - pads(taps, application)[0]
    return first + application.dilation * np.arange(taps)


def _patch(
    pixels: NDArray[np.floating],
    application: Application,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
) -> tuple[Numbers, NDArray[np.bool_]]:
    border = PADDINGS[application.padding]
    height, width = pixels.shape[:2]
    real_rows, real_columns = border.resolve(rows, height), border.resolve(columns, width)
    patch = pixels[np.ix_(real_rows, real_columns)].astype(np.float64)
    patch[real_rows < 0] = 0
    patch[:, real_columns < 0] = 0
    inside = np.logical_and.outer((rows >= 0) & (rows < height), (columns >= 0) & (columns < width))
    return _seen(patch, application), inside


def _seen(patch: Numbers, application: Application) -> Numbers:
    """The patch as the taps see it: one channel where the colours are mixed first."""
    mode = CHANNEL_MODES[application.channels]
    if mode.weights is None or patch.shape[2] in (1, mode.planes):
        return patch
    return np.asarray((patch @ np.array(mode.weights))[:, :, None])


@dataclass(frozen=True)
class Counts:
    """What a filter costs: learnable numbers, and multiplications per output pixel and in all.

    One table and one bias serve all channels. `with_own_colours` is what a layer of a network
    would learn in its place, whose weights differ from colour to colour: one filter over the three
    for channels "summed", one filter each for "each".
    """

    weights: int
    biases: int
    multiplications_per_pixel: int
    multiplications: int
    output: tuple[int, int, int]
    with_own_colours: int

    @property
    def parameters(self) -> int:
        """Weights plus biases: the numbers that make the output, a whole number."""
        return self.weights + self.biases

    @property
    def unshared(self) -> int:
        """The weights there would be if each place of the output had a table of its own."""
        return self.weights * self.output[0] * self.output[1]


def counts(
    height: int, width: int, kernel_shape: tuple[int, int], application: Application
) -> Counts:
    """The counts of the plain sum, tap by tap, on a colour picture `(height, width, 3)`."""
    output = output_shape(height, width, kernel_shape, application)
    taps = kernel_shape[0] * kernel_shape[1]
    seen = CHANNEL_MODES[application.channels].planes
    return Counts(
        weights=taps,
        biases=1,
        multiplications_per_pixel=taps * seen,
        multiplications=taps * seen * output[0] * output[1],
        output=output,
        with_own_colours=taps * seen + output[2],
    )


def size_formula(size: int, taps: int, application: Application, *, side: str = "wide") -> str:
    r"""LaTeX of the output size with its numbers filled in.

    $\lfloor (n + p - d(k-1) - 1) / s \rfloor + 1$. `side` is "wide" or "high", for the message of
    the `ValueError` that comes where the window does not fit.
    """
    result = output_length(size, taps, application, side=side)
    total = sum(pads(taps, application))
    return (
        rf"\left\lfloor\frac{{{size} + {total} - {application.dilation}\,({taps} - 1) - 1}}"
        rf"{{{application.stride}}}\right\rfloor + 1 = {result}"
    )
