"""Predict, then run: the reader says which recipe will be ahead, the page holds it against it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explainer.training.instruments.questions import Question
from explainer.training.instruments.verdict import held_against
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.recipe.recipe import Recipe
from explainer.ui.common.prose import escaped
from explainer.ui.training_lab.instruments.comparing import questions
from explainer.ui.training_lab.names import numbered
from explainer.ui.training_lab.plan import KEY

NO_GUESS = "No guess"
GUESS, ABOUT = f"{KEY}.guess", f"{KEY}.guess_about"
ABOUT_TITLES = {
    "accuracy": "ends ahead on validation",
    "loss": "has the lowest validation loss",
    "gap": "has the smallest gap",
    "zeros": "has the most weights at zero",
    "shifted": "does best on the shifted test",
}
UNSCORED = "Press *Shifted test* to hold your prediction against it."


def predict(recipes: Sequence[Recipe], question: str = "") -> None:
    """The two menus of a prediction; nothing to choose where there is one recipe.

    `question` stands over the first in place of the usual words.
    """
    if len(recipes) < 2:
        return
    names = _names(recipes)
    if st.session_state.get(GUESS) not in names:
        st.session_state[GUESS] = NO_GUESS
    who, what = st.columns(2, gap="small")
    with who:
        label = question or "Predict first: which recipe"
        st.selectbox(label, names, key=GUESS, persist_state="session")
    with what:
        st.selectbox(
            "… does what?", list(ABOUT_TITLES.values()), key=ABOUT, persist_state="session"
        )


def ask_about(slug: str) -> None:
    """Let the next prediction be about that question, where it can be."""
    st.session_state[ABOUT] = ABOUT_TITLES.get(slug, ABOUT_TITLES["accuracy"])


def outcome(snapshot: Snapshot) -> None:
    """What became of the prediction, once the race has ended; before, what was said."""
    names = _names(snapshot.recipes)
    guess = st.session_state.get(GUESS, NO_GUESS)
    if guess == NO_GUESS or guess not in names or not snapshot.step:
        return
    if not snapshot.finished:
        st.caption(f"You said: {escaped(str(guess))} {st.session_state.get(ABOUT, '')}.")
        return
    question = _question(snapshot)
    if question is None:
        st.info(UNSCORED, icon=":material/how_to_vote:")
        return
    sentence = held_against(names.index(guess) - 1, snapshot, question)
    st.info(escaped(sentence), icon=":material/how_to_vote:")


def _names(recipes: Sequence[Recipe]) -> list[str]:
    return [NO_GUESS, *numbered(recipes)]


def _question(snapshot: Snapshot) -> Question | None:
    """What the prediction is about; None where the shifted test part has not been scored."""
    title = st.session_state.get(ABOUT)
    slug = next((slug for slug, one in ABOUT_TITLES.items() if one == title), "accuracy")
    return next((one for one in questions(snapshot) if one.slug == slug), None)
