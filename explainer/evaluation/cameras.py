"""Cameras that are worse than the one a network learned from: what they do to a digit.

Each goes from strength 0, which changes nothing, to 1. Pictures are 28 × 28 in [0, 1]; what a
network sees is half their size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explainer.registry import Registry
from explainer.regularisation.pixel_weights import SIDE
from explainer.words import N_

Pictures = NDArray[np.float32]
LARGEST_SIGMA, LARGEST_NOISE = 4.0, 1.0


@dataclass(frozen=True, eq=False)
class Digits:
    """Digits `(N, 28, 28)` in [0, 1] with labels `(N,)`; `draw` is what their noise is drawn by."""

    pictures: Pictures
    labels: NDArray[np.int64]
    draw: tuple[int, ...]

    @cached_property
    def noise(self) -> Pictures:
        """Standard normal numbers, a picture of them for each digit."""
        return np.random.default_rng(self.draw).standard_normal(self.pictures.shape, np.float32)


@dataclass(frozen=True)
class Camera:
    """What a camera makes of digits: `change(digits, strength)`, `(N, 28, 28)`.

    The strength `usual` is that of the pictures a network is to be good at, `measure` says of a
    strength what it is in numbers of the camera's own, and `other` is a camera that does otherwise.
    """

    slug: str
    title: str
    change: Callable[[Digits, float], Pictures]
    usual: float
    measure: Callable[[float], str]
    other: str


def blurred(digits: Digits, strength: float) -> Pictures:
    """A Gaussian of σ = 4 · strength pixels; beyond the edge there is no ink."""
    sigma = LARGEST_SIGMA * strength
    if sigma < 0.05:
        return digits.pictures
    distance = np.arange(-SIDE + 1, SIDE)
    weights = np.exp(-(distance**2) / (2 * sigma**2))
    weights /= weights.sum()
    places = np.arange(SIDE)
    matrix = weights[places[:, None] - places + SIDE - 1].astype(np.float32)
    return np.asarray(matrix @ digits.pictures @ matrix)


def noisy(digits: Digits, strength: float) -> Pictures:
    """Normal noise of that deviation in each pixel, cut to [0, 1] as a sensor does."""
    return np.clip(digits.pictures + np.float32(LARGEST_NOISE * strength) * digits.noise, 0, 1)


def hazy(digits: Digits, strength: float) -> Pictures:
    """A veil of light over the picture: black becomes grey, white stays."""
    return veiled(digits.pictures, strength)


def veiled(pictures: Pictures, strength: float) -> Pictures:
    """Pictures of any shape behind a veil that takes that share of their contrast."""
    return np.asarray(strength + np.float32(1 - strength) * pictures, np.float32)


def _pixels(strength: float) -> str:
    return f"σ = {LARGEST_SIGMA * strength:.1f} px"


def _deviation(strength: float) -> str:
    return f"σ = {LARGEST_NOISE * strength:.2f}"


def _contrast(strength: float) -> str:
    return f"{100 * strength:.0f} %"


CAMERAS = Registry[Camera](
    N_("camera"),
    Camera("blur", N_("out of focus"), blurred, 0.7, _pixels, "noise"),
    Camera("noise", N_("in poor light: noise"), noisy, 0.3, _deviation, "blur"),
    Camera("haze", N_("against the light: haze"), hazy, 0.2, _contrast, "blur"),
)


def through(digits: Digits, camera: Camera, strength: float) -> Pictures:
    """What a network sees of digits through that camera, `(N, 196)`."""
    return seen(camera.change(digits, strength))


def seen(pictures: Pictures) -> Pictures:
    """What a network gets of pictures `(..., 28, 28)`: means of 2 × 2 pixels, `(..., 196)`."""
    *more, height, width = pictures.shape
    halves = pictures.reshape(*more, height // 2, 2, width // 2, 2)
    means = (halves[..., 0, :, 0] + halves[..., 0, :, 1] + halves[..., 1, :, 0]
             + halves[..., 1, :, 1]) / 4  # fmt: skip
    return np.asarray(means.reshape(*more, -1))
