"""Every weight against λ, and the weights at one λ as bars that are the legend of the lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from explainer.charts.activations.curves import stroke
from explainer.charts.specs import (
    bare,
    finite_only,
    named,
    number_texts,
    number_tip,
    power_labels,
    quoted,
)
from explainer.charts.theme import Theme
from explainer.words import _, cached

HEIGHT = 340
ROW = 26
ROOM = 1.25  # of the bars' axis, for the numbers beside the longest

SIDES: tuple[tuple[str, Literal["left", "right"], int], ...] = (
    ("!datum.low", "left", 8),
    ("datum.low", "right", -8),
)
"""Where the number of a bar stands: at the right of what is not below 0, else at the left."""

Floats = NDArray[np.float64]


def path_points(
    lambdas: Floats, weights: Floats, names: Sequence[str], strength: float
) -> pa.Table:
    """A row for each λ and each of the weights `(len(lambdas), p)`, by their names.

    `here` is the λ nearest to `strength`.
    """
    count = len(names)
    places = np.tile(np.arange(count), len(lambdas))
    nearest = np.arange(len(lambdas)) == np.abs(lambdas - strength).argmin()
    return pa.table(
        {
            "strength": np.repeat(lambdas, count).astype(np.float64),
            "weight": pa.array(finite_only(weights).ravel(), from_pandas=True),
            "name": named(places, list(names)),
            "here": np.repeat(nearest, count),
        }
    )


@cached
def path_spec(theme: Theme, names: tuple[str, ...]) -> dict[str, Any]:
    """The specification for `path_points`, on a logarithmic axis, with a rule at the chosen λ."""
    x = alt.X(
        "strength:Q",
        title=_("λ, stronger to the right"),
        scale=alt.Scale(type="log", domain=[1e-3, 1e2], nice=False),
        axis=alt.Axis(
            labelExpr=power_labels(), values=[10.0**power for power in range(-3, 3)], grid=False
        ),
    )
    y = alt.Y("weight:Q", title=_("weight"))
    base = alt.Chart(alt.NamedData(name="points")).transform_calculate(
        **number_texts("weight", "strength")
    )
    lines = base.mark_line(strokeWidth=2, clip=True).encode(
        x=x,
        y=y,
        color=_colour(theme, names),
        strokeDash=_dash(theme, names),
        detail="name:N",
    )
    near = base.mark_point(size=120, opacity=0, filled=True).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("name:N", title=_("weight of")),
            number_tip("strength", "λ"),
            number_tip("weight", _("weight")),
        ],
    )
    here = base.transform_filter("datum.here")
    once = base.transform_filter(f"datum.here && datum.name == {quoted(names[0])}")
    rule = once.mark_rule(color=theme.text, strokeDash=[4, 4], opacity=0.7).encode(x=x)
    dots = here.mark_point(filled=True, size=50, opacity=1).encode(
        x=x, y=y, color=_colour(theme, names)
    )
    return bare(alt.layer(lines, rule, dots, near).properties(height=HEIGHT))


def bar_points(weights: Floats, names: Sequence[str]) -> pa.Table:
    """A row for each of the weights `(p,)` at one λ: its name, its number, whether it is 0."""
    found = finite_only(weights)
    return pa.table(
        {
            "name": list(names),
            "weight": pa.array(found, from_pandas=True),
            "zero": found == 0,
            "low": found < 0,
        }
    )


@cached
def bar_spec(theme: Theme, names: tuple[str, ...], reach: float) -> dict[str, Any]:
    """The specification for `bar_points`, from −reach to reach; an exact 0 is said to be one."""
    x = alt.X(
        "weight:Q",
        title=_("weight at the chosen λ"),
        scale=alt.Scale(domain=[-ROOM * reach, ROOM * reach], nice=False),
        axis=alt.Axis(tickCount=5),
    )
    y = alt.Y(
        "name:N",
        title=None,
        sort=list(names),
        axis=alt.Axis(labelLimit=190, labelFontSize=12, ticks=False, domain=False),
    )
    base = alt.Chart(alt.NamedData(name="points")).transform_calculate(
        **number_texts("weight"),
        shown=f"datum.zero ? {quoted(_('exactly 0'))} : format(datum.weight, '.3f')",
    )
    colour = _colour(theme, names)
    tip = [alt.Tooltip("name:N", title=_("weight of")), number_tip("weight", _("weight"))]
    bars = base.mark_bar(height={"band": 0.62}, strokeWidth=1.6, fillOpacity=0.85).encode(
        x=x, y=y, color=colour, stroke=colour, strokeDash=_dash(theme, names), tooltip=tip
    )
    keys = base.mark_point(shape="circle", filled=True, size=46, opacity=1).encode(
        x=x, y=y, color=colour, tooltip=tip
    )
    texts = [
        base.transform_filter(test)
        .mark_text(align=align, dx=dx, fontSize=11, color=theme.text)
        .encode(x=x, y=y, text="shown:N")
        for test, align, dx in SIDES
    ]
    zero = (
        alt.Chart(alt.NamedData(name="points"))
        .mark_rule(color=theme.text, opacity=0.5)
        .encode(x=alt.XDatum(0))
    )
    height = ROW * len(names) + 48
    return bare(alt.layer(zero, bars, keys, *texts).properties(height=height))


def _colour(theme: Theme, names: Sequence[str]) -> alt.Color:
    colours = [stroke(place, theme).colour for place in range(len(names))]
    return alt.Color("name:N", scale=alt.Scale(domain=list(names), range=colours), legend=None)


def _dash(theme: Theme, names: Sequence[str]) -> alt.StrokeDash:
    dashes = [
        [int(one) for one in stroke(place, theme).dash.split()] or [1, 0]
        for place in range(len(names))
    ]
    return alt.StrokeDash("name:N", scale=alt.Scale(domain=list(names), range=dashes), legend=None)
