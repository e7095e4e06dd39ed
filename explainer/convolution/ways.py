"""Ways to compute one cross-correlation with OpenCV, each with an estimate of what it costs.

A cost is in nanoseconds per output value, or None where the way cannot do the kernel. The estimates
are fits to measurements on two cores; being off by a third costs little. A way runs on a picture
`(H, W, C)` and returns a new one of the same size; all give the same numbers to the precision of
float32.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.convolution.kernel import Image, Weights
from explainer.convolution.lowrank import Factors, factors
from explainer.convolution.tiles import Tile, nonzero_window, tiles

MOST_TERMS = 3
STRIP_ROWS = 128
FOURIER_FROM = 130
"""From this many taps on (zeros included) `cv2.filter2D` goes through Fourier transforms."""


@dataclass(frozen=True)
class Job:
    """A kernel `(kh, kw)`, its anchor, and OpenCV's number for what lies beyond the border.

    `anchor` is the tap (row, column) that lies on the output pixel.
    """

    weights: Weights
    anchor: tuple[int, int]
    border: int

    @cached_property
    def taps(self) -> int:
        """How many weights are not zero, 0 to `weights.size`."""
        return int(np.count_nonzero(self.weights))

    @cached_property
    def window(self) -> tuple[slice, slice]:
        """The smallest part of the kernel that has every nonzero weight and the anchor."""
        return nonzero_window(self.weights, keep=self.anchor)

    @cached_property
    def terms(self) -> Factors | None:
        """The kernel as at most three columns times rows, or None."""
        return factors(self.weights, most=MOST_TERMS)

    @cached_property
    def tiles(self) -> tuple[Tile, ...]:
        """The kernel cut into parts of fewer than 130 taps, those with zeros only left out."""
        return tiles(self.weights, most=FOURIER_FROM - 1)


def _anchored(anchor: tuple[int, int]) -> tuple[int, int]:
    """OpenCV names the column first."""
    return anchor[1], anchor[0]


# One factor for every pixel: nothing but the anchor is nonzero.


def scale_cost(job: Job) -> float | None:
    """Only where nothing but the anchor is nonzero."""
    return 0.35 if job.taps == np.count_nonzero(job.weights[job.anchor]) else None


def scale(image: Image, job: Job) -> Image:
    """Each pixel times the one weight."""
    return np.multiply(image, np.float32(job.weights[job.anchor]))


# Tap by tap.


def direct_cost(job: Job) -> float | None:
    """Only for windows that `cv2.filter2D` takes tap by tap; it leaves out the zeros."""
    window = job.weights[job.window]
    return 0.45 + 0.0147 * job.taps if window.size < FOURIER_FROM else None


def direct(image: Image, job: Job) -> Image:
    """Tap by tap, in the smallest window that holds all nonzero weights."""
    rows, columns = job.window
    anchor = job.anchor[0] - rows.start, job.anchor[1] - columns.start
    window = np.ascontiguousarray(job.weights[job.window])
    return _filtered(image, window, anchor, job.border)


def _filtered(image: Image, weights: Weights, anchor: tuple[int, int], border: int) -> Image:
    result = cv2.filter2D(image, cv2.CV_32F, weights, anchor=_anchored(anchor), borderType=border)
    return _shaped(result, image)


def _shaped(result: NDArray[np.generic], image: Image) -> Image:
    """OpenCV drops a last axis of one channel; this puts it back."""
    return np.asarray(result, dtype=np.float32).reshape(image.shape)


# Equal weights.


def box_cost(job: Job) -> float | None:
    """The same for every size, None unless all weights are equal."""
    return 0.85 if np.ptp(job.weights) == 0 else None


def box(image: Image, job: Job) -> Image:
    """Running sums, divided by the size on the way; scaled once more only if need be."""
    height, width = job.weights.shape
    result = cv2.boxFilter(
        image,
        cv2.CV_32F,
        (width, height),
        anchor=_anchored(job.anchor),
        normalize=True,
        borderType=job.border,
    )
    mean, total = _shaped(result, image), float(job.weights.sum())
    return mean if abs(total - 1) < 1e-9 else np.multiply(mean, np.float32(total), out=mean)


# Columns times rows.


def _passes_cost(job: Job, count: int) -> float | None:
    if job.terms is None or len(job.terms) != count:
        return None
    each = 0.0165 if _symmetric(job.weights) else 0.0265
    return count * (0.5 + each * sum(job.weights.shape)) + 0.28 * (count - 1)


def _symmetric(weights: Weights) -> bool:
    """Mirrored along both axes up to sign: OpenCV then adds pairs of pixels before multiplying."""
    sizes = np.abs(weights)
    return np.array_equal(sizes, sizes[::-1]) and np.array_equal(sizes, sizes[:, ::-1])


def two_passes_cost(job: Job) -> float | None:
    """By the sum of the sides; None unless the kernel is a column times a row."""
    return _passes_cost(job, 1)


def several_passes_cost(job: Job) -> float | None:
    """Only for a sum of at most three columns times rows."""
    return None if job.terms is None else _passes_cost(job, max(2, len(job.terms)))


def passes(image: Image, job: Job) -> Image:
    """The sum of two-pass filters, one for each column and row."""
    total: Image | None = None
    for column, row in job.terms or ():
        term = cv2.sepFilter2D(
            image, cv2.CV_32F, row, column, anchor=_anchored(job.anchor), borderType=job.border
        )
        total = _shaped(term if total is None else cv2.add(total, term, dst=total), image)
    return np.zeros_like(image) if total is None else total


# Parts that are small enough to be done tap by tap.


def tiles_cost(job: Job) -> float | None:
    """For any kernel whose rows `cv2.filter2D` takes tap by tap."""
    if job.weights.shape[1] >= FOURIER_FROM:
        return None
    return 0.6 + 0.3 * len(job.tiles) + 0.025 * job.taps


def tiled(image: Image, job: Job) -> Image:
    """In strips, so that what the parts give is added while it is still in the cache."""
    (height, width), (rows, columns) = image.shape[:2], job.weights.shape
    (above, left), result = job.anchor, np.zeros_like(image)
    padded = cv2.copyMakeBorder(
        image, above, rows - 1 - above, left, columns - 1 - left, job.border
    )
    whole = np.asarray(padded, dtype=np.float32).reshape(*padded.shape[:2], image.shape[2])
    for start in range(0, height, STRIP_ROWS):
        target = result[start : start + STRIP_ROWS]
        for tile in job.tiles:
            target += _part(whole[start:], tile, target.shape[0], width)
    return result


def _part(padded: Image, tile: Tile, height: int, width: int) -> Image:
    """What one tile adds to the first `height` output rows."""
    high, wide = tile.weights.shape
    seen = padded[tile.row : tile.row + height + high - 1]
    seen = seen[:, tile.column : tile.column + width + wide - 1]
    return _filtered(seen, tile.weights, (0, 0), cv2.BORDER_REPLICATE)[:height, :width]


# Through Fourier transforms.


def fourier_cost(job: Job) -> float:
    """For any kernel, so that there always is a way; grows little with the size."""
    return 8.7 + 0.04 * float(max(job.weights.shape))


def fourier_multiplications(job: Job) -> int:
    """About what two real transforms of a block four kernels wide take, per pixel of the block."""
    block = 4 * max(job.weights.shape)
    return math.ceil(2 * 2 * math.log2(block) + 4)


def fourier(image: Image, job: Job) -> Image:
    """Fourier transforms, block by block: OpenCV's own way with large kernels."""
    return _filtered(image, job.weights, job.anchor, job.border)
