"""Learned kernels beside hand-made ones as pictures, and how close random kernels would come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainer.charts.colour import paint, rgb, usual_reach
from explainer.charts.montage import tiles
from explainer.charts.specs import bare
from explainer.charts.theme import Theme, centred
from explainer.convolution.bank import Bank
from explainer.networks.visualisation.first_kernels import Compared
from explainer.words import N_, _, cached

Codes = NDArray[np.uint8]
PALE = 0.75
BETWEEN, CHART_HEIGHT, BINS, LARGE = 5, 250, 40, 132
LEARNED, RANDOM = N_("learned kernels"), N_("random kernels")


def pattern_picture(weights: NDArray[np.floating], theme: Theme) -> Codes:
    """Weights `(k, k)` on a diverging scale of their own, a pixel a tap."""
    reach = usual_reach(weights, 100)
    return paint(np.ascontiguousarray(weights, np.float32), -reach, reach, centred(theme))


def large_pattern(weights: NDArray[np.floating], theme: Theme) -> Codes:
    """The same large, with an edge: zero has the colour of the page."""
    return _edged(_enlarged(pattern_picture(weights, theme), LARGE), theme)


def hand_made_weights(one: Compared) -> NDArray[np.float64]:
    """The hand-made kernel with the sign that it is matched with."""
    assert one.match is not None
    return np.asarray(np.sign(one.match.correlation) * one.match.kernel.weights, np.float64)


def pair_picture(one: Compared, theme: Theme, *, side: int, close: bool) -> Codes:
    """The learned pattern on the left, the hand-made one on the right: pale where not `close`."""
    page = np.array(rgb(theme.background), np.float64)
    left = _edged(_enlarged(pattern_picture(one.pattern.weights, theme), side), theme)
    right = np.broadcast_to(page, left.shape).astype(np.uint8)
    if one.match is not None:
        right = _enlarged(pattern_picture(hand_made_weights(one), theme), side)
        if not close:
            right = (PALE * page + (1 - PALE) * right).round().astype(np.uint8)
        right = _edged(right, theme)
    gap = np.broadcast_to(page, (side, BETWEEN, 3)).astype(np.uint8)
    return np.hstack([left, gap, right])


def pairs(
    found: Sequence[Compared], among: Bank, theme: Theme, *, side: int, columns: int, gap: int
) -> Codes:
    """All pairs as one picture, in the order given."""
    made = [
        pair_picture(one, theme, side=side, close=one.strength >= among.threshold) for one in found
    ]
    return tiles(made, theme, columns=columns, gap=gap)


def _enlarged(codes: Codes, side: int) -> Codes:
    return np.asarray(cv2.resize(codes, (side, side), interpolation=cv2.INTER_NEAREST), np.uint8)


def _edged(codes: Codes, theme: Theme) -> Codes:
    """A thin edge, since zero has the colour of the page."""
    edged = codes.copy()
    edged[[0, -1]] = edged[:, [0, -1]] = rgb(theme.grid)
    return edged


def chance_points(found: Sequence[Compared], among: Bank) -> pd.DataFrame:
    """Shares in percent of learned and of random kernels whose best |r| lies in each bin."""
    edges = np.linspace(0, 1, BINS + 1)
    rows = []
    learned = np.array([one.strength for one in found])
    for name, values in ((RANDOM, among.by_chance), (LEARNED, learned)):
        counts = np.histogram(np.clip(values, 0, 1), edges)[0]
        rows += [
            (_(name), low, high, 100 * count / len(values), among.threshold)
            for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
            if count
        ]
    return pd.DataFrame(rows, columns=["kernels", "low", "high", "share", "threshold"])


@cached
def chance_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `chance_points`."""
    base = alt.Chart(alt.NamedData(name="points"))
    colours = alt.Scale(
        domain=[_(RANDOM), _(LEARNED)], range=[theme.categorical[7], theme.categorical[1]]
    )
    bars = base.mark_bar(opacity=0.65, binSpacing=0).encode(
        x=alt.X("low:Q", title=_("|r| with the closest hand-made kernel"), bin="binned",
                scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(labelFlush=True)),
        x2="high:Q",
        y=alt.Y("share:Q", title=_("share (%)"), stack=None),
        color=alt.Color("kernels:N", scale=colours, legend=alt.Legend(orient="top", title=None)),
        tooltip=[alt.Tooltip("kernels:N", title=_("kernels")),
                 alt.Tooltip("low:Q", title=_("|r| from"), format=".3f"),
                 alt.Tooltip("share:Q", title=_("share (%)"), format=".1f")],
    )  # fmt: skip
    rule = base.mark_rule(strokeDash=[5, 4], color=theme.text).encode(x="mean(threshold):Q")
    return bare(alt.layer(bars, rule).properties(height=CHART_HEIGHT))
