"""The loss around a network as pictures: bands of equal loss with their contour lines, and paths.

Colours go by the logarithm of the loss, in bands of equal ratio, and are the same in every panel of
a survey, so that panels can be compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import altair as alt
import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainer.charts.bands import band_colours, band_picture
from explainer.charts.colour import rgb
from explainer.charts.specs import bare, finite_only, number_text, number_texts, number_tip
from explainer.charts.theme import Theme
from explainer.gradients.landscape.views import PanelView, Snapshot
from explainer.words import N_, _, cached

Codes = NDArray[np.uint8]
Floats = NDArray[np.float32]

BANDS_PER_DECADE = 4
HIGHEST, LOWEST = 10.0, 1e-5
SIDE = 408  # pixels of a painted plane
OFF_HEIGHT, PATH_HEIGHT = 220, 220
STEPS = alt.Scale(nice=False, padding=16)  # so that the last label is not cut
DECADES = (1e-4, 1e-3, 0.01, 0.1, 0.3, 1, 3, 10, 100)
ON_PATH, PROJECTED = N_("the network itself"), N_("its projection")


@dataclass(frozen=True)
class Bands:
    """Edges of the bands as decimal logarithms, rising, and the colour of each band.

    There is one colour more than edges: below the first and above the last.
    """

    edges: tuple[float, ...]
    colours: tuple[str, ...]

    @property
    def span(self) -> tuple[float, float]:
        """The least and the largest edge."""
        return self.edges[0], self.edges[-1]


def bands_of(panels: tuple[PanelView, ...], part: int, theme: Theme) -> Bands:
    """Bands from the least loss of `part` that any panel has by now up to 10, four a decade."""
    found = [panel.losses[part] for panel in panels]
    finite = [float(np.nanmin(one)) for one in found if np.isfinite(one).any()]
    least = max(LOWEST, min([*finite, HIGHEST / 2]))
    first = math.floor(BANDS_PER_DECADE * math.log10(least)) + 1
    last = round(BANDS_PER_DECADE * math.log10(HIGHEST))
    edges = tuple(place / BANDS_PER_DECADE for place in range(first, last + 1))
    return Bands(edges, band_colours(theme, len(edges) + 1))


def heights(panel: PanelView, part: int) -> Floats:
    """log₁₀ of the loss at every point of the grid `(rows, columns)`.

    Points that are not computed yet are interpolated from the finest complete grid; NaN before
    there is one. What is no finite number counts as beyond all bands.
    """
    losses = panel.losses[part]
    known = np.isfinite(losses)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(known, np.log10(np.maximum(losses, LOWEST)), np.nan)
    logs = np.where(np.isposinf(losses), 2 * math.log10(HIGHEST), logs)
    rows = list(panel.rows)
    if not rows:
        return np.full_like(losses, np.nan)
    coarse = np.nan_to_num(logs[np.ix_(rows, rows)], nan=2 * math.log10(HIGHEST))
    every = np.arange(len(losses))
    along = np.stack([np.interp(every, rows, line) for line in coarse])
    whole = np.stack([np.interp(every, rows, line) for line in along.T], axis=1)
    return np.asarray(np.where(np.isfinite(logs), logs, whole), np.float32)


def plane_picture(
    panel: PanelView, part: int, bands: Bands, theme: Theme, side: int = SIDE
) -> Codes:
    """The plane as RGB `(side, side, 3)`: filled bands, and a line where one ends.

    The top row is the largest y. Before anything is computed it has the colour of the page.
    """
    values = heights(panel, part)[::-1]
    if np.isnan(values).all():
        return np.full((side, side, 3), rgb(theme.surface), np.uint8)
    return band_picture(_enlarged(values, side), bands.edges, bands.colours, theme)


def _enlarged(values: Floats, side: int) -> Floats:
    """`values` at `side` × `side` pixels, the outermost points on the outermost pixels."""
    places = np.linspace(0, len(values) - 1, side, dtype=np.float32)
    columns, rows = np.meshgrid(places, places)
    return np.asarray(
        cv2.remap(np.ascontiguousarray(values), columns, rows, cv2.INTER_LINEAR), np.float32
    )


def off_plane_points(snapshot: Snapshot, panel: PanelView) -> pd.DataFrame:
    """Step and off-plane error in per cent, for each checkpoint but the last, the centre."""
    steps = snapshot.variants[panel.variant].path_steps
    return pd.DataFrame({"step": steps, "error": finite_only(100 * panel.off_plane)}).iloc[:-1]


@cached
def off_plane_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `off_plane_points`."""
    chart = (
        alt.Chart(alt.NamedData(name="points"))
        .mark_line(
            point=alt.OverlayMarkDef(color=theme.categorical[1], size=26),
            strokeWidth=2,
            color=theme.categorical[1],
        )
        .encode(
            x=alt.X("step:Q", title=_("training step"), scale=STEPS),
            y=alt.Y(
                "error:Q",
                title=_("off the plane (%)"),
                scale=alt.Scale(domain=[0, 100]),
            ),
            tooltip=[
                alt.Tooltip("step:Q", title=_("step")),
                alt.Tooltip("error:Q", format=".1f", title=_("off the plane (%)")),
            ],
        )
        .properties(height=OFF_HEIGHT)
    )
    return bare(chart)


def path_points(snapshot: Snapshot, panel: PanelView, part: int) -> pd.DataFrame:
    """Step and loss of the true network and of its projection, where they are known."""
    variant = snapshot.variants[panel.variant]
    rows = [
        pd.DataFrame({"what": _(what), "step": variant.path_steps, "loss": losses[part]})
        for what, losses in ((ON_PATH, variant.on_path), (PROJECTED, panel.at_places))
    ]
    whole = pd.concat(rows, ignore_index=True)
    return whole[np.isfinite(whole["loss"]) & (whole["loss"] > 0)]


@cached
def path_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `path_points`."""
    colours = alt.Scale(
        domain=[_(ON_PATH), _(PROJECTED)], range=[theme.categorical[0], theme.categorical[1]]
    )
    chart = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("loss", digits=4))
        .mark_line(point=alt.OverlayMarkDef(size=22), strokeWidth=2)
        .encode(
            x=alt.X("step:Q", title=_("training step"), scale=STEPS),
            y=alt.Y(
                "loss:Q",
                title=_("loss (nats)"),
                scale=alt.Scale(type="log"),
                axis=alt.Axis(labelExpr=number_text(), values=list(DECADES), labelOverlap="greedy"),
            ),
            color=alt.Color(
                "what:N",
                scale=colours,
                legend=alt.Legend(orient="top", title=None, labelLimit=260),
            ),
            tooltip=[
                alt.Tooltip("what:N", title=_("loss of")),
                alt.Tooltip("step:Q", title=_("step")),
                number_tip("loss", _("loss")),
            ],
        )
        .properties(height=PATH_HEIGHT)
    )
    return bare(chart)
