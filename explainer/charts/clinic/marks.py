"""Where in an instrument a fault gives itself away; pointed out once the fault is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from explainer.charts.clinic.looks import Floats, Line, Look, Mark
from explainer.clinic.faults import FAULTS
from explainer.registry import Registry
from explainer.words import N_

ALL, FIRST, HIGHEST, LOWEST = "all", "first", "highest", "lowest"


@dataclass(frozen=True)
class Place:
    """Of the fault `slug`: which lines of which panel, which bars, which rows of the numbers.

    And how many of the first `pictures`.
    """

    slug: str
    panel: int = 0
    lines: str = ""
    bars: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()
    pictures: int = 0


PLACES = Registry[Place](
    N_("place"),
    Place("rate-high", lines=HIGHEST),
    Place("rate-low", lines=ALL),
    Place("ascent", lines=ALL),
    Place("summed", lines=ALL),
    Place("frozen", lines=LOWEST),
    Place("twice", lines=ALL, pictures=24),
    Place("sorted", rows=(0,), pictures=24),
    Place("few", bars=(0, 3)),
    Place("noise", pictures=24),
    Place("shifted", pictures=24),
    Place("dead", lines=HIGHEST),
    Place("equal", panel=2, lines=HIGHEST),
    Place("vanishing", lines=LOWEST),
    Place("saturated", panel=1, lines=HIGHEST),
    Place("small", lines=FIRST),
    Place("scaled", rows=(1,)),
    Place("leak", bars=(1, 3)),
    Place("batch-norm", bars=(1, 2)),
)


def marked(look: Look, fault: str) -> Look:
    """The look at the fault's own instrument with the place in it pointed out, if there is one."""
    place = PLACES.get(fault)
    if place is None or fault not in FAULTS:
        return look
    mark = Mark(place.panel, _chosen(look.lines, place)) if place.lines and look.lines else None
    bars = [replace(one, marked=i in place.bars) for i, one in enumerate(look.bars)]
    figures = look.figures and replace(look.figures, marked=place.rows)
    pictures = [
        replace(one, marked=range(min(place.pictures, len(one.labels))) if i == 0 else ())
        for i, one in enumerate(look.pictures)
    ]
    return replace(look, mark=mark, bars=bars, figures=figures, pictures=pictures)


PICKS: dict[str, Callable[[Floats], float]] = {HIGHEST: np.max, LOWEST: np.min}


def _chosen(lines: Sequence[Line], place: Place) -> list[int]:
    """The lines of the panel that lie highest or lowest in the middle of their course, or all."""
    if place.lines == FIRST:
        return [0]
    heights = np.array([_middle(one.values[place.panel]) for one in lines])
    every = [i for i in range(len(heights)) if np.isfinite(heights[i])]
    if place.lines == ALL or not every:
        return list(range(len(heights)))
    best = PICKS[place.lines](heights[every])
    return [i for i in every if heights[i] == best]


def _middle(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else float("nan")
