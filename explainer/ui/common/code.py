"""A script of a page: to read, and to take along as a file or as a notebook."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from explainer.notebook import notebook
from explainer.topics import topic
from explainer.ui.common.prose import parts
from explainer.words import _, language


def code_fold(label: str, key: str) -> ExpanderContainer:
    """A fold to fill where it is `open`: what colours code weighs more than a page without it."""
    return st.expander(label, key=key, icon=":material/code:", bind="query-params")


def plain_code(text: str) -> None:
    """A line or two of code in one colour, on a page that shows no script yet."""
    st.html(f'<pre style="margin:0;font-size:.875rem" tabindex="0">{escape(text)}</pre>')


def show_script(
    slug: str, text: str, name: str, *, height: int | Literal["content"] = "content"
) -> DeltaGenerator:
    """The script `text` of the page `slug`, below buttons that save it as `name`.py and .ipynb.

    Returns the row of the buttons, for those of the files that the script reads.
    """
    row = st.container(horizontal=True, gap="small")
    for label, data, ending, mime, icon in (
        (_("Download the script"), text, "py", "text/x-python", ":material/code:"),
        (_("Download the notebook"), partial(notebook, question(slug), text), "ipynb",
         "application/x-ipynb+json", ":material/book_2:"),
    ):  # fmt: skip
        row.download_button(
            label, data, f"{name}.{ending}", mime, key=f"{name}.{ending}",
            icon=icon, on_click="ignore",
        )  # fmt: skip
    st.code(text, language="python", height=height)
    return row


def question(slug: str) -> str:
    """The question of the page, and its opening words, as Markdown."""
    return f"# {_(topic(slug).question)}\n\n{parts(slug, language())['question']}"
