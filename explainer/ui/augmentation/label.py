"""Does the label survive? A digit turned by hand, each change over its strength, and mirrors."""

from __future__ import annotations

import streamlit as st

from explainer.ui.augmentation.label_mirrored import mirrored
from explainer.ui.augmentation.label_strength import strength
from explainer.ui.augmentation.label_turned import turned_digit
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.prose import say
from explainer.words import N_, _

KEY = "augmentation"
QUESTIONS = (
    ("label", N_("a digit that turns"), turned_digit),
    ("label_strength", N_("nine changes"), strength),
    ("label_mirrored", N_("mirrors"), mirrored),
)


def label_section(*_given: object) -> None:
    """One of three questions: a digit turned by hand, a change over its strength, a mirror."""
    titles = [Named(slug, title) for slug, title, __ in QUESTIONS]
    label = _("Ask about")
    chosen = choice(label, titles, key=f"{KEY}.survives", widget=st.segmented_control)
    for slug, __, show in QUESTIONS:
        if slug == chosen:
            say(KEY, slug)
            show()
