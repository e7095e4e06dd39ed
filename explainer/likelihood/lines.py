r"""The line of maximum likelihood through points, for any loss: the least $\sum\rho(y - a - bx)$.

Losses need be neither convex nor smooth, so the fit starts from many lines at once: those of a grid
that no neighbour betters, and the best lines through two points. Each goes down by Newton's method,
damped where the loss is not convex. A corner at 0 is rounded off for that, ever less, and then
the points at it are put on the line exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explainer.likelihood.drawn import Drawn
from explainer.likelihood.noise import SCALE, Values

SLOPES = np.linspace(-3, 3, 25)
INTERCEPTS = np.linspace(-3, 3, 25)
TABLE = np.linspace(-20, 20, 2001)
STARTS, PAIRS = 8, 2
ROUNDED = (0.1, 0.001)
STEPS, SMALL, LONGEST, LEAST = 30, 1e-11, 1.0, 1e-12
SAME, FARTHEST = 5e-3, 5.0
ON_LINE, NUDGE, CORNER = 1e-9, 1e-6, 1e-6
SCALES = np.arange(SCALE.minimum, SCALE.maximum + SCALE.step / 2, SCALE.step).round(9)


@dataclass(frozen=True)
class Fit:
    """Lines that no small step betters, the best first: `(K, 2)`, intercept and slope.

    Those far away are left out; `better_afar` says that one of them has less loss.
    """

    lines: Values
    losses: Values
    better_afar: bool = False

    @property
    def best(self) -> Values:
        """The line of maximum likelihood."""
        return np.asarray(self.lines[0])


def fit(drawn: Drawn, points: Values) -> Fit:
    """The best line through points `(N, 2)`, N ≥ 2, for a drawn loss, and other local minima."""
    design, up = _design(points), points[:, 1]
    convex = drawn.noise.convex and not drawn.is_moved
    through = _through_pairs(points) if drawn.corner > CORNER else None
    if through is not None:
        sums = _sums(drawn, through, design, up)
        corner = through[np.argsort(sums)[:PAIRS]]
        if convex:  # of straight pieces alone: a best line goes through two points
            return Fit(corner[:1], np.array([sums.min()]))
    starts = least_squares(points)[None]
    if not convex:
        starts = np.vstack([starts, least_absolute(points), _grid_minima(drawn, points)])
    if through is None:
        lines = _descended(drawn, design, up, starts, 0.0)
    else:
        lines = np.vstack([starts, corner])
        for rounding in ROUNDED:
            lines = _descended(drawn, design, up, lines, rounding)
        best = lines[_sums(drawn, lines, design, up).argmin()]
        lines = np.vstack([corner[:1], _snapped(drawn, design, up, best), lines])
    return _distinct(lines, _sums(drawn, lines, design, up))


def likely_scale(drawn: Drawn, points: Values) -> float:
    """The scale of its slider at which the best line through points `(N, 2)` has the least loss.

    For the Gaussian it is the root of the mean of the squared residuals, the sum divided by N.
    """

    def least(scale: float) -> float:
        one = replace(drawn, scale=scale)
        return float(fit(one, points).losses[0]) + len(points) * one.log_area

    return float(min(SCALES.tolist(), key=least))


def least_squares(points: Values) -> Values:
    """The line of least squares."""
    return np.asarray(np.linalg.lstsq(_design(points), points[:, 1], rcond=None)[0], float)


def least_absolute(points: Values) -> Values:
    """The line of least absolute error: the best of those through two points, as one is."""
    through = _through_pairs(points)
    missed = np.abs(points[:, 1] - through @ _design(points).T).sum(axis=1)
    return np.asarray(through[missed.argmin()])


def residuals(points: Values, line: Values) -> Values:
    """How far each point lies above the line."""
    return points[:, 1] - _design(points) @ line


def _design(points: Values) -> Values:
    return np.stack([np.ones(len(points)), points[:, 0]], axis=1)


def _sums(drawn: Drawn, lines: Values, design: Values, up: Values) -> Values:
    return np.asarray(drawn.parts(up - lines @ design.T)[0].sum(axis=-1))


def _grid_minima(drawn: Drawn, points: Values) -> Values:
    """The best `STARTS` lines of the grid that are better than all eight neighbours, `(K, 2)`."""
    slope, level = np.meshgrid(SLOPES, INTERCEPTS, indexing="ij")
    lines = np.stack([level.ravel(), slope.ravel()], axis=1)
    left = points[:, 1] - lines @ _design(points).T
    near = np.interp(left, TABLE, drawn.parts(TABLE)[0])  # a start need not be exact
    heights = near.sum(axis=1).reshape(slope.shape)
    around = np.pad(heights, 1, constant_values=np.inf)
    least = np.ones(heights.shape, bool)
    rows, columns = heights.shape
    for down in (0, 1, 2):
        for right in (0, 1, 2):
            least &= heights <= around[down : down + rows, right : right + columns]
    places = np.flatnonzero(least)
    return lines[places[np.argsort(heights.ravel()[places])][:STARTS]]


def _through_pairs(points: Values) -> Values:
    """The lines through two points each, those above one another left out, `(M, 2)`."""
    first, second = np.triu_indices(len(points), 1)
    x, y = points.T
    across = x[second] - x[first]
    apart = np.abs(across) > ON_LINE
    slope = (y[second] - y[first])[apart] / across[apart]
    return np.stack([y[first][apart] - slope * x[first][apart], slope], axis=1)


def _rounded_parts(drawn: Drawn, left: Values, rounding: float) -> tuple[Values, Values, Values]:
    """The loss and its derivatives, a corner at 0 made a parabola within ± `rounding`."""
    loss, pull, curved = drawn.parts(left)
    if not rounding:
        return loss, pull, curved
    half, size = drawn.corner / 2, np.abs(left)
    inside = size < rounding
    loss = loss + half * np.where(inside, (left**2 / rounding + rounding) / 2 - size, 0)
    pull = pull + half * np.where(inside, left / rounding - np.sign(left), 0)
    return loss, pull, curved + half * np.where(inside, 1 / rounding, 0)


def _descended(drawn: Drawn, design: Values, up: Values, lines: Values, rounding: float) -> Values:
    """Where lines `(K, 2)` get by damped Newton steps, for a design `(N, 2)`.

    A column of the design that is 0 leaves its coefficient as it is.
    """
    squares = np.stack([design[:, 0] ** 2, design[:, 0] * design[:, 1], design[:, 1] ** 2], axis=1)
    free = np.asarray(design.any(axis=0))

    def at(places: Values) -> tuple[Values, Values, Values]:
        loss, pull, curved = _rounded_parts(drawn, up - places @ design.T, rounding)
        return loss.sum(axis=1), pull @ design, curved @ squares

    damping = np.full(len(lines), 1e-3)
    height, uphill, bend = at(lines)
    for _ in range(STEPS):
        step = _newton_step(uphill, bend, damping, free)
        if np.abs(step).max() < SMALL:
            break
        tried = lines + step
        there = at(tried)
        better = there[0] <= height
        damping = np.where(better, np.maximum(damping * 0.1, LEAST), np.maximum(damping, 1e-9) * 10)
        lines = np.where(better[:, None], tried, lines)
        height = np.where(better, there[0], height)
        uphill = np.where(better[:, None], there[1], uphill)
        bend = np.where(better[:, None], there[2], bend)
    return lines


def _newton_step(
    downhill: Values, bend: Values, damping: Values, free: NDArray[np.bool_]
) -> Values:
    """The step `(K, 2)` down a slope `(K, 2)` where it bends by `(K, 3)`: 11, 12 and 22."""
    first, mixed, second = bend.T
    if not free.all():
        alone = bend[:, 0] if free[0] else bend[:, 2]
        return downhill / (np.abs(alone) + damping)[:, None]
    middle, apart = (first + second) / 2, np.hypot((first - second) / 2, mixed)
    lift = damping + np.maximum(0, -1.5 * (middle - apart))
    first, second = first + lift, second + lift
    below = first * second - mixed**2
    across = np.stack(
        [second * downhill[:, 0] - mixed * downhill[:, 1],
         first * downhill[:, 1] - mixed * downhill[:, 0]], axis=1,
    )  # fmt: skip
    step = across / np.maximum(below, LEAST**2)[:, None]
    return np.asarray(np.clip(step, -LONGEST, LONGEST))


def _snapped(drawn: Drawn, design: Values, up: Values, line: Values) -> Values:
    """The line with the points that lie within the rounding put on it exactly, `(K, 2)`."""
    left = up - design @ line
    near = np.argsort(np.abs(left))[:2]
    near = near[np.abs(left[near]) < 2 * ROUNDED[-1]]
    found = line[None]
    if len(near) == 2:
        found = _through_pairs(np.stack([design[near, 1], up[near]], axis=1))
        tilts = NUDGE * np.stack([-design[near, 1], np.ones(2)], axis=1)
        around = np.vstack([found, found + tilts, found - tilts])
        sums = _sums(drawn, around, design, up)
        if len(found) and sums.argmin() == 0:  # along both edges it rises
            return found
    for one in near:  # the slope alone is free where a line goes through one point
        x, y = design[one, 1], up[one]
        others = np.arange(len(up)) != one
        tilt = np.stack([np.zeros(len(up) - 1), design[others, 1] - x], axis=1)
        slope = _descended(drawn, tilt, up[others] - y, line[None], 0.0)[0, 1]
        found = np.vstack([found, [[y - slope * x, slope]]])
    return found


def _distinct(lines: Values, sums: Values) -> Fit:
    """Each line once, the best first; a line near a better one is the same minimum."""
    near = np.abs(lines).max(axis=1) <= FARTHEST
    if not near.any():
        near[sums.argmin()] = True
    afar = bool(sums.min() < sums[near].min() - SAME)
    kept: list[int] = []
    for place in np.argsort(sums, kind="stable"):
        apart = np.abs(lines[kept] - lines[place]).max(axis=1)
        if near[place] and (apart > SAME).all():
            kept.append(int(place))
    return Fit(lines[kept], sums[kept], afar)
