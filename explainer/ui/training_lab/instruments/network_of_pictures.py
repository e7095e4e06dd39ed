"""The network for pictures: one of them on its way through every layer, while it learns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from explainer.charts.theme import Theme
from explainer.messages import LARGEST_NUMBER, said_shortly, whole
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.copies import validation
from explainer.training.instruments.forward_pass import (
    ForwardPass,
    forward_pass,
    next_mistake,
)
from explainer.training.recipe.recipe import Recipe
from explainer.ui.common.appearance import theme
from explainer.ui.common.bounded import bounded_number
from explainer.ui.common.components import mount, pack
from explainer.ui.common.live import live_picture
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import escaped, say
from explainer.ui.training_lab.asking import (
    Asked,
    NoAnswer,
    WorkerAnswer,
    answer_now,
    asked_before,
)
from explainer.ui.training_lab.control import is_active
from explainer.ui.training_lab.instruments.forward_pass_message import message_of, steps_in_words
from explainer.ui.training_lab.moment import looked_at
from explainer.ui.training_lab.names import pick_recipe, pick_seed
from explainer.ui.training_lab.plan import KEY
from explainer.words import _, told

SECONDS, SHORTEST = 0.25, 0.2  # between what the browser asks, and what the worker is asked
SHARE = 0.05  # of the worker's time
PICTURE, SAID = f"{KEY}.picture", f"{KEY}.no_mistake"


def network_of_pictures(ticket: Ticket[Race], *, moving: bool) -> None:
    """A recipe, a seed and a picture of the validation part; what the network makes of it."""
    say("training_lab", "network_of_pictures")
    snapshot = ticket.race.snapshot
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        index = pick_recipe(snapshot, "network")
        run = pick_seed(snapshot, index, "network_seed")
        number = snapshot.runs.index(run)
        place = _pick_picture(ticket, number)
    if message := st.session_state.pop(SAID, ""):
        st.caption(escaped(message))
    live = LivePass(ticket, number, place, snapshot.recipes[index], theme())
    found = live.latest(moving=moving, at=looked_at(ticket))
    if found is None:
        st.caption(_("Measuring."))
        return
    if not np.isfinite(found.value.probabilities).all():
        st.warning(
            _("This run diverged: what is grey is not a number, nor is any probability."),
            icon=":material/warning:",
        )
    name = f"{KEY}.forward_pass"
    address = live_picture(name, live.answer) if moving else ""
    mount("forward_pass", key=name, data=live.message(found, address=address))


class LivePass:
    """The way of one picture through a run, told to the component; it asks by itself what is new.

    No script runs for that: a rerun makes the browser render the page's whole tree.
    """

    def __init__(
        self, ticket: Ticket[Race], number: int, place: int, recipe: Recipe, look: Theme
    ) -> None:
        self.ticket, self.recipe, self.look = ticket, recipe, look
        self.question = partial(_passed, number, place)
        self.asked: Asked[ForwardPass] = asked_before(ticket, ("pass", number, place))

    def latest(self, *, moving: bool, at: int | None = None) -> WorkerAnswer[ForwardPass] | None:
        """The newest there is, or of the kept step `at`; None before the first."""
        return self.asked.latest(
            self.ticket, self.question, moving=moving, at=at, shortest=SHORTEST, share=SHARE
        )

    def answer(self, values: dict[str, object], _number: int) -> bytes:
        """The newest, where it is of another step than `values` calls known; and what is to come.

        Raises `ValueError` where what is known is no number.
        """
        known = whole(values.get("known"), -1, LARGEST_NUMBER)
        if known is None:
            raise ValueError(f"known is {said_shortly(values.get('known'))}, but it is a number")
        moving = is_active(self.ticket)
        found = self.latest(moving=True) if moving else None
        if found is None or found.step == known:
            return pack({"moving": moving})
        return self.message(found)

    def message(self, found: WorkerAnswer[ForwardPass], *, address: str = "") -> bytes:
        """All of it; `address` is where the component asks for what is new, if it is to."""
        steps = steps_in_words(found.value, self.recipe)
        settings = {
            "moving": True,
            "address": address,
            "every": 1000 * SECONDS,
            "step": found.step,
            "when": _("After step {step}", step=f"{found.step:,}"),
        }
        return message_of(found.value, steps, self.look, settings)


def _pick_picture(ticket: Ticket[Race], number: int) -> int:
    """The place of the picture that is chosen in the validation part."""
    count = remembered(f"{KEY}.pictures", ticket.id, lambda: answer_now(ticket, _fewest))
    place = bounded_number(_("Validation picture"), 1, count, key=PICTURE, width=170) - 1
    st.button(
        _("One that it gets wrong"), key=f"{KEY}.next_mistake", icon=":material/skip_next:",
        on_click=_to_mistake, args=(ticket, number, place),
    )  # fmt: skip
    return place


def _to_mistake(ticket: Ticket[Race], number: int, place: int) -> None:
    """Go on to the next picture that the run gets wrong, or leave one sentence."""
    try:
        found = answer_now(ticket, partial(_next_mistake, number, place), at=looked_at(ticket))
    except NoAnswer as error:
        st.session_state[SAID] = told(error)
        return
    if found is None:
        st.session_state[SAID] = _("It gets none of these pictures wrong.")
    else:
        st.session_state[PICTURE] = found + 1


def _fewest(runs: Sequence[Run]) -> int:
    return min(len(validation(run)[1]) for run in runs)


def _passed(number: int, place: int, runs: Sequence[Run]) -> ForwardPass:
    return forward_pass(runs[number], place)


def _next_mistake(number: int, place: int, runs: Sequence[Run]) -> int | None:
    return next_mistake(runs[number], place)
