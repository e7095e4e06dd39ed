"""What test-time augmentation gains over the number of copies, and what each copy says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from explainer.charts.specs import bare, quoted, rows_high, table_of
from explainer.charts.theme import Theme
from explainer.regularisation.augmentation.copies import COPYINGS, COUNTS, Outputs
from explainer.words import _, cached

EACH, MEAN, ITSELF = "each", "mean", "itself"


def gain_points(found: Mapping[str, Outputs], mean: str) -> pa.Table:
    """A row for each way to copy (by its slug) and K: the gain in points, and its interval."""
    rows = [
        (slug, str(count), *(100 * one for one in outputs.gain(count, mean)))
        for slug, outputs in found.items()
        for count in COUNTS
    ]
    return table_of(
        rows, way=pa.string(), count=pa.string(), gain=pa.float64(), low=pa.float64(),
        high=pa.float64(),
    )  # fmt: skip


@cached
def gain_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `gain_points`."""
    slugs = [one.slug for one in COPYINGS]
    said = "'' + datum.label"
    for one in COPYINGS:
        said = f"datum.label == '{one.slug}' ? {quoted(_(one.title))} : ({said})"
    base = alt.Chart(alt.NamedData(name="points")).encode(
        x=alt.X(
            "count:O", title=_("copies K, the picture itself among them"),
            sort=[str(one) for one in COUNTS], axis=alt.Axis(labelAngle=0),
        ),
        xOffset=alt.XOffset("way:N", scale=alt.Scale(domain=slugs)),
        color=alt.Color(
            "way:N", scale=alt.Scale(domain=slugs, range=list(theme.categorical[: len(slugs)])),
            legend=alt.Legend(title=None, orient="top", columns=3, labelExpr=said),
        ),
    )  # fmt: skip
    dots = base.mark_circle(size=70, opacity=1).encode(
        y=alt.Y("gain:Q", title=_("accuracy, points more than one pass")),
        tooltip=[
            alt.Tooltip("count:O", title="K"),
            alt.Tooltip("gain:Q", title=_("gain (points)"), format="+.1f"),
            alt.Tooltip("low:Q", title=_("at least"), format="+.1f"),
            alt.Tooltip("high:Q", title=_("at most"), format="+.1f"),
        ],
    )
    bars = base.mark_rule(strokeWidth=2).encode(
        y=alt.Y("low:Q", title=_("accuracy, points more than one pass")), y2="high:Q"
    )
    zero = alt.Chart(alt.NamedData(name="points")).mark_rule(color=theme.text, opacity=0.5)
    zero = zero.encode(y=alt.datum(0))
    return bare(alt.layer(zero, bars, dots).properties(height=340))


def answer_points(
    chances: NDArray[np.floating], mean: NDArray[np.floating], classes: Sequence[str]
) -> pa.Table:
    """Rows for the probabilities `(K, classes)` of each copy, the first the picture, and a mean."""
    rows = [
        (name, ITSELF if not copy else EACH, 100 * float(chances[copy, place]))
        for copy in range(len(chances))
        for place, name in enumerate(classes)
    ]
    rows += [(name, MEAN, 100 * float(one)) for name, one in zip(classes, mean, strict=True)]
    return table_of(rows, name=pa.string(), kind=pa.string(), share=pa.float64())


@cached
def answer_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `answer_points`: a strip for each class."""
    kinds = [EACH, MEAN, ITSELF]
    titles = [quoted(one) for one in (_("each copy"), _("mean"), _("the picture itself"))]
    said = f"datum.label == '{EACH}' ? {titles[0]} : datum.label == '{MEAN}' ? {titles[1]} : "
    colour = alt.Color(
        "kind:N",
        legend=alt.Legend(title=None, orient="top", columns=2, labelExpr=said + titles[2]),
        scale=alt.Scale(
            domain=kinds, range=[theme.categorical[0], theme.text, theme.categorical[1]]
        ),
    )  # fmt: skip
    base = alt.Chart(alt.NamedData(name="points")).encode(
        x=alt.X(
            "share:Q", title=_("probability (%)"), scale=alt.Scale(domain=[0, 100], nice=False)
        ),
        y=alt.Y("name:N", title=None, sort=None, axis=alt.Axis(grid=True, labelOverlap=False)),
        color=colour,
        tooltip=[
            alt.Tooltip("name:N", title=_("class")),
            alt.Tooltip("share:Q", title=_("probability (%)"), format=".1f"),
        ],
    )
    parts = [
        base.transform_filter(f"datum.kind == '{EACH}'").mark_circle(size=45, opacity=0.45),
        base.transform_filter(f"datum.kind == '{MEAN}'").mark_tick(
            thickness=3, height=18, opacity=1
        ),
        base.transform_filter(f"datum.kind == '{ITSELF}'").mark_point(
            size=90, filled=False, strokeWidth=2, opacity=1
        ),
    ]
    return bare(alt.layer(*parts).properties(height=rows_high(10, 24, room=110)))
