"""The language of a visitor: of the link, as chosen before, or that of the browser."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explainer.words import ENGLISH, PSEUDO, ask_for_language, languages

PARAMETER = "lang"
_SPOKEN: dict[str, str] = {}
"""The language of each session whose is not English."""


def _of_this_thread() -> str:
    context = get_script_run_ctx(suppress_warning=True)
    return _SPOKEN.get(context.session_id, ENGLISH) if context else ENGLISH


ask_for_language(_of_this_thread)


def choose_language() -> None:
    """From now on the visitor is spoken to in the language that the link, or the browser, asks for.

    It stays for the visit, and is in the address of every page where it is not the browser's.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    known = (*languages(), PSEUDO)
    asked = st.query_params.get(PARAMETER) or st.session_state.get(PARAMETER) or _of_the_browser()
    chosen = asked if asked in known else ENGLISH
    st.session_state[PARAMETER] = chosen
    if chosen == ENGLISH:
        _SPOKEN.pop(context.session_id, None)
    else:
        _SPOKEN[context.session_id] = chosen
    if chosen != _of_the_browser() and st.query_params.get(PARAMETER) != chosen:
        st.query_params[PARAMETER] = chosen


def _of_the_browser() -> str:
    named = (st.context.locale or ENGLISH).partition("-")[0]
    return named if named in languages() else ENGLISH
