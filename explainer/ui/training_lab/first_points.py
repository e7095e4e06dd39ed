"""The first points of a race that is started: the browser has them before the page is drawn anew.

Drawing what a race brings keeps browser and interpreter busy, for a second where others are too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Event

from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.ui.training_lab.plan import KEY

MOST_WAIT = 1.0  # seconds that the page waits for the first points of a race
FETCH_WAIT = 0.1  # and then until the browser has them, which asks every 0.06 s
ASKED_WAIT = 0.5  # where it has asked, but is slow: the page would keep it busy for much longer
FETCH = f"{KEY}.fetch"  # in the session: the `Fetch` of a race that is awaited


@dataclass
class Fetch:
    """Whether the browser has asked for the first points of a race, and when it has them."""

    asked: bool = False
    done: Event = field(default_factory=Event)


def leave_time(ticket: Ticket[Race], fetch: Fetch) -> None:
    """Let the browser ask for the first points before the page keeps it and the interpreter busy.

    Where nobody asks the page goes on as soon as the points are there.
    """
    until = time.monotonic() + MOST_WAIT
    while not any(run.curves for run in ticket.race.snapshot.runs) and time.monotonic() < until:
        time.sleep(0.005)
    fetch.done.wait(ASKED_WAIT if fetch.asked else FETCH_WAIT)
