r"""The line of maximum likelihood through points, for any loss: the least $\sum\rho(y - a - bx)$.

Losses need be neither convex nor smooth, so the fit starts from many lines at once: those of a grid
as fine as the scale that no neighbour betters, and the best lines through two points. Each goes
down by Newton's method, damped where the loss is not convex. A corner at 0 is rounded off for that,
ever less, and then the points at it are put on the line exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explainer.likelihood.drawn import Drawn
from explainer.likelihood.noise import SCALE, Values

Index = NDArray[np.intp]

REACH, COARSEST, FINEST = 3.0, 0.25, 0.1
PER_UNIT = 100
TABLE = np.linspace(-20, 20, 40 * PER_UNIT + 1)
STARTS, PAIRS = 8, 6
ROUNDED = 0.1
FIRST, LAST, SMALL, LONGEST, LEAST = 12, 8, 1e-8, 1.0, 1e-12
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
    cornered = drawn.corner > CORNER
    if convex and not cornered:
        return _distinct(
            lines := _descended(drawn, design, up, least_squares(points)[None], 0.0),
            _sums(drawn, lines, design, up),
        )
    through = _through_pairs(points)
    sums = _sums(drawn, through, design, up)
    pairs = through[np.argsort(sums)[:PAIRS]]
    if convex:  # of straight pieces alone: a best line goes through two points
        return Fit(pairs[:1], np.array([sums.min()]))
    lines = np.vstack(
        [least_squares(points), least_absolute(points), pairs, _grid_minima(drawn, points)]
    )
    if cornered:
        lines = np.vstack([pairs, _cornered(drawn, design, up, lines)])
    else:
        lines = _descended(drawn, design, up, lines, 0.0)
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
    """How far each point lies above the line: 0 where that is rounding alone."""
    left = points[:, 1] - _design(points) @ line
    return np.where(np.abs(left) < ON_LINE, 0.0, left)


def _design(points: Values) -> Values:
    return np.stack([np.ones(len(points)), points[:, 0]], axis=1)


def _sums(drawn: Drawn, lines: Values, design: Values, up: Values) -> Values:
    return np.asarray(drawn.parts(up - lines @ design.T)[0].sum(axis=-1))


def _grid_minima(drawn: Drawn, points: Values) -> Values:
    """The best `STARTS` lines of the grid that are better than all eight neighbours, `(K, 2)`."""
    valley = COARSEST if drawn.noise.convex else drawn.scale / 2
    gap = min(max(valley, FINEST), COARSEST)  # what is drawn is wider, as its handles are apart
    along = np.linspace(-REACH, REACH, 2 * math.ceil(REACH / gap) + 1)
    slope, level = np.meshgrid(along, along, indexing="ij")
    lines = np.stack([level.ravel(), slope.ravel()], axis=1)
    left = points[:, 1] - lines @ _design(points).T
    near = drawn.parts(TABLE)[0]  # a start need not be exact
    places = np.clip((left + TABLE[-1]) * PER_UNIT, 0, len(TABLE) - 1).astype(int)
    heights = near[places].sum(axis=1).reshape(slope.shape)
    around = np.pad(heights, 1, constant_values=np.inf)
    least = np.ones(heights.shape, bool)
    rows, columns = heights.shape
    for down in (0, 1, 2):
        for right in (0, 1, 2):
            least &= heights <= around[down : down + rows, right : right + columns]
    best = np.flatnonzero(least)
    return lines[best[np.argsort(heights.ravel()[best])][:STARTS]]


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


def _descended(
    drawn: Drawn, design: Values, up: Values, lines: Values, rounding: float, count: int = 30
) -> Values:
    """Where lines `(K, 2)` get by damped Newton steps, for a design `(N, 2)`."""
    squares = np.stack([design[:, 0] ** 2, design[:, 0] * design[:, 1], design[:, 1] ** 2], axis=1)

    def at(places: Values) -> tuple[Values, Values, Values]:
        loss, pull, curved = _rounded_parts(drawn, up - places @ design.T, rounding)
        return loss.sum(axis=1), pull @ design, curved @ squares

    damping = np.full(len(lines), 1e-3)
    height, uphill, bend = at(lines)
    for _ in range(count):
        step = _newton_step(uphill, bend, damping)
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


def _newton_step(downhill: Values, bend: Values, damping: Values) -> Values:
    """The step `(K, 2)` down a slope `(K, 2)` where it bends by `(K, 3)`: 11, 12 and 22."""
    first, mixed, second = bend.T
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


def _cornered(drawn: Drawn, design: Values, up: Values, starts: Values) -> Values:
    """Best lines for a loss with a corner at 0, from lines `(K, 2)`; those through two points, too.

    Down to where the corner is a parabola, and on from there three ways: with no point on the line,
    with one of the two nearest on it, and with both. What a small step betters is left out.
    """
    x = design[:, 1]
    lines = _apart(_descended(drawn, design, up, starts, ROUNDED, FIRST))
    near = np.abs(up - lines @ design.T).argsort(axis=1)[:, :2]
    one, other = near.T
    run = x[other] - x[one]
    apart = np.abs(run) > ON_LINE
    slope = (up[other] - up[one])[apart] / run[apart]
    both = np.stack([up[one][apart] - slope * x[one][apart], slope], axis=1)
    tilted = _tilted(drawn, design, up, near.ravel(), lines[:, 1].repeat(2))
    lines = _apart(np.vstack([both, tilted, _descended(drawn, design, up, lines, 0.0, LAST)]))
    return lines[_are_least(drawn, design, up, lines)]


def _tilted(drawn: Drawn, design: Values, up: Values, through: Index, slopes: Values) -> Values:
    """Where lines through a point each get, `(K, 2)`, when their slope alone is free."""
    x, y = design[:, 1] - design[through, 1, None], up - up[through, None]

    def at(slopes: Values) -> tuple[Values, Values, Values]:
        loss, pull, curved = drawn.parts(y - slopes[:, None] * x)
        return loss.sum(axis=1), (pull * x).sum(axis=1), np.abs((curved * x**2).sum(axis=1))

    damping = np.full(len(slopes), 1e-3)
    height, downhill, bend = at(slopes)
    for _ in range(LAST):
        step = np.clip(downhill / (bend + damping), -LONGEST, LONGEST)
        if np.abs(step).max() < SMALL:
            break
        there = at(slopes + step)
        better = there[0] <= height
        damping = np.where(better, np.maximum(damping * 0.1, LEAST), np.maximum(damping, 1e-3) * 10)
        slopes = np.where(better, slopes + step, slopes)
        height, downhill, bend = (
            np.where(better, new, old)
            for new, old in zip(there, (height, downhill, bend), strict=True)
        )
    return np.stack([up[through] - slopes * design[through, 1], slopes], axis=1)


def _are_least(drawn: Drawn, design: Values, up: Values, lines: Values) -> NDArray[np.bool_]:
    """Which lines `(K, 2)` no small step betters: along the axes, and about the nearest points."""
    near = design[np.abs(up - lines @ design.T).argsort(axis=1)[:, :2], 1]
    axes = np.broadcast_to(np.eye(2), (len(lines), 2, 2))
    turns = np.concatenate([axes, np.stack([-near, np.ones_like(near)], axis=-1)], axis=1)
    steps = NUDGE * np.concatenate([turns, -turns], axis=1)
    here = _sums(drawn, lines, design, up)
    around = _sums(drawn, (lines[:, None] + steps).reshape(-1, 2), design, up)
    best = around.reshape(len(lines), -1).min(axis=1)
    return np.asarray(best >= here - LEAST)


def _apart(lines: Values) -> Values:
    """The lines without those that meet another to a thousandth."""
    _, first = np.unique(lines.round(3), axis=0, return_index=True)
    return lines[np.sort(first)]


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
