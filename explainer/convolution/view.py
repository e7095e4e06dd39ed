"""How a signed result becomes something to look at: the range a colour scale spans, and numbers.

Only ranges and values; the colours themselves are chosen in `charts`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Scale:
    """The range a colour scale spans; `centre` is the value its middle colour stands for."""

    low: float
    high: float
    centre: float


def magnitude(result: NDArray[np.floating]) -> NDArray[np.float32]:
    """How strong the output is, whatever its sign: absolute values, of the same shape."""
    return np.asarray(np.abs(result), dtype=np.float32)


@dataclass(frozen=True)
class Statistics:
    """The least, the largest and the mean value of a result."""

    minimum: float
    maximum: float
    mean: float


def statistics(result: NDArray[np.floating]) -> Statistics:
    """The statistics over all pixels and channels."""
    plane = np.ascontiguousarray(result).reshape(result.shape[0], -1)
    minimum, maximum, _, _ = cv2.minMaxLoc(plane)
    return Statistics(float(minimum), float(maximum), float(cv2.mean(plane)[0]))


def strongest(result: NDArray[np.floating]) -> tuple[int, int]:
    """Row and column where the first channel of `(H, W, C)` is farthest from zero."""
    sizes = np.abs(result[..., 0])
    row, column = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
    return int(row), int(column)
