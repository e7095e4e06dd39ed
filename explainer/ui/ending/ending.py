"""The end of a page: a prediction, its answer once the reader has chosen, and the next page."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from explainer.topics import TOPICS, Topic, topic
from explainer.ui.ending.predictions import PREDICTIONS
from explainer.words import _


def close_page(slug: str) -> None:
    """Something to predict about the page `slug`, and the way to the next one."""
    _prediction(slug)
    following = next_topic(slug)
    if following is None:
        st.page_link("../pages/home.py", label=_("All topics"))
        return
    st.page_link(
        f"../pages/{following.slug}.py",
        label=_("Next: {question}", question=_(following.question)),
        icon=following.icon,
    )


def next_topic(slug: str) -> Topic | None:
    """The topic after `slug` in the order of the list; None after the last."""
    after = TOPICS.index(topic(slug)) + 1
    return TOPICS[after] if after < len(TOPICS) else None


@st.fragment
def _prediction(slug: str) -> None:
    asked = PREDICTIONS[slug]
    with st.container(border=True, key=f"{slug}.ending"):
        picked = st.radio(
            _("**Predict, then check.** {question}", question=_(asked.question)),
            range(len(asked.options)),
            index=None,
            key=f"{slug}.predicted",
            format_func=lambda place: _(asked.options[place]),
            persist_state="session",
        )
        if picked is None:
            return
        if picked == asked.answer:
            st.markdown(_("**So it is.** {why}", why=_(asked.why)))
        else:
            right = _(asked.options[asked.answer])
            st.markdown(_("**{answer}.** {why}", answer=right, why=_(asked.why)))
        state = urlencode(asked.query)
        st.link_button(_("See it in a new tab"), f"{slug}?{state}", icon=":material/open_in_new:")
