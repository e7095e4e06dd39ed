"""A network at a glance: its layers as bars from the picture to the output, and that output."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from explainer.charts.specs import bare, data_axis
from explainer.charts.theme import Theme
from explainer.networks.recording.graph import Layer
from explainer.words import N_, _, cached

STRIP_HEIGHT, ANSWER_STEP = 250, 22
PICK = "layer"
DIGITS, ROOM = 4, 0.09
MIXING = (
    "convolution",
    "linear",
    "pooling",
    "global-pooling",
    "addition",
    "concatenation",
    "multiplication",
)
# What the legend calls the kinds of layers that have a colour of their own, and all others.
KINDS = {
    "convolution": N_("convolution"),
    "batch-norm": N_("batch norm"),
    "activation": N_("activation"),
    "pooling": N_("pooling"),
    "addition": N_("addition"),
    "linear": N_("linear"),
    "flatten": N_("flatten"),
    "other": N_("other"),
}


def strip_layers(found: Sequence[Layer], chosen: str, *, every: bool) -> list[Layer]:
    """The layers that have a bar: `every` one, or those that mix values, and the `chosen` one.

    In a deep network most layers look at one value at a time; without them there is room.
    """
    return [one for one in found if every or one.kind in MIXING or one.name == chosen]


def strip_points(found: Sequence[Layer], chosen: str) -> pd.DataFrame:
    """A row for each layer: what it is, how many numbers it gives, what they cost and see.

    `place` is its number and, where maps of a new size begin and last for a while, that size.
    """
    sizes = _size_labels(found)
    rows = [
        {
            "place": f"{place:0{DIGITS}} {sizes.get(place, '')}",
            "name": layer.name,
            "title": layer.title,
            "kind": _(KINDS.get(layer.kind, KINDS["other"])),
            "numbers": int(np.prod(layer.shape)),
            "shape": shape_text(layer),
            "parameters": layer.parameters,
            "multiplications": layer.multiplications,
            "sees": layer.field[0].size,
            "chosen": layer.name == chosen,
        }
        for place, layer in enumerate(found)
    ]
    return pd.DataFrame(rows)


def _size_labels(found: Sequence[Layer]) -> dict[int, str]:
    """Height and width of the maps at the places where they change, as far as there is room."""
    shapes = [one.shape[1:] for one in found]
    begins = [
        place for place, shape in enumerate(shapes) if not place or shape != shapes[place - 1]
    ]
    ends = [*begins[1:], len(found)]
    return {
        begin: "{} × {}".format(*shapes[begin])
        for begin, end in zip(begins, ends, strict=True)
        if end - begin >= ROOM * len(found) and shapes[begin] != (1, 1)
    }


def shape_text(layer: Layer) -> str:
    """`64 × 32 × 32`, maps first; of a flat layer the count alone."""
    return f"{layer.shape[0]}" if layer.layout == "flat" else " × ".join(map(str, layer.shape))


@cached
def strip_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `strip_points`; a click on a bar picks it, as the selection `PICK`."""
    colours = alt.Scale(domain=[_(one) for one in KINDS.values()], range=list(theme.categorical))
    pick = alt.selection_point(name=PICK, fields=["name"], on="click", clear=False)
    bars = (
        alt.Chart(alt.NamedData(name="points"))
        .mark_bar(cursor="pointer", width=alt.RelativeBandSize(0.94))
        .encode(
            x=alt.X(
                "place:O",
                title=None,
                scale=alt.Scale(padding=0),
                axis=alt.Axis(
                    labelExpr=f"substring(datum.label, {DIGITS + 1})",
                    labelAngle=0,
                    labelAlign="left",
                    labelOverlap=False,
                    labelBound=False,
                    labelPadding=4,
                    ticks=False,
                    domain=False,
                ),
            ),
            y=alt.Y(
                "numbers:Q",
                title=_("numbers"),
                scale=alt.Scale(type="log", domainMin=1),
                axis=alt.Axis(format="~s", tickCount=4),
            ),
            y2=alt.datum(1),
            color=alt.Color(
                "kind:N",
                scale=colours,
                legend=alt.Legend(orient="bottom", title=None, columns=3, offset=4, padding=0),
            ),
            opacity=alt.condition("datum.chosen", alt.value(1), alt.value(0.45)),
            stroke=alt.condition("datum.chosen", alt.value(theme.text), alt.value(None)),
            tooltip=[
                alt.Tooltip("name:N", title=_("name")),
                alt.Tooltip("title:N", title=_("layer")),
                alt.Tooltip("shape:N", title=_("maps × height × width")),
                alt.Tooltip("parameters:Q", title=_("weights"), format=","),
                alt.Tooltip("multiplications:Q", title=_("multiplications"), format=","),
                alt.Tooltip("sees:Q", title=_("receptive field (pixels a side)"), format=",.0f"),
            ],
        )
        .properties(height=STRIP_HEIGHT)
        .add_params(pick)
    )
    return bare(bars)


def answer_points(classes: Sequence[str], probabilities: Sequence[float]) -> pd.DataFrame:
    """Classes and probabilities in percent, the likeliest first; none that is no number."""
    known = [row for row in zip(classes, probabilities, strict=True) if math.isfinite(row[1])]
    rows = sorted(known, key=lambda row: -row[1])
    return pd.DataFrame(
        [(name, 100 * share) for name, share in rows], columns=["class", "probability"]
    )


@cached
def answer_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `answer_points`."""
    base = alt.Chart(alt.NamedData(name="points")).encode(
        y=alt.Y("class:N", title=None, sort=None, axis=data_axis()),
        x=alt.X("probability:Q", title=_("probability (%)"), scale=alt.Scale(domain=[0, 100])),
        tooltip=[
            alt.Tooltip("class:N", title=_("class")),
            alt.Tooltip("probability:Q", title=_("probability (%)"), format=".2f"),
        ],
    )
    bars = base.mark_bar(color=theme.categorical[0])
    texts = base.mark_text(align="left", dx=4, color=theme.text).encode(
        text=alt.Text("probability:Q", format=".1f")
    )
    return bare(alt.layer(bars, texts).properties(height={"step": ANSWER_STEP}))
