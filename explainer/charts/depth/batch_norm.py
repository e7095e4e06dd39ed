"""Batch norm, closely: a layer's sums over training, and lines for what was measured of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainer.charts.specs import bare, log_axis, number_texts, number_tip
from explainer.charts.theme import Theme
from explainer.gradients.depth.norm_findings import Drift, Findings, drift, drift_steps
from explainer.gradients.depth.norm_training import BINS, REACH, Moment, NormRun, NormStudy
from explainer.words import N_, _, cached

Floats = NDArray[np.float64]
HEIGHT, LEGEND_ROW, PICTURE_HEIGHT = 240, 24, 220
PLAIN, BEFORE, AFTER = N_("without batch norm"), N_("with it, before"), N_("with it, after")
NORMED = N_("with batch norm")
TRAINING, EVALUATION = N_("train mode"), N_("evaluation")
GAMMA, BETA = "γ", "β"
STEP, ACCURACY, SIZE = N_("step"), N_("accuracy (%)"), N_("pictures in the batch")
COLUMNS = ["series", "x", "y", "low", "high"]


@dataclass(frozen=True)
class Axes:
    """The axes of a chart of lines: their titles, messages all, and which are logarithmic.

    `columns` are the names of the lines in the order of their colours; `band` says that there is
    one; `percent` fixes the upright axis to 0–100, `zero` begins it at 0.
    """

    x: str
    y: str
    columns: tuple[str, ...]
    log_x: bool = False
    log_y: bool = False
    band: bool = False
    percent: bool = False
    zero: bool = False


LOSSES = Axes(STEP, N_("loss of the batch"), (PLAIN, NORMED))
ACCURACIES = Axes(STEP, ACCURACY, (PLAIN, NORMED), percent=True)
MEAN_DRIFT = Axes(STEP, N_("move of the mean (spreads)"), (PLAIN, BEFORE, AFTER), log_y=True)
SPREAD_DRIFT = Axes(STEP, N_("change of the spread"), (PLAIN, BEFORE, AFTER), log_y=True)
SWING = Axes(STEP, N_("loss along the step"), (PLAIN, NORMED), band=True)
CHANGE = Axes(STEP, N_("change of the gradient"), (PLAIN, NORMED), zero=True)
BY_BATCH = Axes(SIZE, ACCURACY, (TRAINING, EVALUATION), True, band=True, percent=True)
OUTPUT = Axes(
    SIZE, N_("probability of its own class (%)"), (TRAINING,), True, band=True, percent=True
)
SHIFT = Axes(
    N_("moved towards white (%)"),
    ACCURACY,
    (PLAIN, N_("running statistics"), N_("its own statistics")),
    percent=True,
)
GAMMA_AXES = Axes(STEP, N_("γ, median and middle 80 %"), (GAMMA,), band=True)
BETA_AXES = Axes(STEP, N_("β, median and middle 80 %"), (BETA,), band=True)


def momentum_axes(momenta: Sequence[float]) -> Axes:
    """The axes of the accuracy over the steps, with a line for each momentum m."""
    names = tuple(f"m = {one:g}" for one in momenta)
    return Axes(N_("steps trained"), ACCURACY, names, True, percent=True)


def sums_points(moments: Sequence[Moment], layer: int, *, after: bool) -> pd.DataFrame:
    """The sums of one layer over training: step, bin, and the share of values in it, in percent."""
    shares = np.stack([(one.after if after else one.before).shares[layer] for one in moments])
    steps = np.array([one.step for one in moments], np.float64)
    ends = np.append(steps[1:], steps[-1] + (steps[-1] - steps[-2]))
    edges = np.linspace(-REACH, REACH, BINS + 1)
    rows, bins = np.nonzero(shares)
    return pd.DataFrame(
        {
            "from": steps[rows],
            "to": ends[rows],
            "low": edges[bins].round(4),
            "high": edges[bins + 1].round(4),
            "share": (100 * shares[rows, bins]).round(3),
        }
    )


@cached
def sums_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `sums_points`: a column for each record."""
    colours = alt.Scale(
        type="pow", exponent=0.5, domain=[0, 40], range=list(theme.sequential), clamp=True
    )
    cells = (
        alt.Chart(alt.NamedData(name="points"))
        .mark_rect()
        .encode(
            x=alt.X(
                "from:Q", title=_("step"), scale=alt.Scale(nice=False), axis=alt.Axis(grid=False)
            ),
            x2="to:Q",
            y=alt.Y(
                "low:Q",
                title=_("pre-activation z"),
                scale=alt.Scale(domain=[-REACH, REACH], nice=False),
            ),
            y2="high:Q",
            color=alt.Color("share:Q", scale=colours, legend=None),
            tooltip=[
                alt.Tooltip("from:Q", title=_("step")),
                alt.Tooltip("low:Q", format=".2f", title=_("from")),
                alt.Tooltip("high:Q", format=".2f", title=_("to")),
                alt.Tooltip("share:Q", format=".1f", title=_("values here (%)")),
            ],
        )
    )
    return bare(cells.properties(height=PICTURE_HEIGHT))


def loss_points(study: NormStudy) -> pd.DataFrame:
    """The loss of every batch, averaged over ten steps."""
    return _joined(
        [
            _lines(name, *_tens(np.array(run.losses)))
            for name, run in ((PLAIN, study.plain), (NORMED, study.normed))
        ]
    )


def accuracy_points(study: NormStudy) -> pd.DataFrame:
    """The accuracy on validation over the steps."""
    return _joined(
        [
            _lines(name, _steps(run), np.array([100 * one.accuracy for one in run.moments]))
            for name, run in ((PLAIN, study.plain), (NORMED, study.normed))
        ]
    )


def parameter_points(run: NormRun, layer: int, name: str) -> pd.DataFrame:
    """γ or β of one layer over the steps: median over units, from the tenth to the ninetieth."""
    read = [(one.gamma if name == GAMMA else one.beta)[layer] for one in run.moments]
    with np.errstate(invalid="ignore"):  # between two infinities
        low, middle, high = np.percentile(read, (10, 50, 90), axis=1)
    return _joined([_lines(name, _steps(run), middle, low, high)])


def drift_points(study: NormStudy, layer: int, measure: Drift) -> pd.DataFrame:
    """How far a unit's sums move from one record to the next, before and after batch norm."""
    parts = ((PLAIN, study.plain, True), (BEFORE, study.normed, False), (AFTER, study.normed, True))
    return _joined(
        [
            _lines(name, drift_steps(run.moments), drift(run, layer, measure, after=after))
            for name, run, after in parts
        ]
    )


def swing_points(study: NormStudy) -> pd.DataFrame:
    """The least and the greatest loss along the step that is about to be taken."""
    tables = []
    for name, run in ((PLAIN, study.plain), (NORMED, study.normed)):
        values = np.array([(one.step, one.loss, one.low, one.high) for one in run.along]).T
        tables.append(_lines(name, *values))
    return _joined(tables)


def change_points(study: NormStudy) -> pd.DataFrame:
    """How much of the gradient has changed along the step."""
    tables = []
    for name, run in ((PLAIN, study.plain), (NORMED, study.normed)):
        steps, values = np.array([(one.step, one.change) for one in run.along]).T
        tables.append(_lines(name, steps, values))
    return _joined(tables)


def by_batch_points(found: Findings) -> pd.DataFrame:
    """Accuracy in train mode for each size of the batch, and in evaluation, which has no batch."""
    sizes = np.array([one.size for one in found.by_batch], np.float64)
    band = np.array([_band(100 * one.accuracies) for one in found.by_batch]).T
    level = np.full_like(sizes, 100 * found.evaluation)
    return _joined([_lines(TRAINING, sizes, *band), _lines(EVALUATION, sizes, level)])


def output_points(found: Findings) -> pd.DataFrame:
    """The probability of one picture's own class, in percent, among many draws of companions."""
    sizes = np.array([one.size for one in found.by_batch], np.float64)
    band = np.array([_band(100 * one.answers) for one in found.by_batch]).T
    return _lines(TRAINING, sizes, *band)


def momentum_points(found: Findings) -> pd.DataFrame:
    """Accuracy in evaluation after so many steps, for each momentum."""
    names = momentum_axes([one.momentum for one in found.by_momentum]).columns
    return _joined(
        [
            _lines(name, np.array(one.steps, float), 100 * np.array(one.accuracies))
            for name, one in zip(names, found.by_momentum, strict=True)
        ]
    )


def shift_points(found: Findings) -> pd.DataFrame:
    """Accuracy on pictures moved towards white."""
    shifts = np.array([100 * one.shift for one in found.shifted])
    values = np.array([(one.plain, one.running, one.own) for one in found.shifted]).T
    return _joined(
        [_lines(name, shifts, 100 * row) for name, row in zip(SHIFT.columns, values, strict=True)]
    )


@cached
def line_spec(theme: Theme, axes: Axes) -> dict[str, Any]:
    """The specification for lines (and a band) on `axes`; colours in the order of its columns."""
    x_scale = alt.Scale(type="log", base=2) if axes.log_x else alt.Scale(nice=False)
    y_scale = alt.Scale(domain=[0, 100]) if axes.percent else alt.Scale(zero=axes.zero)
    if axes.log_y:
        y_scale = alt.Scale(type="log")
    colours = alt.Scale(domain=list(map(_, axes.columns)), range=_colours(theme, axes))
    legend = alt.Legend(
        orient="top", title=None, columns=2, labelLimit=230, symbolOpacity=1, symbolType="stroke"
    )
    points = alt.Chart(alt.NamedData(name="points"))
    base = points.transform_calculate(**number_texts("y")).encode(
        x=alt.X("x:Q", title=_(axes.x), scale=x_scale, axis=alt.Axis(grid=False, tickCount=6)),
        color=alt.Color(
            "series:N", scale=colours, legend=legend if len(axes.columns) > 1 else None
        ),
    )
    axis = log_axis() if axes.log_y else alt.Axis()
    y = alt.Y("y:Q", title=_(axes.y), scale=y_scale, axis=axis)
    line = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=22)).encode(
        y=y,
        tooltip=[
            alt.Tooltip("series:N", title=_("line")),
            alt.Tooltip("x:Q", title=_(axes.x), format="~g"),
            number_tip("y", _(axes.y)),
        ],
    )
    height = HEIGHT + LEGEND_ROW * -(-len(axes.columns) // 2)
    parts = [line]
    if axes.band:
        shade = base.mark_area(opacity=0.18, line=False)
        parts.insert(0, shade.encode(y=alt.Y("low:Q", title=_(axes.y), scale=y_scale), y2="high:Q"))
    return bare(alt.layer(*parts).properties(height=height))


def _colours(theme: Theme, axes: Axes) -> list[str]:
    """Without batch norm is grey wherever it stands; the others take the colours in turn."""
    rest = iter(theme.categorical)
    return [theme.categorical[-1] if name == PLAIN else next(rest) for name in axes.columns]


def _lines(
    name: str, x: Floats, y: Floats, low: Floats | None = None, high: Floats | None = None
) -> pd.DataFrame:
    values = {"series": _(name), "x": x, "y": y, "low": y if low is None else low}
    return pd.DataFrame({**values, "high": y if high is None else high}, columns=COLUMNS)


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    points = pd.concat(tables, ignore_index=True)
    return points[np.isfinite(points[["y", "low", "high"]]).all(axis=1)]


def _steps(run: NormRun) -> Floats:
    return np.array([one.step for one in run.moments], np.float64)


def _tens(values: Floats) -> tuple[Floats, Floats]:
    """Steps and means of ten values each."""
    count = len(values) // 10
    means = values[: 10 * count].reshape(count, 10).mean(axis=1, dtype=np.float64)
    steps = np.arange(count, dtype=np.float64) * 10 + 5
    return steps, np.asarray(means, np.float64)


def _band(values: Floats) -> tuple[float, float, float]:
    """Median, tenth and ninetieth percentile."""
    low, middle, high = np.percentile(values, (10, 50, 90))
    return float(middle), float(low), float(high)
