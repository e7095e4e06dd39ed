"""Fetching the weights of a network: how large they are, a button, a bar that follows, a stop."""

from __future__ import annotations

import secrets

import streamlit as st

from explainer.networks.fetching import VARIABLE, Fetch, fetch, fetch_of, fetching_allowed, leave
from explainer.networks.torchvision_models import Classifier
from explainer.ui.prose import escaped

KEY = "fetch"
SECONDS = 0.5


def offer(entry: Classifier, *, meanwhile: str) -> None:
    """What there is to say and to press while the weights of `entry` are not here.

    `meanwhile` is the title of the network that the page goes on with.
    """
    size, here = f"{entry.megabytes:.0f} MB", f"Meanwhile the page goes on with {meanwhile}."
    if not fetching_allowed():
        st.info(
            f"{entry.title} is not on this server, which fetches no networks ({VARIABLE} is 0). "
            f"{here}",
            icon=":material/cloud_off:",
        )
        return
    found = fetch_of(entry.slug)
    if found is not None and not found.over:
        _watched(entry, found, here)
        return
    if found is not None and found.error:
        st.warning(escaped(found.error), icon=":material/cloud_off:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"Fetch {entry.title} ({size})", key=f"{KEY}.{entry.slug}", type="primary",
            icon=":material/cloud_download:", on_click=_begin, args=(entry.slug, _visitor()),
        )  # fmt: skip
        st.caption(
            f"Its weights come from torchvision, once for everybody on this machine. {here}",
            width="stretch",
        )


def _begin(slug: str, visitor: str) -> None:
    fetch(slug, visitor)


def _watched(entry: Classifier, found: Fetch, here: str) -> None:
    """The bar, drawn anew until the download is over; then the whole page."""

    @st.fragment(run_every=SECONDS)
    def bar() -> None:
        if found.over:
            st.rerun()
        done, total = found.done / 1e6, found.total / 1e6
        st.progress(found.share, f"Fetching {entry.title}: {done:.0f} of {total:.0f} MB. {here}")

    bar()
    st.button(
        "Stop", key=f"{KEY}.stop.{entry.slug}", icon=":material/close:",
        on_click=leave, args=(entry.slug, _visitor()),
        help="It goes on for others who wait for it. Leaving this page does not stop it.",
    )  # fmt: skip


def _visitor() -> str:
    return str(st.session_state.setdefault(f"{KEY}.visitor", secrets.token_urlsafe(12)))
