"""Dropout with others: a dot a network for each mixture, and losses step by step."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa

from explainer.charts.maps import Span, montage
from explainer.charts.montage import Codes
from explainer.charts.specs import bare, number_texts, number_tip, quoted, rows_high, table_of
from explainer.charts.theme import Theme
from explainer.regularisation.dropout.spatial import Floats
from explainer.regularisation.dropout.uneven import Uneven
from explainer.regularisation.dropout.with_batch_norm import MIXTURES, Race
from explainer.words import N_, _, cached

TITLES = {"accuracy": N_("validation accuracy (%)"), "loss": N_("validation loss")}
SERIES = {
    "without": N_("without dropout"),
    "dropout": N_("with dropout, as it learns"),
    "off": N_("the same, dropout off"),
    "validation": N_("the same, off, other digits"),
}
TILE, GAP = 72, 3


def race_points(found: Race, measure: str, names: tuple[str, ...]) -> pa.Table:
    """A row for each network: its mixture by name, what was measured, the mixture's mean."""
    scale = 100 if measure == "accuracy" else 1
    rows = [
        (name, float(value) * scale, float(row.mean()) * scale)
        for name, row in zip(names, getattr(found, measure), strict=True)
        for value in row
    ]
    return table_of(rows, mixture=pa.string(), value=pa.float64(), mean=pa.float64())


@cached
def race_spec(theme: Theme, measure: str, names: tuple[str, ...]) -> dict[str, Any]:
    """The specification for `race_points` of the same names: a dot a seed, a line at the mean."""
    second = theme.categorical[1]
    colours = [theme.categorical[0] if "drop" in one.layers else second for one in MIXTURES]
    base = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("value", "mean"))
        .encode(
            y=alt.Y(
                "mixture:N", sort=list(names), title=None,
                axis=alt.Axis(labelLimit=220, ticks=False),
            ),
            color=alt.Color(
                "mixture:N", legend=None, scale=alt.Scale(domain=list(names), range=colours)
            ),
        )
    )  # fmt: skip
    dots = base.mark_point(filled=True, size=60, opacity=0.55).encode(
        x=alt.X(
            "value:Q",
            title=_(TITLES[measure]),
            scale=alt.Scale(zero=False),
            axis=alt.Axis(tickCount=6),
        ),
        tooltip=[
            alt.Tooltip("mixture:N", title=_("mixture")),
            number_tip("value", _(TITLES[measure])),
            number_tip("mean", _("mean")),
        ],
    )
    means = base.mark_tick(thickness=3, size=26, opacity=1).encode(x="mean:Q")
    return bare(alt.layer(dots, means).properties(height=rows_high(len(names), 38)))


def uneven_points(found: Uneven) -> pa.Table:
    """A row for each series and step."""
    rows = [
        (name, step, value)
        for name in SERIES
        for step, value in enumerate(getattr(found, name).tolist())
    ]
    return table_of(rows, series=pa.string(), step=pa.int64(), loss=pa.float64())


@cached
def uneven_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `uneven_points`."""
    dropout, without, grey = theme.categorical[0], theme.categorical[1], theme.categorical[7]
    titles = ", ".join(f"{name}: {quoted(_(title))}" for name, title in SERIES.items())
    legend = alt.Legend(
        title=None, orient="top", columns=1, labelLimit=260, symbolType="stroke", symbolSize=400,
        labelExpr=f"({{{titles}}})[datum.label]",
    )  # fmt: skip
    names = list(SERIES)
    shown = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("loss"))
        .mark_line(strokeWidth=1.6)
        .encode(
            x=alt.X("step:Q", title=_("step"), axis=alt.Axis(grid=False), scale={"nice": False}),
            y=alt.Y("loss:Q", title=_("loss (nats)"), scale=alt.Scale(zero=False)),
            color=alt.Color(
                "series:N", legend=legend,
                scale=alt.Scale(domain=names, range=[without, dropout, dropout, grey]),
            ),
            strokeDash=alt.StrokeDash(
                "series:N", legend=legend,
                scale=alt.Scale(domain=names, range=[[1, 0], [1, 0], [5, 3], [2, 2]]),
            ),
            tooltip=[
                alt.Tooltip("series:N", title=_("loss of")),
                alt.Tooltip("step:Q", title=_("step")),
                number_tip("loss", _("loss (nats)")),
            ],
        )
    )  # fmt: skip
    return bare(shown.properties(height=340))


def map_tiles(maps: Floats, whole: Floats, theme: Theme, *, columns: int) -> Codes:
    """The maps `(C, H, W)` as tiles, on the scale of the `whole` ones `(C, H, W)`, RGB."""
    sound = whole[np.isfinite(whole)]
    high = float(np.quantile(sound, 0.995)) if sound.size else 0.0
    span = Span(0.0, high or 1.0, signed=False)
    return montage(
        maps, range(len(maps)), theme, columns=columns, size=(TILE, TILE),
        spans=[span] * len(maps), gap=GAP,
    )  # fmt: skip
