"""The gradient at every layer while networks learn: a strip a recipe, on one colour scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa

from explainer.charts.specs import bare, named, number_texts, number_tip
from explainer.charts.theme import Theme
from explainer.gradients.depth.strips import FLOOR, Strip
from explainer.words import _, cached

MOST_CELLS = 2400  # of all strips together, while they grow: the browser draws each one
LEAST_COLUMNS, MOST_COLUMNS = 16, 90
AROUND, LEAST_HEIGHT, MOST_HEIGHT = 55, 90, 300  # pixels; the axis takes some too
LOWEST = math.log10(FLOOR)
SHOWN_DECADES = 12.0


def columns_for(layers: int, recipes: int) -> int:
    """How many columns a strip has, so that all of them stay quick to draw."""
    return int(
        np.clip(MOST_CELLS / (max(layers, 1) * max(recipes, 1)), LEAST_COLUMNS, MOST_COLUMNS)
    )


def reach(strips: Sequence[Strip]) -> tuple[float, float]:
    """The ends of the shared scale in whole powers of ten; at most twelve of them."""
    values = np.concatenate([strip.logarithms.ravel() for strip in strips])
    values = values[np.isfinite(values)]
    if not len(values):
        return -1.0, 0.0
    high = float(np.ceil(values.max()))
    low = float(np.floor(values.min()))
    return max(low, high - SHOWN_DECADES), max(high, low + 1)


def strip_points(strip: Strip) -> pa.Table:
    """A row for each cell: the layer, its place, the steps it spans, and log10 of the length."""
    steps = strip.steps
    middles = (steps[1:] + steps[:-1]) / 2
    edges = np.concatenate([[0.0], middles, steps[-1:]])
    columns, layers = strip.logarithms.shape
    values = strip.logarithms.ravel()
    places = np.tile(np.arange(layers), columns)
    sound = np.isfinite(values)
    return pa.table(
        {
            "layer": named(places[sound], list(strip.layers)),
            "place": places[sound].astype(np.int16),
            "above": (places[sound] + 1).astype(np.int16),
            "step": np.repeat(steps, layers)[sound].astype(np.int32),
            "from": np.repeat(edges[:-1], layers)[sound].astype(np.float32),
            "to": np.repeat(edges[1:], layers)[sound].astype(np.float32),
            "value": values[sound].astype(np.float32),
            "length": (10.0 ** values[sound]).astype(np.float32),
        }
    )


@cached
def strip_spec(
    theme: Theme, low: float, high: float, layers: int, total_steps: int
) -> dict[str, Any]:
    """The specification for `strip_points`: the first layer below; one colour bar is for all."""
    cells = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("length"))
        .mark_rect(strokeWidth=0)
        .encode(
            x=alt.X(
                "from:Q",
                title=_("step"),
                scale=alt.Scale(domain=[0, total_steps], nice=False),
                axis=alt.Axis(format=",.0f", grid=False),
            ),
            x2="to:Q",
            y=alt.Y(
                "place:Q",
                title=_("layer"),
                scale=alt.Scale(domain=[0, layers], nice=False),
                axis=alt.Axis(tickMinStep=1, grid=False),
            ),
            y2="above:Q",
            color=alt.Color(
                "value:Q",
                scale=alt.Scale(domain=[low, high], range=list(theme.sequential), clamp=True),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip("layer:N", title=_("layer")),
                alt.Tooltip("step:Q", title=_("step"), format=",.0f"),
                number_tip("length", _("gradient")),
            ],
        )
    )
    height = AROUND + int(np.clip(11 * layers, LEAST_HEIGHT, MOST_HEIGHT))
    return bare(cells.properties(height=height))
