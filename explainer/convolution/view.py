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


def signed_scale(result: NDArray[np.floating], extent: float | None = None) -> Scale:
    """A scale symmetric around 0, to `extent` or else to the largest absolute value.

    A result of zeros alone gets the extent 1, so that a scale is never empty. Raises `ValueError`
    for an extent that is not a positive finite number.
    """
    if extent is not None and not (np.isfinite(extent) and extent > 0):
        raise ValueError(f"extent is {extent:g}, but it is a positive finite number")
    largest = _largest(result) if extent is None else float(extent)
    reach = largest if largest > 0 else 1.0
    return Scale(low=-reach, high=reach, centre=0.0)


def _largest(result: NDArray[np.floating]) -> float:
    """The largest absolute value, without a copy of the result."""
    return max(abs(float(result.min())), abs(float(result.max())))


def magnitude(result: NDArray[np.floating]) -> NDArray[np.float32]:
    """How strong the answer is, whatever its sign: absolute values, of the same shape."""
    return np.asarray(np.abs(result), dtype=np.float32)


def clipped(result: NDArray[np.floating]) -> NDArray[np.float32]:
    """The result as a picture: values below 0 become 0, those above 1 become 1."""
    return np.asarray(np.clip(result, 0, 1), dtype=np.float32)


@dataclass(frozen=True)
class Statistics:
    """The least, the largest and the mean value of a result."""

    minimum: float
    maximum: float
    mean: float


def statistics(result: NDArray[np.floating]) -> Statistics:
    """The statistics over all pixels and channels; the mean is summed in float64."""
    plane = np.ascontiguousarray(result).reshape(result.shape[0], -1)
    minimum, maximum, _, _ = cv2.minMaxLoc(plane)
    return Statistics(float(minimum), float(maximum), float(cv2.mean(plane)[0]))
