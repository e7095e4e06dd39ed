"""The verdict: paired differences to the first recipe, with their interval and a word."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from explainer.charts.training_lab.verdict import verdict_points, verdict_spec
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.instruments.questions import Question
from explainer.training.instruments.verdict import SAME, Verdict, amount, verdicts, winner
from explainer.training.measurement.snapshot import Snapshot
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import choice
from explainer.ui.common.prose import escaped, say
from explainer.ui.training_lab.asking import seen
from explainer.ui.training_lab.instruments.comparing import questions
from explainer.ui.training_lab.names import set_by_hand
from explainer.ui.training_lab.plan import KEY
from explainer.ui.training_lab.recipe_editor import name_of
from explainer.words import _

ASKED = f"{KEY}.asked_for"
IN_A_HUNDRED = 5  # races whose interval of 95 per cent misses the true mean


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
    if any(math.isfinite(value) for one in found for value in one.differences):
        _chart(found, names, snapshot.seeds, question)
    if recipes := set_by_hand(snapshot):
        st.caption(
            escaped(
                _(
                    "Set by hand while it raced: {recipes}. The recipes are not compared on equal"
                    " terms any more.",
                    recipes=recipes,
                )
            )
        )
    st.markdown("\n".join(f"- {_sentence(one, names, first, question)}" for one in found))
    if errors := _errors(found):
        st.caption(errors)


def compare_shifted() -> None:
    """Compare by the shifted test part from now on."""
    st.session_state[ASKED] = "shifted"


def _chart(
    found: Sequence[Verdict], names: list[str], seeds: Sequence[int], question: Question
) -> None:
    """The differences that are numbers, and on which side of zero who is ahead."""
    title = _("difference to the first recipe")
    if question.unit:
        title = _("difference to the first recipe ({unit})", unit=_(question.unit))
    chart(
        verdict_points(found, names, seeds, question.scale),
        verdict_spec(
            theme(), title, len(found), known=any(math.isfinite(one.low) for one in found)
        ),
        key=f"{KEY}.verdict",
        alt=_(
            "For each recipe the difference to the first: a tick a seed, the mean, its interval."
        ),
    )
    if question.better < 0:
        st.caption(_("Less is better: left of zero, a recipe does better than the first."))


def _errors(found: Sequence[Verdict]) -> str:
    """How often chance alone says a word where several are said; nothing of a single one."""
    judged = sum(not math.isnan(one.low) for one in found)
    if judged < 2:
        return ""
    return _(
        "These are {count} comparisons, and nothing is corrected for that: were all recipes alike,"
        " up to {most} of 100 races would say a false ahead or behind.",
        count=judged, most=min(judged * IN_A_HUNDRED, 100),
    )  # fmt: skip


def _question(snapshot: Snapshot) -> Question:
    kept = questions(snapshot)
    slug = choice(_("Compare"), kept, key=ASKED)
    return next(one for one in kept if one.slug == slug)


def _sentence(verdict: Verdict, names: list[str], first: str, question: Question) -> str:
    name, word, first = escaped(names[verdict.recipe]), _(verdict.word), escaped(first)
    if math.isnan(verdict.mean) or math.isinf(verdict.mean):
        return _("{recipe}: **{word}**", recipe=name, word=word)
    lead = amount(verdict.mean, verdict, question, sign=True)
    if question.unit:
        lead = _("{number} {unit}", number=lead, unit=_(question.unit))
    if math.isnan(verdict.low):
        return _(
            "{recipe}: {amount} against {first}, of **one seed**, which proves nothing",
            recipe=name, amount=lead, first=first,
        )  # fmt: skip
    if verdict.word == SAME:
        return _("{recipe}: **{word}** as {first}", recipe=name, word=word, first=first)
    return _(
        "{recipe}: **{word}**, {amount} against {first} ({low} to {high})",
        recipe=name, word=word, amount=lead, first=first,
        low=amount(verdict.low, verdict, question, sign=True),
        high=amount(verdict.high, verdict, question, sign=True),
    )  # fmt: skip
