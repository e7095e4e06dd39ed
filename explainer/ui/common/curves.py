"""Curves over one x axis on the page, in panels that are read together at the pointed-at x.

A click, or Enter, pins an x: it is reported once and is the caller's to remember.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.activations.curves import Corner
from explainer.charts.activations.curves import Stroke
from explainer.messages import number
from explainer.ui.common.components import mark_read, mount, number_of, pack, reported, unread
from explainer.words import _


@dataclass(frozen=True)
class Panel:
    """What a panel shows: its title, a short name for the table, its height in pixels.

    Its values go from the least to the greatest, or else over `span`, which stays as they move;
    `beyond` is what is written of those below and above it. With `decimals` all are written alike.
    """

    title: str
    short: str
    height: int
    span: tuple[float, float] | None = None
    decimals: int | None = None
    beyond: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A curve: its name, its stroke, its values `(panels, N)`, and where they jump.

    `points` are drawn as discs of its colour: for each panel, places (x, value).
    """

    title: str
    stroke: Stroke
    values: NDArray[np.float64]
    corners: Sequence[Corner] = ()
    points: Sequence[Sequence[tuple[float, float]]] = ()


@dataclass(frozen=True)
class Mark:
    """A place on the x axis that is pointed out, and what it says."""

    place: float
    text: str


def curves_message(
    key: str,
    panels: Sequence[Panel],
    lines: Sequence[Line],
    *,
    reach: float,
    at: float,
    number: int,
    alt: str,
    marks: Sequence[Mark] = (),
    symbol: str = "x",
    low: float | None = None,
    also: tuple[str, bytes] | None = None,
    steps: bool = False,
) -> bytes:
    """What the chart needs: `lines` from `low`, or else −reach, to reach, at equal distances.

    The answer to a drag that moves a second chart carries what that one needs as well: `also`
    is the second chart's key and its message. Where x is `steps` the curves can be played.
    """
    header: dict[str, Any] = {
        "name": key,
        "number": number,
        "places": {
            "low": -reach if low is None else low,
            "high": reach,
            "count": lines[0].values.shape[1],
        },
        "panels": [{**vars(panel), "title": _(panel.title)} for panel in panels],
        "curves": [_described(line, len(panels)) for line in lines],
        "marks": [vars(mark) for mark in marks],
        "at": at,
        "words": {"at": symbol},
        "alt": alt,
        "steps": steps,
    }
    blobs = [np.ascontiguousarray(line.values, "<f8").tobytes() for line in lines]
    if also:
        header["also"], message = also
        blobs.append(message)
    return pack(header, *blobs)


def pinned_x(key: str) -> float | None:
    """The x that was pinned since the last run, if any."""
    return number(unread(f"{key}.curves", "pinned").get("x"))


def pinned_number(key: str) -> int:
    """The number of the newest pin that is known of; a message has to be as new."""
    name = f"{key}.curves"
    return number_of(name, unread(name, "pinned"))


def curves(key: str, message: bytes) -> None:
    """Show the chart of that message."""
    name = f"{key}.curves"
    pinned = unread(name, "pinned")
    mount("curves", key=name, data=message, on_pinned_change=reported)
    mark_read(name, pinned)


def _described(line: Line, panels: int) -> dict[str, Any]:
    jumps: list[list[dict[str, float | None]]] = [[] for _ in range(panels)]
    for corner in line.corners:
        if corner.order < panels:
            jumps[corner.order].append(
                {
                    "place": corner.place,
                    "left": _finite(corner.left),
                    "right": _finite(corner.right),
                    "taken": _finite(corner.taken),
                }
            )
    found = {"title": line.title, **vars(line.stroke), "jumps": jumps}
    return {**found, "points": line.points} if line.points else found


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
