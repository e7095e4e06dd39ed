"""The weights of each recipe as a histogram, and what pruning them costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa

from explainer.charts.specs import bare, named, recipe_colour
from explainer.charts.theme import Theme
from explainer.training.instruments.pruning import Pruned
from explainer.training.instruments.weights import WeightReport
from explainer.words import _, cached

HEIGHT = 260
FLOOR = 0.5  # an empty bin on a logarithmic axis


def histogram_points(reports: Sequence[WeightReport]) -> pa.Table:
    """Recipe (index as text), the middle of each bin, and how many weights lie in it."""
    bins = [len(report.counts) for report in reports]
    middles = [(report.edges[1:] + report.edges[:-1]) / 2 for report in reports]
    counts = np.concatenate([report.counts for report in reports])
    names = [str(report.recipe) for report in reports]
    return pa.table(
        {
            "recipe": named(np.repeat(np.arange(len(reports)), bins), names),
            "weight": np.concatenate(middles).astype(np.float32),
            "count": counts.astype(np.int32),
            "shown": np.maximum(counts, FLOOR).astype(np.float32),
        }
    )


@cached
def histogram_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `histogram_points`; the count axis is logarithmic."""
    lines = (
        alt.Chart(alt.NamedData(name="points"))
        .mark_line(interpolate="step", strokeWidth=1.6, clip=True)
        .encode(
            x=alt.X("weight:Q", title=_("weight"), scale=alt.Scale(nice=False)),
            y=alt.Y("shown:Q", title=_("weights"), scale=alt.Scale(type="log", domainMin=FLOOR)),
            color=recipe_colour(theme),
            tooltip=[
                alt.Tooltip("weight:Q", title=_("weight"), format=".3g"),
                alt.Tooltip("count:Q", title=_("count"), format=","),
            ],
        )
        .properties(height=HEIGHT)
    )
    return bare(lines)


def pruning_points(curves: Sequence[Sequence[Sequence[Pruned]]], marked: float) -> pd.DataFrame:
    """Of each recipe the runs' curves: share set to zero and accuracy, in percent.

    What is no number, as of a run that diverged, counts for nothing. `median`, `low` and `high` are
    over the seeds; `marked` tells the share that is marked.
    """
    rows = []
    for recipe, runs in enumerate(curves):
        for points in zip(*runs, strict=True):
            accuracies = sorted(100 * one.accuracy for one in points if math.isfinite(one.accuracy))
            if not accuracies:
                continue
            rows.append(
                {
                    "recipe": str(recipe),
                    "share": 100 * points[0].share,
                    "median": float(np.median(accuracies)),
                    "low": accuracies[0],
                    "high": accuracies[-1],
                    "marked": points[0].share == marked,
                }
            )
    return pd.DataFrame(rows, columns=["recipe", "share", "median", "low", "high", "marked"])


@cached
def pruning_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `pruning_points`."""
    base = alt.Chart(alt.NamedData(name="points")).encode(
        x=alt.X("share:Q", title=_("smallest weights set to zero (%)")), color=recipe_colour(theme)
    )
    band = base.mark_area(opacity=0.16, line=False).encode(
        y=alt.Y("low:Q", title=_("validation accuracy (%)"), scale=alt.Scale(zero=False)),
        y2="high:Q",
    )
    line = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=18)).encode(
        y="median:Q",
        tooltip=[
            alt.Tooltip("share:Q", title=_("set to zero (%)"), format=".3g"),
            alt.Tooltip("median:Q", title=_("median"), format=".1f"),
            alt.Tooltip("low:Q", title=_("least"), format=".1f"),
            alt.Tooltip("high:Q", title=_("largest"), format=".1f"),
        ],
    )
    chosen = base.transform_filter("datum.marked")
    rule = chosen.mark_rule(color=theme.text, strokeDash=[3, 3]).encode(color=alt.value(theme.text))
    dots = chosen.mark_point(filled=True, size=110, opacity=1).encode(y="median:Q")
    return bare(alt.layer(band, line, rule, dots).properties(height=HEIGHT))
