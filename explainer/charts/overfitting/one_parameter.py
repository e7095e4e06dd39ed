"""One sine through all points: a piece of the wave at each, its label and its digit."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa

from explainer.charts.specs import bare, table_of
from explainer.charts.theme import Theme
from explainer.generalisation.one_parameter import POINTS, Sine, digits
from explainer.powers import ten_to
from explainer.words import _, cached

SAMPLES, HALF, TURN = 41, 0.42, 1.25 * np.pi
"""A piece of the wave: its points, half its width on the chart, and half its width in phase."""
LABEL, DIGIT, LOW = -1.75, -2.6, -3.1


def wave_points(sine: Sine) -> pa.Table:
    """A row for each sample of the pieces, and one for each point: its wanted label, its digit.

    `order` counts the points from 1. A piece reaches from phase −1.25 π to 1.25 π about its point.
    """
    away = np.linspace(-1, 1, SAMPLES)
    rows: list[tuple[Any, ...]] = []
    each = zip(sine.labels, sine.said, sine.phases.tolist(), strict=True)
    written = reversed(digits(sine.labels)[:-1])
    for order, ((label, said, phase), digit) in enumerate(zip(each, written, strict=True), start=1):
        place, sign = f"x = {ten_to(-order)}", "+" if label > 0 else "−"
        rows += [
            ("wave", order, order + HALF * one, float(np.sin(phase + TURN * one)),
             place, sign, str(digit), said == label)
            for one in away.tolist()
        ]  # fmt: skip
        rows.append(
            ("point", order, float(order), float(np.sin(phase)), place, sign, str(digit),
             said == label)
        )  # fmt: skip
    return table_of(
        rows, kind=pa.string(), order=pa.int64(), across=pa.float64(), value=pa.float64(),
        place=pa.string(), label=pa.string(), digit=pa.string(), right=pa.bool_(),
    )  # fmt: skip


@cached
def wave_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `wave_points`; a label that the sine misses is a hollow disc."""
    x = alt.X(
        "across:Q", title=_("point i at x = 10⁻ⁱ, each piece 10ⁱ times as wide as it is"),
        scale=alt.Scale(domain=[1 - HALF - 0.1, POINTS + HALF + 0.3], nice=False, reverse=True),
        axis=alt.Axis(values=list(range(1, POINTS + 1)), grid=False, format="d"),
    )  # fmt: skip
    y = alt.Y(
        "value:Q", title=None, scale=alt.Scale(domain=[LOW, 1.25], nice=False),
        axis=alt.Axis(values=[-1, 0, 1], grid=False, domain=False, ticks=False),
    )  # fmt: skip
    base = alt.Chart(alt.NamedData(name="points")).encode(x=x)
    wave = base.transform_filter("datum.kind == 'wave'").mark_line(
        strokeWidth=1.5, color=theme.categorical[7]
    )
    wave = wave.encode(y=y, detail="order:N")
    points = base.transform_filter("datum.kind == 'point'")
    colour = alt.Color(
        "label:N", legend=None,
        scale=alt.Scale(domain=["+", "−"], range=list(theme.categorical[:2])),
    )  # fmt: skip
    tips = [
        alt.Tooltip("place:N", title=_("point")),
        alt.Tooltip("label:N", title=_("wanted label")),
        alt.Tooltip("value:Q", title="sin(ωx)", format=".3f"),
        alt.Tooltip("digit:N", title=_("its digit of ω/π")),
    ]
    dots = points.mark_point(size=110, strokeWidth=2.5).encode(
        y=y, color=colour, stroke=colour, tooltip=tips,
        fillOpacity=alt.condition("datum.right", alt.value(1), alt.value(0)), fill=colour,
    )  # fmt: skip
    labels = points.mark_text(fontSize=20, fontWeight="bold").encode(
        y=alt.datum(LABEL), text="label:N", color=colour, tooltip=tips
    )
    said = points.mark_text(fontSize=15, color=theme.text).encode(
        y=alt.datum(DIGIT), text="digit:N", tooltip=tips
    )
    zero = base.mark_rule(color=theme.grid).encode(
        y=alt.datum(0), x=alt.value(0), x2=alt.value("width")
    )
    return bare(alt.layer(zero, wave, dots, labels, said).properties(height=280))
