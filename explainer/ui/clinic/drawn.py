"""What the browser is sent of a run or of an instrument's look at it.

`assets/components/clinic.js` draws it, and asks for what is new by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explainer.charts.clinic.looks import Figures, Look, Pictures
from explainer.charts.theme import Theme
from explainer.ui.common.components import mount, pack, reported
from explainer.words import _

EVERY_MS = 250


@dataclass(frozen=True)
class Standing:
    """How the run stands that is drawn: `what` of which `run`, and whether it moves.

    While it moves the browser asks `address`; once at rest it `wakes` the page. Where it may
    `begin` the browser says so once.
    """

    what: str
    run: str = ""
    moving: bool = False
    status: str = ""
    begin: bool = False
    wakes: bool = False
    address: str = ""


def look_message(key: str, look: Look, standing: Standing, reach: int, colours: Theme) -> bytes:
    """All that there is to draw, over steps up to `reach`."""
    header: dict[str, Any] = {
        "name": key, "every": EVERY_MS, "reach": reach, **vars(standing), "alt": look.alt,
        "note": look.note,
        "runs": len(look.steps), "panels": [vars(one) for one in look.panels],
        "lines": [
            {"title": one.title, "colour": one.colour, "dash": one.dash, "run": one.run}
            for one in look.lines
        ],
        "mark": look.mark and {**vars(look.mark), "text": _("here")},
        "bars": [vars(one) for one in look.bars],
        "figures": look.figures and _figures(look.figures),
        "pictures": [_pictures(one) for one in look.pictures],
        "answers": look.answers and _answers(colours),
    }  # fmt: skip
    blobs = [_floats(one) for one in look.steps] + [_floats(one.values) for one in look.lines]
    blobs += [np.ascontiguousarray(one.codes, "u1").tobytes() for one in look.pictures]
    if look.answers:
        blobs.append(_floats(look.answers.counts))
    return pack(header, *blobs)


def drawn(key: str, message: bytes, **callbacks: Any) -> None:
    """Show that message; the page is woken when what moves has come to rest."""
    mount("clinic", key=key, data=message, on_woken_change=reported, **callbacks)


def _floats(values: np.ndarray) -> bytes:
    return np.ascontiguousarray(values, "<f8").tobytes()


def _figures(figures: Figures) -> dict[str, Any]:
    return {"head": figures.head, "rows": figures.rows, "marked": list(figures.marked)}


def _pictures(pictures: Pictures) -> dict[str, Any]:
    return {
        "title": pictures.title, "side": pictures.codes.shape[-1], "labels": pictures.labels,
        "notes": pictures.notes, "marked": list(pictures.marked),
    }  # fmt: skip


def _answers(colours: Theme) -> dict[str, Any]:
    return {
        "colours": colours.sequential, "rows": _("true class"),
        "columns": _("answer of the network"), "sum": _("answers"),
    }  # fmt: skip
