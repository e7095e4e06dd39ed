"""What reaches each layer: gradients, the size of its steps, and its units that do nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from explainer.charts.specs import (
    bare,
    log_axis,
    named,
    number_texts,
    number_tip,
    recipe_colour,
    table_of,
)
from explainer.charts.theme import Theme
from explainer.training.instruments.units import UnitShares
from explainer.training.measurement.snapshot import RunView, Snapshot
from explainer.words import N_, _, cached

HEIGHT = 240
HISTORY_POINTS = 200
RECENT = 5  # points that a value is the median of: one batch alone is noise


@dataclass(frozen=True)
class LayerMeasure:
    """One quantity of each layer: its title and the column of `LayerCurves` it is read from."""

    slug: str
    title: str


GRADIENT = LayerMeasure("gradient_norm", N_("length of the gradient"))
UPDATE = LayerMeasure("update_ratio", N_("step, relative to the weights"))
LAYER_MEASURES = (GRADIENT, UPDATE)
LAYER_TITLES = {"conv": N_("conv {number}"), "dense": N_("dense {number}"), "out": N_("out")}


def layer_title(name: str) -> str:
    """The name of a layer as an axis has it: `conv 1` for `conv1`."""
    kind = name.rstrip("0123456789")
    message = LAYER_TITLES.get(kind)
    return _(message, number=name.removeprefix(kind)) if message else name


def layer_points(snapshot: Snapshot, measure: LayerMeasure) -> pa.Table:
    """For each recipe and layer the median over seeds and the last points, and their range."""
    rows = []
    for index in range(len(snapshot.recipes)):
        names, recent = _recent(snapshot.of_recipe(index), measure)
        for place, name in enumerate(names):
            values = sorted(value for value in recent[:, place].tolist() if 0 < value < math.inf)
            if values:
                title = layer_title(name)
                rows.append((str(index), place, title, median(values), values[0], values[-1]))
    return table_of(
        rows, recipe=pa.string(), place=pa.int8(), layer=pa.string(),
        median=pa.float32(), low=pa.float32(), high=pa.float32(),
    )  # fmt: skip


def _recent(
    runs: Sequence[RunView], measure: LayerMeasure
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    sound = [run for run in runs if not run.status.broken] or list(runs)
    values = [getattr(run.curves.layers, measure.slug)[-RECENT:] for run in sound]
    return runs[0].curves.layers.names, np.concatenate(values)


@cached
def layer_spec(theme: Theme, measure: LayerMeasure) -> dict[str, Any]:
    """The specification for `layer_points`: layers from the picture's side, a logarithmic axis."""
    points = alt.Chart(alt.NamedData(name="points"))
    base = points.transform_calculate(**number_texts("median")).encode(
        x=alt.X("layer:N", title=None, sort=alt.SortField("place"), axis=alt.Axis(labelAngle=0)),
        color=recipe_colour(theme),
    )
    scale = alt.Scale(type="log", nice=True)
    axis = log_axis()
    band = base.mark_area(opacity=0.12, line=False).encode(
        y=alt.Y("low:Q", title=_(measure.title), scale=scale, axis=axis), y2="high:Q"
    )
    line = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=45)).encode(
        y=alt.Y("median:Q", title=_(measure.title), scale=scale, axis=axis),
        tooltip=[
            alt.Tooltip("layer:N", title=_("layer")),
            number_tip("median", _("median")),
        ],
    )
    return bare(alt.layer(band, line).properties(height=HEIGHT))


def unit_points(shares: Sequence[Sequence[UnitShares]]) -> pa.Table:
    """For each recipe and layer of activations the share of dead and of saturated, in percent."""
    rows = [
        (str(recipe), place, layer_title(one.layer), 100 * one.dead, 100 * one.saturated, one.units)
        for recipe, layers in enumerate(shares)
        for place, one in enumerate(layers)
    ]
    return table_of(
        rows, recipe=pa.string(), place=pa.int8(), layer=pa.string(),
        dead=pa.float32(), saturated=pa.float32(), units=pa.int32(),
    )  # fmt: skip


@cached
def unit_spec(theme: Theme, column: str, title: str) -> dict[str, Any]:
    """The specification for `unit_points`, of its column "dead" or "saturated"."""
    bars = (
        alt.Chart(alt.NamedData(name="points"))
        .mark_bar()
        .encode(
            x=alt.X(
                "layer:N", title=None, sort=alt.SortField("place"), axis=alt.Axis(labelAngle=0)
            ),
            xOffset="recipe:N",
            y=alt.Y(f"{column}:Q", title=title, scale=alt.Scale(domain=[0, 100])),
            color=recipe_colour(theme),
            tooltip=[
                alt.Tooltip("layer:N", title=_("layer")),
                alt.Tooltip(f"{column}:Q", title=title, format=".1f"),
                alt.Tooltip("units:Q", title=_("units")),
            ],
        )
        .properties(height=HEIGHT)
    )
    return bare(bars)


def layer_history(run: RunView, measure: LayerMeasure) -> pa.Table:
    """Of one run every layer over the steps: layer, step and value, which is above 0."""
    layers = run.curves.layers
    kept = np.unique(np.linspace(0, max(len(run.curves) - 1, 0), HISTORY_POINTS).astype(int))
    kept = kept[: len(run.curves)]
    values = getattr(layers, measure.slug)[kept]
    rows, places = np.nonzero((values > 0) & np.isfinite(values))
    return pa.table(
        {
            "layer": named(places, [layer_title(name) for name in layers.names]),
            "step": run.curves.step[kept][rows].astype(np.int32),
            "value": values[rows, places],
        }
    )


@cached
def layer_history_spec(
    theme: Theme, measure: LayerMeasure, layers: tuple[str, ...]
) -> dict[str, Any]:
    """The specification for `layer_history`: a line a layer, the last one the strongest."""
    stops = np.linspace(3, len(theme.sequential) - 1, len(layers)).round().astype(int)
    colours = [theme.sequential[stop] for stop in stops]
    lines = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("value"))
        .mark_line(strokeWidth=1.8)
        .encode(
            x=alt.X("step:Q", title=_("step"), axis=alt.Axis(format=",.0f", tickMinStep=1)),
            y=alt.Y(
                "value:Q",
                title=_(measure.title),
                scale=alt.Scale(type="log"),
                axis=log_axis(),
            ),
            color=alt.Color(
                "layer:N",
                title=None,
                scale=alt.Scale(domain=[layer_title(name) for name in layers], range=colours),
                legend=alt.Legend(orient="top", columns=6),
            ),
            tooltip=[
                alt.Tooltip("layer:N", title=_("layer")),
                alt.Tooltip("step:Q", title=_("step"), format=",.0f"),
                number_tip("value", _("value")),
            ],
        )
        .properties(height=HEIGHT)
    )
    return bare(lines)
