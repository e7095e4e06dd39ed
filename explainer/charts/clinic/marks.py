"""Where in an instrument a fault gives itself away; pointed out once the fault is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from explainer.charts.clinic.looks import Floats, Look, Mark
from explainer.clinic.faults import FAULTS
from explainer.clinic.record import Record
from explainer.registry import Registry
from explainer.words import N_

ALL, NARROWEST, HIGHEST, LOWEST = "all", "narrowest", "highest", "lowest"


@dataclass(frozen=True)
class Place:
    """Of the fault `slug`: which lines of which panel, which bars, which rows of the numbers.

    And how many of the first `pictures`. Lines are pointed out at `step`, or else where they end.
    """

    slug: str
    panel: int = 0
    lines: str = ""
    step: int | None = None
    bars: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()
    pictures: int = 0


PLACES = Registry[Place](
    N_("place"),
    Place("rate-high", lines=HIGHEST, step=0),
    Place("rate-low", lines=ALL),
    Place("ascent", lines=ALL, step=0),
    Place("summed", lines=ALL, step=10),
    Place("frozen", lines=LOWEST),
    Place("twice", lines=ALL, pictures=24),
    Place("sorted", rows=(0,), pictures=24),
    Place("few", bars=(0, 3)),
    Place("noise", pictures=24),
    Place("shifted", pictures=24),
    Place("dead", lines=HIGHEST, step=0),
    Place("equal", panel=2, lines=HIGHEST, step=0),
    Place("vanishing", lines=LOWEST),
    Place("saturated", panel=1, lines=HIGHEST, step=0),
    Place("small", lines=NARROWEST),
    Place("scaled", rows=(1,)),
    Place("leak", bars=(1, 3)),
    Place("batch-norm", bars=(1, 2)),
)


def marked(look: Look, fault: str, record: Record) -> Look:
    """The look at the fault's own instrument with the place in it pointed out, if there is one."""
    place = PLACES.get(fault)
    if place is None or fault not in FAULTS:
        return look
    mark = None
    if place.lines and look.lines:
        mark = Mark(place.panel, _chosen(look, place, record), place.step)
    bars = [replace(one, marked=i in place.bars) for i, one in enumerate(look.bars)]
    figures = look.figures and replace(look.figures, marked=place.rows)
    pictures = [
        replace(one, marked=range(min(place.pictures, len(one.labels))) if i == 0 else ())
        for i, one in enumerate(look.pictures)
    ]
    return replace(look, mark=mark, bars=bars, figures=figures, pictures=pictures)


PICKS: dict[str, Callable[[Floats], float]] = {HIGHEST: np.max, LOWEST: np.min}


def _chosen(look: Look, place: Place, record: Record) -> list[int]:
    """The lines that lie highest or lowest at the place's step, or in the middle of their course.

    Or those of the narrowest layer, or all.
    """
    if place.lines == NARROWEST:
        return [int(np.argmin(record.units[: len(look.lines)]))]
    at = slice(None) if place.step is None else look.steps[0] == place.step
    heights = np.array([_middle(one.values[place.panel][at]) for one in look.lines])
    every = [i for i in range(len(heights)) if np.isfinite(heights[i])]
    if place.lines == ALL or not every:
        return list(range(len(heights)))
    best = PICKS[place.lines](heights[every])
    return [i for i in every if heights[i] == best]


def _middle(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else float("nan")
