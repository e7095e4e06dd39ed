"""Opening a network that was saved from the training lab: a file in, an entry of the menu out."""

from __future__ import annotations

import streamlit as st

from explainer.networks.zoo.saved import LARGEST_MB, opened
from explainer.ui.common.refusal import forget, refuse, show_refusal
from explainer.ui.networks.own import keep
from explainer.words import _, later, sentence_of


def open_saved(page: str) -> None:
    """A button with the chooser behind it; `page` is the slug of the page that asks."""
    with st.popover(_("Open a saved network"), icon=":material/folder_open:", width="content"):
        say_what_was_wrong(page)  # the open chooser covers the sentence on the page
        st.file_uploader(
            _("Best weights from the training lab"),
            key=_key(page),
            on_change=_take,
            args=(page,),
            max_upload_size=LARGEST_MB,
            help=_(
                "A .safetensors file out of weights.zip, under *Take away* in the training lab, "
                "or out of the command line; up to {most} MB. It stays in this server's memory "
                "for your visit.",
                most=LARGEST_MB,
            ),
        )


def say_what_was_wrong(page: str) -> None:
    """The sentence about the last file, where it could not be opened; the network stays."""
    show_refusal(_key(page), icon=":material/folder_off:")


def _key(page: str) -> str:
    return f"{page}.saved"


def _take(page: str) -> None:
    """Open the file and choose its network on the page, or leave one sentence."""
    forget(_key(page))
    file = st.session_state.get(_key(page))
    if file is None:
        return
    try:
        entry = opened(file.getvalue(), file.name)
    except ValueError as error:
        refuse(_key(page), later("{file}: {reason}", file=file.name, reason=sentence_of(error)))
        return
    keep(entry)
    st.session_state[f"{page}.network"] = entry.slug
