"""A hidden fault: found from the picture, guessed, and shown. Its number stands in the link."""

from __future__ import annotations

import streamlit as st

from explainer.gradients.check.faults import HIDEABLE, Fault
from explainer.ui.common.address import keep_in_link
from explainer.ui.common.choice import Named
from explainer.words import N_, _

KEY = "gradient_check"
RIDDLE, SHOWN = f"{KEY}.riddle", f"{KEY}.shown"
MOST = 9999
HIDDEN = Named("hidden", N_("Hide a fault from me"))


def riddle_number() -> int:
    """Which riddle it is: the one that was come to, else the link's, else the first."""
    if RIDDLE not in st.session_state:
        linked = st.query_params.get(RIDDLE, "")
        known = linked.isdecimal() and len(linked) <= len(str(MOST))
        st.session_state[RIDDLE] = int(linked) if known else 0
    number = int(st.session_state[RIDDLE])
    keep_in_link(RIDDLE, str(number), "0")
    return number


def solved(number: int, fault: Fault) -> bool:
    """The guess, and what is said of it; whether the fault is known by now."""
    titles = {one.slug: one.title for one in HIDEABLE}
    st.markdown(
        _(
            "One line of the gradient by hand is wrong. **Which?** Look where the cells are dark, "
            "and point at some of them to compare both gradients."
        )
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        guess = st.selectbox(
            _("Your guess"), list(titles), None, key=f"{KEY}.guess.{number}", width=320,
            format_func=lambda slug: _(titles[slug]),
        )  # fmt: skip
        st.button(_("Show it"), key=f"{KEY}.show", on_click=_show, args=(number,))
        st.button(
            _("Hide another one"), key=f"{KEY}.another", icon=":material/casino:",
            on_click=_next, args=(number,),
        )  # fmt: skip
    if guess == fault.slug:
        st.success(_("Found: it is this one."), icon=":material/check:")
        return True
    shown: bool = st.session_state.get(SHOWN) == number
    if guess is not None and not shown:
        st.warning(_("It is another one: that would look different."), icon=":material/search:")
    return shown


def _show(number: int) -> None:
    st.session_state[SHOWN] = number


def _next(number: int) -> None:
    st.session_state[RIDDLE] = (number + 1) % (MOST + 1)
