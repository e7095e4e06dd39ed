"""Errors over the capacity of models on the page, as lines with bands and as areas.

`assets/components/capacity.js` draws them; a click keeps one of the capacities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.charts.activations.curves import Stroke
from explainer.ui.common.components import mark_read, mount, number_of, pack, reported, unread
from explainer.ui.common.curves import Mark
from explainer.ui.inputs.places import kept_whole, sent_values
from explainer.words import _

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """A line with a band, or an `area`: `values` `(3, C)` are its begin, what is read, its end."""

    title: str
    stroke: Stroke
    values: Values
    area: bool = False


@dataclass(frozen=True)
class Scales:
    """The axes: capacities in a row, even or by their logarithms, and the `span` of values.

    Below the axis stand those of the capacities that are `ticks`, or else all. With `decimals` all
    values that are read are written alike.
    """

    title: str
    axis: str
    capacities: Sequence[int]
    span: tuple[float, float]
    even: bool = False
    logarithmic: bool = False
    ticks: Sequence[int] = ()
    height: int = 340
    decimals: int | None = None

    def spot(self, capacity: float) -> float:
        """Where a capacity lies, from 0 to 1."""
        low, high = self.capacities[0], self.capacities[-1]
        if low == high:
            return 0.0
        if self.even:
            return self.capacities.index(int(capacity)) / (len(self.capacities) - 1)
        return float(np.log(capacity / low) / np.log(high / low))


def capacity_message(
    key: str,
    scales: Scales,
    series: Sequence[Series],
    *,
    at: int,
    number: int,
    alt: str,
    band: str = "",
    marks: Sequence[Mark] = (),
    also: tuple[str, bytes] | None = None,
) -> bytes:
    """What the chart needs; `at` is the place of the kept capacity, `band` what bands hold."""
    ticks = scales.ticks or scales.capacities
    header: dict[str, Any] = {
        "name": key,
        "number": number,
        "title": scales.title,
        "axis": scales.axis,
        "spots": [scales.spot(one) for one in scales.capacities],
        "texts": [f"{one:,}" for one in scales.capacities],
        "ticks": [place for place, one in enumerate(scales.capacities) if one in ticks],
        "span": scales.span,
        "logarithmic": scales.logarithmic,
        "height": scales.height,
        "decimals": scales.decimals,
        "series": [
            {"title": one.title, "area": one.area, "colour": one.stroke.colour,
             "dash": one.stroke.dash}
            for one in series
        ],
        "marks": [{"spot": scales.spot(one.place), "text": one.text} for one in marks],
        "band": band,
        "to": _("to"),
        "at": at,
        "alt": alt,
    }  # fmt: skip
    blobs = [np.ascontiguousarray(one.values, "<f8").tobytes() for one in series]
    if also:
        header["also"], message = also
        blobs.append(message)
    return pack(header, *blobs)


def kept_place(key: str, count: int, usual: int) -> int:
    """Which of `count` capacities is kept: as clicked, else as a new link says, else as before."""
    news = unread(_name(key), "moved")
    return kept_whole(f"{key}.place", count - 1, usual, sent_values(news).get("place"))


def clicked_number(key: str) -> int:
    """The number of the newest click that is known of; a message has to be as new."""
    return number_of(_name(key), unread(_name(key), "moved"))


def capacity_chart(key: str, message: bytes) -> None:
    """Show the chart of that message."""
    news = unread(_name(key), "moved")
    mount("capacity", key=_name(key), data=message, on_moved_change=reported)
    mark_read(_name(key), news)


def _name(key: str) -> str:
    return f"{key}.chart"
