"""Attributions as pictures, and the curves by which they are judged."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainer.charts.colour import paint, usual_reach
from explainer.charts.specs import bare
from explainer.charts.theme import Theme, centred
from explainer.gradients.attribution.deletion_insertion import Comparison
from explainer.words import N_, _, cached

Codes = NDArray[np.uint8]
USUAL_SHARE = 99.0
CURVE_HEIGHT = 230
MAP, CHANCE = N_("this map"), N_("the same map moved elsewhere: mean, lowest to highest")


def attribution_picture(values: NDArray[np.float32], theme: Theme) -> Codes:
    """A map `(H, W)`: what speaks for the target in red, what speaks against it in blue.

    Each map has a scale of its own, to nearly its largest value; 0 has the colour of the page.
    """
    reach = usual_reach(values, USUAL_SHARE)
    return paint(np.ascontiguousarray(values), -reach, reach, centred(theme))


def trust_points(found: Comparison) -> pd.DataFrame:
    """Share of pixels and probability in percent, of the map and of the band of chance.

    A row for each step and `part`: the map, named as in the visitor's language, or chance, which
    has `low` and `high` too.
    """
    low, mean, high = found.chance_band()
    shares = 100 * found.curve.shares
    own = pd.DataFrame({"part": _(MAP), "share": shares, "median": 100 * found.curve.probabilities})
    chance = pd.DataFrame(
        {
            "part": _(CHANCE),
            "share": shares,
            "median": 100 * mean,
            "low": 100 * low,
            "high": 100 * high,
        }
    )
    return pd.concat([own, chance], ignore_index=True)


@cached
def trust_spec(theme: Theme, title: str) -> dict[str, Any]:
    """The specification for `trust_points`; `title` says what is done to the pixels."""
    colours = alt.Scale(
        domain=[_(MAP), _(CHANCE)], range=[theme.categorical[1], theme.categorical[7]]
    )
    base = alt.Chart(alt.NamedData(name="points")).encode(
        x=alt.X("share:Q", title=title),
        color=alt.Color(
            "part:N",
            scale=colours,
            legend=alt.Legend(orient="top", title=None, labelLimit=0, columns=1, symbolOpacity=1),
        ),
    )
    band = base.mark_area(opacity=0.2, line=False).encode(
        y=alt.Y("low:Q", title=_("probability (%)"), scale=alt.Scale(domain=[0, 100])), y2="high:Q"
    )
    line = base.mark_line(strokeWidth=2).encode(
        y=alt.Y("median:Q", title=_("probability (%)")),
        tooltip=[
            alt.Tooltip("part:N", title=_("map")),
            alt.Tooltip("share:Q", title=title, format=".0f"),
            alt.Tooltip("median:Q", title=_("probability (%)"), format=".1f"),
        ],
    )
    return bare(alt.layer(band, line).properties(height=CURVE_HEIGHT))
