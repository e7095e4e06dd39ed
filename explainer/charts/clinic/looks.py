"""What each instrument of the clinic shows of a run: curves, bars, numbers, pictures, answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """Curves over the steps: a title, a short name for the table, and the height in pixels.

    `span` is what is shown at least; `level` a height that is pointed out, with its name.
    """

    title: str
    short: str
    height: int
    log: bool = False
    percent: bool = False
    span: tuple[float, float] | None = None
    level: dict[str, object] | None = None


@dataclass(frozen=True, eq=False)
class Line:
    """A curve in all panels: `values` `(panels, K)` at the K steps of the run of that number."""

    title: str
    colour: str
    values: Floats
    dash: str = ""
    run: int = 0


@dataclass(frozen=True)
class Bar:
    """A share in [0, 1] with its name and its number."""

    title: str
    share: float
    text: str
    colour: str
    marked: bool = False


@dataclass(frozen=True)
class Figures:
    """A small table; the rows of the numbers `marked` are pointed out."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    marked: Sequence[int] = ()


@dataclass(frozen=True, eq=False)
class Pictures:
    """Grey pictures `(N, S, S)` uint8 below a title, each with a label and a note, if any."""

    title: str
    codes: NDArray[np.uint8]
    labels: Sequence[str]
    notes: Sequence[str] = ()
    marked: Sequence[int] = ()


@dataclass(frozen=True, eq=False)
class Answers:
    """How often pictures of a class (row) were taken for another (column), `(C, C)`."""

    counts: Floats


@dataclass(frozen=True)
class Mark:
    """The lines of one panel that are pointed out, at that step, or else where they end."""

    panel: int
    lines: Sequence[int]
    step: int | None = None


@dataclass(frozen=True, eq=False)
class Look:
    """All that is drawn of one instrument; `steps` are those of each run, `note` a sentence."""

    panels: Sequence[Panel] = ()
    lines: Sequence[Line] = ()
    steps: Sequence[Floats] = ()
    mark: Mark | None = None
    bars: Sequence[Bar] = ()
    figures: Figures | None = None
    pictures: Sequence[Pictures] = ()
    answers: Answers | None = None
    alt: str = ""
    note: str = ""
