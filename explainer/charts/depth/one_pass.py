"""What one pass leaves at each layer: gradients over depth, values as a picture, idle units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainer.charts.specs import (
    bare,
    number_texts,
    number_tip,
    power_labels,
    quoted,
    recipe_colour,
)
from explainer.charts.theme import Theme
from explainer.gradients.depth.mean_field import Theory
from explainer.gradients.depth.settings import title
from explainer.gradients.depth.untrained_pass import UntrainedPass
from explainer.powers import power_of_ten
from explainer.registry import Registry
from explainer.words import N_, _, cached

Floats = NDArray[np.float64]
HEIGHT, PICTURE_HEIGHT, SHARE_HEIGHT = 330, 170, 200
MEASURED, THEORY, LIMIT = "measured", "theory", "least float32"
SMALLEST_FLOAT32 = float(np.finfo(np.float32).smallest_subnormal)
DASHES = {MEASURED: [1, 0], THEORY: [5, 4]}


@dataclass(frozen=True)
class DepthMeasure:
    """One quantity of each layer: where it is read, and where theory predicts it (or `None`)."""

    slug: str
    title: str
    axis: str
    measured: Callable[[UntrainedPass], Floats]
    theory: Callable[[Theory], Floats] | None


DEPTH_MEASURES = Registry[DepthMeasure](
    N_("measure"),
    DepthMeasure(
        "gradient",
        N_("Gradient at z (pre-activation)"),
        N_("length of the gradient at z"),
        lambda found: found.gradient,
        lambda found: found.gradient,
    ),
    DepthMeasure(
        "weights",
        N_("Gradient of W"),
        N_("length of the gradient of W"),
        lambda found: found.weight_gradient,
        None,
    ),
    DepthMeasure(
        "sums",
        N_("Size of z"),
        N_("root mean square of z"),
        lambda found: found.sums,
        lambda found: np.sqrt(found.variance),
    ),
    DepthMeasure(
        "difference",
        N_("Difference of pictures"),
        N_("1 − cosine similarity of their z"),
        lambda found: found.difference,
        None,
    ),
)


def depth_points(
    passages: Sequence[UntrainedPass], theories: Sequence[Theory | None], measure: DepthMeasure
) -> pd.DataFrame:
    """For each setting and layer the measured value and the predicted one, where it is above 0.

    Where a measured value is below what float32 can hold, a row says where that ends.
    """
    tables = []
    for index, (passage, theory) in enumerate(zip(passages, theories, strict=True)):
        name = title(passage.network)
        tables.append(_rows(index, name, MEASURED, measure.measured(passage)))
        if theory is not None and measure.theory is not None:
            tables.append(_rows(index, name, THEORY, measure.theory(theory)))
    points = pd.concat(tables, ignore_index=True)
    if len(points) and points.value.min() < SMALLEST_FLOAT32:
        points.loc[len(points)] = ["", "", LIMIT, 1, SMALLEST_FLOAT32, ""]
    return points


def _rows(index: int, name: str, part: str, values: Floats) -> pd.DataFrame:
    kept = np.flatnonzero(np.isfinite(values) & (values > 0))
    same = {"recipe": str(index), "setting": name, "part": part}
    said = [power_of_ten(one, 3) for one in values[kept].tolist()]
    return pd.DataFrame({**same, "layer": kept + 1, "value": values[kept], "said": said})


@cached
def depth_spec(theme: Theme, measure: DepthMeasure, *, limited: bool) -> dict[str, Any]:
    """The specification for `depth_points`: layers from the input's side, a logarithmic axis.

    `limited` says whether there is the row of where float32 ends.
    """
    values = alt.Y(
        "value:Q",
        title=_(measure.axis),
        scale=alt.Scale(type="log", nice=True),
        axis=alt.Axis(labelExpr=power_labels(), tickCount=6, labelOverlap="greedy"),
    )
    base = alt.Chart(alt.NamedData(name="points")).encode(x=_layers(), color=recipe_colour(theme))
    dashes = alt.Scale(domain=list(DASHES), range=list(DASHES.values()))
    lines = (
        base.transform_filter(f"datum.part != '{LIMIT}'")
        .mark_line()
        .encode(
            y=values,
            strokeDash=alt.StrokeDash(
                "part:N",
                scale=dashes,
                legend=alt.Legend(title=None, orient="top", labelExpr=_part_names()),
            ),
            strokeWidth=alt.condition(f"datum.part == '{THEORY}'", alt.value(2.2), alt.value(1)),
            opacity=alt.condition(f"datum.part == '{THEORY}'", alt.value(1), alt.value(0.5)),
        )
    )
    dots = (
        base.transform_filter(f"datum.part == '{MEASURED}'")
        .mark_circle(size=42, opacity=1)
        .encode(
            y=values,
            tooltip=[
                alt.Tooltip("setting:N", title=_("setting")),
                alt.Tooltip("layer:Q", title=_("layer")),
                alt.Tooltip("said:N", title=_("value")),
            ],
        )
    )
    limit = alt.Chart(alt.NamedData(name="points")).transform_filter(f"datum.part == '{LIMIT}'")
    rule = limit.mark_rule(color=theme.text, strokeDash=[2, 3]).encode(y="value:Q")
    words = limit.mark_text(
        color=theme.text,
        align="left",
        baseline="bottom",
        dx=4,
        dy=-3,
        text=_("below: 0 in float32"),
    ).encode(y="value:Q", x=alt.value(0))
    layers = (lines, dots, rule, words) if limited else (lines, dots)
    return bare(alt.layer(*layers).properties(height=HEIGHT))


def _part_names() -> str:
    """What the legend calls the two parts, as a Vega expression."""
    names = quoted(_("measured")), quoted(_("theory"))
    return f"datum.label == '{MEASURED}' ? {names[0]} : {names[1]}"


def _layers() -> alt.X:
    return alt.X(
        "layer:Q",
        title=_("layer, from the input"),
        scale=alt.Scale(nice=False, zero=False, padding=12),
        axis=alt.Axis(tickMinStep=1, format="d", grid=False),
    )


def value_points(passage: UntrainedPass) -> pd.DataFrame:
    """A row for each layer and bin with anything in it: where it lies and its share in percent."""
    shown = passage.values > 0
    shown[0, [0, -1]] = True  # so that the axis reaches to both ends of the scale
    layers, bins = np.nonzero(shown)
    edges, step = passage.edges, 0.5
    return pd.DataFrame(
        {
            "from": layers + 1 - step,
            "to": layers + 1 + step,
            "layer": layers + 1,
            "low": edges[bins].round(6),
            "high": edges[bins + 1].round(6),
            "share": (100 * passage.values[layers, bins]).round(3),
        }
    )


@cached
def value_spec(theme: Theme, layers: int) -> dict[str, Any]:
    """The specification for `value_points` of so many layers: a column for each layer."""
    colours = alt.Scale(
        type="pow", exponent=0.4, domain=[0, 100], range=list(theme.sequential), clamp=True
    )
    cells = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("low", "high"))
        .mark_rect()
        .encode(
            x=alt.X(
                "from:Q",
                title=_("layer, from the input"),
                scale=alt.Scale(domain=[0.5, layers + 0.5], nice=False),
                axis=alt.Axis(tickMinStep=1, format="d", grid=False),
            ),
            x2="to:Q",
            y=alt.Y("low:Q", title=_("value"), scale=alt.Scale(nice=False, zero=False)),
            y2="high:Q",
            color=alt.Color("share:Q", scale=colours, legend=None),
            tooltip=[
                alt.Tooltip("layer:Q", title=_("layer")),
                number_tip("low", _("from")),
                number_tip("high", _("to")),
                alt.Tooltip("share:Q", format=".2f", title=_("values here (%)")),
            ],
        )
    )
    return bare(cells.properties(height=PICTURE_HEIGHT))


def idle_points(passages: Sequence[UntrainedPass]) -> pd.DataFrame:
    """For each setting and layer the share of dead units and of saturated values, in percent."""
    tables = [
        pd.DataFrame(
            {
                "recipe": str(index),
                "setting": title(passage.network),
                "layer": np.arange(1, passage.layers + 1),
                "dead": 100 * passage.dead,
                "saturated": 100 * passage.saturated,
            }
        )
        for index, passage in enumerate(passages)
    ]
    return pd.concat(tables, ignore_index=True)


@cached
def idle_spec(theme: Theme, column: str, title: str) -> dict[str, Any]:
    """The specification for `idle_points`, of its column "dead" or "saturated"."""
    lines = (
        alt.Chart(alt.NamedData(name="points"))
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=30))
        .encode(
            x=_layers(),
            y=alt.Y(f"{column}:Q", title=title, scale=alt.Scale(domain=[0, 100])),
            color=recipe_colour(theme),
            tooltip=[
                alt.Tooltip("setting:N", title=_("setting")),
                alt.Tooltip("layer:Q", title=_("layer")),
                alt.Tooltip(f"{column}:Q", title=title, format=".1f"),
            ],
        )
    )
    return bare(lines.properties(height=SHARE_HEIGHT))
