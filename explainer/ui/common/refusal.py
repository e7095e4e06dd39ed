"""What was refused, in one sentence that ends with its cause.

It is kept until the same thing is tried anew or taken back, and until the page is left.
"""

from __future__ import annotations

import streamlit as st

from explainer.ui.common.prose import escaped
from explainer.words import in_words

_ALL = "refusals"
_PAGE = "refusals.page"


def refuse(key: str, sentence: str) -> None:
    """Keep the sentence under `key`, for the page that is open; it is put into words when shown."""
    _kept()[key] = sentence


def forget(key: str) -> None:
    """What was refused under `key` is no longer so."""
    _kept().pop(key, None)


def show_refusal(key: str, *, icon: str) -> None:
    """The sentence, letter by letter, where there is one."""
    if sentence := _kept().get(key):
        st.error(escaped(in_words(sentence)), icon=icon)


def open_with_nothing_refused(page: str) -> None:
    """Forget the sentences of every other page than `page`, which is open from now on."""
    if st.session_state.get(_PAGE) != page:
        _kept().clear()
        st.session_state[_PAGE] = page


def _kept() -> dict[str, str]:
    kept: dict[str, str] = st.session_state.setdefault(_ALL, {})
    return kept
