"""A smaller model: accuracy or gap over the number of parameters, one line for each family."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa

from explainer.charts.specs import bare, number_texts, number_tip, table_of
from explainer.charts.theme import Theme
from explainer.generalisation.smaller import FAMILIES, Floats, Grown, Smaller
from explainer.words import N_, _, cached, gettext

TICKS = [200, 500, 1000, 2000, 5000, 10_000, 20_000]


@dataclass(frozen=True)
class Measure:
    """What stands over the number of parameters."""

    slug: str
    title: str

    def of(self, one: Grown, level: float) -> Floats:
        """Its value for each seed `(S,)`, in percent or points."""
        if self.slug == "heart":
            return 100 * one.by_heart
        return 100 * (one.gap(level) if self.slug == "gap" else one.at(level)[1])


MEASURES = {
    one.slug: one
    for one in (
        Measure("gap", N_("gap (points)")),
        Measure("right", N_("new digits right (%)")),
        Measure("heart", N_("random labels learned (%)")),
    )
}


def size_points(found: Smaller, measure: str, level: float) -> pa.Table:
    """A row for each network that reaches training accuracy `level` with every seed.

    Mean, least and largest of the seeds; a level over 1 means the end.
    """
    rows = []
    for one in found.grown:
        values = MEASURES[measure].of(one, level)
        if measure == "heart" or not np.isnan(one.at(level)[1]).any():
            middle_and_ends = (float(values.mean()), float(values.min()), float(values.max()))
            title = gettext(FAMILIES[one.family].title)
            rows.append((one.family, title, one.size, one.parameters, *middle_and_ends))
    return table_of(
        rows, family=pa.string(), title=pa.string(), size=pa.string(), parameters=pa.int64(),
        mean=pa.float64(), low=pa.float64(), high=pa.float64(),
    )  # fmt: skip


def family_colours(theme: Theme) -> dict[str, str]:
    """The colour of each family, by its slug."""
    return dict(zip([one.slug for one in FAMILIES], theme.categorical, strict=False))


@cached
def size_spec(theme: Theme, measure: str) -> dict[str, Any]:
    """The specification for `size_points` of that measure."""
    colours = family_colours(theme)
    base = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("mean", "low", "high"))
        .encode(
            x=alt.X(
                "parameters:Q", title=_("parameters"),
                scale=alt.Scale(type="log", domain=[180, 30_000], nice=False),
                axis=alt.Axis(values=TICKS, grid=False, format=",d", labelOverlap="greedy"),
            ),
            color=alt.Color(
                "family:N", scale=alt.Scale(domain=list(colours), range=list(colours.values())),
                legend=None,
            ),
        )
    )  # fmt: skip
    band = base.mark_area(opacity=0.14, line=False).encode(
        y=alt.Y("low:Q", title=_(MEASURES[measure].title), scale=alt.Scale(zero=False)), y2="high:Q"
    )
    dots = base.mark_point(filled=True, size=55, opacity=1).encode(
        y="mean:Q",
        tooltip=[
            alt.Tooltip("title:N", title=_("network")),
            alt.Tooltip("size:N", title=_("units or channels")),
            alt.Tooltip("parameters:Q", title=_("parameters"), format=",d"),
            number_tip("mean", _("mean")),
            number_tip("low", _("least")),
            number_tip("high", _("largest")),
        ],
    )
    lines = base.mark_line(strokeWidth=2.5).encode(y="mean:Q")
    return bare(alt.layer(band, lines, dots).properties(height=360))
