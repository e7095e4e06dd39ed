"""Two classes that overlap: the best possible error, and what classifiers make of n points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from scipy.special import ndtri

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.generalisation.bayes import (
    TwoClasses,
    Values,
    logistic,
    nearest_neighbour_errors,
)
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import percent
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.curves import (
    Line,
    Mark,
    Panel,
    curves,
    curves_message,
    pinned_number,
    pinned_x,
)
from explainer.ui.common.prose import say
from explainer.ui.overfitting.shapes import ShapeLine, ShapePoints, shapes, shapes_message
from explainer.words import N_, _

KEY = "overfitting"
BAYES, ERRORS = f"{KEY}.bayes", f"{KEY}.bayes_errors"
SIZES = (10, 32, 100, 316, 1000)
PER_DECADE = 2
POOL, SAMPLES, SEED = 3000, 8, 0
ASKED = (5, 16)
REACH = (4.5, 5.0)
TURNS = np.linspace(0, 2 * np.pi, 181)
PANELS = (Panel(N_("Share that is wrong (%)"), N_("error (%)"), 330),)
A, B, NEAREST, LOGISTIC, GREY, DASHED = 0, 1, 2, 3, 7, 8
DISTANCE, SPREAD, POINTS = PARAMETERS = (
    Parameter("distance", N_("distance of the centres"), 2, 0, 4, 0.1),
    Parameter("spread", N_("spread of class B"), 1, 0.5, 2, 0.05,
              help=N_("That of class A is 1.")),
    Parameter("points", N_("log₁₀ of the points"), 2, 1, 3, 1 / PER_DECADE),
)  # fmt: skip


def bayes() -> None:
    """Sliders for the classes and the points; the plane, and every error over the points."""
    say(KEY, "bayes")
    if (pinned := pinned_x(ERRORS)) is not None:
        live.put(BAYES, POINTS, pinned)
    moved = live.values(BAYES, PARAMETERS)
    address = live.live_picture(BAYES, _renderer(moved.values))
    controls, left, right = st.columns([1, 1.5, 1.6], gap="medium")
    number = max(moved.number, pinned_number(ERRORS))
    plane, errors = _messages(moved.values, number, theme())
    with controls:
        live.sliders(BAYES, PARAMETERS, moved, address=address)
    with left:
        shapes(BAYES, plane)
    with right:
        curves(ERRORS, errors)
    live.write_to_url(BAYES, PARAMETERS, moved.values)
    say(KEY, "bayes_notice")


def _renderer(resting: Mapping[str, float]) -> Render:
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return _messages(values, number, colours, together=True)[0]

    return render


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Standard normal numbers and labels that stay while the classes move: `(N, 2)`, `(N,)`.

    Half of those that are `asked` `(M, 2)` belong to either class.
    """

    noise: Values
    labels: NDArray[np.bool_]
    asked: Values
    asked_labels: NDArray[np.bool_]


@cache
def _drawn() -> _Drawn:
    generator = np.random.default_rng(SEED)
    labels = np.tile([False, True], POOL // 2)
    noise = generator.standard_normal((POOL, 2))
    axes = [ndtri((np.arange(count) + 0.5) / count) for count in ASKED]  # of equal probability
    asked = np.stack(np.meshgrid(*axes), -1).reshape(-1, 2)
    return _Drawn(
        noise, labels, np.concatenate([asked, asked]), np.repeat([False, True], len(asked))
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """Errors over `SIZES` `(5,)`, means of the samples; and each line of the first `(5, 3)`."""

    classes: TwoClasses
    best: float
    nearest: Values
    logistic: Values
    lines: Values


@lru_cache(maxsize=64)
def _found(classes: TwoClasses) -> _Found:
    drawn = _drawn()
    pool = classes.placed(drawn.noise, drawn.labels)
    asked = classes.placed(drawn.asked, drawn.asked_labels)
    nearest, lines, errors = [], [], []
    for size in SIZES:
        count = min(SAMPLES, POOL // size)
        points = pool[: count * size].reshape(count, size, 2)
        labels = drawn.labels[: count * size].reshape(count, size)
        nearest.append(nearest_neighbour_errors(classes, points, labels, asked).mean())
        fitted = logistic(points, labels)
        lines.append(fitted[0])
        errors.append(classes.error_of_line(fitted).mean())
    return _Found(
        classes, classes.bayes_error, np.array(nearest), np.array(errors), np.array(lines)
    )


def _messages(
    values: Mapping[str, float], number: int, colours: Theme, *, together: bool = False
) -> tuple[bytes, bytes]:
    """The plane, which brings the errors with it where they go `together`; and the errors."""
    found = _found(TwoClasses(values[DISTANCE.name], values[SPREAD.name]))
    place = round((values[POINTS.name] - 1) * PER_DECADE)
    errors = _errors(found, place, number, colours)
    return _plane(found, place, number, colours, errors if together else None), errors


def _plane(found: _Found, place: int, number: int, colours: Theme, errors: bytes | None) -> bytes:
    drawn, size, classes = _drawn(), SIZES[place], found.classes
    labels = drawn.labels[:size]
    points = classes.placed(drawn.noise[:size], labels)
    radius = 4.5 if size < 150 else 2.5
    line = found.lines[place]
    numbers = {
        "best": percent(found.best),
        "count": f"{size:,}",
        "nearest": percent(float(found.nearest[place])),
        "logistic": percent(float(found.logistic[place])),
    }
    return shapes_message(
        BAYES,
        [
            ShapeLine(_across(line), _("logistic regression"), stroke(LOGISTIC, colours)),
            ShapeLine(_boundary(classes), _("the best boundary"), stroke(GREY, colours)),
        ],
        [
            ShapePoints(points[~labels], _("class A"), colours.categorical[A], radius),
            ShapePoints(points[labels], _("class B"), colours.categorical[B], radius),
        ],
        across=(-REACH[0], REACH[0]), up=(-REACH[1], REACH[1]), axes=("x₁", "x₂"), number=number,
        told=_(
            "The best rule gets {best} wrong. From {count} points: the nearest neighbour "
            "{nearest}, and none of its own; logistic regression {logistic}.", **numbers,
        ),
        alt=_("Points of two classes that overlap, the best boundary, and a fitted one."),
        also=None if errors is None else (ERRORS, errors),
    )  # fmt: skip


def _boundary(classes: TwoClasses) -> Values:
    if classes.distance == 0 and classes.spread == 1:
        return np.zeros((0, 2))  # the same cloud twice: every rule is as good
    circle = classes.boundary
    if circle is None:
        return np.array([[-REACH[0], 0.0], [REACH[0], 0.0]])
    turned = np.column_stack([np.sin(TURNS), np.cos(TURNS)])
    if circle.radius > 4 * REACH[1]:  # nearly a line: only what is in sight, in small steps
        at = np.linspace(-REACH[0], REACH[0], len(TURNS))
        away = np.sqrt(circle.radius**2 - at**2)
        return np.column_stack([at, circle.height - np.sign(circle.height) * away])
    return np.asarray(circle.radius * turned + np.array([0.0, circle.height]))


def _across(line: Values) -> Values:
    """Two places far out on the line $w_1x_1 + w_2x_2 + b = 0$; none where there is no line."""
    direction, bias = line[:2], line[2]
    long = float(np.hypot(*direction))
    if long < 1e-9:
        return np.zeros((0, 2))
    foot, along = -bias * direction / long**2, np.array([-direction[1], direction[0]]) / long
    return np.stack([foot - 20 * along, foot + 20 * along])


def _errors(found: _Found, place: int, number: int, colours: Theme) -> bytes:
    even, best = np.ones(len(SIZES)), found.best
    lines = [
        Line(_("nearest neighbour"), stroke(NEAREST, colours), 100 * found.nearest[None]),
        Line(
            _("nearest neighbour, on its own points"), stroke(NEAREST + DASHED, colours),
            0 * even[None],
        ),
        Line(_("logistic regression"), stroke(LOGISTIC, colours), 100 * found.logistic[None]),
        Line(_("best possible (Bayes)"), stroke(GREY, colours), 100 * best * even[None]),
        Line(
            _("2 R (1 − R), with R that best"), stroke(GREY + DASHED, colours),
            200 * best * (1 - best) * even[None],
        ),
    ]  # fmt: skip
    return curves_message(
        ERRORS, [replace(one, short=_(one.short)) for one in PANELS], lines, low=1, reach=3,
        at=1 + place / PER_DECADE, number=number, symbol=_("log₁₀ of the points"),
        marks=[Mark(1 + place / PER_DECADE, _("{count} points", count=f"{SIZES[place]:,}"))],
        alt=_("Errors of two classifiers over the number of points, and the best possible one."),
    )  # fmt: skip
