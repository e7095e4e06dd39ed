"""Filtering a large picture a strip at a time, so that it is never held as floats in whole.

The numbers are those of `apply` on the whole picture, for every padding: each strip is read with
the rows above and below that its windows reach, and beyond the border with the rows the padding
puts there.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explainer.convolution.application import PADDINGS, Application, output_length, span
from explainer.convolution.apply import (
    checked_weights,
    correlate,
    finished,
    kept,
    mixed,
    oriented,
)
from explainer.convolution.kernel import Image, Weights


def apply_in_strips(
    codes: NDArray[np.uint8], weights: ArrayLike, application: Application, strip_rows: int = 256
) -> Iterator[tuple[int, Image]]:
    """Pairs of (first output row, float32 strip `(rows, W', C')`) that together are the result.

    `codes` is the picture as uint8 `(H, W, 3)`; 255 becomes 1.0. `strip_rows` is how many rows of
    the picture a strip stands for, at least 1. Raises `ValueError` as `apply` does, at once.
    """
    if codes.ndim != 3 or codes.dtype != np.uint8 or 0 in codes.shape:
        raise ValueError(f"codes are uint8 (H, W, C), these are {codes.dtype} {codes.shape}")
    if strip_rows < 1:
        raise ValueError(f"strip_rows is {strip_rows}, but it is at least 1")
    kernel = oriented(checked_weights(weights), application)
    rows = output_length(codes.shape[0], kernel.shape[0], application, side="high")
    output_length(codes.shape[1], kernel.shape[1], application, side="wide")
    step = max(1, strip_rows // application.stride)
    return (
        (start, _strip(codes, kernel, application, start, min(start + step, rows)))
        for start in range(0, rows, step)
    )


def _strip(
    codes: NDArray[np.uint8], weights: Weights, application: Application, start: int, stop: int
) -> Image:
    """Output rows `start` to `stop`, from the rows of the picture their windows see."""
    border = PADDINGS[application.padding]
    window = span(weights.shape[0], application.dilation)
    above = (window - 1) // 2
    first = start * application.stride - (above if border.keeps_size else 0)
    last = first + (stop - 1 - start) * application.stride + window
    image = mixed(_rows(codes, border.resolve(np.arange(first, last), len(codes))), application)
    same = correlate(image, weights, border, application.dilation)
    _, columns = kept(weights.shape, image.shape, application)
    inside = slice(above, above + last - first - window + 1, application.stride)
    return finished(same[inside, columns], application)


def _rows(codes: NDArray[np.uint8], indices: NDArray[np.int64]) -> Image:
    """These rows of the picture as float32 in [0, 1]; black where the index is -1."""
    taken = np.divide(codes[np.maximum(indices, 0)], np.float32(255), dtype=np.float32)
    taken[indices < 0] = 0
    return np.asarray(taken, dtype=np.float32)
