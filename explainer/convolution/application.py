"""How a kernel is laid over a picture: bias, stride, dilation, padding, channels, flipping.

Only the settings and what follows from them (sizes, which pixel the padding repeats); computing is
in `apply`. Padding other than "none" keeps the size of the picture before the stride is taken: of
the `dilation * (k - 1)` rows that are missing, half (rounded down) go above, the rest below, which
is where torch's `padding="same"` puts them too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.registry import Registry
from explainer.words import N_, later

Indices = NDArray[np.int64]

LARGEST_BIAS = 10.0
LARGEST_STRIDE = 8
LARGEST_DILATION = 8

# Why a window does not fit, along either side of the picture.
TOO_SMALL = {
    "high": N_(
        "The window is {window} pixels high, the picture only {size}; take a smaller kernel, less"
        " dilation or a padding."
    ),
    "wide": N_(
        "The window is {window} pixels wide, the picture only {size}; take a smaller kernel, less"
        " dilation or a padding."
    ),
}
TOO_LITTLE = {
    "high": N_(
        "The padding “{padding}” needs {needed} pixels, but a picture {size} pixels high has at"
        " most {most} to give; take zero or replicate."
    ),
    "wide": N_(
        "The padding “{padding}” needs {needed} pixels, but a picture {size} pixels wide has at"
        " most {most} to give; take zero or replicate."
    ),
}


def _as_they_are(indices: Indices, size: int) -> Indices:
    return np.where((indices >= 0) & (indices < size), indices, -1)


def _mirrored(indices: Indices, size: int) -> Indices:
    folded = np.abs(indices) % max(1, 2 * (size - 1))
    return np.asarray(np.minimum(folded, 2 * (size - 1) - folded), dtype=np.int64)


def _nearest(indices: Indices, size: int) -> Indices:
    return np.clip(indices, 0, size - 1)


def _around(indices: Indices, size: int) -> Indices:
    return indices % size


def _no_limit(_size: int) -> float:
    return math.inf


def _all_but_one(size: int) -> float:
    return size - 1


def _all(size: int) -> float:
    return size


@dataclass(frozen=True)
class Padding:
    """What lies beyond the border of the picture, in our words, torch's and OpenCV's.

    `resolve(indices, size)` says which row (or column) of the picture stands at each index, -1
    where a zero does. `most(size)` is how many rows of padding a picture of that size can give.
    `native` tells whether OpenCV's filters know this border; if not, the picture is padded first.
    """

    slug: str
    title: str
    meaning: str
    torch_mode: str
    opencv_name: str
    resolve: Callable[[Indices, int], Indices]
    most: Callable[[int], float] = _no_limit
    native: bool = True
    keeps_size: bool = True

    @property
    def opencv_border(self) -> int:
        """OpenCV's number for this border, as its filters and `copyMakeBorder` take it."""
        return int(getattr(cv2, self.opencv_name))


PADDINGS = Registry[Padding](
    N_("padding"),
    Padding(
        slug="none",
        title=N_("None"),
        meaning=N_("The window stays inside the picture, so the result is smaller."),
        torch_mode="constant",
        opencv_name="BORDER_CONSTANT",
        resolve=_as_they_are,
        keeps_size=False,
    ),
    Padding(
        slug="zero",
        title=N_("Zero"),
        meaning=N_("Black around the picture: what most networks do."),
        torch_mode="constant",
        opencv_name="BORDER_CONSTANT",
        resolve=_as_they_are,
    ),
    Padding(
        slug="reflect",
        title=N_("Reflect"),
        meaning=N_("The picture mirrored at its outermost pixels, which are not repeated."),
        torch_mode="reflect",
        opencv_name="BORDER_REFLECT_101",
        resolve=_mirrored,
        most=_all_but_one,
    ),
    Padding(
        slug="replicate",
        title=N_("Replicate"),
        meaning=N_("The outermost pixels go on outside."),
        torch_mode="replicate",
        opencv_name="BORDER_REPLICATE",
        resolve=_nearest,
    ),
    Padding(
        slug="wrap",
        title=N_("Wrap"),
        meaning=N_("The opposite side follows, as if the picture were a tile."),
        torch_mode="circular",
        opencv_name="BORDER_WRAP",
        resolve=_around,
        most=_all,
        native=False,
    ),
)


@dataclass(frozen=True)
class ChannelMode:
    """What becomes of the colours: `weights` mixes them into one channel, or None keeps each.

    `planes` is on how many channels the kernel is laid, as a person would count it.
    """

    slug: str
    title: str
    meaning: str
    weights: tuple[float, float, float] | None
    planes: int


CHANNEL_MODES = Registry[ChannelMode](
    N_("channel mode"),
    ChannelMode(
        slug="each",
        title=N_("Each colour"),
        meaning=N_("The kernel filters red, green and blue separately: the result has colours."),
        weights=None,
        planes=3,
    ),
    ChannelMode(
        slug="grey",
        title=N_("Grey"),
        meaning=N_("The picture becomes grey first (BT.601: 0.299 red, 0.587 green, 0.114 blue)."),
        weights=(0.299, 0.587, 0.114),
        planes=1,
    ),
    ChannelMode(
        slug="summed",
        title=N_("Summed"),
        meaning=N_(
            "The same kernel on every colour, all summed: what one filter of a network does."
        ),
        weights=(1.0, 1.0, 1.0),
        planes=3,
    ),
)


@dataclass(frozen=True)
class Application:
    """How a kernel is applied. Checked when made: `ValueError` names the value and the bound.

    `bias` is added to every output, -10 to 10; `stride` and `dilation` are 1 to 8; `flip` turns
    the kernel by 180° first, which makes the cross-correlation a convolution.
    """

    bias: float = 0.0
    stride: int = 1
    dilation: int = 1
    padding: str = "reflect"
    channels: str = "each"
    flip: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.bias) and abs(self.bias) <= LARGEST_BIAS):
            raise ValueError(
                later("bias is {bias}, but it goes from -10 to 10", bias=f"{self.bias:g}")
            )
        _check_whole("stride", self.stride, LARGEST_STRIDE)
        _check_whole("dilation", self.dilation, LARGEST_DILATION)
        PADDINGS[self.padding]
        CHANNEL_MODES[self.channels]


def _check_whole(name: str, value: int, largest: int) -> None:
    if value != int(value) or not 1 <= value <= largest:
        raise ValueError(
            later(
                "{name} is {value}, but it is a whole number from 1 to {most}",
                name=name, value=value, most=largest,
            )
        )  # fmt: skip


def span(taps: int, dilation: int) -> int:
    """How many pixels a row of `taps` weights covers: $d (k - 1) + 1$."""
    return dilation * (taps - 1) + 1


def pads(taps: int, application: Application) -> tuple[int, int]:
    """The padding before and after along one axis: `(0, 0)` for padding "none"."""
    if not PADDINGS[application.padding].keeps_size:
        return 0, 0
    total = span(taps, application.dilation) - 1
    return total // 2, total - total // 2


def output_shape(
    height: int, width: int, kernel_shape: tuple[int, int], application: Application
) -> tuple[int, int, int]:
    """The size of the result `(H', W', C')` of a colour picture `(height, width, 3)`.

    $H' = \\lfloor (H + p - d (k - 1) - 1) / s \\rfloor + 1$, with $p$ the rows of padding. `C'` is
    3 for channels "each", else 1. Raises `ValueError` where the window does not fit.
    """
    rows = output_length(height, kernel_shape[0], application, side="high")
    columns = output_length(width, kernel_shape[1], application, side="wide")
    return rows, columns, 3 if CHANNEL_MODES[application.channels].weights is None else 1


def output_length(size: int, taps: int, application: Application, *, side: str) -> int:
    """The size of the result along one axis; `side` is "high" or "wide", for the message.

    Raises `ValueError` with a sentence for the visitor where the window does not fit, or where the
    picture is too small for its padding.
    """
    border = PADDINGS[application.padding]
    before, after = pads(taps, application)
    window = span(taps, application.dilation)
    if size + before + after < window:
        raise ValueError(later(TOO_SMALL[side], window=window, size=size))
    if after > border.most(size):
        most = f"{border.most(size):g}"
        raise ValueError(
            later(TOO_LITTLE[side], padding=later(border.title), needed=after, size=size, most=most)
        )
    return (size + before + after - window) // application.stride + 1
