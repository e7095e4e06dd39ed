"""Predict, then run: the reader says which recipe will be ahead, the page holds it against it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explainer.training.instruments.verdict import held_against
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.recipe.recipe import Recipe
from explainer.training.task import Measure
from explainer.ui.common.prose import escaped
from explainer.ui.training_lab.instruments.comparing import questions
from explainer.ui.training_lab.names import numbered
from explainer.ui.training_lab.plan import KEY
from explainer.words import N_, _

NO_GUESS = ""
GUESS, ABOUT = f"{KEY}.guess", f"{KEY}.guess_about"
ABOUT_TITLES = {
    "accuracy": N_("ends ahead"),
    "loss": N_("has the least loss"),
    "gap": N_("has the least gap"),
    "zeros": N_("has most zeros"),
    "shifted": N_("is best if shifted"),
}
"""Short, for half the room beside the curves: all but the last two are about validation."""
OF_ERRORS = {**ABOUT_TITLES, "accuracy": N_("has the least error")}


def predict(
    recipes: Sequence[Recipe], measure: Measure, question: str = "", about: str = ""
) -> None:
    """The two menus of a prediction; nothing to choose where there is one recipe.

    Where a story asks a `question` of its own there is one menu, and the prediction is `about`
    what the story is judged by.
    """
    if len(recipes) < 2:
        return
    guesses = _guesses(recipes)
    if st.session_state.get(GUESS) not in guesses:
        st.session_state[GUESS] = NO_GUESS
    if question or st.session_state.get(ABOUT) not in ABOUT_TITLES:
        ask_about(about)
    who, what = (st.container(), None) if question else st.columns(2, vertical_alignment="bottom")
    with who:
        st.selectbox(
            _(question) or _("Predict first: which recipe?"), list(guesses), key=GUESS,
            format_func=lambda one: guesses.get(one, one), persist_state="session",
        )  # fmt: skip
    if what:
        what.selectbox(
            _("What will it do?"), list(ABOUT_TITLES), key=ABOUT,
            format_func=lambda slug: _(_titles(measure)[slug]), persist_state="session",
            help=_("At the end; loss, gap and who is ahead are those of the validation part."),
        )  # fmt: skip


def ask_about(slug: str) -> None:
    """Let the next prediction be about that question, where it can be."""
    st.session_state[ABOUT] = slug if slug in ABOUT_TITLES else next(iter(ABOUT_TITLES))


def outcome(snapshot: Snapshot) -> None:
    """What became of the prediction, once the race has ended; before, what was said."""
    guesses = _guesses(snapshot.recipes)
    guess = st.session_state.get(GUESS, NO_GUESS)
    if guess == NO_GUESS or guess not in guesses or not snapshot.step:
        return
    about = st.session_state.get(ABOUT, next(iter(ABOUT_TITLES)))
    if not snapshot.finished:
        does = _(_titles(snapshot.task.measure)[about])
        st.caption(_("You said {recipe}: {does}.", recipe=escaped(guesses[guess]), does=does))
        return
    question = next((one for one in questions(snapshot) if one.slug == about), None)
    if question is None:  # the shifted test part has not been scored
        sentence = _("Press *Shifted test* to hold your prediction against it.")
    else:
        sentence = escaped(held_against(list(guesses).index(guess) - 1, snapshot, question))
    st.info(sentence, icon=":material/how_to_vote:")


def _titles(measure: Measure) -> dict[str, str]:
    return ABOUT_TITLES if measure.percent else OF_ERRORS


def _guesses(recipes: Sequence[Recipe]) -> dict[str, str]:
    """What can be said, as the session holds it and as it is shown."""
    shown = numbered(recipes)
    kept = [f"{index + 1}. {recipe.name}" for index, recipe in enumerate(recipes)]
    return {NO_GUESS: _("No guess"), **dict(zip(kept, shown, strict=True))}
