"""Telling a story: what to watch, and what is seen behind a fold."""

from __future__ import annotations

import streamlit as st

from explainer.story import Story
from explainer.words import _


def outcome(story: Story, key: str, seen: str = "") -> None:
    """What is seen and why, folded away for each story anew: the reader guesses first.

    `seen` says it from the numbers on screen, where the story does not.
    """
    seen = seen or _(story.seen)
    with st.expander(_("What is seen, and why"), key=f"{key}.story.{story.slug}"):
        if story.why:
            st.markdown(_("**What is seen.** {seen}", seen=seen))
            st.markdown(_("**Why.** {why}", why=_(story.why)))
        else:
            st.markdown(seen)
