"""Accuracy, training loss, penalty and zeros over λ: the median of several draws and their band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa

from explainer.charts.specs import bare, number_texts, number_tip, power_labels, quoted, table_of
from explainer.charts.theme import Theme
from explainer.regularisation.strengths import Floats64, Strengths
from explainer.words import N_, _, cached

NAMES = ("L1", "L2")
VALIDATION, TRAINING = "validation", "training"
TICKS = [10.0**power for power in range(-4, 2)]


@dataclass(frozen=True)
class Measure:
    """What a chart shows over λ: the names of the arrays, each with its part; times `scale`."""

    slug: str
    title: str
    arrays: tuple[tuple[str, str], ...]
    scale: float
    height: int


MEASURES = (
    Measure(
        "accuracy", N_("accuracy (%)"), (("accuracy", VALIDATION), ("fit", TRAINING)), 100, 330
    ),
    Measure("loss", N_("training loss without the penalty"), (("loss", TRAINING),), 1, 200),
    Measure("penalty", N_("penalty"), (("penalty", TRAINING),), 1, 200),
    Measure("zeros", N_("weights of exactly 0 (%)"), (("zeros", TRAINING),), 100, 200),
)


def strength_points(found: Strengths, measure: Measure) -> pa.Table:
    """A row for each penalty, part and λ: the median, the least and the largest of the draws."""
    rows = []
    for array, part in measure.arrays:
        values: Floats64 = measure.scale * getattr(found, array)
        with np.errstate(invalid="ignore"):
            middles, lows, highs = np.median(values, axis=1), values.min(axis=1), values.max(axis=1)
        for place, name in enumerate(NAMES):
            columns = (one[place].tolist() for one in (middles, lows, highs))
            rows += [
                (name, part, strength, *three)
                for strength, *three in zip(found.lambdas, *columns, strict=True)
            ]
    return table_of(
        rows, penalty=pa.string(), part=pa.string(), strength=pa.float64(), median=pa.float64(),
        low=pa.float64(), high=pa.float64(),
    )  # fmt: skip


@cached
def strength_spec(theme: Theme, slug: str) -> dict[str, Any]:
    """The specification for `strength_points` of the measure with that slug."""
    measure = next(one for one in MEASURES if one.slug == slug)
    several = len(measure.arrays) > 1
    base = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("strength", "median", "low", "high"))
        .encode(
            x=alt.X(
                "strength:Q",
                title=_("λ, stronger to the right"),
                scale=alt.Scale(type="log", domain=[TICKS[0], TICKS[-1]], nice=False),
                axis=alt.Axis(labelExpr=power_labels(), values=TICKS, grid=False),
            ),
            color=alt.Color(
                "penalty:N",
                scale=alt.Scale(domain=list(NAMES), range=list(theme.categorical[:2])),
                legend=alt.Legend(title=None, orient="top", symbolOpacity=1) if several else None,
            ),
        )
    )
    outside, inside = quoted(_("validation")), quoted(_("training labels"))
    said = f"datum.label == '{VALIDATION}' ? {outside} : {inside}"
    dash = alt.StrokeDash(
        "part:N",
        scale=alt.Scale(domain=[VALIDATION, TRAINING], range=[[1, 0], [5, 4]]),
        legend=alt.Legend(
            title=None, orient="top", labelExpr=said, symbolType="stroke", symbolSize=500
        ),
    )
    shown = base.transform_filter(f"datum.part == '{VALIDATION}'") if several else base
    band = shown.mark_area(opacity=0.16, line=False).encode(
        y=alt.Y("low:Q", title=None, scale=alt.Scale(zero=not several)), y2="high:Q"
    )
    line = base.mark_line(strokeWidth=2).encode(y="median:Q")
    line = line.encode(strokeDash=dash) if several else line
    points = base.mark_point(filled=True, size=30, opacity=1).encode(
        y="median:Q",
        tooltip=[
            alt.Tooltip("penalty:N", title=_("penalty")),
            number_tip("strength", "λ"),
            number_tip("median", _("median")),
            number_tip("low", _("least")),
            number_tip("high", _("largest")),
        ],
    )
    title = alt.Title(_(measure.title), anchor="start", fontSize=13, color=theme.text)
    return bare(alt.layer(band, line, points).properties(height=measure.height, title=title))
