r"""A density of residuals that is drawn: a noise of the registry, and handles that move its −log.

$-\log p(r) = \rho(r) + \log Z$, where $\rho$ is the noise's loss but beside handles that were
moved. There it is a cubic between handles, with the slope of the parabola through a moved handle
and its two neighbours (so that a parabola is met exactly), held back where it would overshoot
(Fritsch and Carlson 1980). Beyond a last handle that was moved the loss goes on straight, and flat
where it would fall. A corner at 0 stays one: its two sides are apart, each with its own slope.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explainer.likelihood.noise import Noise, Parts, Values

SIDE = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0])
KNOTS = np.concatenate([-SIDE[:0:-1], SIDE])
GAPS = np.diff(KNOTS)
BEGINS = np.concatenate([KNOTS[:1], KNOTS])
MIDDLE = len(SIDE) - 1
SPAN, CELLS = 5.0, 400
GRID = np.linspace(-SPAN, SPAN, CELLS + 1)
GRID_CELLS = np.searchsorted(KNOTS, GRID, "right")
FAR, FAR_POINTS = 1e7, 241
TAIL = np.geomspace(SPAN, FAR, FAR_POINTS)
LOWEST, HIGHEST = -40.0, 60.0
"""Between which losses a handle is put, in nats above that of the noise at 0."""
Heights = tuple[float | None, ...]
NONE: Heights = (None,) * len(KNOTS)
NEAR = 2e-4
STEEPEST = 3.0  # times the flatter of two secants, a slope that does not overshoot
BESIDE = 1e-9
FLAT = 1e-6
FALLS = 1.0
"""How steeply, at the least, a density falls far out: with r⁻¹ its area is infinite."""


@dataclass(frozen=True)
class Cells:
    """What holds beside handles, `(14,)` cells: cubics `(14, 4)`, lowest power first, or `rest`.

    Where `rest` is so it is the noise's loss. `corner` is the jump of the pull at 0.
    """

    cubics: Values
    rest: NDArray[np.bool_]
    corner: float


@dataclass(frozen=True)
class Drawn:
    """A noise with `scale` and its `own` parameter, and the `heights` of handles that were moved.

    A height is a loss without log Z, so that of the noise is 0 at 0; None has the noise's own.
    """

    noise: Noise
    scale: float
    own: float = 0.0
    heights: Heights = NONE

    def parts(self, residuals: Values) -> Parts:
        """−log p without its constant, and its first and second derivative, of any shape."""
        found = self.bare(residuals)
        return _drawn_over(found, residuals, self.cells) if self.is_moved else found

    def bare(self, residuals: Values) -> Parts:
        """The same where no handle is moved."""
        loss, pull, curved = self.noise.parts(residuals / self.scale, self.own)
        return loss, pull / self.scale, curved / self.scale**2

    @property
    def is_moved(self) -> bool:
        """Whether a handle stands elsewhere than where the noise has it."""
        return self.heights != NONE

    @cached_property
    def corner(self) -> float:
        """The jump of the pull at 0."""
        return self.cells.corner if self.is_moved else self.noise.corner / self.scale

    @cached_property
    def cells(self) -> Cells:
        """What the handles make of the loss."""
        return self._cells(self.heights)

    @property
    def is_proper(self) -> bool:
        """Whether the area under the tails is finite, so that there is such a density."""
        return all(map(np.isfinite, self._tails))

    @cached_property
    def log_area(self) -> float:
        """log Z; of what is no density that of the part from −`SPAN` to `SPAN`."""
        inside = _log_inside(self.parts(GRID)[0])
        return inside - float(np.log1p(-self.beyond)) if self.is_proper else inside

    @cached_property
    def beyond(self) -> float:
        """The share of the area that lies beyond ± `SPAN`; 1 where that is infinite."""
        if not self.is_proper:
            return 1.0
        inside, tails = np.exp(_log_inside(self.parts(GRID)[0])), sum(self._tails)
        return float(tails / (tails + inside))

    def losses(self, residuals: Values) -> Values:
        """−log p, in nats."""
        return np.asarray(self.parts(residuals)[0] + self.log_area)

    def with_handle(self, index: int, loss: float, *, symmetric: bool) -> Drawn:
        """The same with handle `index` where −log p is `loss`, all others as they were moved.

        As the area stays 1, all else gives way or grows: the height is found by that of the
        area from −`SPAN` to `SPAN`. With `symmetric` the handle on the other side goes along.
        """
        from scipy.optimize import brentq  # slow to import

        on_grid = self.bare(GRID)[0]

        def beyond(height: float) -> float:
            cells = self._cells(self._put(index, height, symmetric=symmetric))
            over = np.where(cells.rest[GRID_CELLS], on_grid, _cubic(cells, GRID, GRID_CELLS))
            return height + _log_inside(over) - loss

        low, high = LOWEST, HIGHEST
        if beyond(low) < 0 < beyond(high):
            low = high = brentq(beyond, low, high, xtol=NEAR)
        height = high if beyond(high) <= 0 else low
        heights = self._put(index, round(height, 3), symmetric=symmetric)
        return replace(self, heights=heights)

    def without_handle(self, index: int, *, symmetric: bool) -> Drawn:
        """The same with that handle where the noise has it."""
        return replace(self, heights=self._put(index, None, symmetric=symmetric))

    def _put(self, index: int, height: float | None, *, symmetric: bool) -> Heights:
        moving = {index, len(KNOTS) - 1 - index} if symmetric else {index}
        return tuple(height if at in moving else one for at, one in enumerate(self.heights))

    @cached_property
    def _at_handles(self) -> tuple[Values, Values, Values]:
        """The noise's loss at the handles, and its slopes just left and right of them."""
        left, right = (self.bare(KNOTS + side * BESIDE)[1] for side in (-1, 1))
        return self.bare(KNOTS)[0], left, right

    @cached_property
    def _tails(self) -> tuple[float, float]:
        """The areas under e to the −loss below −`SPAN` and above `SPAN`, which may be infinite."""
        return self._tail(0, -1), self._tail(-1, 1)

    def _tail(self, end: int, side: int) -> float:
        if self.heights[end] is not None:
            steep = side * float(self.cells.cubics[end, 1])
            at_end = float(self.parts(np.array([side * SPAN]))[0][0])
            return float(np.exp(-at_end)) / steep if steep > FLAT else np.inf
        loss = self.bare(side * TAIL)[0]
        apart = float(np.log(TAIL[1] / TAIL[0]))
        if loss[-1] - loss[-2] < FALLS * apart + FLAT:
            return np.inf
        return float(TAIL * _simpson(FAR_POINTS, apart) @ np.exp(-loss))

    def _cells(self, heights: Heights) -> Cells:
        bare, left, right = self._at_handles
        given = np.array(heights, float)
        moved = ~np.isnan(given)
        values = np.where(moved, given, bare)
        incoming, outgoing = _slopes(values, cornered=self.noise.corner > 0)
        incoming, outgoing = np.where(moved, incoming, left), np.where(moved, outgoing, right)
        rise, rest = np.diff(values) / GAPS, ~(moved[:-1] | moved[1:])
        least, most = np.minimum(STEEPEST * rise, 0), np.maximum(STEEPEST * rise, 0)
        begins, ends = (np.where(rest, one, np.clip(one, least, most))
                        for one in (outgoing[:-1], incoming[1:]))  # fmt: skip
        inner = [values[:-1], begins, (3 * rise - 2 * begins - ends) / GAPS,
                 (begins + ends - 2 * rise) / GAPS**2]  # fmt: skip
        first, last = (
            [values[end], slope, 0, 0] for end, slope in ((0, begins[0]), (-1, ends[-1]))
        )
        return Cells(
            np.vstack([first, np.stack(inner, axis=1), last]),
            np.concatenate([~moved[:1], rest, ~moved[-1:]]),
            float(begins[MIDDLE] - ends[MIDDLE - 1]),
        )


def _slopes(values: Values, *, cornered: bool) -> tuple[Values, Values]:
    """At each handle the slope to its left and to its right: different at a corner alone."""
    secants = np.diff(values) / GAPS
    before, after = secants[:-1], secants[1:]
    middle = (before * GAPS[1:] + after * GAPS[:-1]) / (GAPS[:-1] + GAPS[1:])
    most = STEEPEST * np.minimum(np.abs(before), np.abs(after))
    held = np.where(before * after > 0, np.clip(middle, -most, most), 0)
    incoming = np.concatenate([np.minimum(secants[:1], 0), held, np.maximum(secants[-1:], 0)])
    outgoing = incoming.copy()
    if cornered:
        incoming[MIDDLE], outgoing[MIDDLE] = secants[MIDDLE - 1], secants[MIDDLE]
    return incoming, outgoing


def _drawn_over(found: Parts, residuals: Values, cells: Cells) -> Parts:
    """The noise's loss and derivatives with what was drawn in place of it."""
    cell = np.searchsorted(KNOTS, residuals, "right")
    _, slope, square, cube = cells.cubics.T[:, cell]
    rest, t = cells.rest[cell], residuals - BEGINS[cell]
    loss = _cubic(cells, residuals, cell)
    pull = slope + t * (2 * square + 3 * t * cube)
    return (
        np.where(rest, found[0], loss),
        np.where(rest, found[1], pull),
        np.where(rest, found[2], 2 * square + 6 * t * cube),
    )


def _cubic(cells: Cells, residuals: Values, cell: NDArray[np.intp]) -> Values:
    """The drawn loss alone, for residuals in those cells."""
    value, slope, square, cube = cells.cubics.T[:, cell]
    t = residuals - BEGINS[cell]
    return np.asarray(value + t * (slope + t * (square + t * cube)))


def _log_inside(loss: Values) -> float:
    """The log of the area under e to the −loss over `GRID`."""
    least = float(loss.min())
    return float(np.log(WEIGHTS @ np.exp(least - loss))) - least


def _simpson(count: int, gap: float) -> Values:
    weights = np.full(count, 2.0)
    weights[1::2], weights[[0, -1]] = 4, 1
    return weights * gap / 3


WEIGHTS = _simpson(CELLS + 1, float(GRID[1] - GRID[0]))
