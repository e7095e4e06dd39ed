"""A plane of lines and points on the page, both axes to the same scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.charts.activations.curves import Stroke
from explainer.ui.common.components import mount, pack

Places = NDArray[np.float64]
DIGITS = 3
FAINT = Stroke("", "", "")


@dataclass(frozen=True, eq=False)
class ShapeLine:
    """A line through `places` `(N, 2)`; without a title it is a faint one that no key names."""

    places: Places
    title: str = ""
    stroke: Stroke = FAINT


@dataclass(frozen=True, eq=False)
class ShapePoints:
    """Discs at `places` `(N, 2)` of `radius` pixels."""

    places: Places
    title: str
    colour: str
    radius: float


def shapes_message(
    key: str,
    lines: Sequence[ShapeLine],
    points: Sequence[ShapePoints],
    *,
    across: tuple[float, float],
    up: tuple[float, float],
    axes: tuple[str, str],
    told: str,
    alt: str,
    number: int,
    also: tuple[str, bytes] | None = None,
) -> bytes:
    """What is drawn from the first to the last of `across` and `up`, and what is `told` below.

    The answer to a drag that moves a second chart carries what that one needs: `also` is its key
    and its message.
    """
    header = {
        "name": key, "number": number, "across": across, "up": up, "axes": axes, "told": told,
        "alt": alt,
        "lines": [
            {"title": one.title, "colour": one.stroke.colour, "dash": one.stroke.dash,
             "places": one.places.round(DIGITS).tolist()}
            for one in lines
        ],
        "points": [
            {"title": one.title, "colour": one.colour, "radius": one.radius,
             "places": one.places.round(DIGITS).tolist()}
            for one in points
        ],
    }  # fmt: skip
    if also is None:
        return pack(header)
    name, message = also
    return pack({**header, "also": name}, message)


def shapes(key: str, message: bytes) -> None:
    """Show the plane of that message."""
    mount("shapes", key=f"{key}.shapes", data=message)
