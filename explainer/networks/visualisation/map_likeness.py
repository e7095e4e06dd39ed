"""How much each map of a layer is like what a hand-made kernel gives for the same photo.

The kernel filters the photo; what it gives is averaged down to the pixels of the maps, whatever the
layer. A map may follow its sign (a convolution), one half of it (an activation) or its size (a
pooling of both halves), so each map is compared with all of these, and the best correlation counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.convolution.application import Application
from explainer.convolution.apply import apply
from explainer.convolution.kernels import weights
from explainer.networks.drill.windows import Field
from explainer.registry import Registry
from explainer.words import N_

Floats = NDArray[np.float32]
FEWEST_PIXELS = 16
GREY = Application(channels="grey")


@dataclass(frozen=True)
class Detector:
    """What a map may be like: `responses` gives for a photo `(H, W, 3)` in [0, 1] some `(H, W)`.

    Of several, as of both diagonals, the nearest counts.
    """

    slug: str
    title: str
    responses: Callable[[Floats], tuple[Floats, ...]]


def _filtered(pixels: Floats, *kernels: NDArray[np.float64]) -> tuple[Floats, ...]:
    return tuple(apply(pixels, kernel, GREY)[..., 0] for kernel in kernels)


def _mixed(pixels: Floats, colours: tuple[float, float, float]) -> tuple[Floats, ...]:
    return (np.asarray(pixels @ np.array(colours, np.float32), np.float32),)


def _by(slug: str, name: str = "", *values: float) -> Callable[[Floats], tuple[Floats, ...]]:
    """The responses of a registered kernel, for each of the `values` of its parameter `name`."""

    def responses(pixels: Floats) -> tuple[Floats, ...]:
        settings = [{name: value} for value in values] or [{}]
        return _filtered(pixels, *(weights(slug, **one) for one in settings))

    return responses


DETECTORS = Registry[Detector](
    N_("likeness"),
    Detector("vertical-edges", N_("by likeness to vertical edges"), _by("sobel-x")),
    Detector("horizontal-edges", N_("by likeness to horizontal edges"), _by("sobel-y")),
    Detector(
        "diagonal-edges", N_("by likeness to diagonal edges"),
        _by("diagonal-edge", "direction", 45, 135),
    ),
    Detector(
        "blobs", N_("by likeness to blobs"), _by("laplacian-of-gaussian", "sigma", 1.4, 2.8)
    ),
    Detector(
        "red-green", N_("by likeness to red against green"), partial(_mixed, colours=(1, -1, 0))
    ),
    Detector(
        "blue-yellow", N_("by likeness to blue against yellow"),
        partial(_mixed, colours=(-0.5, -0.5, 1)),
    ),
    Detector(
        "brightness", N_("by likeness to brightness"),
        partial(_mixed, colours=(0.299, 0.587, 0.114)),
    ),
)  # fmt: skip


def likeness(
    maps: Floats, pixels: NDArray[np.floating], field: tuple[Field, Field], detector: Detector
) -> NDArray[np.float64] | None:
    """The best correlation of each of the `maps` `(C, h, w)` with the detector's responses, 0 to 1.

    `pixels` `(H, W, 3)` in [0, 1] are the photo that the network was shown, `field` what a pixel of
    the maps sees along rows and columns. None where the maps have too few pixels to be compared.
    """
    height, width = maps.shape[1:]
    if height * width < FEWEST_PIXELS or not all(axis.jump > 0 for axis in field):
        return None
    inner = _inner(field, (height, width))
    sound = np.nan_to_num(maps[:, inner[0], inner[1]], posinf=0, neginf=0)
    units = _units(sound.reshape(len(maps), -1))
    best = np.zeros(len(maps))
    for response in detector.responses(np.asarray(pixels, np.float32)):
        for half, signed in _halves(response):
            beneath = _averaged(half, field, (height, width))[inner].reshape(1, -1)
            found = (units @ _units(beneath)[0]).astype(np.float64)
            best = np.maximum(best, np.abs(found) if signed else found)
    return best


def _halves(response: Floats) -> Iterator[tuple[Floats, bool]]:
    """The response, its two halves and its size; whether its negative is as good."""
    yield response, True
    yield np.maximum(response, 0), False
    yield np.maximum(-response, 0), False
    yield np.abs(response), False


def _averaged(response: Floats, field: tuple[Field, Field], shape: tuple[int, int]) -> Floats:
    """The part of the response under the maps, each of their pixels the mean of what it covers."""
    spans = []
    for axis, count, length in zip(field, shape, response.shape, strict=True):
        first = axis.start + 0.5 - axis.jump / 2
        begin, end = round(first), round(first + axis.jump * count)
        spans.append(slice(min(max(begin, 0), length - 1), max(min(end, length), 1)))
    part = np.ascontiguousarray(response[spans[0], spans[1]])
    small = cv2.resize(part, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32).reshape(shape)


def _inner(field: tuple[Field, Field], shape: tuple[int, int]) -> tuple[slice, slice]:
    """The pixels that see no padding, which would be an edge of its own; of a few, the middle."""
    margins = (
        min(math.ceil((axis.size - 1) / 2 / axis.jump), count // 4)
        for axis, count in zip(field, shape, strict=True)
    )
    rows, columns = (slice(one, count - one) for one, count in zip(margins, shape, strict=True))
    return rows, columns


def _units(rows: Floats) -> Floats:
    """Each row less its mean, with length 1; a row that is the same everywhere becomes zeros."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    sizes = np.abs(rows).max(axis=1, keepdims=True) * np.sqrt(rows.shape[1])
    constant = lengths <= 1e-6 * sizes
    return np.asarray(np.where(constant, 0, centred / np.where(constant, 1, lengths)), np.float32)
