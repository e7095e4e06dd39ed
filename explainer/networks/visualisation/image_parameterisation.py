"""A picture that gradient ascent can paint on: how its numbers are held, and how it is bounded.

Held as pixels or as a spectrum scaled like that of photos, so that broad shapes are painted as
easily as grain (Olah et al. 2017); in both cases along the colours' own axes. Bounded to colours
from 0 to 1, or to a length (Erhan et al. 2009).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from explainer.lengths import lengths
from explainer.networks.recording.receptive_field import Box
from explainer.networks.zoo.entry import Takes
from explainer.registry import Registry
from explainer.words import N_

NOISE = 0.1
# A root of the covariance of red, green and blue over CIFAR-10's training pixels, its largest
# column of length 1: neighbouring greys are likelier than neon.
COLOURS = ((0.5576, 0.1898, 0.0548), (0.5767, 0.0147, -0.1012), (0.5971, -0.1915, 0.0466))


def affine(entry: Takes) -> tuple[Tensor, Tensor]:
    """What the network's input is for black and how much more it is for white: `(C, 1, 1)` each."""
    black = entry.normalise(torch.zeros(1, entry.channels, 1, 1))[0]
    return black, entry.normalise(torch.ones(1, entry.channels, 1, 1))[0] - black


def noise(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Normal noise with deviation :data:`NOISE`."""
    return torch.randn(shape, generator=generator) * NOISE


def _pixels_shape(shape: tuple[int, int, int]) -> tuple[int, ...]:
    return shape


def _pixels(values: Tensor, _size: tuple[int, int]) -> Tensor:
    return values


def _spectrum_shape(shape: tuple[int, int, int]) -> tuple[int, ...]:
    return (shape[0], shape[1], shape[2] // 2 + 1, 2)


def _from_spectrum(values: Tensor, size: tuple[int, int]) -> Tensor:
    """The picture `(..., H, W)` of a spectrum `(..., H, W // 2 + 1, 2)` over frequency."""
    height, width = size
    rows = torch.fft.fftfreq(height)[:, None]
    frequency = (rows**2 + torch.fft.rfftfreq(width)[None, :] ** 2).sqrt()
    scale = 1 / frequency.clamp(min=1 / max(size))
    # As strong as pixels of the same deviation.
    scale = scale * math.sqrt(height * width) / scale.square().mean().sqrt() / math.sqrt(2)
    spectrum = torch.view_as_complex(values.contiguous()) * scale
    picture: Tensor = torch.fft.irfft2(spectrum, s=size)
    return picture


@dataclass(frozen=True)
class Holding:
    """How the numbers are held: `shape` of them for a picture `(C, H, W)`, `read` to get it."""

    slug: str
    title: str
    shape: Callable[[tuple[int, int, int]], tuple[int, ...]]
    read: Callable[[Tensor, tuple[int, int]], Tensor]


@dataclass(frozen=True)
class Bound:
    """How pictures are bounded: `inputs(values, black, white, field)` is for the network, NCHW.

    `field` is the part of the picture that the unit sees.
    """

    slug: str
    title: str
    inputs: Callable[[Tensor, Tensor, Tensor, Box], Tensor]


def _colours(values: Tensor, black: Tensor, white: Tensor, _field: Box) -> Tensor:
    return black + white * torch.sigmoid(4 * values)


def _length(values: Tensor, _black: Tensor, _white: Tensor, field: Box) -> Tensor:
    """On average 1 for each number that the unit sees, as an ordinary photo has."""
    seen = values[:, :, field.top : field.bottom, field.left : field.right].flatten(1)
    whole = lengths(seen).clamp(min=torch.finfo(seen.dtype).tiny)[:, None, None, None]
    bounded: Tensor = values / whole * math.sqrt(seen.shape[1])
    return bounded


SPECTRUM = Holding("spectrum", N_("as frequencies"), _spectrum_shape, _from_spectrum)
PIXELS = Holding("pixels", N_("as pixels"), _pixels_shape, _pixels)
HOLDINGS = Registry[Holding](N_("way to hold a picture"), SPECTRUM, PIXELS)
WITHIN_COLOURS = Bound("colours", N_("colours from 0 to 1"), _colours)
WITHIN_LENGTH = Bound("length", N_("a fixed contrast"), _length)
BOUNDS = Registry[Bound](N_("bound"), WITHIN_COLOURS, WITHIN_LENGTH)


def mixed(values: Tensor) -> Tensor:
    """Values along the colours' own axes `(N, 3, H, W)` as red, green and blue."""
    if values.shape[1] != len(COLOURS):
        return values
    return torch.einsum("rc,nchw->nrhw", torch.tensor(COLOURS), values)
