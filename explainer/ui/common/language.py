"""The language of a visitor: of the link, as chosen before, or that of the browser."""

from __future__ import annotations

from functools import cache

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explainer.ui.common.address import keep_in_link
from explainer.ui.common.prose import FOLDER
from explainer.words import ENGLISH, PSEUDO, _, ask_for_language, languages

PARAMETER = "lang"
MOST_SESSIONS = 10_000
_SPOKEN: dict[str, str] = {}
"""The language of each session whose is not English, as many as can be open at once."""


def _of_this_thread() -> str:
    if not _SPOKEN:  # asked a hundred times a run
        return ENGLISH
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
    known = (*spoken_here(), PSEUDO)
    asked = st.query_params.get(PARAMETER) or st.session_state.get(PARAMETER) or _of_the_browser()
    chosen = asked if asked in known else ENGLISH
    st.session_state[PARAMETER] = chosen
    if chosen == ENGLISH:
        _SPOKEN.pop(context.session_id, None)
    else:
        _SPOKEN[context.session_id] = chosen
        for old in list(_SPOKEN)[:-MOST_SESSIONS]:
            _SPOKEN.pop(old, None)
    keep_in_link(PARAMETER, chosen, _of_the_browser())


def language_menu() -> None:
    """A menu in the sidebar, where there is more than one language to choose."""
    if len(spoken_here()) > 1:
        st.sidebar.selectbox(
            _("Language"), list(spoken_here()), key=PARAMETER, persist_state="session",
            format_func=_own_name,
            on_change=_forget_the_link,
        )  # fmt: skip


def _own_name(language: str) -> str:
    from babel import Locale  # not where there is one language

    return str(Locale.parse(language).get_display_name(language))


def _forget_the_link() -> None:
    st.query_params.pop(PARAMETER, None)


@cache
def spoken_here() -> tuple[str, ...]:
    """The languages with every message and every page's prose, English first."""
    pages = {path.name for path in (FOLDER / ENGLISH).glob("*.md")}
    return tuple(
        one for one in languages() if pages <= {path.name for path in (FOLDER / one).glob("*.md")}
    )


def _of_the_browser() -> str:
    named = (st.context.locale or ENGLISH).partition("-")[0]
    return named if named in spoken_here() else ENGLISH
