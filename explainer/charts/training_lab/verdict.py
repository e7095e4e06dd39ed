"""The verdict as a picture: each recipe's paired differences to the first, and the interval."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import pyarrow as pa

from explainer.charts.specs import bare, recipe_colour, table_of
from explainer.charts.theme import Theme
from explainer.training.instruments.verdict import Verdict

ROW_HEIGHT = 44


def verdict_points(verdicts: Sequence[Verdict], names: Sequence[str], scale: float) -> pa.Table:
    """A row for each seed, and one of the part "mean" with its interval, for each recipe."""
    rows = list[tuple[str, str, str, float, float | None, float | None, str]]()
    for one in verdicts:
        recipe, name = str(one.recipe), f"{one.recipe + 1}. {names[one.recipe]}"
        for number, value in enumerate(one.differences, 1):
            rows.append((recipe, name, f"seed {number}", scale * value, None, None, ""))
        mean, low, high = scale * one.mean, scale * one.low, scale * one.high
        rows.append((recipe, name, "mean", mean, low, high, one.word))
    return table_of(
        rows, recipe=pa.string(), name=pa.string(), part=pa.string(), value=pa.float32(),
        low=pa.float32(), high=pa.float32(), word=pa.string(),
    )  # fmt: skip


@lru_cache(maxsize=32)
def verdict_spec(theme: Theme, title: str) -> dict[str, Any]:
    """The specification for `verdict_points`; `title` names the axis."""
    base = alt.Chart(alt.NamedData(name="points")).encode(
        y=alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=180)),
        color=recipe_colour(theme),
    )
    means = base.transform_filter("datum.part == 'mean'")
    numbers = [alt.Tooltip(f"{name}:Q", format="+.3g") for name in ("value", "low", "high")]
    interval = means.mark_rule(strokeWidth=5, opacity=0.35).encode(
        x=alt.X("low:Q", title=title), x2="high:Q"
    )
    mean = means.mark_point(filled=True, size=130, opacity=1).encode(
        x="value:Q", tooltip=[alt.Tooltip("word:N"), *numbers]
    )
    seeds = base.transform_filter("datum.part != 'mean'").mark_tick(thickness=2, size=16)
    ticks = seeds.encode(
        x="value:Q", tooltip=[alt.Tooltip("part:N"), alt.Tooltip("value:Q", format="+.3g")]
    )
    zero = (
        alt.Chart(alt.NamedData(name="points"))
        .mark_rule(color=theme.text, strokeDash=[3, 3])
        .encode(x=alt.datum(0))
    )
    return bare(alt.layer(zero, interval, ticks, mean).properties(height={"step": ROW_HEIGHT}))
