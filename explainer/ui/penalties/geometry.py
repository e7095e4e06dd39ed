"""The instrument of the page on L1 and L2: loss and penalty of two weights, and where they meet."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.live_pictures import Render
from explainer.messages import number as number_in
from explainer.regularisation.losses import LOSSES, Loss
from explainer.regularisation.script import script
from explainer.regularisation.shapes import PENALTIES
from explainer.regularisation.two_weights import PAIRS, Pair, Problem
from explainer.ui.common import live
from explainer.ui.common.address import keep_in_link, linked
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice, choices
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import mark_read, mount, number_of, pack, reported, unread
from explainer.ui.common.memory import remembered
from explainer.ui.penalties.plane import PARAMETERS, Asked, meeting, plane_message
from explainer.words import N_, _, language

KEY = "penalties"
NAME, AT = f"{KEY}.plane", f"{KEY}.at"
STRENGTH, BUDGET = Named("strength", N_("strength λ")), Named("budget", N_("budget t"))
FIRST = ("l1", "l2")
CLASSES = N_(
    "Least squares foretells how far diabetes goes within a year; logistic, whether it goes "
    "farther than in half of the patients."
)


@st.fragment
def geometry() -> None:
    """The controls, and below them a plane of two weights for each penalty."""
    moved = live.values(KEY, PARAMETERS)
    *menus, beside = st.columns([2.8, 2.2, 1.7, 1.45, 1.6], gap="small")
    asked = _asked(menus, moved.values["p"])
    parameters = asked.parameters
    sliders = beside if len(parameters) == 1 else st.container()
    problem, news = _problem(asked.loss, asked.pair)
    address = live.live_picture(KEY, _renderer(asked, problem, moved.values))
    with sliders:
        live.sliders(KEY, parameters, moved, address=address)
    live.write_to_url(KEY, parameters, moved.values)
    number = max(moved.number, number_of(NAME, news))
    message = remembered(
        f"{KEY}.message",
        (asked, problem, tuple(moved.values.items()), theme(), language()),
        lambda: plane_message(asked, problem, moved.values, theme(), resting=True),
    )
    data = {**message, "name": KEY, "number": number, "address": address}
    mount("penalty", key=NAME, data=data, on_moved_change=reported)
    mark_read(NAME, news)
    if problem != asked.loss.problem(asked.pair.slug):
        st.button(
            _("Back to what the data say"), key=f"{KEY}.back", on_click=_forget_place,
            icon=":material/undo:",
        )  # fmt: skip
    fold = code_fold(_("The same in Python"), f"{KEY}.code")
    if fold.open:
        with fold:
            _code(asked, problem, moved.values)


def _code(asked: Asked, problem: Problem, values: Mapping[str, float]) -> None:
    optimum = None if problem == asked.loss.problem(asked.pair.slug) else problem.optimum
    met = [meeting(asked, problem, one, values) for one in asked.penalties]
    penalties = [(one.penalty.slug, one.shape, one.strength) for one in met]
    text = script(asked.loss.program, asked.pair.slug, optimum, penalties)
    show_script(KEY, text, "deepglass_penalties")


def _asked(menus: Sequence[DeltaGenerator], p: float) -> Asked:
    left, middle, right, last = menus
    with left:
        slugs = choices(_("Penalties"), PENALTIES, key=f"{KEY}.penalty", default=FIRST)
    picked = tuple(one for one in PENALTIES if one.slug in (slugs or FIRST))
    concave = p < 1 and any(one.set_by == "p" for one in picked)
    with middle:
        form = choice(
            _("You move the"), (STRENGTH, BUDGET), key=f"{KEY}.form", widget=st.segmented_control,
            disabled=concave,
            help=_("As p is less than 1, some budgets belong to no λ.") if concave else None,
        )  # fmt: skip
    with right:
        pair = PAIRS[choice(_("Two features"), PAIRS, key=f"{KEY}.pair")]
    with last:
        loss = LOSSES[choice(_("Loss"), LOSSES, key=f"{KEY}.loss", help=_(CLASSES))]
    return Asked(loss, pair, picked, form == BUDGET.slug and not concave)


def _problem(loss: Loss, pair: Pair) -> tuple[Problem, dict[str, Any]]:
    """The problem with its optimum where the visitor has put it, and the news of that."""
    news = unread(NAME, "moved")
    given, key, kind = loss.problem(pair.slug), f"{KEY}.optimum", (loss.slug, pair.slug)
    if text := linked(AT):
        st.session_state[key] = (kind, _place(text, loss.largest))
    values = news.get("values")
    if isinstance(values, Mapping):
        st.session_state[key] = (kind, _sound(values, given.optimum, loss.largest))
    of, place = st.session_state.get(key, (kind, None))
    if of != kind or place is None:
        st.session_state.pop(key, None)
        keep_in_link(AT, "")
        return given, news
    keep_in_link(AT, f"{place[0]:g},{place[1]:g}")
    return given.moved_to(place), news


def _forget_place() -> None:
    st.session_state.pop(f"{KEY}.optimum", None)
    keep_in_link(AT, "")


def _place(text: str, largest: float) -> tuple[float, float] | None:
    """Where a link says that the optimum is; None where it says no such thing."""
    first, __, second = text.partition(",")
    try:
        found = {"first": float(first), "second": float(second)}
    except ValueError:
        return None
    sound = all(map(math.isfinite, found.values()))
    return _sound(found, (0.0, 0.0), largest) if sound else None


def _sound(
    values: Mapping[str, object], usual: tuple[float, float], largest: float
) -> tuple[float, float]:
    """Both weights within the plane; as usual where a value is no number."""
    given = [number_in(values.get(name)) for name in ("first", "second")]
    first, second = (
        one if value is None else min(max(value, -largest), largest)
        for value, one in zip(given, usual, strict=True)
    )
    return first, second


def _renderer(asked: Asked, problem: Problem, resting: Mapping[str, float]) -> Render:
    """What answers a drag, of a slider or of the optimum."""
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in asked.parameters}
        at = problem
        if "first" in moved:
            at = problem.moved_to(_sound(moved, problem.optimum, asked.loss.largest))
        message = plane_message(asked, at, values, colours, resting=False)
        return pack({**message, "name": KEY, "number": number})

    return render
