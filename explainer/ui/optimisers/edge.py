"""The loss and the sharpness of a network that is learning, with its limit, as they grow.

`assets/components/edge.js` draws them, and asks for what is new by itself.
"""

from __future__ import annotations

import numpy as np

from explainer.charts.theme import Theme
from explainer.descent.live_descent import STEPS, Seen
from explainer.ui.common.components import mount, pack, reported

EVERY_MS = 250
LOSS, LIMIT, SHARPNESS, GUESS = 0, 1, 2, 6
"""The colours of what is drawn."""
NONE_YET = Seen(np.empty((0, 4)))


def news(seen: Seen, run: str, known: int, status: str) -> bytes:
    """The points of `run` from the place `known` on, and how it stands."""
    return _packed(seen, run, known, {"status": status})


def edge_message(
    key: str,
    seen: Seen,
    run: str,
    *,
    rate: float,
    guess: float,
    status: str,
    colours: Theme,
    number: int,
    alt: str,
    address: str = "",
    known: int = 0,
) -> bytes:
    """All that the charts need: `rate` is that of the slider and `guess` the predicted one.

    While the run moves it asks `address`. `known` points are there already.
    """
    given = colours.categorical
    header = {
        "name": key, "number": number, "address": address, "every": EVERY_MS, "steps": STEPS,
        "rate": rate, "guess": guess, "status": status, "alt": alt,
        "colours": {"loss": given[LOSS], "limit": given[LIMIT], "sharpness": given[SHARPNESS],
                    "guess": given[GUESS]},
    }  # fmt: skip
    return _packed(seen, run, known, header)


def _packed(seen: Seen, run: str, known: int, header: dict[str, object]) -> bytes:
    points = seen.points[known:]
    told = {"run": run, "from": known, "moving": seen.playing, **header}
    return pack(told, np.ascontiguousarray(points, "<f8").tobytes())


def edge(key: str, message: bytes) -> None:
    """Show the charts of that message; they wake the page when the run has come to rest."""
    mount("edge", key=f"{key}.edge", data=message, on_woken_change=reported)
