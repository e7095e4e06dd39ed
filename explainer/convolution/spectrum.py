"""What a kernel does to each spatial frequency, and which frequencies a picture holds.

Frequencies are in cycles per pixel, from -1/2 to 1/2: the finest pattern a picture can show is one
light and one dark pixel in turn, 1/2.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explainer.convolution.apply import checked_weights

LARGEST_SIDE = 512
TINY, NEAR, SILENT, FAINT, BESIDE = 1e-9, 5e-3, 1e-4, 1e-3, 0.015
LONGEST = 31  # taps of the largest kernel


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

    The zeros are the frequencies that are taken out, lowest first; none where all are.

    `horizontal` is for waves that run to the right (upright stripes), `vertical` for those that run
    down.
    """

    frequencies: NDArray[np.float64]
    horizontal: NDArray[np.float64]
    vertical: NDArray[np.float64]
    horizontal_zeros: tuple[float, ...] = ()
    vertical_zeros: tuple[float, ...] = ()


def gain_profile(weights: ArrayLike, points: int = 129) -> GainProfile:
    """The frequency response along the axes at `points` frequencies from 0 to 1/2."""
    kernel = checked_weights(weights)
    frequencies = np.linspace(0, 0.5, points)
    return GainProfile(
        frequencies=frequencies,
        horizontal=_gain(kernel.sum(axis=0), frequencies),
        vertical=_gain(kernel.sum(axis=1), frequencies),
        horizontal_zeros=removed(kernel.sum(axis=0)),
        vertical_zeros=removed(kernel.sum(axis=1)),
    )


def removed(taps: NDArray[np.float64]) -> tuple[float, ...]:
    """The frequencies from 0 to 1/2 at which `taps` `(n,)` have no gain, lowest first.

    They are the roots of the taps, read as a polynomial, that lie on the unit circle. Left out are
    those between which next to nothing passes either (less than 0.1 % of the largest gain), as in
    the tail of a Gaussian.
    """
    size = float(np.abs(taps).sum())
    if size < TINY:
        return ()
    roots = np.roots(np.trim_zeros(np.where(np.abs(taps) < TINY * size, 0, taps)))
    near = roots[np.abs(np.abs(roots) - 1) < NEAR]
    places = np.sort(np.abs(np.angle(near)) / (2 * np.pi))
    # A root that is there several times comes as several beside it, whose mean it is.
    groups = np.split(places, np.flatnonzero(np.diff(places) > NEAR) + 1)
    found = np.array([_exact(taps, float(one.mean())) for one in groups if one.size])
    beside = np.maximum(_gain(taps, found + BESIDE), _gain(taps, found - BESIDE))
    largest = _gain(taps, np.linspace(0, 0.5, 129)).max()
    sound = (_gain(taps, found) <= SILENT * size) & (beside > FAINT * largest)
    return tuple(float(one) for one in found[sound])


def _exact(taps: NDArray[np.float64], frequency: float) -> float:
    """The fraction of small numbers nearby where the gain is zero but for rounding, else itself."""
    exact = float(Fraction(frequency).limit_denominator(2 * LONGEST))
    silent = _gain(taps, np.array([exact]))[0] <= TINY * np.abs(taps).sum()
    return exact if silent and abs(exact - frequency) < NEAR else frequency


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
