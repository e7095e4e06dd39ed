"""The map of drop probability over number of pictures: coloured by the gain on dropping nothing."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa

from explainer.charts.specs import bare, number_texts, number_tip, table_of
from explainer.charts.theme import Theme, centred
from explainer.regularisation.dropout.data_sizes import SIZES, DataSizes, Floats64
from explainer.words import _, cached

REACH = 30
"""The colours end at so many percent more, or less."""


def size_points(found: DataSizes, measure: str) -> pa.Table:
    """A row for each cell: the mean over seeds, its change in percent from dropping nothing.

    `measure` is `loss` or `error`, this in percent; `best` marks the least of each size.
    """
    values: Floats64 = getattr(found, measure) * (100 if measure == "error" else 1)
    rows = []
    for size, cells in zip(found.sizes, values, strict=True):
        means = cells.mean(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            changes = 100 * (means / means[0] - 1)
        least = int(means.argmin())
        rows += [
            (f"{size:,}", rate, mean, change, float(one.min()), float(one.max()), place == least)
            for place, (rate, mean, change, one) in enumerate(
                zip(found.rates, means.tolist(), changes.tolist(), cells, strict=True)
            )
        ]
    return table_of(
        rows, size=pa.string(), rate=pa.float64(), mean=pa.float64(), change=pa.float64(),
        least=pa.float64(), largest=pa.float64(), best=pa.bool_(),
    )  # fmt: skip


@cached
def size_spec(theme: Theme, measure: str) -> dict[str, Any]:
    """The specification for `size_points`; the best cell of each size has a frame."""
    said = ".1f" if measure == "error" else ".2f"
    cells = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(
            written=f"format(datum.mean, '{said}')",
            **number_texts("mean", "least", "largest"),
            **number_texts("change", sign="+"),
        )
        .encode(
            x=alt.X(
                "size:O", title=_("pictures to learn from"), sort=[f"{one:,}" for one in SIZES],
                scale=alt.Scale(domain=[f"{one:,}" for one in SIZES]),
                axis=alt.Axis(labelAngle=0, ticks=False, domain=False),
            ),
            y=alt.Y(
                "rate:O", title=_("drop probability"), sort="descending",
                axis=alt.Axis(ticks=False, domain=False),
            ),
            tooltip=[
                alt.Tooltip("size:N", title=_("pictures")),
                alt.Tooltip("rate:Q", title=_("drop probability")),
                number_tip("mean", _("mean")),
                number_tip("least", _("least")),
                number_tip("largest", _("largest")),
                number_tip("change", _("change (%)")),
            ],
        )
    )  # fmt: skip
    scale = alt.Scale(
        domain=[-REACH, REACH], range=list(centred(theme)), clamp=True, interpolate="rgb"
    )
    rects = cells.mark_rect(cornerRadius=3).encode(
        color=alt.Color("change:Q", scale=scale, legend=None)
    )
    frames = cells.transform_filter("datum.best").mark_rect(
        filled=False, stroke=theme.text, strokeWidth=2.5, cornerRadius=3
    )
    dark = f"abs(datum.change) > {0.6 * REACH}"
    texts = cells.mark_text(fontSize=13).encode(
        text="written:N",
        color=alt.condition(dark, alt.value(theme.background), alt.value(theme.text)),
    )
    return bare(alt.layer(rects, frames, texts).properties(height=340))
