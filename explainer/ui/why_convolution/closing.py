"""The end of the page: what to notice, the count written out, and the code."""

from __future__ import annotations

import streamlit as st

from explainer.convolution.sharing import CONNECTIONS, FirstLayer
from explainer.convolution.sharing_script import sharing_script
from explainer.ui.common.picture import Chosen, offer_picture
from explainer.ui.common.prose import say
from explainer.ui.why_convolution.equivariance import Question

KEY = "why_convolution"
TABS = ("What to notice", "Arithmetic", "Code")


def closing(chosen: Chosen, first: FirstLayer, asked: Question | None) -> None:
    """The tabs; only the one that is open is computed."""
    notice, arithmetic, code = st.tabs(
        TABS, key=f"{KEY}.tab", on_change="rerun", bind="query-params"
    )
    if notice.open:
        with notice:
            say(KEY, "notice")
    if arithmetic.open:
        with arithmetic:
            _arithmetic(first)
    if code.open:
        with code:
            _code(chosen, first, asked)


def _arithmetic(first: FirstLayer) -> None:
    say(KEY, "arithmetic")
    for way in CONNECTIONS:
        count = way.count(first)
        st.markdown(f"**{way.title}.** {way.meaning}")
        st.latex(rf"{way.formula(first)} = {_number(count.weights)}")
    dense, local, shared = (way.count(first).weights for way in CONNECTIONS)
    st.markdown(
        f"The small window divides the weights by {dense / local:,.1f}, sharing them divides what "
        f"is left by {local / shared:,.0f}. Sharing saves no multiplications: each place still "
        "does its own."
    )


def _number(value: int) -> str:
    return f"{value:,}".replace(",", r"\,")


def _code(chosen: Chosen, first: FirstLayer, asked: Question | None) -> None:
    say(KEY, "code")
    if asked is None:
        st.info("The photo is too small for the second part of the script.")
        return
    crop = (asked.grey.shape[0], asked.grey.shape[1])
    text = sharing_script(first, asked.layer, asked.weights, asked.shift, asked.size, crop)
    st.code(text, language="python")
    st.download_button(
        "Download the script", text, file_name="deepglass_why_convolution.py",
        mime="text/x-python", icon=":material/download:", on_click="ignore",
    )  # fmt: skip
    offer_picture(chosen)
