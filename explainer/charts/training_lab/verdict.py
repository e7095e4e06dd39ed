"""The verdict as a picture: each recipe's paired differences to the first, and the interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pyarrow as pa

from explainer.charts.specs import (
    bare,
    number_texts,
    number_tip,
    recipe_colour,
    rows_high,
    table_of,
)
from explainer.charts.theme import Theme
from explainer.training.instruments.verdict import Verdict
from explainer.words import _, cached

ROW_HEIGHT = 44
TICKS = 8  # about so many numbers on the axis
ROOM = 20  # pixels between its ends and what is shown


def verdict_points(
    verdicts: Sequence[Verdict], names: Sequence[str], seeds: Sequence[int], scale: float
) -> pa.Table:
    """A row for each seed, and one of the part "mean" with its interval, for each recipe."""
    rows = list[tuple[str, str, str, float, float | None, float | None, str]]()
    for one in verdicts:
        recipe = str(one.recipe)
        name = _("{number}. {recipe}", number=one.recipe + 1, recipe=names[one.recipe])
        for number, value in zip(seeds, one.differences, strict=True):
            word = _("seed {number}", number=number)
            rows.append((recipe, name, "seed", scale * value, None, None, word))
        mean, low, high = scale * one.mean, scale * one.low, scale * one.high
        rows.append((recipe, name, "mean", mean, low, high, _(one.word)))
    return table_of(
        rows, recipe=pa.string(), name=pa.string(), part=pa.string(), value=pa.float32(),
        low=pa.float32(), high=pa.float32(), word=pa.string(),
    )  # fmt: skip


@cached
def verdict_spec(theme: Theme, title: str, rows: int, *, known: bool) -> dict[str, Any]:
    """The specification for `verdict_points` of so many rows; `title` names the axis.

    `known` says whether any mean has an interval.
    """
    points = alt.Chart(alt.NamedData(name="points"))
    base = points.transform_calculate(**number_texts("value", "low", "high", sign="+")).encode(
        y=alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=180, labelFlush=False)),
        color=recipe_colour(theme),
    )
    means = base.transform_filter("datum.part == 'mean'")
    value = number_tip("value", _("difference"))
    low, high = number_tip("low", _("from")), number_tip("high", _("to"))
    mean_word = alt.Tooltip("word:N", title=_("verdict"))
    interval = means.mark_rule(strokeWidth=5, opacity=0.35).encode(x="low:Q", x2="high:Q")
    mean = means.mark_point(filled=True, size=130, opacity=1).encode(
        x=alt.X(
            "value:Q",
            title=title,
            axis=alt.Axis(labelBound=True, tickCount=TICKS),
            scale=alt.Scale(padding=ROOM, nice=False),
        ),
        tooltip=[mean_word, value, low, high],
    )
    seeds = base.transform_filter("datum.part != 'mean'").mark_tick(thickness=2, size=16)
    ticks = seeds.encode(x="value:Q", tooltip=[alt.Tooltip("word:N", title=_("seed")), value])
    zero = (
        alt.Chart(alt.NamedData(name="points"))
        .mark_rule(color=theme.text, strokeDash=[3, 3])
        .encode(x=alt.datum(0))
    )
    layers = (zero, *([interval] if known else ()), ticks, mean)
    return bare(alt.layer(*layers).properties(height=rows_high(rows, ROW_HEIGHT)))
