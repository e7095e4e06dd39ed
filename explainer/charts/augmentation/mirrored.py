"""Of each class the share of mirrored pictures that are still read as it, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pyarrow as pa

from explainer.charts.specs import bare, quoted, rows_high, table_of
from explainer.charts.theme import Theme
from explainer.regularisation.augmentation.mirrored import FLIPS, Kept
from explainer.words import _, cached


def mirrored_points(found: Mapping[str, Sequence[Kept]], classes: Sequence[str]) -> pa.Table:
    """A row for each flip (by its slug) and class: the share in percent, and its interval."""
    rows = [
        (slug, name, place, 100 * one.share, *(100 * end for end in one.interval))
        for slug, kept in found.items()
        for place, (name, one) in enumerate(zip(classes, kept, strict=True))
    ]
    return table_of(
        rows, flip=pa.string(), name=pa.string(), place=pa.int64(), share=pa.float64(),
        low=pa.float64(), high=pa.float64(),
    )  # fmt: skip


@cached
def mirrored_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `mirrored_points`."""
    slugs = [one.slug for one in FLIPS]
    first, second = (quoted(_(one.title)) for one in FLIPS)
    said = f"datum.label == '{slugs[0]}' ? {first} : {second}"
    base = alt.Chart(alt.NamedData(name="points")).encode(
        y=alt.Y("name:N", title=None, sort=alt.SortField("place"), axis=alt.Axis(grid=True)),
        yOffset=alt.YOffset("flip:N", scale=alt.Scale(domain=slugs)),
        color=alt.Color(
            "flip:N", scale=alt.Scale(domain=slugs, range=list(theme.categorical[:2])),
            legend=alt.Legend(title=_("mirrored"), orient="top", labelExpr=said),
        ),
    )  # fmt: skip
    x = alt.X(
        "share:Q", title=_("still read as what it was (%)"),
        scale=alt.Scale(domain=[0, 100], nice=False),
    )  # fmt: skip
    dots = base.mark_circle(size=70, opacity=1).encode(
        x=x,
        tooltip=[
            alt.Tooltip("name:N", title=_("class")),
            alt.Tooltip("share:Q", title=_("still read (%)"), format=".0f"),
            alt.Tooltip("low:Q", title=_("at least (%)"), format=".0f"),
            alt.Tooltip("high:Q", title=_("at most (%)"), format=".0f"),
        ],
    )
    rules = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=_("still read as what it was (%)")), x2="high:Q"
    )
    return bare(alt.layer(rules, dots).properties(height=rows_high(10, 32, room=100)))
