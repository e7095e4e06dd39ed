"""The curves of a race: median and band over seeds, one colour per recipe.

The specification never changes; an update sends the points alone, as an Arrow table. That is what
keeps a live panel cheap: the browser keeps its chart and redraws the data.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from explainer.charts.specs import bare, named, recipe_colour
from explainer.charts.theme import Theme
from explainer.training.snapshot import RunView, Snapshot, Status

LIVE_POINTS, POINTS = 120, 400  # of a curve, while it grows and once it stands
HEIGHT = 300
VALIDATION, TRAINING, MARK = "validation", "training", "mark"
DASHES = {VALIDATION: [1, 0], TRAINING: [5, 4]}


@dataclass(frozen=True)
class Measure:
    """One quantity of the curves: its title, and for each part the column of `Curves` it shows.

    `scale` multiplies the values; `zero` says that a linear axis begins at 0, `logarithmic` that
    there may be a logarithmic one.
    """

    slug: str
    title: str
    columns: tuple[tuple[str, str], ...]
    scale: float = 1.0
    zero: bool = True
    logarithmic: bool = True


LOSS = Measure(
    "loss",
    "loss, without penalty (nats)",
    ((VALIDATION, "validation_loss"), (TRAINING, "train_loss")),
)
ACCURACY = Measure(
    "accuracy",
    "accuracy (%)",
    ((VALIDATION, "validation_accuracy"), (TRAINING, "train_accuracy")),
    scale=100.0,
    zero=False,
    logarithmic=False,
)
PENALTY = Measure("penalty", "penalty in the loss (nats)", ((TRAINING, "penalty"),))
BATCH_LOSS = Measure("batch_loss", "loss on the batches (nats)", ((TRAINING, "batch_loss"),))
GRADIENT = Measure("gradient", "length of the gradient", ((TRAINING, "gradient_norm"),))
WEIGHT_NORM = Measure("weights", "length of all weights", ((TRAINING, "weight_norm"),))
ZEROS = Measure(
    "zeros", "weights at exactly 0 (%)", ((TRAINING, "zero_share"),), 100.0, logarithmic=False
)
PAIRS: dict[str, tuple[Measure, Measure]] = {
    "Loss and accuracy": (LOSS, ACCURACY),
    "Batch loss and penalty": (BATCH_LOSS, PENALTY),
    "Weights": (WEIGHT_NORM, ZEROS),
    "Gradient": (GRADIENT, LOSS),
}


Band = tuple[str, NDArray[np.float64], NDArray[np.float64]]
"""A part, its steps `(n,)`, and least, median and largest value over the sound runs, `(3, n)`."""


def curve_points(
    snapshot: Snapshot,
    measure: Measure,
    *,
    most: float = math.inf,
    points: int = POINTS,
    smoothing: float = 0.0,
) -> pa.Table:
    """Long rows: recipe (index as text), part, step, median, low and high over the seeds, text.

    Values beyond `most` are put there, so that one run that soars leaves the others visible. Rows
    of the part "mark" say at which step something happened to a recipe, and what, in `text`.
    `smoothing`, in [0, 1), is the weight of the value before in an exponential moving average.
    """
    curves = [
        (index, part, steps, _smoothed(band, smoothing))
        for index, bands in enumerate(_all_bands(snapshot, measure, points))
        for part, steps, band in bands
    ]
    marks = sorted(
        {(run.recipe, mark.step, mark.text) for run in snapshot.runs for mark in run.marks}
    )
    parts = [*(part for part, _ in measure.columns), MARK]
    lengths = [len(steps) for _, _, steps, _ in curves]
    bands = np.concatenate([band for *_, band in curves], axis=1) * measure.scale
    bands = np.concatenate([np.minimum(bands, most), np.full((3, len(marks)), np.nan)], axis=1)
    low, median, high = bands.astype(np.float32)
    recipes = np.repeat([index for index, *_ in curves], lengths).astype(np.int8)
    places = np.repeat([parts.index(part) for _, part, *_ in curves], lengths).astype(np.int8)
    steps = np.concatenate([steps for *_, steps, _ in curves]).astype(np.int32)
    names = [str(index) for index in range(len(snapshot.recipes))]
    return pa.table(
        {
            "recipe": named(np.append(recipes, [mark[0] for mark in marks]), names),
            "part": named(np.append(places, [len(parts) - 1] * len(marks)), parts),
            "step": np.append(steps, [mark[1] for mark in marks]).astype(np.int32),
            "median": median,
            "low": low,
            "high": high,
            "text": named(
                np.append(np.zeros(len(steps)), np.arange(1, len(marks) + 1)),
                ["", *(mark[2] for mark in marks)],
            ),
        }
    )


def usual_most(snapshot: Snapshot) -> float:
    """Twice the largest loss at the start: beyond it a linear axis shows nothing of the rest."""
    starts = [run.curves.validation_loss[0] for run in snapshot.runs if len(run.curves)]
    finite = [float(start) for start in starts if math.isfinite(start)]
    return 2 * max(finite) if finite else math.inf


def _all_bands(snapshot: Snapshot, measure: Measure, points: int) -> list[list[Band]]:
    """The bands of each recipe; those whose runs were measured at the same steps in one go."""
    sound = [_sound(snapshot.of_recipe(index)) for index in range(len(snapshot.recipes))]
    even = len({len(runs) for runs in sound}) == 1
    alike = even and _in_step([run for runs in sound for run in runs])
    together = [sound] if alike else [[runs] for runs in sound]
    return [bands for recipes in together for bands in _bands(recipes, measure, points)]


def _sound(runs: Sequence[RunView]) -> list[RunView]:
    """Those that were measured and did not diverge, or all that were measured."""
    kept = [run for run in runs if run.status is not Status.DIVERGED] or runs
    return [run for run in kept if len(run.curves)]


def _bands(recipes: list[list[RunView]], measure: Measure, points: int) -> list[list[Band]]:
    """The bands of each of `recipes`, which have equally many runs; several are in step."""
    runs = [run for sound in recipes for run in sound]
    if not runs:
        empty = [(part, np.zeros(0), np.zeros((3, 0))) for part, _ in measure.columns]
        return [empty for _ in recipes]
    steps, rows = _rows(runs, points)
    bands: list[list[Band]] = [[] for _ in recipes]
    for part, column in measure.columns:
        found = [getattr(run.curves, column)[row] for run, row in zip(runs, rows, strict=True)]
        values = np.array(found).reshape(len(recipes), -1, len(steps))
        values.sort(axis=1)
        count = values.shape[1]
        middle = (values[:, (count - 1) // 2] + values[:, count // 2]) / 2
        for place, band in enumerate(np.stack([values[:, 0], middle, values[:, -1]], axis=1)):
            bands[place].append((part, steps, band))
    return bands


def _rows(
    runs: Sequence[RunView], points: int
) -> tuple[NDArray[np.float64], list[NDArray[np.intp]]]:
    """Steps at which any run was measured, at most `points`, ends kept; the row of each in each.

    A run that has stopped keeps its last value.
    """
    if _in_step(runs):
        first = runs[0].curves.step
        places = _thinned(len(first), points)
        return first[places], [places] * len(runs)
    steps = np.unique(np.concatenate([run.curves.step for run in runs]))
    steps = steps[_thinned(len(steps), points)]
    found = (np.searchsorted(run.curves.step, steps, side="right") - 1 for run in runs)
    return steps, [np.maximum(row, 0) for row in found]


def _in_step(runs: Sequence[RunView]) -> bool:
    """Whether all were measured at the same steps."""
    return all(np.array_equal(run.curves.step, runs[0].curves.step) for run in runs[1:])


def _thinned(count: int, most: int) -> NDArray[np.intp]:
    """At most `most` of `count` places, evenly, with both ends."""
    if count <= most:
        return np.arange(count)
    return np.linspace(0, count - 1, most).round().astype(np.intp)


def _smoothed(band: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Each row averaged with what came before; what is no number is passed over."""
    if not weight or not band.size:
        return band
    smooth = band.copy()
    for place in range(1, band.shape[1]):
        before = smooth[:, place - 1]
        mixed = weight * before + (1 - weight) * band[:, place]
        smooth[:, place] = np.where(np.isfinite(before), mixed, band[:, place])
    return smooth


@lru_cache(maxsize=32)
def curve_spec(theme: Theme, measure: Measure, *, logarithmic: bool = False) -> dict[str, Any]:
    """The Vega-Lite specification for `curve_points`, to be used with changing data."""
    scale = alt.Scale(type="log") if logarithmic else alt.Scale(zero=measure.zero, nice=True)
    base = alt.Chart(alt.NamedData(name="points")).encode(
        x=alt.X("step:Q", title="step", axis=alt.Axis(format=",.0f", tickMinStep=1)),
        color=recipe_colour(theme),
    )
    kept = "datum.median > 0" if logarithmic else f"datum.part != '{MARK}'"
    curves = base.transform_filter(kept)
    band = curves.mark_area(opacity=0.16, line=False).encode(
        y=alt.Y("low:Q", title=measure.title, scale=scale), y2="high:Q", detail="part:N"
    )
    line = curves.mark_line(strokeWidth=2, clip=True).encode(
        y=alt.Y("median:Q", title=measure.title, scale=scale),
        tooltip=[
            alt.Tooltip("part:N"),
            alt.Tooltip("step:Q", format=",.0f"),
            alt.Tooltip("median:Q", format=".4g"),
            alt.Tooltip("low:Q", format=".4g"),
            alt.Tooltip("high:Q", format=".4g"),
        ],
        **_parts(measure),
    )
    mark = (
        base.transform_filter(f"datum.part == '{MARK}'")
        .mark_rule(strokeWidth=2, strokeDash=[2, 3])
        .encode(tooltip=[alt.Tooltip("text:N"), alt.Tooltip("step:Q", format=",.0f")])
    )
    return bare(alt.layer(band, line, mark).properties(height=HEIGHT))


def _parts(measure: Measure) -> dict[str, Any]:
    """How the parts are told apart; nothing where there is one alone."""
    parts = [part for part, _ in measure.columns]
    if len(parts) == 1:
        return {}
    legend = alt.Legend(title=None, orient="top", symbolStrokeWidth=2)
    dashes = alt.Scale(domain=parts, range=[DASHES[part] for part in parts])
    faint = alt.Scale(domain=parts, range=[1, 0.75])
    return {
        "strokeDash": alt.StrokeDash("part:N", scale=dashes, legend=legend),
        "opacity": alt.Opacity("part:N", scale=faint, legend=None),
    }
