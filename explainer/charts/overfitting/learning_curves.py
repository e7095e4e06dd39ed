"""Training and validation error over the number of pictures, with the limit between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pyarrow as pa

from explainer.charts.specs import bare, number_texts, number_tip, quoted, table_of
from explainer.charts.theme import Theme
from explainer.generalisation.learning_curves import SIZES, WIDTHS, LearningCurve
from explainer.words import _, cached

VALIDATION, TRAINING = "validation", "training"


def curve_points(found: Sequence[LearningCurve]) -> pa.Table:
    """A row for each network, part and size: mean, least and largest error in percent."""
    rows = [
        (
            str(one.width), part, float(size), float(100 * values.mean()),
            float(100 * values.min()), float(100 * values.max()),
        )
        for one in found
        for part, errors in ((VALIDATION, one.validation), (TRAINING, one.training))
        for size, values in zip(one.sizes, errors, strict=True)
    ]  # fmt: skip
    return table_of(
        rows, network=pa.string(), part=pa.string(), size=pa.float64(), mean=pa.float64(),
        low=pa.float64(), high=pa.float64(),
    )  # fmt: skip


@cached
def curve_spec(theme: Theme, shown: tuple[str, ...]) -> dict[str, Any]:
    """The specification for `curve_points` of the networks whose slugs are `shown`.

    A network's colour is that of its place among all.
    """
    chosen = [(place, one) for place, one in enumerate(WIDTHS) if one.slug in shown]
    slugs = [one.slug for __, one in chosen]
    colours = [theme.categorical[place] for place, __ in chosen]
    names = [quoted(_(one.title)) for __, one in chosen]
    called = " : ".join(
        f"datum.label == '{slug}' ? {name}" for slug, name in zip(slugs, names, strict=True)
    )
    outside, inside = quoted(_("validation")), quoted(_("training"))
    base = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("size", "mean", "low", "high"))
        .encode(
            x=alt.X(
                "size:Q", title=_("pictures to learn from"),
                scale=alt.Scale(type="log", domain=[SIZES[0], SIZES[-1]], nice=False),
                axis=alt.Axis(values=list(SIZES), format=",d", grid=False, labelFlush=True),
            ),
            color=alt.Color(
                "network:N",
                scale=alt.Scale(domain=slugs, range=colours),
                legend=alt.Legend(
                    title=None, orient="top", labelExpr=f"{called} : ''", symbolOpacity=1
                ),
            ),
        )
    )  # fmt: skip
    band = base.mark_area(opacity=0.16, line=False).encode(
        y=alt.Y("low:Q", title=_("share that is wrong (%)"), scale=alt.Scale(domainMin=0)),
        y2="high:Q",
        detail="part:N",
    )
    dash = alt.StrokeDash(
        "part:N",
        scale=alt.Scale(domain=[VALIDATION, TRAINING], range=[[1, 0], [5, 4]]),
        legend=alt.Legend(
            title=None, orient="top", symbolType="stroke", symbolSize=500,
            labelExpr=f"datum.label == '{VALIDATION}' ? {outside} : {inside}",
        ),
    )  # fmt: skip
    line = base.mark_line(strokeWidth=2.25).encode(y="mean:Q", strokeDash=dash)
    points = base.mark_point(filled=True, size=34, opacity=1).encode(
        y="mean:Q",
        detail="part:N",
        tooltip=[
            number_tip("size", _("pictures")),
            alt.Tooltip("part:N", title=_("part")),
            number_tip("mean", _("mean")),
            number_tip("low", _("least")),
            number_tip("high", _("largest")),
        ],
    )
    return bare(alt.layer(band, line, points).properties(height=360))
