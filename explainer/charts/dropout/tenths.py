"""Wrong answers by tenths of doubt: of the mean of many masks, and of the weight-scaled network."""

from __future__ import annotations

from typing import Any

import altair as alt
import pyarrow as pa

from explainer.charts.specs import bare, quoted, table_of
from explainer.charts.theme import Theme
from explainer.regularisation.dropout.far_away import TENTHS, Tenths, accuracy_error
from explainer.words import _, cached

MASKS, SCALED = "masks", "scaled"
HEIGHT = 260


def tenth_points(found: Tenths) -> pa.Table:
    """A row for each tenth and network: its mistakes in percent, ± their standard error."""
    each = found.pictures // TENTHS
    rows = []
    for name, line in zip((MASKS, SCALED), found.lines, strict=True):
        for tenth, share in enumerate(line.tolist(), start=1):
            error = accuracy_error(share, each)
            wrong = 1 - share
            ends = (100 * max(wrong - error, 0), 100 * min(wrong + error, 1))
            rows.append((name, tenth, 100 * wrong, *ends))
    return table_of(
        rows, network=pa.string(), tenth=pa.int64(), wrong=pa.float64(), low=pa.float64(),
        high=pa.float64(),
    )  # fmt: skip


@cached
def tenth_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `tenth_points`."""
    masks, scaled = quoted(_("mean of 100 masks")), quoted(_("weight-scaled"))
    said = f"datum.label == '{MASKS}' ? {masks} : {scaled}"
    base = alt.Chart(alt.NamedData(name="points")).encode(
        x=alt.X(
            "tenth:O", title=_("tenth of the digits, most doubt on the right"),
            axis=alt.Axis(labelAngle=0),
        ),
        xOffset=alt.XOffset("network:N", scale=alt.Scale(domain=[MASKS, SCALED])),
        color=alt.Color(
            "network:N",
            scale=alt.Scale(domain=[MASKS, SCALED], range=list(theme.categorical[:2])),
            legend=alt.Legend(title=None, orient="top", labelExpr=said),
        ),
    )  # fmt: skip
    bars = base.mark_bar(opacity=0.75).encode(
        y=alt.Y("wrong:Q", title=_("wrong answers (%)")),
        tooltip=[
            alt.Tooltip("tenth:O", title=_("tenth")),
            alt.Tooltip("wrong:Q", title=_("wrong answers (%)"), format=".1f"),
        ],
    )
    errors = base.mark_rule(color=theme.text, strokeWidth=1.5).encode(
        y="low:Q", y2="high:Q", color=alt.value(theme.text)
    )
    return bare(alt.layer(bars, errors).properties(height=HEIGHT))
