"""The instrument of the page on splits: a leaderboard of one's own, and a robot beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from explainer.evaluation.contest import KINDS, Model
from explainer.evaluation.leaderboard import MOST_LOOKS, Right, expected_best
from explainer.evaluation.leaderboard_script import script
from explainer.evaluation.submissions import (
    MOST_MODELS,
    Submission,
    Submissions,
    added,
    answers,
    count,
    fresh_seeds,
    read,
    room,
    written,
)
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import percent
from explainer.ui.common import live
from explainer.ui.common.address import keep_in_link, linked
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.fold import kept, one_of
from explainer.ui.common.memory import remembered
from explainer.ui.common.tables import table
from explainer.ui.inputs.places import kept_whole, next_whole
from explainer.ui.splits.board import board
from explainer.ui.splits.contest import NETWORKS, Asked, contest_message, models_table
from explainer.words import N_, _, language

KEY = "splits"
BOARD = f"{KEY}.board"
LIST, SEED = f"{BOARD}.list", f"{BOARD}.draws"
SEEDS = 99
GUESSERS = 100
SIZE, LOOKS = PARAMETERS = (
    Parameter("n", N_("digits in the development set"), 200, 50, 1000, 50),
    Parameter("looks", N_("the robot's looks"), 10, 1, MOST_LOOKS, 1,
              help=N_("At least as many as you have submitted.")),
)  # fmt: skip
EQUAL_SIZES, EQUAL_COUNTS, EQUAL_SHARE = (100, 300, 1000), (1, 10, 100, 1000), 0.9


@st.fragment
def instrument() -> None:
    """What is submitted on the left, the board on the right; below, equal models and the code."""
    submitted, seed = _submitted(), kept_whole(SEED, SEEDS)
    left, right = st.columns([1.2, 2], gap="medium")
    moved = live.values(BOARD, PARAMETERS)
    with left:
        _submit(submitted)
        slot = st.container()
        with st.container(horizontal=True, gap="medium"):
            ladder, truth = _switch(_("Ladder"), "ladder"), _switch(_("Show the truth"), "truth")
    found = remembered(f"{BOARD}.answers", (seed, submitted), lambda: answers(seed, submitted))
    at_rest = Asked(seed, submitted, ladder=ladder, truth=truth)
    asked = _moved_to(at_rest, moved.values)
    address = live.live_picture(BOARD, _renderer(at_rest, found, moved.values))
    with slot:
        live.sliders(BOARD, PARAMETERS, moved, address=address)
        if asked.looks < asked.robot_looks:
            st.caption(_("The robot takes {looks} looks: as many as you have submitted.",
                         looks=f"{asked.robot_looks:,}"))  # fmt: skip
    with right:
        message = remembered(
            f"{BOARD}.message", (asked, moved.number, theme(), language()),
            lambda: contest_message(BOARD, asked, found, theme(), moved.number),
        )  # fmt: skip
        board(BOARD, message)
    live.write_to_url(BOARD, PARAMETERS, moved.values)
    if any(isinstance(one, Model) for one in submitted):
        _models(asked, found)
    _equal_models()
    fold = code_fold(_("The robot in Python"), f"{BOARD}.code")
    if fold.open:
        with fold:
            text = script(seed, asked.size, asked.robot_looks, ladder=ladder)
            show_script(KEY, text, "deepglass_leaderboard")


def _submitted() -> Submissions:
    """What was submitted: as a new link says it, where that says anything, else as kept."""
    found = read(linked(LIST)) or st.session_state.get(LIST, ())
    st.session_state[LIST] = found
    keep_in_link(LIST, written(found))
    return found


def _submit(submitted: Submissions) -> None:
    """A button for each thing that can be submitted, and those that begin anew."""
    slug = choice(_("Model"), KINDS, key=f"{BOARD}.kind", widget=st.segmented_control)
    kind = next(one for one in KINDS if one.slug == slug)
    settings = [Named(f"{one:g}", f"{one:g}") for one in kind.settings]
    value = choice(_(kind.knob), settings, key=f"{BOARD}.{slug}", widget=st.segmented_control)
    place = [one.slug for one in settings].index(value)
    guessers, models = room(submitted)
    seeds = fresh_seeds(submitted, kind.letter, place, NETWORKS) if kind.seeded else [0]
    many = [Model(kind.letter, place, one) for one in seeds]
    with st.container(horizontal=True, gap="small"):
        _button(_("Submit the model"), "model", many[0], free=models)
        if kind.seeded:
            _button(_("{count} seeds of it", count=NETWORKS), "seeds", *many, free=models)
    with st.container(horizontal=True, gap="small"):
        _button(_("A random guesser"), "one", 1, free=guessers)
        _button(_("{count} guessers", count=GUESSERS), "many", GUESSERS, free=guessers)
    if guessers < GUESSERS:
        st.caption(_("{all} of at most {most} submissions are in.", all=f"{count(submitted):,}",
                     most=f"{MOST_LOOKS:,}"))  # fmt: skip
    if models < min(NETWORKS, guessers):
        st.caption(_("{all} of at most {most} models are in.", all=MOST_MODELS - models,
                     most=MOST_MODELS))  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        st.button(_("Start anew"), key=f"{BOARD}.anew", icon=":material/undo:", on_click=_forget)
        st.button(
            _("New draws"), key=f"{BOARD}.again", icon=":material/casino:",
            on_click=next_whole, args=(SEED, SEEDS),
        )  # fmt: skip


def _button(label: str, name: str, *more: Submission, free: int) -> None:
    """It submits as many of these as there is room for; without any it can't be pressed."""
    st.button(label, key=f"{BOARD}.{name}", on_click=_add, args=more, disabled=not free)


def _add(*more: Submission) -> None:
    st.session_state[LIST] = added(st.session_state.get(LIST, ()), *more)


def _forget() -> None:
    st.session_state[LIST] = ()
    keep_in_link(LIST, "")


def _switch(label: str, name: str) -> bool:
    return bool(
        kept(st.toggle, label, key=f"{BOARD}.{name}", usual=False, read=one_of((False, True)))
    )


def _moved_to(asked: Asked, values: Mapping[str, float]) -> Asked:
    return replace(asked, size=round(values[SIZE.name]), looks=round(values[LOOKS.name]))


def _renderer(at_rest: Asked, found: Right, resting: Mapping[str, float]) -> Render:
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return contest_message(BOARD, _moved_to(at_rest, values), found, colours, number)

    return render


def _models(asked: Asked, found: Right) -> None:
    """The reader's models among all guessers, with what is told and what is true of each."""
    fold = st.expander(
        _("Your models, one by one"), key=f"{BOARD}.models", icon=":material/format_list_numbered:",
        bind="query-params",
    )  # fmt: skip
    if fold.open:
        with fold:
            heads, rows = models_table(asked, found)
            table(heads, rows, caption=_("The models that were submitted, the best first"))


def _equal_models() -> None:
    """The best score to expect where all models are equally good."""
    fold = st.expander(
        _("And of models that are all equally good?"), key=f"{BOARD}.equal",
        icon=":material/balance:", bind="query-params",
    )  # fmt: skip
    if not fold.open:
        return
    with fold:
        st.markdown(
            _("Each is right with probability **{share}**, each makes its own mistakes. The best "
              "of them is expected to score, on a development set of", share=percent(EQUAL_SHARE))
        )  # fmt: skip
        heads = [_("models"), *(_("{count} digits", count=f"{one:,}") for one in EQUAL_SIZES)]
        rows = [
            [f"{many:,}",
             *(percent(expected_best(size, many, EQUAL_SHARE)) for size in EQUAL_SIZES)]
            for many in EQUAL_COUNTS
        ]  # fmt: skip
        table(heads, rows, caption=_("The best score to expect of equally good models"))
