"""Digits as strokes of a pen, our own or a visitor's, and how they are laid into the field.

A stroke is a list of points (x, y) in [0, 1], y down. As the pictures of MNIST were made (LeCun
et al. 1998), the ink is scaled to fit into 20 × 20 pixels, its proportions kept, and its centre of
mass comes to the middle; here, to the middle of the field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.networks.digits.field import FIELD

Point = tuple[float, float]
Stroke = tuple[Point, ...]
Floats = NDArray[np.float32]

BOX = 20  # pixels that the ink fills
INK = 2.3  # pixels, the width of the pen
FINE = 8  # fine pixels for each pixel
STEPS = 12  # points of a curve between two points of a stroke
MOST_POINTS = 4000


@dataclass(frozen=True)
class Glyph:
    """A digit by name, drawn by us; the strokes are curves through their points."""

    label: int
    strokes: tuple[Stroke, ...]


GLYPHS: tuple[Glyph, ...] = (
    Glyph(0, (((0.55, 0.05), (0.25, 0.2), (0.15, 0.55), (0.3, 0.9), (0.6, 0.92), (0.82, 0.6),
               (0.75, 0.2), (0.5, 0.04)),)),
    Glyph(1, (((0.6, 0.04), (0.55, 0.35), (0.5, 0.65), (0.44, 0.96)),)),
    Glyph(2, (((0.22, 0.26), (0.4, 0.06), (0.68, 0.1), (0.72, 0.36), (0.45, 0.65), (0.18, 0.92)),
              ((0.18, 0.92), (0.5, 0.88), (0.84, 0.92)))),
    Glyph(3, (((0.22, 0.14), (0.5, 0.05), (0.73, 0.2), (0.62, 0.42), (0.4, 0.48)),
              ((0.4, 0.48), (0.7, 0.56), (0.76, 0.78), (0.52, 0.95), (0.2, 0.86)))),
    Glyph(4, (((0.3, 0.06), (0.24, 0.3), (0.2, 0.55), (0.5, 0.58), (0.82, 0.54)),
              ((0.72, 0.1), (0.68, 0.5), (0.62, 0.96)))),
    Glyph(5, (((0.78, 0.08), (0.55, 0.07), (0.34, 0.1)),
              ((0.34, 0.1), (0.3, 0.3), (0.28, 0.46)),
              ((0.28, 0.46), (0.55, 0.4), (0.74, 0.58), (0.7, 0.82), (0.46, 0.95),
               (0.2, 0.86)))),
    Glyph(6, (((0.66, 0.05), (0.4, 0.26), (0.26, 0.6), (0.34, 0.9), (0.6, 0.92), (0.7, 0.7),
               (0.54, 0.54), (0.32, 0.66)),)),
    Glyph(7, (((0.18, 0.1), (0.5, 0.1), (0.82, 0.09)),
              ((0.82, 0.09), (0.62, 0.5), (0.46, 0.96)))),
    Glyph(8, (((0.66, 0.18), (0.44, 0.06), (0.28, 0.22), (0.46, 0.44), (0.68, 0.66), (0.62, 0.9),
               (0.4, 0.94), (0.28, 0.76), (0.46, 0.5), (0.68, 0.3), (0.66, 0.16)),)),
    Glyph(9, (((0.7, 0.24), (0.5, 0.06), (0.28, 0.2), (0.3, 0.42), (0.52, 0.46), (0.7, 0.26)),
              ((0.7, 0.26), (0.68, 0.6), (0.58, 0.95)))),
)  # fmt: skip


@cache
def glyph_picture(label: int) -> Tensor:
    """Our own digit `label` in the field: `(1, 1, 36, 36)` in [0, 1].

    Raises `ValueError` where it is none of 0 to 9.
    """
    if not 0 <= label < len(GLYPHS):
        raise ValueError(f"the digit is {label}, but it is one of 0 to {len(GLYPHS) - 1}")
    return drawn([curve(stroke) for stroke in GLYPHS[label].strokes])


def curve(stroke: Sequence[Point]) -> Stroke:
    """A smooth line through the points: Catmull and Rom's cubic spline (1974), ends repeated."""
    points = np.array([stroke[0], *stroke, stroke[-1]], float)
    t = np.linspace(0, 1, STEPS, endpoint=False)[:, None]
    parts = [_piece(points[place : place + 4], t) for place in range(len(stroke) - 1)]
    line = np.vstack([*parts, points[-1:]])
    return tuple((float(x), float(y)) for x, y in line)


def _piece(p: NDArray[np.float64], t: NDArray[np.float64]) -> NDArray[np.float64]:
    linear, square = p[2] - p[0], 2 * p[0] - 5 * p[1] + 4 * p[2] - p[3]
    cube = -p[0] + 3 * p[1] - 3 * p[2] + p[3]
    return np.asarray(0.5 * (2 * p[1] + linear * t + square * t**2 + cube * t**3))


def drawn(strokes: Sequence[Sequence[Point]]) -> Tensor:
    """Strokes as a picture in the field, `(1, 1, 36, 36)` in [0, 1]; no ink is a black field.

    Raises `ValueError` for points that are no numbers in [0, 1], and for too many of them.
    """
    lines = [_checked(stroke) for stroke in strokes if len(stroke)]
    if sum(map(len, lines)) > MOST_POINTS:
        raise ValueError(f"a drawing has at most {MOST_POINTS} points")
    if not lines:
        return torch.zeros(1, 1, FIELD, FIELD)
    return torch.from_numpy(_inked(_fitted(lines)))[None, None]


def _checked(stroke: Sequence[Point]) -> NDArray[np.float64]:
    points = np.asarray(stroke, float)
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise ValueError("a stroke is a list of points (x, y)")
    if points.min() < 0 or points.max() > 1:
        raise ValueError("the points of a stroke lie in [0, 1]")
    return points


def _fitted(lines: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """The lines in pixels: their box, pen included, fills BOX, and begins at 0."""
    together = np.vstack(lines)
    low, reach = together.min(axis=0), float(np.ptp(together, axis=0).max())
    scale = (BOX - INK) / reach if reach > 0 else 0.0
    return [(line - low) * scale + INK / 2 for line in lines]


def _inked(lines: list[NDArray[np.float64]]) -> Floats:
    """The lines drawn finely, reduced to pixels, their centre of mass in the middle."""
    fine = np.zeros((FIELD * FINE, FIELD * FINE), np.uint8)
    for line in lines:
        points = np.round(line * FINE * 16).astype(np.int32)
        cv2.polylines(fine, [points], False, 255, round(INK * FINE), cv2.LINE_AA, shift=4)
        first = (int(points[0, 0]), int(points[0, 1]))  # a dot is a line that went nowhere
        cv2.circle(fine, first, round(INK * FINE * 8), 255, cv2.FILLED, cv2.LINE_AA, shift=4)
    rows, columns = np.nonzero(fine)
    middle = (fine.shape[0] - 1) / 2
    shift = np.array([[1, 0, middle - columns.mean()], [0, 1, middle - rows.mean()]])
    placed = cv2.warpAffine(fine, np.round(shift), fine.shape[::-1])
    small = cv2.resize(placed, (FIELD, FIELD), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255)
