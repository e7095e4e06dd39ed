"""The weights of each recipe as a histogram, and what pruning them costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from explainer.charts.specs import bare, named, number_texts, number_tip, recipe_colour
from explainer.charts.theme import Theme
from explainer.training.instruments.pruning import Pruned
from explainer.training.instruments.weights import WeightReport
from explainer.words import _, cached

HEIGHT = 260
FLOOR = 0.5  # an empty bin on a logarithmic axis


def histogram_points(reports: Sequence[WeightReport]) -> pa.Table:
    """Recipe (index as text), the middle of each bin, and how many weights lie in it.

    Weights of exactly 0 are left out of their bin and have a row of their own, which is `exact`.
    """
    names = [str(report.recipe) for report in reports]
    bins = [len(report.counts) + 1 for report in reports]
    zeros = [sum(layer.zeros for layer in report.layers) for report in reports]
    middles = [(report.edges[1:] + report.edges[:-1]) / 2 for report in reports]
    counts = np.concatenate([_apart(one, zero) for one, zero in zip(reports, zeros, strict=True)])
    return pa.table(
        {
            "recipe": named(np.repeat(np.arange(len(reports)), bins), names),
            "weight": np.concatenate([np.append(one, 0) for one in middles]).astype(np.float32),
            "count": counts.astype(np.int32),
            "shown": np.maximum(counts, FLOOR).astype(np.float32),
            "exact": np.concatenate([np.arange(count) == count - 1 for count in bins]),
        }
    )


def _apart(report: WeightReport, zeros: int) -> NDArray[np.int64]:
    """The counts `(B + 1,)` of a report, those of exactly 0 taken from the middle to the end."""
    counts = np.append(report.counts, zeros)
    counts[len(report.counts) // 2] -= zeros
    return counts


@cached
def histogram_spec(theme: Theme, *, zeros: bool) -> dict[str, Any]:
    """The specification for `histogram_points`; the count axis is logarithmic.

    `zeros` says whether any weight is exactly 0.
    """
    points = alt.Chart(alt.NamedData(name="points"))
    base = points.transform_calculate(**number_texts("weight")).encode(
        x=alt.X("weight:Q", title=_("weight"), scale=alt.Scale(nice=False)),
        y=alt.Y("shown:Q", title=_("weights"), scale=alt.Scale(type="log", domainMin=FLOOR)),
        color=recipe_colour(theme),
        tooltip=[
            number_tip("weight", _("weight")),
            alt.Tooltip("count:Q", title=_("count"), format=","),
        ],
    )
    lines = base.transform_filter("!datum.exact").mark_line(
        interpolate="step", strokeWidth=1.6, clip=True
    )
    exact = base.transform_filter("datum.exact && datum.count > 0")
    dots = exact.mark_point(filled=True, size=90, opacity=1)
    said = exact.mark_text(align="left", dx=8, fontSize=11).encode(text=alt.value(_("exactly 0")))
    layers = (lines, dots, said) if zeros else (lines,)
    return bare(alt.layer(*layers).properties(height=HEIGHT))


def pruning_points(
    curves: Sequence[Sequence[Sequence[Pruned]]], marked: float, scale: float = 100
) -> pd.DataFrame:
    """Of each recipe the runs' curves: share set to zero, in percent, and `scale` times a measure.

    What is no number, as of a run that diverged, counts for nothing. `median`, `low` and `high` are
    over the seeds; `marked` tells the share that is marked.
    """
    rows = []
    for recipe, runs in enumerate(curves):
        for points in zip(*runs, strict=True):
            values = sorted(scale * one.measure for one in points if math.isfinite(one.measure))
            if not values:
                continue
            rows.append(
                {
                    "recipe": str(recipe),
                    "share": 100 * points[0].share,
                    "median": float(np.median(values)),
                    "low": values[0],
                    "high": values[-1],
                    "marked": points[0].share == marked,
                }
            )
    return pd.DataFrame(rows, columns=["recipe", "share", "median", "low", "high", "marked"])


@cached
def pruning_spec(theme: Theme, title: str) -> dict[str, Any]:
    """The specification for `pruning_points`; `title` names the measure."""
    base = alt.Chart(alt.NamedData(name="points")).encode(
        x=alt.X("share:Q", title=_("smallest weights set to zero (%)")), color=recipe_colour(theme)
    )
    band = base.mark_area(opacity=0.16, line=False).encode(
        y=alt.Y("low:Q", title=title, scale=alt.Scale(zero=False)),
        y2="high:Q",
    )
    line = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=18)).encode(
        y="median:Q",
        tooltip=[
            alt.Tooltip("share:Q", title=_("set to zero (%)"), format=".3~r"),
            alt.Tooltip("median:Q", title=_("median"), format=".4~g"),
            alt.Tooltip("low:Q", title=_("least"), format=".4~g"),
            alt.Tooltip("high:Q", title=_("largest"), format=".4~g"),
        ],
    )
    chosen = base.transform_filter("datum.marked")
    rule = chosen.mark_rule(color=theme.text, strokeDash=[3, 3]).encode(color=alt.value(theme.text))
    dots = chosen.mark_point(filled=True, size=110, opacity=1).encode(y="median:Q")
    return bare(alt.layer(band, line, rule, dots).properties(height=HEIGHT))
