"""Synthetic test patterns: pictures whose every value follows from a formula.

Coordinates are those of pixel centres, rows downwards, columns to the right;
``size`` is the side in pixels. A pattern returns its brightness as float
(size, size) in [0, 1]; the gallery holds it as grey codes.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from explainer.images.samples import Sample
from explainer.words import N_

Brightness = NDArray[np.float64]
SIZE = 256
SUPERSAMPLING = 8


def impulse(size: int) -> Brightness:
    """One pixel of 1 in the centre of 0s; ``size`` must be odd, else ``ValueError``."""
    if size % 2 == 0:
        raise ValueError(f"an impulse needs an odd size to have a centre, not {size}")
    brightness = np.zeros((size, size))
    brightness[size // 2, size // 2] = 1
    return brightness


def step(size: int) -> Brightness:
    """1/4 in the left half and 3/4 in the right, so that overshoot has room on both sides."""
    return np.tile(np.where(np.arange(size) < size // 2, 0.25, 0.75), (size, 1))


def ramp(size: int) -> Brightness:
    """``column / (size - 1)``: at size 256, every code once from left to right."""
    return np.tile(np.arange(size) / (size - 1), (size, 1))


def checkerboard(size: int, *, side: int = 16) -> Brightness:
    """``(row // side + column // side) mod 2``: fields of ``side`` pixels, the first dark."""
    field = np.arange(size) // side
    return np.asarray((field[:, None] + field[None, :]) % 2, np.float64)


def zone_plate(size: int) -> Brightness:
    """A radial chirp from frequency 0 in the centre to Nyquist at the middle of each side.

    ``1/2 + 1/2 · w(r) · cos(π r² / (2R))`` with ``R = size / 2``: the frequency
    at radius r is the derivative of the phase over 2π, ``r / (2R)`` cycles a
    pixel, 1/2 at r = R. Beyond that a grid of pixels shows aliases only, so
    ``w`` fades the last tenth: ``w = cos²(π/2 · (r/R - 0.9) / 0.1)`` between
    0.9 R and R, 1 inside, 0 outside.
    """
    radius = _polar(size)[0] / (size / 2)
    fade = np.cos(np.pi / 2 * np.clip((radius - 0.9) / 0.1, 0, 1)) ** 2
    return np.asarray(0.5 + 0.5 * fade * np.cos(np.pi * radius**2 * size / 4))


def disc(size: int) -> Brightness:
    """A disc of 3/4 on 1/4, radius ``size / 3``: one edge of every direction, anti-aliased."""
    radius, _ = _polar(size, SUPERSAMPLING)
    return _averaged(np.where(radius < size / 3, 0.75, 0.25))


def star(size: int, *, spokes: int = 24) -> Brightness:
    """A Siemens star: ``spokes`` bright sectors, finer towards the centre, anti-aliased.

    1 where ``cos(spokes · angle) > 0``, else 0; outside radius ``0.47 size`` 1/2.
    """
    radius, angle = _polar(size, SUPERSAMPLING)
    sectors = (np.cos(spokes * angle) > 0).astype(np.float64)
    return _averaged(np.where(radius < 0.47 * size, sectors, 0.5))


def noise(size: int, *, seed: int = 7) -> Brightness:
    """White noise: independent, uniform over the 256 codes, the same for the same seed."""
    codes = np.random.default_rng(seed).integers(0, 256, (size, size))
    return np.asarray(codes / 255)


def _polar(size: int, supersampling: int = 1) -> tuple[Brightness, Brightness]:
    """Radius in pixels and angle in radians about the centre, on a finer grid where asked."""
    line = (np.arange(size * supersampling) + 0.5) / supersampling - size / 2
    return np.hypot(line[:, None], line[None, :]), np.arctan2(line[:, None], line[None, :])


def _averaged(fine: Brightness) -> Brightness:
    """The mean over blocks of SUPERSAMPLING × SUPERSAMPLING."""
    size = fine.shape[0] // SUPERSAMPLING
    blocks = fine.reshape(size, SUPERSAMPLING, size, SUPERSAMPLING)
    return np.asarray(blocks.mean(axis=(1, 3)))


def _grey_codes(pattern: Callable[[int], Brightness], size: int) -> NDArray[np.uint8]:
    codes = np.rint(pattern(size) * 255).astype(np.uint8)
    return np.repeat(codes[..., None], 3, axis=2)


def _entry(
    slug: str,
    title: str,
    alt: str,
    teaches: str,
    pattern: Callable[[int], Brightness],
    *,
    size: int = SIZE,
) -> Sample:
    load = partial(_grey_codes, pattern, size)
    return Sample(slug, title, alt, teaches, "Computed by Deepglass", "MIT", load)


PATTERNS: tuple[Sample, ...] = (
    _entry(
        "impulse",
        N_("One bright pixel"),
        N_("A single white pixel in the centre of a black square of 33 × 33 pixels"),
        N_("A filter's output for one pixel is the filter itself: its kernel, turned by 180°."),
        impulse,
        size=33,
    ),
    _entry(
        "step",
        N_("Step edge"),
        N_("A square, dark grey in its left half and light grey in its right"),
        N_("One ideal edge: see how wide a filter makes it, and whether it overshoots."),
        step,
    ),
    _entry(
        "ramp",
        N_("Ramp"),
        N_("A smooth passage from black on the left to white on the right"),
        N_("The slope is the same everywhere: a first derivative is constant, a second is zero."),
        ramp,
    ),
    _entry(
        "checkerboard",
        N_("Checkerboard"),
        N_("A checkerboard of black and white fields, 16 pixels wide"),
        N_("Edges in two directions and corners where they meet."),
        checkerboard,
    ),
    _entry(
        "disc",
        N_("Disc"),
        N_("A light grey disc on dark grey"),
        N_("One edge of every direction: a filter shows which directions it answers to."),
        disc,
    ),
    _entry(
        "zone-plate",
        N_("Zone plate"),
        N_("Concentric rings, wide in the centre and finer towards the border"),
        N_("Every frequency has its place: what a filter darkens or dims is what it removes."),
        zone_plate,
    ),
    _entry(
        "star",
        N_("Siemens star"),
        N_("Black and white sectors that meet in the centre like the spokes of a wheel"),
        N_(
            "The finer towards the centre, the sooner blurred: the grey disc is the resolution"
            " lost."
        ),
        star,
    ),
    _entry(
        "noise",
        N_("Noise"),
        N_("Grey pixels at random, without any structure"),
        N_(
            "Every frequency at once and no structure: averaging n pixels divides the spread by √n."
        ),
        noise,
    ),
)
"""The patterns, from the plainest to the busiest."""
