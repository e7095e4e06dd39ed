"""The address of a page, made safe before any widget reads it.

A slider that is bound to the address ends the page in Streamlit where a link says `inf`, or a
number so long that it is read as one: it makes a whole number of it. And a choice that must be made
is none where a link gives its name and no value (`gradient_check.activation=`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.state import get_session_state

TEXTS = {"activations.own", "gradient_check.formula"}
"""Formulas: whoever reads them says what is wrong with them."""

MAY_BE_EMPTY = TEXTS | {"activations.functions", "filters.stack", "why_convolution.digit"}
"""Texts, and choices of which none may be made."""


def forget_unreadable() -> None:
    """Take out what is empty and must not be, and numbers that are not finite."""
    forget([name for name in st.query_params if _unreadable(name)])


def forget(names: Sequence[str]) -> None:
    """Take these out of the address, so that no widget begins with what a link says there."""
    if any(name in st.query_params for name in names):
        with get_session_state().query_params() as parameters:
            for name in names:
                parameters.remove_param(name)
            parameters.set_initial_query_params_from_current()


def _unreadable(name: str) -> bool:
    texts = st.query_params.get_all(name)
    endless = name not in TEXTS and any(map(_endless, texts))
    return endless or (not any(texts) and name not in MAY_BE_EMPTY)


def _endless(text: str) -> bool:
    try:
        return not math.isfinite(float(text))
    except ValueError:
        return False
