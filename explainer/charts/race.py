"""The curves of a race: median and band over seeds, one colour per recipe.

The specification never changes; an update sends the points alone. That is what keeps a live panel
cheap: the browser keeps its chart and redraws the data.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainer.charts.theme import Theme
from explainer.training.snapshot import RunView, Snapshot, Status

POINTS = 120
HEIGHT = 300
PARTS = ("validation", "training")


@dataclass(frozen=True)
class Measure:
    """One quantity of the curves: its title and the columns of `Curves` it is read from."""

    slug: str
    title: str
    training: str
    validation: str
    scale: float = 1.0


LOSS = Measure("loss", "loss, without penalty (nats)", "train_loss", "validation_loss")
ACCURACY = Measure("accuracy", "accuracy (%)", "train_accuracy", "validation_accuracy", 100.0)
MEASURES = (LOSS, ACCURACY)


def curve_points(snapshot: Snapshot, measure: Measure, *, most: float = math.inf) -> pd.DataFrame:
    """Long rows: recipe (index as text), part, step, median, low and high over the seeds.

    Values beyond `most` are put there, so that one run that soars leaves the others visible. Rows
    of the part "mark" say at which step something happened to a recipe, and what, in `text`.
    """
    columns = dict(zip(PARTS, (measure.validation, measure.training), strict=True))
    curves = [
        (str(index), part, *_over_seeds(snapshot.of_recipe(index), column))
        for index in range(len(snapshot.recipes))
        for part, column in columns.items()
    ]
    lengths = [len(steps) for _, _, steps, _ in curves]
    bands = np.concatenate([band for _, _, _, band in curves], axis=1) * measure.scale
    low, median, high = np.minimum(bands, most).astype(np.float32)
    points = pd.DataFrame(
        {
            "recipe": np.repeat([name for name, *_ in curves], lengths),
            "part": np.repeat([part for _, part, *_ in curves], lengths),
            "step": np.concatenate([steps for _, _, steps, _ in curves]).astype(np.int32),
            "median": median,
            "low": low,
            "high": high,
        }
    )
    marks = _marks(snapshot)
    return pd.concat([points, marks], ignore_index=True) if len(marks) else points


def usual_most(snapshot: Snapshot) -> float:
    """Twice the largest loss at the start: beyond it a linear axis shows nothing of the rest."""
    starts = [run.curves.validation_loss[0] for run in snapshot.runs if len(run.curves)]
    finite = [float(start) for start in starts if math.isfinite(start)]
    return 2 * max(finite) if finite else math.inf


def _marks(snapshot: Snapshot) -> pd.DataFrame:
    rows = sorted(
        {(str(run.recipe), mark.step, mark.text) for run in snapshot.runs for mark in run.marks}
    )
    marks = pd.DataFrame(rows, columns=["recipe", "step", "text"])
    empty = np.full(len(rows), np.nan, np.float32)
    return marks.assign(part="mark", median=empty, low=empty, high=empty)


def _over_seeds(
    runs: Sequence[RunView], column: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Steps `(n,)`, and least, median and largest value `(3, n)` over the runs still sound."""
    kept = [run for run in runs if run.status is not Status.DIVERGED] or list(runs)
    steps = _steps(kept)
    if not len(steps):
        return steps, np.zeros((3, 0))
    values = np.sort([_held(run, column, steps) for run in kept], axis=0)
    return steps, np.array([values[0], np.median(values, axis=0), values[-1]])


def _steps(runs: Sequence[RunView]) -> NDArray[np.float64]:
    """The steps at which any run was measured, thinned evenly to at most `POINTS`, ends kept."""
    steps = np.unique(np.concatenate([run.curves.step for run in runs]))
    if len(steps) <= POINTS:
        return steps
    return np.asarray(steps[np.linspace(0, len(steps) - 1, POINTS).round().astype(int)])


def _held(run: RunView, column: str, steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The curve of a run at `steps`; one that has stopped keeps its last value."""
    values = getattr(run.curves, column)
    if not len(values):
        return np.full(len(steps), np.nan)
    place = np.searchsorted(run.curves.step, steps, side="right") - 1
    return np.asarray(values[np.clip(place, 0, len(values) - 1)])


@lru_cache(maxsize=16)
def curve_spec(theme: Theme, measure: Measure, *, logarithmic: bool = False) -> dict[str, Any]:
    """The Vega-Lite specification for `curve_points`, to be used with changing data."""
    names = [str(index) for index in range(len(theme.categorical))]
    colour = alt.Color(
        "recipe:N", scale=alt.Scale(domain=names, range=list(theme.categorical)), legend=None
    )
    scale = alt.Scale(type="log") if logarithmic else alt.Scale(zero=measure is LOSS, nice=True)
    dash = alt.StrokeDash(
        "part:N",
        scale=alt.Scale(domain=list(PARTS), range=[[1, 0], [5, 4]]),
        legend=alt.Legend(title=None, orient="top", symbolStrokeWidth=2),
    )
    base = alt.Chart(alt.NamedData(name="points")).encode(
        x=alt.X("step:Q", title="step", axis=alt.Axis(format="~s", tickMinStep=1)),
        color=colour,
    )
    curves = base.transform_filter("datum.part != 'mark'")
    band = curves.mark_area(opacity=0.16, line=False).encode(
        y=alt.Y("low:Q", title=measure.title, scale=scale), y2="high:Q", detail="part:N"
    )
    line = curves.mark_line(strokeWidth=2, clip=True).encode(
        y=alt.Y("median:Q", title=measure.title, scale=scale),
        strokeDash=dash,
        opacity=alt.Opacity(
            "part:N", scale=alt.Scale(domain=list(PARTS), range=[1, 0.75]), legend=None
        ),
        tooltip=[
            alt.Tooltip("part:N"),
            alt.Tooltip("step:Q", format=",.0f"),
            alt.Tooltip("median:Q", format=".4g"),
            alt.Tooltip("low:Q", format=".4g"),
            alt.Tooltip("high:Q", format=".4g"),
        ],
    )
    mark = (
        base.transform_filter("datum.part == 'mark'")
        .mark_rule(strokeWidth=2, strokeDash=[2, 3])
        .encode(tooltip=[alt.Tooltip("text:N"), alt.Tooltip("step:Q", format=",.0f")])
    )
    spec: dict[str, Any] = alt.layer(band, line, mark).properties(height=HEIGHT).to_dict()
    spec.pop("data", None)
    spec.pop("datasets", None)
    for layer in spec["layer"]:
        layer.pop("data", None)
    return spec
