"""Cutting a kernel into parts: small windows that together have every nonzero weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explainer.convolution.kernel import Weights


@dataclass(frozen=True)
class Tile:
    """A part of a kernel: its weights and where their first row and column are in the whole."""

    weights: Weights
    row: int
    column: int


def nonzero_window(weights: Weights, *, keep: tuple[int, int] | None = None) -> tuple[slice, slice]:
    """The smallest window with every nonzero weight, and with the tap `keep` if given."""
    rows, columns = (list(axis) for axis in np.nonzero(weights))
    if keep is not None:
        rows.append(np.intp(keep[0]))
        columns.append(np.intp(keep[1]))
    if not rows:
        return slice(0, 0), slice(0, 0)
    return slice(int(min(rows)), int(max(rows)) + 1), slice(
        int(min(columns)), int(max(columns)) + 1
    )


def tiles(weights: Weights, *, most: int) -> tuple[Tile, ...]:
    """Tiles of at most `most` taps, each as many rows as fit; a row is never cut.

    A slanted line of weights in a large kernel thus becomes a few small tiles along the line.
    """
    parts: list[Tile] = []
    start = 0
    for stop in range(1, weights.shape[0] + 1):
        if stop == weights.shape[0] or _area(weights[start : stop + 1]) > most:
            parts.extend(_tile(weights, start, stop))
            start = stop
    return tuple(parts)


def _area(weights: Weights) -> int:
    rows, columns = nonzero_window(weights)
    return int(rows.stop - rows.start) * int(columns.stop - columns.start)


def _tile(weights: Weights, start: int, stop: int) -> list[Tile]:
    rows, columns = nonzero_window(weights[start:stop])
    part = np.ascontiguousarray(weights[start:stop][rows, columns])
    return [Tile(part, start + rows.start, columns.start)] if part.size else []
