"""Validation accuracy over λ and the learning rate, as a map for either way of weight decay."""

from __future__ import annotations

from typing import Any

import altair as alt
import pyarrow as pa

from explainer.charts.specs import bare, number_texts, number_tip, table_of
from explainer.charts.theme import Theme
from explainer.powers import short
from explainer.regularisation.decay_maps import LAMBDAS, RATES, DecayMaps
from explainer.words import _, cached

HEIGHT = 240


def decay_points(found: DecayMaps, method: int) -> pa.Table:
    """A row for each rate and λ of L2 in the loss (0) or AdamW (1), in hundreds of 100."""
    accuracy, best = 100 * found.accuracy[method], found.best(method)
    rows = [
        (
            short(strength, 1), f"{rate:g}", float(cell.mean()), float(cell.min()),
            float(cell.max()), (row, column) == best,
        )
        for row, rate in enumerate(RATES)
        for column, strength in enumerate(LAMBDAS)
        for cell in [accuracy[row, column]]
    ]  # fmt: skip
    return table_of(
        rows, strength=pa.string(), rate=pa.string(), mean=pa.float64(), least=pa.float64(),
        largest=pa.float64(), best=pa.bool_(),
    )  # fmt: skip


@cached
def decay_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `decay_points`; the best cell has a frame."""
    strengths = [short(one, 1) for one in LAMBDAS]
    rates = [f"{one:g}" for one in reversed(RATES)]
    cells = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("mean", "least", "largest"))
        .encode(
            x=alt.X(
                "strength:N", title="λ", scale=alt.Scale(domain=strengths),
                axis=alt.Axis(labelAngle=0, ticks=False, domain=False, labelOverlap=True),
            ),
            y=alt.Y(
                "rate:N", title=_("learning rate η"), scale=alt.Scale(domain=rates),
                axis=alt.Axis(ticks=False, domain=False),
            ),
            tooltip=[
                alt.Tooltip("strength:N", title="λ"),
                alt.Tooltip("rate:N", title=_("learning rate")),
                number_tip("mean", _("mean")),
                number_tip("least", _("least")),
                number_tip("largest", _("largest")),
            ],
        )
    )  # fmt: skip
    scale = alt.Scale(domain=[0, 100], range=list(theme.sequential), interpolate="rgb")
    rects = cells.mark_rect(cornerRadius=3).encode(
        color=alt.Color("mean:Q", scale=scale, legend=None)
    )
    frames = cells.transform_filter("datum.best").mark_rect(
        filled=False, stroke=theme.categorical[1], strokeWidth=3, cornerRadius=3
    )
    texts = cells.mark_text(fontSize=12).encode(
        text=alt.Text("mean:Q", format=".0f"),
        color=alt.condition(
            "datum.mean > 50", alt.value(theme.background), alt.value(theme.text)
        ),
    )  # fmt: skip
    return bare(alt.layer(rects, frames, texts).properties(height=HEIGHT))
