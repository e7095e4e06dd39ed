"""Numbers to be told: where the examples lie, and what a network makes of their targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from torch import Tensor

from explainer.charts.colour import usual_reach
from explainer.charts.specs import bare, finite, numbered, recipe_colour, table_of
from explainer.charts.theme import Theme, centred
from explainer.charts.training_lab.examples import MOST_POINTS
from explainer.training.instruments.errors import Errors
from explainer.training.instruments.fit import Fit
from explainer.words import _, cached

HEIGHT, SIDE = 340, 300
CURVE, TRAINING, VALIDATION = "curve", "training", "validation"
ROOM = 1.1
FAR = 1000  # times the end of the axes: an SVG takes no coordinate beyond single precision


def targets_chart(points: Tensor, targets: Tensor, theme: Theme) -> alt.Chart:
    """Points `(N, 2)` in the plane coloured by their first target, or points `(N, 1)` below it.

    At most `MOST_POINTS` of them.
    """
    reach = usual_reach(targets[:, 0].numpy())
    rows = [
        {"x": finite(point[0]), "y": finite(point[-1]), "target": finite(target[0])}
        for point, target in zip(
            points[:MOST_POINTS].tolist(), targets[:MOST_POINTS].tolist(), strict=True
        )
    ]
    in_plane = points.shape[1] == 2
    colours = alt.Scale(domain=[-reach, reach], range=list(centred(theme)), clamp=True)
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_point(filled=True, opacity=1, size=44, stroke=theme.text, strokeWidth=0.6)
        .encode(
            x=alt.X("x:Q", title=None if in_plane else _("input")),
            y=alt.Y("y:Q", title=None) if in_plane else alt.Y("target:Q", title=_("target")),
            color=alt.Color("target:Q", title=_("target"), scale=colours),
            tooltip=[alt.Tooltip("target:Q", title=_("target"), format=".3f")],
        )
        .properties(height=HEIGHT)
    )
    return numbered(chart)


def fit_points(fits: Sequence[Fit]) -> pa.Table:
    """A row for each place of the curve of each recipe, and for each example of the first one.

    What a network that broke down tells ends far beyond the axes, where a browser can still draw.
    """
    far = FAR * fit_reach(fits)
    curves = (np.clip(one.curve, [-np.inf, -far], [np.inf, far]).tolist() for one in fits)
    rows = [(str(recipe), CURVE, *pair) for recipe, curve in enumerate(curves) for pair in curve]
    for part, examples in ((TRAINING, fits[0].train), (VALIDATION, fits[0].validation)):
        rows += [("", part, *pair) for pair in examples.tolist()]
    return table_of(rows, recipe=pa.string(), part=pa.string(), x=pa.float32(), y=pa.float32())


def fit_reach(fits: Sequence[Fit]) -> float:
    """Where the axis for `fit_points` ends on both sides: a little beyond the targets."""
    targets = [one[:, 1] for one in (fits[0].train, fits[0].validation)]
    return ROOM * usual_reach(np.concatenate(targets), share=100)


@cached
def fit_spec(theme: Theme, reach: float) -> dict[str, Any]:
    """The specification for `fit_points`; what a curve tells beyond `reach` is cut off."""
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    base = alt.Chart(alt.NamedData(name="points")).encode(
        x=alt.X("x:Q", title=_("input"), scale=alt.Scale(nice=False)),
        y=alt.Y("y:Q", title=_("target and output"), scale=scale),
    )
    examples = base.mark_point(size=30, clip=True, stroke=theme.text, strokeWidth=1).encode(
        fill=alt.condition(
            f"datum.part == '{TRAINING}'", alt.value(theme.text), alt.value("transparent")
        ),
        opacity=alt.value(0.6),
        tooltip=[
            alt.Tooltip("x:Q", title=_("input"), format=".3f"),
            alt.Tooltip("y:Q", title=_("target"), format=".3f"),
        ],
    )
    curves = base.transform_filter(f"datum.part == '{CURVE}'").mark_line(strokeWidth=2.5, clip=True)
    layers = (
        examples.transform_filter(f"datum.part != '{CURVE}'"),
        curves.encode(color=recipe_colour(theme)),
    )
    return bare(alt.layer(*layers).properties(height=SIDE))


def told_points(found: Errors, recipe: int) -> pa.Table:
    """A row for each example: the recipe, the target, and what was told instead."""
    columns = (found.targets[:, 0].tolist(), found.outputs[:, 0].tolist(), found.sizes.tolist())
    return table_of(
        [(str(recipe), *row) for row in zip(*columns, strict=True)],
        recipe=pa.string(), target=pa.float32(), output=pa.float32(), error=pa.float32(),
    )  # fmt: skip


def told_reach(found: Errors) -> float:
    """Where the axes for `told_points` end on both sides: a little beyond the targets."""
    return ROOM * usual_reach(found.targets[:, 0], share=100)


@cached
def told_spec(theme: Theme, reach: float) -> dict[str, Any]:
    """The specification for `told_points`: on the dashed line, what was told is the target.

    What lies beyond `reach` stands at the edge.
    """
    scale = alt.Scale(domain=[-reach, reach], nice=False, clamp=True)
    base = alt.Chart(alt.NamedData(name="points"))
    same = base.mark_rule(color=theme.text, strokeDash=[3, 3]).encode(
        x=alt.XDatum(-reach, scale=scale),
        y=alt.YDatum(-reach, scale=scale),
        x2=alt.X2Datum(reach),
        y2=alt.Y2Datum(reach),
    )
    dots = base.mark_point(filled=True, size=36, opacity=0.75).encode(
        x=alt.X("target:Q", title=_("target"), scale=scale),
        y=alt.Y("output:Q", title=_("output of the network"), scale=scale),
        color=recipe_colour(theme),
        tooltip=[
            alt.Tooltip("target:Q", title=_("target"), format=".3f"),
            alt.Tooltip("output:Q", title=_("output"), format=".3f"),
            alt.Tooltip("error:Q", title=_("absolute error"), format=".3f"),
        ],
    )
    return bare(alt.layer(same, dots).properties(height=SIDE))
