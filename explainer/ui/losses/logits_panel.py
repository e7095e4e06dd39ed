"""Panels of bars, a bar for each class, some of which are dragged; `logits.js` draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.ui.common.components import mark_read, mount, pack, reported, unread


@dataclass(frozen=True)
class Bars:
    """A panel: what it shows, from where to where, and of each class a value and how it is written.

    `marks` are places beside the bars, `level` one for all. With `parameters`, a name for each bar,
    they can be dragged in steps of `step`.
    """

    title: str
    note: str
    low: float
    high: float
    values: Sequence[float]
    texts: Sequence[str]
    colour: str
    marks: Sequence[float] | None = None
    level: float | None = None
    parameters: Sequence[str] = ()
    step: float = 0.1


@dataclass(frozen=True, eq=False)
class Grey:
    """A picture `(H, W)` in [0, 1] before the panels, and what it is in words."""

    values: NDArray[np.float32]
    alt: str


def logits_message(
    name: str,
    names: Sequence[str],
    panels: Sequence[Bars],
    told: Sequence[str],
    *,
    number: int,
    bold: Sequence[int] = (),
    address: str = "",
    hint: str = "",
    picture: Grey | None = None,
) -> bytes:
    """The classes' `names`, of which those at the places `bold` are, the panels, the sentences."""
    header: dict[str, Any] = {
        "name": name, "number": number, "address": address, "names": list(names), "hint": hint,
        "bold": [place in bold for place in range(len(names))], "told": list(told),
        "panels": [
            {**vars(one), "values": [float(value) for value in one.values],
             "marks": None if one.marks is None else [float(value) for value in one.marks]}
            for one in panels
        ],
        "picture": None,
    }  # fmt: skip
    if picture is None:
        return pack(header)
    height, width = picture.values.shape
    header["picture"] = {"height": height, "width": width, "alt": picture.alt}
    return pack(header, np.round(255 * picture.values).astype(np.uint8).tobytes())


def moved_bars(key: str) -> dict[str, Any]:
    """What was dragged since the last run, if anything."""
    return unread(f"{key}.logits", "moved")


def logits(key: str, message: bytes) -> None:
    """Show the panels of that message."""
    news = moved_bars(key)
    mount("logits", key=f"{key}.logits", data=message, on_moved_change=reported)
    mark_read(f"{key}.logits", news)
