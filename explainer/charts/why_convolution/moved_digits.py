"""Accuracy on moved digits as a map over the moves, and of networks with and without order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from explainer.charts.specs import bare
from explainer.charts.theme import Theme
from explainer.networks.digits.networks import Moved
from explainer.networks.digits.permuted_race import RECIPES, Arm
from explainer.words import N_, _, cached

MAP_HEIGHT, CURVE_HEIGHT = 290, 320
DASHES = ("", "8 4", "2 3")
PLAIN, PERMUTED = N_("as they are"), N_("permuted")


def line_colours(theme: Theme) -> tuple[str, str, str]:
    """The colours of MLP, CNN, and the CNN with means, on every chart of the page."""
    return theme.categorical[1], theme.categorical[0], theme.categorical[2]


def move_points(found: Moved) -> pd.DataFrame:
    """A row for each move: right, down, and the accuracy in percent."""
    offsets = range(-found.reach, found.reach + 1)
    rows = [(x, y, 100 * found.at(y, x)) for y in offsets for x in offsets]
    return pd.DataFrame(rows, columns=["right", "down", "accuracy"])


@cached
def move_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `move_points`: a square for each move, the origin in the middle."""
    ticks = [-8, -4, 0, 4, 8]
    right, down = _("moved right (pixels)"), _("moved down (pixels)")
    chart = (
        alt.Chart(alt.NamedData(name="points"))
        .mark_rect()
        .encode(
            x=alt.X("right:O", title=right, axis=alt.Axis(values=ticks, labelAngle=0)),
            y=alt.Y("down:O", title=down, axis=alt.Axis(values=ticks)),
            color=alt.Color(
                "accuracy:Q",
                scale=alt.Scale(domain=[0, 100], range=list(theme.sequential)),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip("right:O", title=right),
                alt.Tooltip("down:O", title=down),
                alt.Tooltip("accuracy:Q", title=_("accuracy (%)"), format=".1f"),
            ],
        )
        .properties(height=MAP_HEIGHT)
    )
    return bare(chart)


def slope_points(arms: Sequence[Arm]) -> pd.DataFrame:
    """A row for each network, order of pixels and seed: the accuracy in percent.

    It is that of the last step which all four have come to, so that equal steps are compared.
    """
    common = min(len(arm.steps) for arm in arms)
    rows = [
        (_(arm.network), _(PERMUTED if arm.permuted else PLAIN), seed, 100 * curve[common - 1])
        for arm in arms
        for seed, curve in enumerate(arm.curves)
        if common
    ]
    return pd.DataFrame(rows, columns=["network", "pixels", "seed", "accuracy"])


@cached
def slope_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `slope_points`: a line for each network and seed."""
    base = alt.Chart(alt.NamedData(name="points")).encode(
        x=alt.X(
            "pixels:N", title=_("pixels"), sort=_orders(),
            axis=alt.Axis(labelAngle=0), scale=alt.Scale(padding=0.3),
        ),
        y=alt.Y("accuracy:Q", title=_("validation accuracy (%)"), scale=alt.Scale(zero=False)),
        color=_network_colour(theme),
        detail="seed:N",
        tooltip=[
            alt.Tooltip("network:N", title=_("network")),
            alt.Tooltip("pixels:N", title=_("pixels")),
            alt.Tooltip("seed:N", title=_("seed")),
            alt.Tooltip("accuracy:Q", title=_("validation accuracy (%)"), format=".1f"),
        ],
    )  # fmt: skip
    lines, points = base.mark_line(strokeWidth=2), base.mark_point(filled=True, size=60, opacity=1)
    return bare(alt.layer(lines, points).properties(height=CURVE_HEIGHT))


def _orders() -> list[str]:
    return [_(PLAIN), _(PERMUTED)]


def _network_colour(theme: Theme) -> alt.Color:
    names = [_(recipe.name) for recipe in RECIPES]
    scale = alt.Scale(domain=names, range=list(line_colours(theme)[:2]))
    return alt.Color(
        "network:N", scale=scale, legend=alt.Legend(orient="top", title=None, offset=4)
    )


def learning_points(arms: Sequence[Arm]) -> pd.DataFrame:
    """The median over the seeds of the validation accuracy in percent, step by step."""
    parts = [
        pd.DataFrame(
            {
                "network": _(arm.network),
                "pixels": _(PERMUTED if arm.permuted else PLAIN),
                "step": arm.steps,
                "accuracy": 100 * np.median(np.array(arm.curves), axis=0),
            }
        )
        for arm in arms
    ]
    return pd.concat(parts, ignore_index=True)


@cached
def learning_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `learning_points`: four curves, those of permuted pixels dashed."""
    dashes = alt.Scale(domain=_orders(), range=[[1, 0], [5, 4]])
    chart = (
        alt.Chart(alt.NamedData(name="points"))
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("step:Q", title=_("step")),
            y=alt.Y(
                "accuracy:Q", title=_("validation accuracy (%)"), scale=alt.Scale(domain=[0, 100])
            ),
            color=_network_colour(theme),
            strokeDash=alt.StrokeDash(
                "pixels:N", scale=dashes, legend=alt.Legend(orient="bottom", title=_("pixels"))
            ),
            tooltip=[
                alt.Tooltip("network:N", title=_("network")),
                alt.Tooltip("pixels:N", title=_("pixels")),
                alt.Tooltip("step:Q", title=_("step")),
                alt.Tooltip("accuracy:Q", title=_("validation accuracy (%)"), format=".1f"),
            ],
        )
        .properties(height=CURVE_HEIGHT)
    )
    return bare(chart)
