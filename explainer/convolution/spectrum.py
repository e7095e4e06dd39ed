"""What a kernel does to each spatial frequency, and which frequencies a picture holds.

Frequencies are in cycles per pixel, from -1/2 to 1/2: the finest pattern a picture can show is one
light and one dark pixel in turn, 1/2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explainer.convolution.apply import checked_weights

LARGEST_SIDE = 512


def frequency_response(weights: ArrayLike, size: int = 128) -> NDArray[np.float32]:
    """$|W(u, v)|$ on a `size × size` grid, frequency zero at `[size // 2, size // 2]`.

    How many times larger a wave of that frequency leaves the filter than it came; at zero it is the
    absolute sum of the weights. The same for cross-correlation and convolution. Raises `ValueError`
    if the kernel does not fit the grid.
    """
    kernel = checked_weights(weights)
    if max(kernel.shape) > size:
        raise ValueError(f"size is {size}, but the kernel has {max(kernel.shape)} taps a side")
    gains = np.abs(np.fft.fft2(kernel, s=(size, size)))
    return np.asarray(np.fft.fftshift(gains), dtype=np.float32)


@dataclass(frozen=True)
class GainProfile:
    """Gains along the two axes: `frequencies` in cycles per pixel, 0 to 1/2, and one gain each.

    `horizontal` is for waves that run to the right (upright stripes), `vertical` for those that run
    down.
    """

    frequencies: NDArray[np.float64]
    horizontal: NDArray[np.float64]
    vertical: NDArray[np.float64]


def gain_profile(weights: ArrayLike, points: int = 129) -> GainProfile:
    """The frequency response along the axes at `points` frequencies from 0 to 1/2."""
    kernel = checked_weights(weights)
    frequencies = np.linspace(0, 0.5, points)
    return GainProfile(
        frequencies=frequencies,
        horizontal=_gain(kernel.sum(axis=0), frequencies),
        vertical=_gain(kernel.sum(axis=1), frequencies),
    )


def _gain(taps: NDArray[np.float64], frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    r"""$|\sum_n t_n e^{-2\pi i f n}|$ at each frequency."""
    phases = np.exp(-2j * np.pi * np.outer(frequencies, np.arange(taps.size)))
    return np.asarray(np.abs(phases @ taps), dtype=np.float64)


def spectrum(grey: NDArray[np.floating]) -> NDArray[np.float32]:
    """The log magnitude of a grey picture `(H, W)`, scaled to [0, 1], frequency zero in the centre.

    $\\log(1 + |X|)$ of the middle 512×512 pixels at most, under a Hann window: cut rather than
    shrunk, since shrinking would move every frequency, and faded towards the border, since a border
    would otherwise show as a cross that is not in the picture.
    """
    if grey.ndim != 2 or grey.size == 0:
        raise ValueError(f"a grey picture has shape (H, W), this one has {grey.shape}")
    middle = _middle(grey).astype(np.float64)
    window = np.outer(*(np.hanning(length + 2)[1:-1] for length in middle.shape))
    logarithm = np.log1p(np.abs(np.fft.fft2(middle * window)))
    peak = max(float(logarithm.max()), np.finfo(np.float64).tiny)
    return np.asarray(np.fft.fftshift(logarithm) / peak, dtype=np.float32)


def _middle(grey: NDArray[np.floating]) -> NDArray[np.floating]:
    top, left = (max(0, (length - LARGEST_SIDE) // 2) for length in grey.shape)
    return grey[top : top + LARGEST_SIDE, left : left + LARGEST_SIDE]
