"""Angles at which digits stop being read as what they are: a dot for each, quartiles, median."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pyarrow as pa

from explainer.charts.specs import bare, quoted, rows_high, table_of
from explainer.charts.theme import Theme
from explainer.regularisation.augmentation.turning import Changes
from explainer.words import _, cached

NEVER = "never"
BEYOND, ROOM = 195, 10
"""Where those stand that are read right all the way round."""
TICKS = [0, 45, 90, 135, BEYOND]
EACH, MIDDLE, READER = "each", "middle", "reader"


def change_points(
    found: Changes, digit: int | None = None, answer: float | None = None
) -> pa.Table:
    """A row for each turned example, one of quartiles for each digit, and one for the reader."""
    rows: list[tuple[Any, ...]] = []
    for row, angles in enumerate(found.angles):
        low, middle, high = (_shown(one) for one in found.quartiles(row))
        rows.append((str(row), MIDDLE, middle, low, high))
        rows += [(str(row), EACH, _shown(float(one)), None, None) for one in angles]
    if digit is not None and answer is not None:
        rows.append((str(digit), READER, _shown(abs(answer)), None, None))
    return table_of(
        rows, digit=pa.string(), kind=pa.string(), angle=pa.float64(), low=pa.float64(),
        high=pa.float64(),
    )  # fmt: skip


def _shown(angle: float) -> float:
    return angle if math.isfinite(angle) else float(BEYOND)


@cached
def change_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `change_points`."""
    never = quoted(_("never"))
    label = f"datum.value == {BEYOND} ? {never} : datum.value + '°'"
    x = alt.X(
        "angle:Q", title=_("turned by, either way"),
        scale=alt.Scale(domain=[0, BEYOND + ROOM], nice=False),
        axis=alt.Axis(values=TICKS, labelExpr=label, labelFlush=False, labelOverlap=False),
    )  # fmt: skip
    said = f"datum.angle == {BEYOND} ? {never} : datum.angle + '°'"
    base = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(said=said)
        .encode(
            x=x,
            y=alt.Y("digit:O", title=_("digit"), axis=alt.Axis(grid=True)),
            tooltip=[
                alt.Tooltip("digit:O", title=_("digit")),
                alt.Tooltip("said:N", title=_("angle")),
            ],
        )
    )  # fmt: skip
    main, second = theme.categorical[:2]
    middle = base.transform_filter(f"datum.kind == '{MIDDLE}'")
    bar = middle.mark_bar(opacity=0.25, height=14, color=main).encode(
        x=alt.X("low:Q", title=_("turned by, either way")), x2="high:Q"
    )
    stroke = middle.mark_tick(thickness=3, height=18, color=main, opacity=1)
    dots = base.transform_filter(f"datum.kind == '{EACH}'").mark_circle(
        size=30, opacity=0.5, color=main
    )
    reader = base.transform_filter(f"datum.kind == '{READER}'").mark_point(
        shape="triangle-down", filled=True, size=130, opacity=1, color=second
    )
    return bare(alt.layer(bar, dots, stroke, reader).properties(height=rows_high(10, 24)))
