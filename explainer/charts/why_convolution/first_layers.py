"""What three first layers cost, as bars on a logarithmic scale."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from explainer.charts.specs import bare
from explainer.charts.theme import Theme
from explainer.convolution.sharing import CONNECTIONS, FirstLayer

STEP = 34
LONG_SCALE = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
BYTES = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
TICKS = {0: "1", 3: "thousand", 6: "million", 9: "billion", 12: "trillion", 15: "10¹⁵"}
TICK_WORDS = f"{list(TICKS.values())}[round(log(datum.value) / log(1000))]"
ROOM = 300.0  # a bar's label stands right of it


def count_points(layer: FirstLayer, measure: str) -> pd.DataFrame:
    """A row for each connection: its title, `measure` (an attribute of `Count`), and that in words.

    `room` is the same for all and lies beyond the largest.
    """
    values = [(way.title, getattr(way.count(layer), measure)) for way in CONNECTIONS]
    most = max(value for _, value in values)
    rows = [(title, value, in_words(value), most * ROOM) for title, value in values]
    return pd.DataFrame(rows, columns=["title", "value", "words", "room"]).astype(
        {"value": float, "room": float}
    )


def in_words(value: int) -> str:
    """`1,792`, `3.2 million`, `22.7 billion`."""
    for size, name in LONG_SCALE:
        if value >= size:
            return f"{value / size:,.1f} {name}" if value < 1000 * size else f"{value:.1e}"
    return f"{value:,}"


def in_bytes(value: int) -> str:
    """`448 bytes`, `7.2 kB`, `90.6 GB`: powers of ten."""
    for size, name in BYTES:
        if value >= size:
            return f"{value / size:,.1f} {name}"
    return f"{value:,} bytes"


@lru_cache(maxsize=8)
def count_spec(theme: Theme, title: str) -> dict[str, Any]:
    """The specification for `count_points`, under `title`."""
    colours = alt.Scale(
        domain=[way.title for way in CONNECTIONS],
        range=[theme.categorical[place] for place in (1, 4, 0)],
    )
    scale = alt.Scale(type="log", domainMin=1, nice=False)
    base = alt.Chart(alt.NamedData(name="points")).encode(
        y=alt.Y("title:N", title=None, sort=None, axis=alt.Axis(ticks=False, domain=False)),
        tooltip=[alt.Tooltip("title:N"), alt.Tooltip("value:Q", title=title, format=",.0f")],
    )
    axis = alt.Axis(values=[10**power for power in TICKS], labelExpr=TICK_WORDS, labelOverlap=True)
    bars = base.mark_bar(height=18).encode(
        x=alt.X("value:Q", title=title, scale=scale, axis=axis),
        x2=alt.datum(1),
        color=alt.Color("title:N", scale=colours, legend=None),
    )
    texts = base.mark_text(align="left", dx=5, color=theme.text).encode(
        x=alt.X("value:Q", scale=scale), text="words:N"
    )
    beyond = base.mark_point(opacity=0).encode(x=alt.X("room:Q", scale=scale))
    return bare(alt.layer(bars, texts, beyond).properties(height={"step": STEP}))
