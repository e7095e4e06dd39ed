"""What the picture of a drawn noise shows: density, loss, pull, and the line through the points."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from explainer.charts.theme import Theme
from explainer.likelihood.drawn import GRID, KNOTS, NONE, SPAN, Drawn
from explainer.likelihood.lines import Fit, fit, least_absolute, least_squares, residuals
from explainer.likelihood.noise import Values
from explainer.likelihood.patients import patients, units
from explainer.powers import percent, power_of_ten, signed
from explainer.ui.common.components import pack
from explainer.words import _

DRAWN, OUTLIER, PULL = 0, 1, 6
VIEW = (3.5, 4.8)
SHOWN = 4  # lines, of those that are best among their neighbours
REACH = (3.2, 4.4)
LOSS = (-1.0, 8.0)
ROOM = 1.3
TOPS = (0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
STEEP = 3.0
QUIET, BEYOND = 1e-9, 0.1
RISING, LESS = 0.15, 0.02
"""Above which slope a density rises for people to see; by what share the greatest pull is."""
LARGE = 1e4
FINE = np.linspace(KNOTS[0], KNOTS[-1], 8001)
LONGEST = 2 * VIEW[1]


@dataclass(frozen=True)
class Asked:
    """A drawn noise, which patients, and where the outlier stands."""

    drawn: Drawn
    seed: int
    outlier: tuple[float, float]

    @property
    def points(self) -> Values:
        """The patients, the outlier last."""
        return np.vstack([patients(self.seed), self.outlier])


@dataclass(frozen=True)
class Turned:
    """A slope without the outlier and with it."""

    without: float
    now: float

    @property
    def said(self) -> str:
        """Both, and what lies between."""
        return _(
            "from {without} to {now} ({change})", without=_figure(self.without),
            now=_figure(self.now), change=signed(round(self.now, 2) - round(self.without, 2), 2),
        )  # fmt: skip


@lru_cache(maxsize=64)
def without_outlier(drawn: Drawn, seed: int) -> float:
    """The slope of the line of maximum likelihood through the patients alone."""
    return float(fit(drawn, patients(seed)).best[1])


@lru_cache(maxsize=64)
def _plain_slopes(seed: int) -> tuple[float, float]:
    """The slopes of least squares and of least absolute error through the patients alone."""
    points = patients(seed)
    return float(least_squares(points)[1]), float(least_absolute(points)[1])


def noise_message(key: str, asked: Asked, colours: Theme, number: int, address: str = "") -> bytes:
    """All that is drawn: a header, and as float32 density, loss and pull over `GRID`."""
    drawn, points = asked.drawn, asked.points
    found = fit(drawn, points)
    squared = least_squares(points)
    left = residuals(points, found.best)
    loss, pull = drawn.losses(left), drawn.parts(left)[1]
    over, handles = drawn.losses(GRID), drawn.losses(KNOTS)
    pulls = drawn.parts(GRID)[1]
    header: dict[str, Any] = {
        "name": key, "number": number, "address": address, "span": SPAN,
        "handles": _rows(KNOTS, np.exp(-handles), handles),
        "points": _rows(points[:, 0], points[:, 1], left, loss, pull),
        "line": found.best.tolist(), "squared": squared.tolist(),
        "others": found.lines[1:SHOWN].tolist(),
        "tops": {"density": _top(drawn), "loss": LOSS, "pull": STEEP / drawn.scale},
        "arrow": min(drawn.scale**2, LONGEST / max(float(np.abs(pull).max()), QUIET)),
        "reach": REACH, "view": VIEW,
        "colours": {
            "drawn": colours.categorical[DRAWN], "outlier": colours.categorical[OUTLIER],
            "pull": colours.categorical[PULL], "squared": _faded(colours),
        },
        "words": _words(drawn),
        "told": [_told_of_outlier(asked, found, squared, pull), _told_of_noise(drawn, found, left)],
    }  # fmt: skip
    return pack(header, *(_bytes(one) for one in (np.exp(-over), over, pulls)))


def _bytes(values: Values) -> bytes:
    return np.clip(values, -1e30, 1e30).astype("<f4").tobytes()


def _rows(*columns: Values) -> list[list[float]]:
    rows: list[list[float]] = np.stack(columns, axis=1).round(5).tolist()
    return rows


def _top(drawn: Drawn) -> float:
    """Where the axis of the density ends: as the noise has it, whatever the handles make of it."""
    bare = replace(drawn, heights=NONE)
    wanted = ROOM * float(np.exp(-bare.losses(GRID).min()))
    return next((one for one in TOPS if one >= wanted), TOPS[-1])


def _faded(colours: Theme) -> str:
    return colours.categorical[-1]


def _words(drawn: Drawn) -> dict[str, str]:
    across, up = units()
    density = _("The noise: density p(r)") if drawn.is_proper else _("No density: e to the −loss")
    return {
        "density": density,
        "loss": _("The loss: −log p(r)"),
        "pull": _("The pull: slope of the loss"),
        "plane": _("The line: maximum likelihood"),
        "residual": _("residual r: point − line"),
        "across": _("body mass index (1 is {unit} kg/m²)", unit=f"{across:.1f}"),
        "up": _("diabetes a year later (1 is {unit} points)", unit=f"{up:.0f}"),
        "line": _("for the drawn noise"),
        "others": _("other local best lines"),
        "squared": _("least squares"),
        "pulls": _("pull of each point"),
        "outlier": _("the outlier"),
    }


def _told_of_outlier(asked: Asked, found: Fit, squared: Values, pull: Values) -> str:
    """How hard the outlier pulls, and how far it turned three lines."""
    seed, all_pull = asked.seed, float(np.abs(pull).sum())
    share = abs(float(pull[-1])) / all_pull if all_pull > QUIET else 0.0
    plain, absolute = _plain_slopes(seed)
    turned = (
        Turned(plain, float(squared[1])),
        Turned(absolute, float(least_absolute(asked.points)[1])),
        Turned(without_outlier(asked.drawn, seed), float(found.best[1])),
    )
    return " ".join([
        _("The outlier pulls with {pull}, {share} of all pull.",
          pull=_change(float(pull[-1])), share=percent(share)),
        _("It turns the slope of the line, with squared loss, {squared}; with absolute loss, "
          "{absolute}; with the loss that is drawn, {drawn}.",
          squared=turned[0].said, absolute=turned[1].said, drawn=turned[2].said),
    ])  # fmt: skip


def _told_of_noise(drawn: Drawn, found: Fit, left: Values) -> str:
    """What the data say of the noise, and what goes wrong with it."""
    formula = _(drawn.noise.formula)
    said = [
        _("Drawn from the loss {formula}, u = r/s.", formula=formula)
        if drawn.is_moved
        else _("The loss is {formula}, u = r/s.", formula=formula)
    ]
    if drawn.is_proper:
        spread = math.sqrt(float(np.mean(left**2)))
        best = math.log(spread * math.sqrt(2 * math.pi)) + 0.5 if spread > QUIET else -math.inf
        said.append(
            _("The mean of −log p is {mean} nats a point, and less is better. Of that {constant} "
              "is the constant that makes the area 1. A Gaussian as wide as these residuals "
              "(σ = {spread}) would have {best}.", mean=_figure(float(drawn.losses(left).mean())),
              constant=_figure(drawn.log_area), spread=_figure(spread), best=_figure(best))
        )  # fmt: skip
        if drawn.beyond > BEYOND:
            said.append(
                _("{share} of the area lies beyond the picture.", share=percent(drawn.beyond))
            )
    else:
        said.append(
            _("A tail does not fall, so the area under it is infinite: no noise has this loss. It "
              "can be fitted all the same; the curve on the left is scaled to the part that is "
              "drawn.")
        )  # fmt: skip
    outwards = np.sign(FINE) * drawn.parts(FINE)[1]
    if (rise := _rises(outwards)) is not None:
        said.append(
            _("Between |r| = {low} and {high} the density rises outwards: there a point pushes "
              "the line away.", low=_figure(rise[0]), high=_figure(rise[1]))
        )  # fmt: skip
    if (most := _most_pull(outwards)) is not None:
        said.append(
            _("The pull is largest at |r| = {place} and less beyond: the loss is not convex.",
              place=_figure(most))
        )  # fmt: skip
    if len(found.lines) > 1:
        said.append(
            _("From many starts the fit found {count} lines that no small step betters; that of "
              "the least loss is taken.", count=len(found.lines))
        )  # fmt: skip
    if found.better_afar:
        said.append(_("Lines far outside of the picture have less loss still."))
    return " ".join(said)


def _rises(outwards: Values) -> tuple[float, float] | None:
    """The outermost part of `FINE` in which the density rises outwards, if any does by much."""
    places = np.flatnonzero(outwards < -RISING)
    if not len(places):
        return None
    last = places[np.abs(FINE[places]).argmax()]
    falling = np.flatnonzero((outwards >= 0) & (FINE * FINE[last] >= 0))
    before, after = falling[falling < last], falling[falling > last]
    ends = (before[-1] if len(before) else 0, after[0] if len(after) else -1)
    low, high = sorted(np.abs(FINE[list(ends)]).tolist())
    return low, high


def _most_pull(outwards: Values) -> float | None:
    """Where the pull is largest, if it falls from there to the end of the handles' reach."""
    place = int(outwards.argmax())
    end = outwards[0 if FINE[place] < 0 else -1]
    falls = outwards[place] > max(end, 0) * (1 + LESS) + QUIET
    return abs(float(FINE[place])) if falls else None


def _figure(value: float) -> str:
    text = f"{value:z.2f}" if abs(value) < LARGE else power_of_ten(value)
    return text.replace("-", "−")


def _change(value: float) -> str:
    """A pull with its sign."""
    if abs(value) < LARGE:
        return signed(value, 2)
    return ("+" if value > 0 else "") + power_of_ten(value)
