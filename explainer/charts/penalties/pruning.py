"""Accuracy over the threshold of pruning, and over the zeros that it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pyarrow as pa

from explainer.charts.specs import bare, number_texts, number_tip, table_of
from explainer.charts.theme import Theme
from explainer.regularisation.pruning import Pruned
from explainer.words import N_, _, cached

HEIGHT = 250
NAMES = ("L1", "L2")
OVER = {"threshold": N_("weights smaller than this are set to 0"), "zeros": N_("weights of 0 (%)")}


def pruned_points(networks: Sequence[Sequence[Pruned]], marked: float) -> pa.Table:
    """Of each network, L1's first: a row for every threshold; `marked` is the chosen one."""
    rows = [
        (name, one.threshold, 100 * one.size.zeros, 100 * one.accuracy, one.threshold == marked)
        for name, found in zip(NAMES, networks, strict=True)
        for one in found
    ]
    return table_of(
        rows, penalty=pa.string(), threshold=pa.float32(), zeros=pa.float32(),
        accuracy=pa.float32(), marked=pa.bool_(),
    )  # fmt: skip


@cached
def pruned_spec(theme: Theme, over: str) -> dict[str, Any]:
    """The specification for `pruned_points`, over the `threshold` or the `zeros`."""
    threshold = over == "threshold"
    scale = alt.Scale(type="sqrt", domain=[0, 1]) if threshold else alt.Scale(domain=[0, 100])
    values = [0, 0.01, 0.05, 0.1, 0.2, 0.5, 1] if threshold else [0, 25, 50, 75, 100]
    points = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("threshold", "zeros", "accuracy"))
        .encode(
            x=alt.X(
                f"{over}:Q", title=_(OVER[over]), scale=scale,
                axis=alt.Axis(values=values, format=".2~f", grid=False),
            )
        )
    )  # fmt: skip
    base = points.encode(
        y=alt.Y(
            "accuracy:Q", title=_("validation accuracy (%)"),
            scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(tickCount=5),
        ),
        color=alt.Color(
            "penalty:N",
            scale=alt.Scale(domain=list(NAMES), range=list(theme.categorical[:2])),
            legend=alt.Legend(title=None, orient="top"),
        ),
    )  # fmt: skip
    line = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=22)).encode(
        tooltip=[
            alt.Tooltip("penalty:N", title=_("penalty")),
            number_tip("threshold", _("threshold")),
            number_tip("zeros", _("weights of 0 (%)")),
            number_tip("accuracy", _("accuracy (%)")),
        ]
    )
    dots = base.transform_filter("datum.marked").mark_point(filled=True, size=130, opacity=1)
    layers = [line, dots]
    if threshold:
        chosen = points.transform_filter("datum.marked && datum.penalty == 'L1'")
        layers.insert(0, chosen.mark_rule(strokeDash=[4, 4], opacity=0.7, color=theme.text))
    return bare(alt.layer(*layers).properties(height=HEIGHT))
