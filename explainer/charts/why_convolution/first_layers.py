"""What three first layers cost, as bars on a logarithmic scale."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd

from explainer.charts.specs import bare, rows_high
from explainer.charts.theme import Theme
from explainer.convolution.sharing import CONNECTIONS, FirstLayer
from explainer.powers import power_of_ten
from explainer.words import N_, _, cached, ngettext

STEP = 34
LONG_SCALE = (
    (10**12, N_("{number} trillion")),
    (10**9, N_("{number} billion")),
    (10**6, N_("{number} million")),
)
BYTES = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
TICKS = {
    0: "1", 3: N_("thousand"), 6: N_("million"), 9: N_("billion"), 12: N_("trillion"), 15: "10¹⁵",
}  # fmt: skip
ROOM = 300.0  # a bar's label stands right of it


@cached
def count_points(layer: FirstLayer, measure: str) -> pd.DataFrame:
    """A row for each connection: its title, `measure` (an attribute of `Count`), and that in words.

    `room` is the same for all and lies beyond the largest.
    """
    values = [(_(way.title), getattr(way.count(layer), measure)) for way in CONNECTIONS]
    most = max(value for __, value in values)
    rows = [(title, value, in_words(value), most * ROOM) for title, value in values]
    return pd.DataFrame(rows, columns=["title", "value", "words", "room"]).astype(
        {"value": float, "room": float}
    )


def in_words(value: int) -> str:
    """A number from 0 on in the visitor's language: `1,792`, `3.2 million`, `22.7 billion`."""
    for size, name in LONG_SCALE:
        if value >= size:
            if value >= 1000 * size:
                return power_of_ten(value)
            return _(name, number=f"{value / size:,.1f}")
    return f"{value:,}"


def in_bytes(value: int) -> str:
    """`448 bytes`, `7.2 kB`, `90.6 GB`: powers of ten."""
    for size, name in BYTES:
        if value >= size:
            return f"{value / size:,.1f} {name}"
    return ngettext("{count:,} byte", "{count:,} bytes", value)


@cached
def count_spec(theme: Theme, title: str) -> dict[str, Any]:
    """The specification for `count_points`; `title` is what is counted, in words."""
    colours = alt.Scale(
        domain=[_(way.title) for way in CONNECTIONS],
        range=[theme.categorical[place] for place in (1, 4, 0)],
    )
    scale = alt.Scale(type="log", domainMin=1, nice=False)
    base = alt.Chart(alt.NamedData(name="points")).encode(
        y=alt.Y("title:N", title=None, sort=None, axis=alt.Axis(ticks=False, domain=False)),
        tooltip=[
            alt.Tooltip("title:N", title=_("layer")),
            alt.Tooltip("value:Q", title=title, format=",.0f"),
        ],
    )
    words = json.dumps([_(word) for word in TICKS.values()], ensure_ascii=False)
    axis = alt.Axis(
        values=[10**power for power in TICKS], labelOverlap=True,
        labelExpr=f"{words}[round(log(datum.value) / log(1000))]",
    )  # fmt: skip
    bars = base.mark_bar(height=18).encode(
        x=alt.X("value:Q", title=title, scale=scale, axis=axis),
        x2=alt.datum(1),
        color=alt.Color("title:N", scale=colours, legend=None),
    )
    texts = base.mark_text(align="left", dx=5, color=theme.text).encode(
        x=alt.X("value:Q", scale=scale), text="words:N"
    )
    beyond = base.mark_point(opacity=0).encode(x=alt.X("room:Q", scale=scale))
    return bare(alt.layer(bars, texts, beyond).properties(height=rows_high(len(CONNECTIONS), STEP)))
