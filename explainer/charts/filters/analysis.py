"""Charts of the Filters page: what a kernel lets through, and how its singular values fall."""

from __future__ import annotations

import altair as alt
import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import SIGNED, paint
from explainer.charts.specs import finite, number_texts, number_tip, numbered
from explainer.charts.theme import Theme
from explainer.convolution.kernel import Weights
from explainer.convolution.spectrum import GainProfile
from explainer.words import _


def gain_chart(profile: GainProfile, theme: Theme) -> alt.LayerChart | alt.FacetChart:
    """The gain at each frequency (cycles per pixel, 0 to 0.5) along both axes; the zeros marked."""
    directions = {_("across"): profile.horizontal, _("down"): profile.vertical}
    rows = [
        {"frequency": float(at), "gain": finite(float(size)), "direction": name}
        for name, gain in directions.items()
        for at, size in zip(profile.frequencies, gain, strict=True)
    ]
    way = _("direction")
    frequency, factor = _("frequency (cycles per pixel)"), _("frequency response |W|")
    zeros = zip(directions, (profile.horizontal_zeros, profile.vertical_zeros), strict=True)
    marks = [{"frequency": at, "gain": 0, "direction": name} for name, all_ in zeros for at in all_]
    colours = alt.Scale(domain=list(directions), range=list(theme.categorical[:2]))
    lines = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X(
                "frequency:Q", title=frequency, scale=alt.Scale(domain=[0, 0.5]),
                axis=alt.Axis(values=[0, 0.1, 0.2, 0.3, 0.4, 0.5]),
            ),
            y=alt.Y("gain:Q", title=factor, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5)),
            color=alt.Color("direction:N", title=way, scale=colours),
            strokeDash=alt.StrokeDash("direction:N", title=way),
            tooltip=[
                alt.Tooltip("frequency:Q", title=frequency, format=".3f"),
                alt.Tooltip("gain:Q", title=factor, format=".3f"),
            ],
        )
    )  # fmt: skip
    points = (
        alt.Chart(alt.InlineData(values=marks))
        .mark_point(filled=True, size=70, opacity=1)
        .encode(
            x="frequency:Q", y="gain:Q", color=alt.Color("direction:N", scale=colours),
            tooltip=alt.Tooltip("frequency:Q", title=_("zero at"), format=".3f"),
        )
    )  # fmt: skip
    layers = [lines, points] if marks else [lines]  # Vega warns of a layer without rows
    return numbered(alt.layer(*layers).properties(height=230))


def singular_values_chart(values: NDArray[np.float64], theme: Theme) -> alt.Chart:
    """The singular values of a kernel as bars, largest first."""
    rows = [{"number": i, "value": finite(float(value))} for i, value in enumerate(values, start=1)]
    number, size = _("singular value"), _("size")
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .transform_calculate(**number_texts("value", digits=4))
        .mark_bar(color=theme.categorical[0])
        .encode(
            x=alt.X("number:O", title=number, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("value:Q", title=size),
            tooltip=[
                alt.Tooltip("number:O", title=number),
                number_tip("value", size),
            ],
        )
        .properties(height=230)
    )
    return numbered(chart)


def square_picture(
    values: NDArray[np.float32], high: float, theme: Theme, side: int
) -> NDArray[np.uint8]:
    """A map `(h, w)` from 0 to `high` in sequential colours, stretched to `(side, side, 3)`.

    Frequencies run from -0.5 to 0.5 along either axis whatever the shape, so equal places in two
    such pictures stand for equal frequencies.
    """
    square = cv2.resize(values, (side, side), interpolation=cv2.INTER_LINEAR)
    return paint(np.asarray(square, np.float32), 0.0, high, theme.sequential)


def kernel_picture(weights: Weights, theme: Theme) -> NDArray[np.uint8]:
    """A kernel `(kh, kw)` in signed colours, each weight a square: RGB, about 240 pixels a side."""
    finite = np.abs(weights[np.isfinite(weights)])
    limit = float(finite.max(initial=0.0)) or 1.0
    shown = np.clip(np.asarray(weights, np.float64), -limit, limit) / limit
    painted = paint(shown.astype(np.float32), -1.0, 1.0, SIGNED.stops(theme))
    repeat = max(1, 240 // max(weights.shape))
    return np.repeat(np.repeat(painted, repeat, axis=0), repeat, axis=1)
