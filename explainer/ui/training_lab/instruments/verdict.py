"""The verdict: paired differences to the first recipe, with their interval and a word."""

from __future__ import annotations

import math

import streamlit as st

from explainer.charts.training_lab.verdict import verdict_points, verdict_spec
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.instruments.questions import Question
from explainer.training.instruments.verdict import Verdict, verdicts, winner
from explainer.training.measurement.snapshot import Snapshot
from explainer.ui.common.appearance import theme
from explainer.ui.common.prose import escaped, say
from explainer.ui.training_lab.instruments.comparing import SHIFTED, questions
from explainer.ui.training_lab.plan import KEY
from explainer.ui.training_lab.recipe_editor import name_of

ASKED = f"{KEY}.asked_for"


def verdict_tab(ticket: Ticket[Race], *, moving: bool) -> None:
    """What is compared, the chart, and a line for each recipe."""
    snapshot = ticket.race.snapshot
    say("training_lab", "verdict")
    if len(snapshot.recipes) < 2:
        st.info("One recipe alone has nothing to be compared with: add a second one.")
        return
    question = _question(snapshot)
    found = verdicts(snapshot, question)
    if not found:
        st.caption("Nothing has been measured yet.")
        return
    names = [name_of(recipe, index) for index, recipe in enumerate(snapshot.recipes)]
    first = names[0]
    st.markdown(f"**{escaped(winner(snapshot, question)[1])}**")
    unit = f" ({question.unit})" if question.unit else ""
    st.vega_lite_chart(
        verdict_points(found, names, question.scale),
        verdict_spec(theme(), f"difference to the first recipe{unit}"),
        key=f"{KEY}.verdict",
        alt="For each recipe the difference to the first: a tick a seed, the mean, its interval.",
    )
    st.markdown("\n".join(f"- {_sentence(one, names, first, question)}" for one in found))


def compare_shifted() -> None:
    """Compare by the shifted test part from now on."""
    st.session_state[ASKED] = SHIFTED


def _question(snapshot: Snapshot) -> Question:
    kept = questions(snapshot)
    titles = {one.title: one for one in kept}
    if st.session_state.get(ASKED) not in titles:
        st.session_state[ASKED] = kept[0].title
    title = st.selectbox("Compare", list(titles), key=ASKED, persist_state="session")
    return titles[str(title)]


def _sentence(verdict: Verdict, names: list[str], first: str, question: Question) -> str:
    name = escaped(names[verdict.recipe])
    if math.isnan(verdict.mean) or math.isinf(verdict.mean):
        return f"{name}: **{verdict.word}**"
    unit = f" {question.unit}" if question.unit else ""
    amount = f"{_signed(verdict.mean, question)}{unit}"
    if math.isnan(verdict.low):
        return f"{name}: {amount} against {escaped(first)}, of **one seed**, which proves nothing"
    low, high = _signed(verdict.low, question), _signed(verdict.high, question)
    return f"{name}: **{verdict.word}**, {amount} against {escaped(first)} ({low} to {high})"


def _signed(value: float, question: Question) -> str:
    decimals = 1 if question.scale == 100 else 3
    return f"{question.scale * value:+.{decimals}f}".replace("-", "−")
