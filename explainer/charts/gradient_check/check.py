"""A gradient check as pictures: where it is wrong, the error over ε, and what each fault gives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from explainer.charts.specs import (
    bare,
    finite_only,
    number_texts,
    number_tip,
    power_labels,
    quoted,
    rows_high,
)
from explainer.charts.theme import Theme
from explainer.gradients.check.checking import Check
from explainer.gradients.check.network import B1, B2, W1, W2
from explainer.gradients.check.sweep import EPSILONS, Sweep
from explainer.gradients.check.theory import Theory
from explainer.gradients.check.verdict import TOO_KIND, VERDICTS
from explainer.powers import power_of_ten, ten_to
from explainer.words import N_, _, cached

DECADES = (-10, -7, -5, -3, 0)
LEGEND_ROOM = 134
LEAST = 1e-10  # the colour scale and the axes go from here to 1
TILE, TILES_ACROSS, GAP, WIDE = 8, 5, 1.0, 1.7
SECOND_ROW, SECOND_COLUMN = 21.0, 25.0
WHOLE, WORST = N_("all parameters"), N_("the worst tensor")


@dataclass(frozen=True)
class _Cell:
    """Where a parameter is drawn: its upper left corner, its side, and its name."""

    x: float
    y: float
    side: float
    name: str


@lru_cache(maxsize=1)
def _cells() -> tuple[_Cell, ...]:
    """In the order of θ: each unit's weights as the 8 × 8 picture it looks at, then the rest."""
    found = [_pixel_cell(*divmod(place, W1.shape[1])) for place in range(W1.size)]
    found += [_Cell(SECOND_COLUMN + WIDE * j, 23.0, WIDE, f"b1[{j}]") for j in range(B1.size)]
    for i, j in np.ndindex(*W2.shape):
        found.append(_Cell(WIDE * j, SECOND_ROW + WIDE * i, WIDE, f"W2[{i}, {j}]"))
    found += [_Cell(SECOND_COLUMN + WIDE * j, 33.0, WIDE, f"b2[{j}]") for j in range(B2.size)]
    return tuple(found)


def _pixel_cell(pixel: int, unit: int) -> _Cell:
    (down, across), (row, column) = divmod(unit, TILES_ACROSS), divmod(pixel, TILE)
    x, y = ((TILE + GAP) * tile + inside for tile, inside in ((across, column), (down, row)))
    return _Cell(x, y, 1.0, f"W1[{pixel}, {unit}]")


def error_cells(check: Check) -> pd.DataFrame:
    """A row for each parameter: where it is drawn, both gradients, and the error's power of ten.

    A gradient that is no finite number is as wrong as can be: its power is 0. NaN where both are 0.
    """
    cells = _cells()
    errors = check.errors
    decades = np.log10(np.clip(np.nan_to_num(errors, nan=1), LEAST, 1))
    decades[check.both_zero] = np.nan
    numbers = {
        "x": [cell.x for cell in cells],
        "x2": [cell.x + cell.side for cell in cells],
        "y": [cell.y for cell in cells],
        "y2": [cell.y + cell.side for cell in cells],
        "backpropagation": finite_only(check.backprop),
        "difference": finite_only(check.numeric),
        "decade": decades,
    }
    return pd.DataFrame(numbers, dtype=np.float32).assign(
        parameter=[cell.name for cell in cells],
        error=[power_of_ten(one) for one in errors.tolist()],
    )


TITLES = (
    (0.0, -0.7, "W1[0, 0]", N_("W1: each hidden unit’s 64 weights as the picture it looks at")),
    (0.0, SECOND_ROW - 0.7, "W2[0, 0]", N_("W2: unit (row) to class (column)")),
    (SECOND_COLUMN, 22.3, "b1[0]", N_("b1: a bias for each unit")),
    (SECOND_COLUMN, 32.3, "b2[0]", N_("b2: a bias for each class")),
)
"""Of each block where its name stands, its first cell, and the name."""


@cached
def error_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `error_cells`: the darker, the further apart; grey where both are 0."""
    scale = alt.Scale(domain=[math.log10(LEAST), 0], range=list(theme.sequential), clamp=True)
    colour = alt.Color(
        "decade:Q",
        scale=scale,
        title=_("relative error"),
        legend=alt.Legend(
            orient="bottom", type="symbol", symbolType="square", symbolStrokeWidth=0.4,
            symbolSize=150, values=list(DECADES), format="d", labelExpr=_decade_names(),
        ),
    )  # fmt: skip  # no gradient: its reference has the page's address in it, which changes
    cells = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("backpropagation", "difference", digits=6))
        .mark_rect(stroke=theme.grid, strokeWidth=0.4)
        .encode(
            x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.5, 44.5], nice=False)),
            x2="x2:Q",
            y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[39, -2.5], nice=False)),
            y2="y2:Q",
            color=alt.condition("isValid(datum.decade)", colour, alt.value(theme.grid)),
            tooltip=[
                alt.Tooltip("parameter:N", title=_("parameter")),
                number_tip("backpropagation", _("backpropagation")),
                number_tip("difference", _("difference")),
                alt.Tooltip("error:N", title=_("relative error")),
            ],
        )
    )
    return bare(alt.layer(cells, *_titles(theme)).properties(height=440))


def _decade_names() -> str:
    """What the colour bar's decades are called, as a Vega expression."""
    names = ", ".join(f"'{power}': '{ten_to(power)}'" for power in DECADES if power)
    return f"datum.value == 0 ? '1' : ({{{names}}})['' + datum.value]"


def _titles(theme: Theme) -> list[alt.Chart]:
    """The name of each block, drawn from data of its own that never changes."""
    return [
        alt.Chart(alt.NamedData(name="points"))
        .transform_filter(f"datum.parameter == '{first}'")
        .mark_text(align="left", baseline="bottom", color=theme.text, fontSize=11, text=_(title))
        .encode(x=alt.XDatum(x), y=alt.YDatum(y))
        for x, y, first, title in TITLES
    ]


def sweep_points(sweeps: Sequence[Sweep], lines: Theory) -> pd.DataFrame:
    """Measured errors and the theory's lines over ε, each with its name, inside the axes."""
    rows = []
    for one in sweeps:
        name = np.dtype(one.dtype).name
        rows += [(e, r, name, "measured") for e, r in zip(EPSILONS, one.errors, strict=True)]
        rows += [(e, lines.rounded(e, one.dtype), name, "rounding") for e in EPSILONS]
    rows += [(e, lines.truncated(e), "both", "truncation") for e in EPSILONS]
    points = pd.DataFrame(rows, columns=["epsilon", "error", "numbers", "line"])
    points = points[(points.error <= 1.5) & (points.error >= LEAST / 10)]
    said = {f"{name}_said": points[name].map(power_of_ten) for name in ("epsilon", "error")}
    return points.assign(**said)


@cached
def sweep_spec(theme: Theme, epsilon: float) -> dict[str, Any]:
    """The specification for `sweep_points`, on log-log axes, with a rule at the chosen ε."""
    both, one = _("truncation"), _("in {numbers}")
    numbers = alt.Color(
        "numbers:N",
        scale=alt.Scale(
            domain=["float64", "float32", "both"],
            range=[theme.categorical[0], theme.categorical[1], theme.text],
        ),
        legend=alt.Legend(
            title=None,
            orient="top",
            labelExpr=f"datum.label == 'both' ? {quoted(both)} : "
            f"replace({quoted(one)}, '{{numbers}}', datum.label)",
        ),
    )
    x = alt.X(
        "epsilon:Q", title="ε",
        scale=alt.Scale(type="log", domain=[1e-9, 1e-1], nice=False),
        axis=alt.Axis(labelExpr=power_labels(), values=[10.0**-power for power in range(1, 10)]),
    )  # fmt: skip
    y = alt.Y(
        "error:Q", title=_("relative error"),
        scale=alt.Scale(type="log", domain=[LEAST / 10, 1.5], nice=False),
        axis=alt.Axis(labelExpr=power_labels(), values=[10.0**-power for power in range(0, 11, 2)]),
    )  # fmt: skip
    base = alt.Chart(alt.NamedData(name="points")).encode(x=x, y=y, color=numbers)
    tooltip = [
        alt.Tooltip("numbers:N", title=_("numbers")),
        alt.Tooltip("epsilon_said:N", title="ε"),
        alt.Tooltip("error_said:N", title=_("relative error")),
    ]
    measured = base.transform_filter("datum.line == 'measured'").mark_line(
        point=alt.OverlayMarkDef(size=40), strokeWidth=2
    )
    theory = base.transform_filter("datum.line != 'measured'").mark_line(
        strokeDash=[5, 4], strokeWidth=1.4, opacity=0.9
    )
    chosen = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_filter(f"datum.epsilon == {EPSILONS[0]} && datum.line == 'measured'")
        .mark_rule(strokeWidth=1.5, color=theme.text, opacity=0.6)
        .encode(x=alt.XDatum(epsilon))
    )
    layers = (theory.encode(detail="line:N"), measured.encode(tooltip=tooltip), chosen)
    return bare(alt.layer(*layers).properties(height=340))


def fault_points(rows: Sequence[tuple[str, float, float]]) -> pd.DataFrame:
    """For each fault by its name: the error over all parameters, and that of the worst tensor."""
    found = [
        (place, title, max(error, LEAST), power_of_ten(error), _(which))
        for place, (title, whole, worst) in enumerate(rows)
        for error, which in ((whole, WHOLE), (worst, WORST))
    ]
    return pd.DataFrame(found, columns=["place", "fault", "error", "said", "which"])


@cached
def fault_spec(theme: Theme, rows: int) -> dict[str, Any]:
    """The specification for `fault_points` of so many rows, with rules at the marks."""
    x = alt.X(
        "error:Q", title=_("relative error"),
        scale=alt.Scale(type="log", domain=[LEAST, 1.5], nice=False),
        axis=alt.Axis(labelExpr=power_labels(), values=[1e-9, 1e-7, 1e-5, 1e-3, 1e-1], grid=False),
    )  # fmt: skip
    base = alt.Chart(alt.NamedData(name="points"))
    points = base.mark_point(size=80, strokeWidth=2).encode(
        x=x,
        y=alt.Y("fault:N", title=None, sort=alt.SortField("place"), axis=alt.Axis(labelLimit=220)),
        shape=alt.Shape(
            "which:N",
            scale=alt.Scale(domain=[_(WHOLE), _(WORST)], range=["circle", "triangle-right"]),
            legend=alt.Legend(title=None, orient="bottom", columns=1),
        ),
        color=alt.value(theme.categorical[0]),
        tooltip=[
            alt.Tooltip("fault:N", title=_("fault")),
            alt.Tooltip("which:N", title=_("of")),
            alt.Tooltip("said:N", title=_("relative error")),
        ],
    )
    marks = [
        base.mark_rule(strokeDash=[4, 4], opacity=0.7, color=theme.text).encode(
            x=alt.XDatum(entry.mark)
        )
        for entry in VERDICTS
    ]
    kind = base.mark_rule(strokeWidth=2, color=theme.categorical[1]).encode(x=alt.XDatum(TOO_KIND))
    names = [(entry.mark, _(entry.title)) for entry in VERDICTS] + [(TOO_KIND, ten_to(-1))]
    labels = [
        base.transform_filter(f"datum.place == 0 && datum.which == {quoted(_(WHOLE))}")
        .mark_text(text=name, baseline="bottom", color=theme.text, fontSize=11)
        .encode(x=alt.XDatum(place), y=alt.value(-4))
        for place, name in names
    ]
    return bare(
        alt.layer(*marks, kind, points, *labels).properties(
            height=rows_high(rows, 27, room=LEGEND_ROOM)
        )
    )
