"""The address of a page, made safe before any widget reads it.

A slider that is bound to the address ends the page in Streamlit where a link says `inf`, or a
number so long that it is read as one: it makes a whole number of it.
"""

from __future__ import annotations

import math

import streamlit as st
from streamlit.runtime.state import get_session_state


def forget_endless_numbers() -> None:
    """Take out of the address what reads as a number and is not a finite one."""
    wrong = [name for name in st.query_params if any(map(_endless, st.query_params.get_all(name)))]
    if wrong:
        with get_session_state().query_params() as parameters:
            for name in wrong:
                parameters.remove_param(name)
            parameters.set_initial_query_params_from_current()


def _endless(text: str) -> bool:
    try:
        return not math.isfinite(float(text))
    except ValueError:
        return False
