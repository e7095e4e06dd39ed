"""Why normalise? Contours, paths and steps of gradient descent, before and after; then by whose."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.evaluation.scaling import NEAR, LeastSquares, feature_and_bias, two_features
from explainer.evaluation.scaling_script import script
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import power_of_ten
from explainer.registry import Registry
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.curves import Line, Panel, curves, curves_message, pinned_number
from explainer.ui.common.prose import say
from explainer.ui.inputs.chart_places import place_in_view
from explainer.ui.overfitting.shapes import ShapeLine, ShapePoints, shapes, shapes_message
from explainer.ui.splits.whose_statistics import whose_statistics
from explainer.words import N_, _

KEY = "splits"
PLANES = tuple(f"{KEY}.plane_{place}" for place in range(3))
LEFT = f"{KEY}.left"
LEVELS = (0.02, 0.1, 0.25, 0.5, 1.0)
DRAWN, LAST, SPAN = 40, 100, (-6.0, 0.5)
LEAST = 1e-30
"""Taken for nothing: less than what is left where rounding alone is left."""
PANEL = Panel(
    N_("What is left of the first gap, log₁₀"), N_("log₁₀ of what is left"), 260, SPAN, 2,
    (N_("below −6"), N_("grows, above 0.5")),
)  # fmt: skip
COLOURS, DASHED = (1, 0, 2), 8
RATE = Parameter(
    "rate", N_("learning rate, in % of the largest stable one"), 50, 5, 110, 5, unit="%",
    help=N_("The largest stable rate is 2/λ of the steepest direction; each problem has its own."),
)  # fmt: skip
SCALE = Parameter("scale", N_("scale of a feature, log₁₀"), 0.6, -1, 1, 0.05)
CORRELATION = Parameter("correlation", N_("correlation of the features"), 0.6, -0.95, 0.95, 0.05)
MEAN = Parameter("mean", N_("mean of the feature, in deviations"), 3, 0, 6, 0.25)


@dataclass(frozen=True)
class Weights:
    """Two weights, what moves their problem, and what the three problems are called."""

    slug: str
    title: str
    axes: tuple[tuple[str, str], ...]
    second: Parameter
    problems: Callable[[float, float], tuple[LeastSquares, ...]]
    steps: tuple[str, str, str]


CHOICES = Registry[Weights](
    N_("pair of weights"),
    Weights("features", N_("two features"), (("w₁", "w₂"), ("w₁", "w₂"), ("v₁", "v₂")),
            CORRELATION, two_features,
            (N_("as they come"), N_("standardised"), N_("whitened"))),
    Weights("bias", N_("a feature and the bias"), 3 * (("w", "b"),), MEAN, feature_and_bias,
            (N_("as it comes"), N_("divided by its deviation"), N_("standardised"))),
)  # fmt: skip


def scaling_section(*_given: object) -> None:
    """Three planes and the gap over the steps; below them by whose numbers to normalise."""
    say(KEY, "scaling")
    left, right = st.columns([1, 2.2], gap="medium")
    with left:
        slug = choice(_("Weights of"), CHOICES, key=f"{KEY}.weights", widget=st.segmented_control)
    weights = CHOICES[slug]
    parameters = (SCALE, weights.second, RATE)
    moved = live.values(PLANES[0], parameters, scope=slug)
    shown = _Shown(weights, place_in_view(LEFT, "t", 0, LAST, 20), theme())
    address = live.live_picture(PLANES[0], _renderer(shown, moved.values))
    with right:
        live.sliders(PLANES[0], parameters, moved, scope=slug, address=address)
    problems = _problems(shown, moved.values)
    for place, column in enumerate(st.columns(3, gap="medium")):
        with column:
            st.markdown(f"**{_(weights.steps[place])}**")
            shapes(PLANES[place], _plane(shown, problems, place, moved.values, moved.number))
    number = max(moved.number, pinned_number(LEFT))
    curves(LEFT, _left(shown, problems, moved.values, number))
    live.write_to_url(PLANES[0], parameters, moved.values)
    say(KEY, "scaling_notice")
    fold = code_fold(_("The same in Python"), f"{KEY}.scaling_code")
    if fold.open:
        with fold:
            scale, second = _settings(shown, moved.values)
            text = script(slug, scale, second, moved.values[RATE.name] / 100)
            show_script(KEY, text, "deepglass_scaling")
    st.divider()
    whose_statistics()


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while a slider is moved."""

    weights: Weights
    step: float
    colours: Theme


def _settings(shown: _Shown, values: Mapping[str, float]) -> tuple[float, float]:
    """The scale itself, and the correlation or the mean."""
    return 10 ** values[SCALE.name], values[shown.weights.second.name]


def _problems(shown: _Shown, values: Mapping[str, float]) -> tuple[LeastSquares, ...]:
    return shown.weights.problems(*_settings(shown, values))


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held, parameters = dict(resting), (SCALE, shown.weights.second, RATE)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in parameters}
        problems = _problems(shown, values)
        also = (LEFT, _left(shown, problems, values, number))
        for place in reversed(range(1, len(PLANES))):
            also = (PLANES[place], _plane(shown, problems, place, values, number, also))
        return _plane(shown, problems, 0, values, number, also)

    return render


def _plane(
    shown: _Shown, problems: tuple[LeastSquares, ...], place: int, values: Mapping[str, float],
    number: int, also: tuple[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    problem, colours, rate = problems[place], shown.colours, values[RATE.name] / 100
    path = problem.path(rate, DRAWN)
    middle, half = 0.6 * problem.optimum, 0.95 * float(np.abs(problem.optimum).max())
    within = (np.abs(path - middle) < 20 * half).all(1)
    line = stroke(COLOURS[place], colours)
    return shapes_message(
        PLANES[place],
        [
            *(ShapeLine(problem.contour(level)) for level in LEVELS),
            ShapeLine(path[within], _("gradient descent"), line),
        ],
        [
            ShapePoints(path[within], _("a step"), line.colour, 3),
            ShapePoints(problem.optimum[None], _("the least loss"), colours.text, 5),
        ],
        across=(float(middle[0]) - half, float(middle[0]) + half),
        up=(float(middle[1]) - half, float(middle[1]) + half),
        axes=shown.weights.axes[place], told=_told(problem, rate), number=number, also=also,
        alt=_("Contours of the loss over two weights, and the path of gradient descent from 0."),
    )  # fmt: skip


def _told(problem: LeastSquares, rate: float) -> str:
    numbers = {
        "condition": power_of_ten(problem.condition, 3),
        "largest": power_of_ten(problem.largest_rate, 2),
    }
    if rate > 1:
        return _(
            "κ = {condition}; largest stable rate {largest}; beyond it the gap grows.", **numbers
        )
    steps = problem.steps(rate)
    if not math.isfinite(steps):
        return _(
            "κ = {condition}; largest stable rate {largest}; at it descent goes to and fro "
            "and does not arrive.", **numbers,
        )  # fmt: skip
    return _(
        "κ = {condition}; largest stable rate {largest}; steps to a thousandth of the gap: {steps} "
        "(from the worst start {bound}).",
        steps=f"{steps:,.0f}", bound=f"{math.ceil(problem.bound(rate)):,}", **numbers,
    )  # fmt: skip


def _left(
    shown: _Shown, problems: tuple[LeastSquares, ...], values: Mapping[str, float], number: int
) -> bytes:
    rate, steps = values[RATE.name] / 100, np.arange(LAST + 1.0)
    lines = []
    for problem, name, colour in zip(problems, shown.weights.steps, COLOURS, strict=True):
        left = np.log10(np.maximum(problem.left(rate, steps), LEAST)).round(9) + 0.0  # no −0
        lines.append(Line(_(name), stroke(colour, shown.colours), left[None]))
    near = Line(
        _("a thousandth"), stroke(7 + DASHED, shown.colours), np.full((1, LAST + 1), np.log10(NEAR))
    )
    panel = replace(PANEL, short=_(PANEL.short), beyond=tuple(map(_, PANEL.beyond)))
    return curves_message(
        LEFT, [panel], [*lines, near], low=0, reach=LAST, at=shown.step, number=number,
        symbol=_("step"),
        alt=_("The share of the gap that is left over the steps, for the three problems."),
    )  # fmt: skip
