"""Scores over places in a row on the page, with sentences about them.

`assets/components/board.js` draws lines, steps, discs, rings, bands and bars.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.ui.common.components import mount, pack

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Axis:
    """An axis: its title, the span of its values, even or by logarithms, and their unit.

    `ticks` are value and text of each; without any, round numbers are written. What is read has so
    many `decimals`, or by itself as many as a short number has.
    """

    title: str
    span: tuple[float, float]
    logarithmic: bool = False
    unit: str = ""
    ticks: Sequence[tuple[float, str]] = ()
    decimals: int | None = None


@dataclass(frozen=True)
class Entry:
    """What is drawn: `values` `(P,)`, NaN where there is none.

    Of a `band` and of `bars` they are `(3, P)`: low, what is read, high; bars have their `colours`.
    """

    title: str
    kind: str
    colour: str
    values: Values
    dash: str = ""
    colours: Sequence[str] = ()


def board_message(
    key: str,
    places: Values,
    across: Axis,
    up: Axis,
    entries: Sequence[Entry],
    *,
    at: int,
    number: int,
    alt: str,
    told: Sequence[str] = (),
    height: int = 360,
    also: tuple[str, bytes] | None = None,
) -> bytes:
    """What the chart needs: entries over the x of all `places` `(P,)`, read at place `at` at rest.

    Of the answer to a drag that moves a second chart, `also` is that one's key and message.
    """
    header: dict[str, Any] = {
        "name": key, "number": number, "across": _described(across), "up": _described(up),
        "height": height, "told": list(told), "at": at, "alt": alt,
        "entries": [
            {"title": one.title, "kind": one.kind, "colour": one.colour, "dash": one.dash,
             "colours": list(one.colours)}
            for one in entries
        ],
    }  # fmt: skip
    rows = [places, *(one.values for one in entries)]
    blobs = [np.ascontiguousarray(one, "<f8").tobytes() for one in rows]
    if also:
        header["also"], message = also
        blobs.append(message)
    return pack(header, *blobs)


def board(key: str, message: bytes) -> None:
    """Show the chart of that message."""
    mount("board", key=f"{key}.board", data=message)


def _described(axis: Axis) -> dict[str, Any]:
    found = asdict(axis)
    found["ticks"] = [{"at": at, "text": text} for at, text in axis.ticks] or None
    return found
