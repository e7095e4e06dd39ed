"""Walls of features with dropout and without, how often units speak, and what lost ones cost."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from explainer.charts.montage import Codes, kernel_picture, reach_of, tiles
from explainer.charts.specs import bare, number_texts, number_tip, quoted, table_of
from explainer.charts.theme import Theme
from explainer.regularisation.pixel_weights import SIDE
from explainer.words import _, cached

WITHOUT, DROPOUT = "without", "dropout"
COLUMNS, GAP = 16, 2
BINS = 40
HEIGHT = 260


def wall(weights: NDArray[np.floating], theme: Theme) -> Codes:
    """Weights `(units, 784)` as tiles of 28 × 28 on one scale that is the wall's own, RGB."""
    kernels = weights.reshape(len(weights), SIDE, SIDE, 1)
    reach = reach_of([kernels])
    pictures = [kernel_picture(one, reach, theme) for one in kernels]
    return tiles(pictures, theme, columns=min(COLUMNS, len(pictures)), gap=GAP)


def share_points(without: NDArray[np.floating], dropout: NDArray[np.floating]) -> pa.Table:
    """In how many of a hundred cases values from 0 up fall into each of 40 equal bins.

    The bins end at the largest value but for one in two hundred; what is larger is in the last.
    """
    together = np.concatenate([without.ravel(), dropout.ravel()])
    sound = together[np.isfinite(together)]
    end = max(float(np.quantile(sound, 0.995)), 0.0) if sound.size else 0.0
    edges = np.linspace(0, end or 1.0, BINS + 1)
    rows = []
    for name, values in ((WITHOUT, without), (DROPOUT, dropout)):
        finite = values[np.isfinite(values)]
        counts = np.histogram(np.clip(finite, 0, edges[-1]), edges)[0]
        shares = 100 * counts / max(finite.size, 1)
        bins = zip(edges[:-1].tolist(), edges[1:].tolist(), shares.tolist(), strict=True)
        rows += [(name, *one) for one in bins]
    return table_of(
        rows, network=pa.string(), low=pa.float64(), high=pa.float64(), share=pa.float64()
    )


@cached
def share_spec(theme: Theme, title: str) -> dict[str, Any]:
    """The specification for `share_points`, over what `title` says."""
    shown = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("low", "high", "share"))
        .mark_bar(opacity=0.55, binSpacing=0)
        .encode(
            x=alt.X("low:Q", title=title, axis=alt.Axis(grid=False), bin="binned"),
            x2="high:Q",
            y=alt.Y("share:Q", title=_("share (%)"), stack=None, axis=alt.Axis(tickCount=4)),
            color=_colour(theme),
            tooltip=[
                alt.Tooltip("network:N", title=_("network")),
                number_tip("low", _("from")),
                number_tip("high", _("to")),
                number_tip("share", _("share (%)")),
            ],
        )
    )
    return bare(shown.properties(height=HEIGHT))


def lost_points(missing: list[int], without: list[float], dropout: list[float]) -> pa.Table:
    """The error with so many units missing, for both networks."""
    rows = [
        (name, count, error)
        for name, errors in ((WITHOUT, without), (DROPOUT, dropout))
        for count, error in zip(missing, errors, strict=True)
    ]
    return table_of(rows, network=pa.string(), missing=pa.int64(), error=pa.float64())


@cached
def lost_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `lost_points`."""
    shown = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("error"))
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=26))
        .encode(
            x=alt.X(
                "missing:Q", title=_("units that are missing"), axis=alt.Axis(grid=False),
                scale=alt.Scale(nice=False),
            ),
            y=alt.Y("error:Q", title=_("squared error of a picture")),
            color=_colour(theme),
            tooltip=[
                alt.Tooltip("network:N", title=_("network")),
                alt.Tooltip("missing:Q", title=_("missing")),
                number_tip("error", _("squared error")),
            ],
        )
    )  # fmt: skip
    return bare(shown.properties(height=340))


def _colour(theme: Theme) -> alt.Color:
    said = quoted(_("without dropout")), quoted(_("with dropout"))
    return alt.Color(
        "network:N",
        scale=alt.Scale(domain=[WITHOUT, DROPOUT], range=list(theme.categorical[1::-1])),
        legend=alt.Legend(
            title=None, orient="top", symbolOpacity=1,
            labelExpr=f"datum.label == '{WITHOUT}' ? {said[0]} : {said[1]}",
        ),
    )  # fmt: skip
