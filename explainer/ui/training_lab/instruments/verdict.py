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
from explainer.ui.common.choice import choice
from explainer.ui.common.prose import escaped, say
from explainer.ui.training_lab.asking import seen
from explainer.ui.training_lab.instruments.comparing import questions
from explainer.ui.training_lab.plan import KEY
from explainer.ui.training_lab.recipe_editor import name_of
from explainer.words import _

ASKED = f"{KEY}.asked_for"


def verdict_tab(ticket: Ticket[Race], *, moving: bool) -> None:
    """What is compared, the chart, and a line for each recipe."""
    snapshot = seen(ticket)
    say("training_lab", "verdict")
    if len(snapshot.recipes) < 2:
        st.info(_("One recipe alone has nothing to be compared with: add a second one."))
        return
    question = _question(snapshot)
    found = verdicts(snapshot, question)
    if not found:
        st.caption(_("Nothing has been measured yet."))
        return
    names = [name_of(recipe, index) for index, recipe in enumerate(snapshot.recipes)]
    first = names[0]
    st.markdown(f"**{escaped(winner(snapshot, question)[1])}**")
    title = _("difference to the first recipe")
    if question.unit:
        title = _("difference to the first recipe ({unit})", unit=_(question.unit))
    st.vega_lite_chart(
        verdict_points(found, names, question.scale),
        verdict_spec(theme(), title),
        key=f"{KEY}.verdict",
        alt=_(
            "For each recipe the difference to the first: a tick a seed, the mean, its interval."
        ),
    )
    st.markdown("\n".join(f"- {_sentence(one, names, first, question)}" for one in found))


def compare_shifted() -> None:
    """Compare by the shifted test part from now on."""
    st.session_state[ASKED] = "shifted"


def _question(snapshot: Snapshot) -> Question:
    kept = questions(snapshot)
    slug = choice(_("Compare"), kept, key=ASKED)
    return next(one for one in kept if one.slug == slug)


def _sentence(verdict: Verdict, names: list[str], first: str, question: Question) -> str:
    name, word, first = escaped(names[verdict.recipe]), _(verdict.word), escaped(first)
    if math.isnan(verdict.mean) or math.isinf(verdict.mean):
        return _("{recipe}: **{word}**", recipe=name, word=word)
    amount = _signed(verdict.mean, question)
    if question.unit:
        amount = _("{number} {unit}", number=amount, unit=_(question.unit))
    if math.isnan(verdict.low):
        return _(
            "{recipe}: {amount} against {first}, of **one seed**, which proves nothing",
            recipe=name, amount=amount, first=first,
        )  # fmt: skip
    return _(
        "{recipe}: **{word}**, {amount} against {first} ({low} to {high})",
        recipe=name, word=word, amount=amount, first=first,
        low=_signed(verdict.low, question), high=_signed(verdict.high, question),
    )  # fmt: skip


def _signed(value: float, question: Question) -> str:
    decimals = 1 if question.scale == 100 else 3
    return f"{question.scale * value:+.{decimals}f}".replace("-", "−")
