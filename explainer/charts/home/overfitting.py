"""The home page's picture of overfitting: one curve, fitted to many draws of the same noise."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from explainer.charts.colour import rgb
from explainer.charts.theme import Theme

SIDE, FITS, POINTS, DEGREE = 420, 24, 14, 9
NOISE, REACH, SEED = 0.25, 1.9, 5


def cloud(theme: Theme) -> NDArray[np.uint8]:
    """Polynomials through noisy points of a wave, each on a draw of its own; the wave itself thick.

    `(420, 420, 3)`.
    """
    chance = np.random.default_rng(SEED)
    x, across = np.linspace(-1, 1, POINTS), np.linspace(-1, 1, SIDE)
    canvas = np.full((SIDE, SIDE, 3), rgb(theme.background), np.uint8)
    basis = legendre.legvander(x, DEGREE)
    measured = _wave(x) + NOISE * chance.standard_normal((FITS, POINTS))
    weights = np.linalg.lstsq(basis, measured.T, rcond=None)[0]
    for line in (legendre.legvander(across, DEGREE) @ weights).T:
        cv2.polylines(canvas, [_path(line)], False, rgb(theme.sequential[3]), 2, cv2.LINE_AA)
    cv2.polylines(canvas, [_path(_wave(across))], False, rgb(theme.text), 5, cv2.LINE_AA)
    for place, value in zip(x, measured[0], strict=True):
        spot = round((place + 1) / 2 * (SIDE - 1)), _down(value)
        cv2.circle(canvas, spot, 9, rgb(theme.categorical[1]), -1, cv2.LINE_AA)
    return canvas


def _wave(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sin(np.pi * x)


def _path(line: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.array([[[place, _down(value)]] for place, value in enumerate(line)], np.int32)


def _down(value: float) -> int:
    return round(SIDE / 2 * (1 - float(np.clip(value / REACH, -3, 3))))
