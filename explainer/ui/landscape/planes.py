"""Planes of a survey on the page: contours to point at, or surfaces to turn."""

from __future__ import annotations

import math
import zlib
from typing import Any

import numpy as np

from explainer.charts.landscape.planes import Bands, bands_of, heights, plane_picture
from explainer.charts.theme import Theme
from explainer.gradients.landscape.plan import PATH
from explainer.gradients.landscape.views import PanelView, Snapshot
from explainer.images.thumbnails import encode_png
from explainer.powers import power_of_ten, ten_to
from explainer.ui.common.components import mount, pack
from explainer.words import _

FAMILY = "planes"
MOST_COLUMNS = 3
LEAST_WIDTH = "16rem"  # of a panel
MARKS_PER_LEGEND = 6


def contours(key: str, snapshot: Snapshot, part: int, theme: Theme) -> None:
    """Each plane as a picture of bands; the loss under the pointer is the computed number."""
    bands = bands_of(snapshot.panels, part, theme)
    pictures = [encode_png(plane_picture(one, part, bands, theme)) for one in snapshot.panels]
    panels = [
        {**_panel(snapshot, one, part), "digest": zlib.crc32(picture)}
        for one, picture in zip(snapshot.panels, pictures, strict=True)
    ]
    blobs = [
        blob
        for one, picture in zip(snapshot.panels, pictures, strict=True)
        for blob in (picture, *(losses.tobytes() for losses in one.losses))
    ]
    header = _header(panels, bands, part, theme)
    mount("plane", key=f"{key}.contours", family=FAMILY, data=pack(header, *blobs))


def surfaces(key: str, snapshot: Snapshot, part: int, theme: Theme) -> None:
    """Each plane as a surface whose height and colour are the logarithm of the loss."""
    bands = bands_of(snapshot.panels, part, theme)
    low, high = bands.span
    panels, blobs = [], []
    for one in snapshot.panels:
        known = np.isfinite(one.at_places[part])
        lift = np.log10(np.clip(one.at_places[part][known], 10**low, 10**high))
        drawn = {"path": one.places[known].tolist(), "lift": lift.tolist()}
        panels.append({**_panel(snapshot, one, part), **drawn})
        blobs.append(heights(one, part).astype(np.float32).tobytes())
    header = _header(panels, bands, part, theme)
    mount("surface", key=f"{key}.surfaces", family=FAMILY, data=pack(header, *blobs))


def _header(panels: list[dict[str, Any]], bands: Bands, part: int, theme: Theme) -> dict[str, Any]:
    return {
        "panels": panels,
        "part": part,
        "legend": {
            "edges": list(bands.edges),
            "colours": list(bands.colours),
            "marks": _marks(bands),
        },
        "least": LEAST_WIDTH,
        "columns": min(len(panels), MOST_COLUMNS),
        "path": theme.categorical[1],
        "text": theme.text,
    }


def _marks(bands: Bands) -> list[tuple[float, str]]:
    """Whole decades and, where there are few of them, halves of the edges."""
    whole = [edge for edge in bands.edges if math.isclose(edge, round(edge))]
    marks = [(edge, ten_to(round(edge)) if edge < -2 else f"{10**edge:g}") for edge in whole]
    return marks[-MARKS_PER_LEGEND:]


def panel_name(snapshot: Snapshot, panel: PanelView) -> str:
    """What the plane is called: by its network, where there are several, and by its seed."""
    network, seed = snapshot.variants[panel.variant].name, panel.seed
    if len(snapshot.plan.plane_seeds) == 1:
        return network
    if len(snapshot.variants) == 1:
        return _("Plane {seed}", seed=seed)
    return _("{network}, plane {seed}", network=network, seed=seed)


def _panel(snapshot: Snapshot, panel: PanelView, part: int) -> dict[str, Any]:
    variant = snapshot.variants[panel.variant]
    row, column = panel.axes.centre
    centre = float(panel.losses[part, row, column])
    note = _("at its centre {loss}", loss=power_of_ten(centre, 4)) if math.isfinite(centre) else ""
    title = panel_name(snapshot, panel)
    alt = (
        _("{title}: training loss over a plane.", title=title),
        _("{title}: validation loss over a plane.", title=title),
    )
    sideways = (
        (_("first principal direction"), _("second principal direction"))
        if snapshot.plan.directions == PATH
        else (_("first direction"), _("second direction"))
    )
    return {
        "title": title,
        "note": note,
        "sideways": sideways,
        "alt": f"{alt[part]} {note}",
        "x": panel.axes.x.tolist(),
        "y": panel.axes.y.tolist(),
        "path": panel.places.tolist(),
        "near": (1 - np.clip(panel.off_plane, 0, 1)).round(3).tolist(),
        "steps": list(variant.path_steps),
        "off": [f"{one:.0%}" for one in panel.off_plane],
        "truth": [_number(one) for one in variant.on_path[part]],
        "foot": [_number(one) for one in panel.at_places[part]],
    }


def _number(value: float) -> str:
    return power_of_ten(value, 3) if math.isfinite(value) else _("not known yet")
