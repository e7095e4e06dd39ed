"""What an augmentation buys: over data size, as a list of prices, and under changes at test."""

from __future__ import annotations

from typing import Any

import altair as alt
import pyarrow as pa

from explainer.charts.specs import (
    AXIS_ROOM,
    bare,
    number_texts,
    number_tip,
    quoted,
    rows_high,
    table_of,
)
from explainer.charts.theme import Theme
from explainer.regularisation.augmentation.gains import EVERY, BySize, Prices
from explainer.regularisation.augmentation.robustness import TESTS, Robustness
from explainer.training.augmentation.pipeline import AUGMENTATIONS
from explainer.words import _, cached, gettext

LINES = WITHOUT, WITH = "without", "with"
TICKS = [20, 50, 100, 200, 500, 1000, 2000, 5000]
NUMBERS = {"mean": pa.float64(), "low": pa.float64(), "high": pa.float64()}


def size_points(found: BySize) -> pa.Table:
    """A row for each size, without and with: mean, least and largest accuracy in percent."""
    rows = [
        (name, float(size), *_middle_and_ends(100 * one))
        for name, values in ((WITHOUT, found.plain), (WITH, found.changed))
        for size, one in zip(found.sizes, values, strict=True)
    ]
    return table_of(rows, line=pa.string(), place=pa.float64(), **NUMBERS)


def _middle_and_ends(values: Any) -> tuple[float, float, float]:
    return float(values.mean()), float(values.min()), float(values.max())


def price_points(found: Prices) -> pa.Table:
    """A row for each augmentation: its gain in points with the ends of its interval, and verdict.

    The verdict is 1 where it is ahead, −1 where behind, 0 within noise.
    """
    rows = [
        (
            gettext(AUGMENTATIONS[slug].title), place, gain.verdict,
            *(100 * value for value in (gain.mean, gain.low, gain.high)),
        )
        for place, (slug, gain) in enumerate(found.sorted())
    ]  # fmt: skip
    return table_of(
        rows, title=pa.string(), place=pa.int64(), verdict=pa.int64(), **NUMBERS
    )  # fmt: skip


def robust_points(found: Robustness, slug: str) -> pa.Table:
    """A row for each strength of that change, without and with it: accuracy in percent."""
    rows = [
        (name, float(strength), *_middle_and_ends(100 * values[line]))
        for line, name in enumerate(LINES)
        for strength, values in zip(TESTS[slug].strengths, found.accuracy[slug], strict=True)
    ]
    return table_of(rows, line=pa.string(), place=pa.float64(), **NUMBERS)


@cached
def size_spec(theme: Theme, most: int) -> dict[str, Any]:
    """The specification for `size_points`, up to so many pictures."""
    scale = alt.Scale(type="log", domain=[18, max(most * 1.1, 30)], nice=False)
    ticks = [one for one in TICKS if one <= most]
    x = alt.X(
        "place:Q", title=_("pictures to learn from"), scale=scale,
        axis=alt.Axis(values=ticks, grid=False, format=",d"),
    )  # fmt: skip
    return bare(
        alt.layer(*_bands(theme, x, _("pictures"), alt.Scale(zero=False))).properties(height=320)
    )


@cached
def robust_spec(theme: Theme, slug: str) -> dict[str, Any]:
    """The specification for `robust_points`; dashed is the most that training has shown."""
    test = TESTS[slug]
    domain = [test.strengths[0], test.strengths[-1]]
    x = alt.X(
        "place:Q", title=_(test.axis), scale=alt.Scale(domain=domain, nice=False),
        axis=alt.Axis(grid=False),
    )  # fmt: skip
    end = alt.Chart(alt.NamedData(name="points")).mark_rule(
        strokeDash=[3, 3], color=theme.text, opacity=0.6
    )
    end = end.transform_aggregate(n="count()").encode(x=alt.XDatum(test.trained))
    title = alt.Title(_(test.title), anchor="start", fontSize=13, color=theme.text)
    lines = _bands(theme, x, _("strength"), alt.Scale(domain=[0, 100]))
    return bare(alt.layer(*lines, end).properties(height=300, title=title))


def _bands(theme: Theme, x: alt.X, place: str, y: alt.Scale) -> list[alt.Chart]:
    """Lines of means in bands from the least to the largest seed, accuracy in percent."""
    outside, inside = quoted(_("without it in training")), quoted(_("with it in training"))
    said = f"datum.label == '{WITHOUT}' ? {outside} : {inside}"
    base = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("place", "mean", "low", "high"))
        .encode(
            x=x,
            color=alt.Color(
                "line:N",
                scale=alt.Scale(domain=list(LINES), range=list(theme.categorical[:2])),
                legend=alt.Legend(
                    title=None, orient="top", labelExpr=said, symbolOpacity=1, labelLimit=220
                ),
            ),
        )
    )
    band = base.mark_area(opacity=0.16, line=False).encode(
        y=alt.Y("low:Q", title=_("accuracy (%)"), scale=y), y2="high:Q"
    )
    points = base.mark_point(filled=True, size=30, opacity=1).encode(
        y="mean:Q",
        tooltip=[
            number_tip("place", place),
            number_tip("mean", _("mean")),
            number_tip("low", _("least")),
            number_tip("high", _("largest")),
        ],
    )
    return [band, base.mark_line(strokeWidth=2).encode(y="mean:Q"), points]


@cached
def price_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `price_points`: a bar from 0, its interval, and grey within noise."""
    base = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("mean", "low", "high", sign="+"))
        .encode(
            y=alt.Y(
                "title:N", title=None, sort=alt.SortField("place"),
                axis=alt.Axis(ticks=False, domain=False, labelLimit=180, labelOverlap=False),
            ),
            tooltip=[
                alt.Tooltip("title:N", title=_("augmentation")),
                number_tip("mean", _("points gained")),
                number_tip("low", _("95 %, low")),
                number_tip("high", _("95 %, high")),
            ],
        )
    )  # fmt: skip
    colours = alt.Scale(
        domain=[-1, 0, 1], range=[theme.categorical[1], theme.categorical[7], theme.categorical[0]]
    )
    words = [quoted(one) for one in (_("behind"), _("within noise"), _("ahead"))]
    said = f"datum.value < 0 ? {words[0]} : datum.value == 0 ? {words[1]} : {words[2]}"
    legend = alt.Legend(title=None, orient="top", labelExpr=said)
    signed = "datum.value == 0 ? '0' : format(datum.value, '+d')"
    axis = alt.Axis(labelExpr=signed, tickMinStep=1)
    bars = base.mark_bar(height=14, cornerRadius=2, opacity=0.75).encode(
        x=alt.X("mean:Q", title=_("gain in points of accuracy"), axis=axis),
        x2=alt.datum(0),
        color=alt.Color("verdict:O", scale=colours, legend=legend),
    )
    ends = base.mark_rule(strokeWidth=1.5, color=theme.text).encode(x="low:Q", x2="high:Q")
    zero = alt.Chart(alt.NamedData(name="points")).transform_aggregate(n="count()")
    zero = zero.mark_rule(color=theme.text, opacity=0.6).encode(x=alt.XDatum(0))
    height = rows_high(len(EVERY), 28, room=2 * AXIS_ROOM)
    return bare(alt.layer(zero, bars, ends).properties(height=height))
