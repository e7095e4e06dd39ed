"""What a unit likes as pictures: where in a picture it looked, and how its value grew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainer.charts.colour import rgb
from explainer.charts.specs import bare, finite, number_texts, number_tip
from explainer.charts.theme import Theme
from explainer.networks.recording.receptive_field import Box
from explainer.words import _, cached

Codes = NDArray[np.uint8]
CURVE_HEIGHT = 280
MOST_POINTS = 200
FRAMED = 128


def framed(picture: Codes, field: Box, theme: Theme) -> Codes:
    """A square picture `(S, S, 3)`, enlarged by a whole number, `field` framed in it."""
    factor = max(1, -(-FRAMED // max(picture.shape[:2])))
    large = np.repeat(np.repeat(picture, factor, axis=0), factor, axis=1)
    first = (field.left * factor, field.top * factor)
    last = (field.right * factor - 1, field.bottom * factor - 1)
    drawn = cv2.rectangle(large, first, last, rgb(theme.categorical[1]), 3)
    return np.asarray(drawn, np.uint8)


def growth_points(
    history: Sequence[tuple[int, NDArray[np.float32]]], names: Sequence[str], best: float | None
) -> pd.DataFrame:
    """The values over the steps, a row for each step and picture; `best` is that of a photo."""
    kept = np.unique(np.linspace(0, len(history) - 1, MOST_POINTS).round().astype(int))
    rows = [
        (history[place][0], name, finite(float(value)), finite(best))
        for place in kept
        for name, value in zip(names, history[place][1], strict=True)
    ]
    return pd.DataFrame(rows, columns=["step", "picture", "value", "best"])


@cached
def growth_spec(theme: Theme, *, best: bool) -> dict[str, Any]:
    """The specification for `growth_points`, with or without that of a photo."""
    base = alt.Chart(alt.NamedData(name="points"))
    colours = alt.Scale(range=list(theme.categorical))
    said = base.transform_calculate(**number_texts("value"))
    lines = said.mark_line(strokeWidth=2).encode(
        x=alt.X("step:Q", title=_("step")),
        y=alt.Y("value:Q", title=_("the unit's value")),
        color=alt.Color("picture:N", scale=colours, legend=alt.Legend(orient="top", title=None)),
        tooltip=[
            alt.Tooltip("picture:N", title=_("picture")),
            alt.Tooltip("step:Q", title=_("step")),
            number_tip("value", _("the unit's value")),
        ],
    )
    rule = base.mark_rule(strokeDash=[5, 4], color=theme.text).encode(y="mean(best):Q")
    word = base.mark_text(align="right", baseline="bottom", dy=-3, color=theme.text).encode(
        x=alt.value("width"), y="mean(best):Q", text=alt.value(_("the best real crop"))
    )
    layers = (lines, rule, word) if best else (lines,)
    return bare(alt.layer(*layers).properties(height=CURVE_HEIGHT))
