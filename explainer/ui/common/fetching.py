"""Fetching what is not on this machine: how large it is, a button, a bar that follows, a stop."""

from __future__ import annotations

import secrets

import streamlit as st

from explainer.training.data.fetching import Fetch, Wanted, fetch, fetch_of, fetching_allowed, leave
from explainer.ui.common.prose import escaped
from explainer.words import _, in_words

KEY = "fetch"
SECONDS = 0.5


def offer(wanted: Wanted, *, source: str, forbidden: str, meanwhile: str = "") -> None:
    """What there is to say and to press while something is not here.

    `source` says where it comes from, `forbidden` what there is to know where this server fetches
    nothing, `meanwhile` what the page does until then.
    """
    if not fetching_allowed():
        st.info(f"{forbidden} {meanwhile}".strip(), icon=":material/cloud_off:")
        return
    found = fetch_of(wanted.key)
    if found is not None and not found.over:
        _watched(found, meanwhile)
        return
    if found is not None and found.error:
        st.warning(escaped(in_words(found.error)), icon=":material/cloud_off:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            _(
                "Fetch {title} ({megabytes} MB)",
                title=_(wanted.title), megabytes=f"{wanted.total / 1e6:.0f}",
            ),
            key=f"{KEY}.{wanted.key}",
            type="primary", icon=":material/cloud_download:", on_click=_begin,
            args=(wanted, _visitor()),
        )  # fmt: skip
        st.caption(f"{source} {meanwhile}".strip(), width="stretch")


def _begin(wanted: Wanted, visitor: str) -> None:
    fetch(wanted, visitor)


def _watched(found: Fetch, meanwhile: str) -> None:
    """The bar, drawn anew until the download is over; then the whole page."""
    wanted = found.wanted

    @st.fragment(run_every=SECONDS)
    def bar() -> None:
        if found.over:
            st.rerun()
        done, total = found.done / 1e6, found.total / 1e6
        words = _(
            "Fetching {title}: {done} of {total} MB.",
            title=_(wanted.title), done=f"{done:.0f}", total=f"{total:.0f}",
        )  # fmt: skip
        st.progress(found.share, f"{words} {meanwhile}".strip())

    bar()
    st.button(
        _("Stop"), key=f"{KEY}.stop.{wanted.key}", icon=":material/close:",
        on_click=leave, args=(wanted.key, _visitor()),
        help=_("It goes on for others who wait for it. Leaving this page does not stop it."),
    )  # fmt: skip


def _visitor() -> str:
    return str(st.session_state.setdefault(f"{KEY}.visitor", secrets.token_urlsafe(12)))
