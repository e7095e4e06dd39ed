"""The address of a page: what it says of the choices, and made safe before any widget reads it.

What Streamlit does not write itself (`bind="query-params"`) is written by `keep_in_link`.

A slider that is bound to the address ends the page in Streamlit where a link says `inf`, or a
number so long that it is read as one: it makes a whole number of it. And a choice that must be made
is none where a link gives its name and no value (`gradient_check.activation=`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.state import get_session_state

from explainer.messages import LARGEST_NUMBER, linked_whole

TEXTS = {"activations.own", "gradient_check.formula"}
"""Formulas: whoever reads them says what is wrong with them."""

MAY_BE_EMPTY = TEXTS | {
    "activations.functions", "filters.stack", "penalties.penalty", "why_convolution.digit",
}  # fmt: skip
"""Texts, and choices of which none may be made."""

HIDE = "hide"
"""The name under which a link says what is left out in a lesson."""

OWN = "own"
"""What a link says in place of what it cannot carry: the sender's own picture, or drawing."""


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


def keep_in_link(key: str, value: str | list[str], usual: str | list[str] = "") -> None:
    """Let the address say `value` for `key`, or nothing where it is as usual."""
    said = [value] if isinstance(value, str) else value or [""]  # none is said as well
    st.session_state[written_to(key)] = said
    here = st.query_params.get_all(key)
    if value == usual:
        if here:
            del st.query_params[key]
    elif here != said:
        st.query_params[key] = said


def left_out() -> list[str]:
    """What the link leaves out: `text` for the explanations, and controls by their names."""
    return st.query_params.get(HIDE, "").split(",")[:20]


def linked(key: str) -> str:
    """What a link says for `key` that the page has not written itself; else nothing."""
    said = st.query_params.get_all(key)
    return said[-1] if said and said != st.session_state.get(written_to(key)) else ""


def linked_number(key: str, low: float, high: float) -> float | None:
    """The number from `low` to `high` next to what a new link says for `key`; None for none."""
    try:
        return min(max(float(linked(key)), low), high)
    except ValueError:
        return None


def keep_pixel_in_link(key: str, pixel: tuple[int, int] | None) -> None:
    """Let the address say the pixel (row, column) for `key`, or nothing where there is none."""
    keep_in_link(key, "" if pixel is None else f"{pixel[0]},{pixel[1]}")


def pixel_of(text: str) -> tuple[int, int] | None:
    """The pixel (row, column) that a link says; None where it says no such thing."""
    row, __, column = text.partition(",")
    y, x = linked_whole(row, 0, LARGEST_NUMBER), linked_whole(column, 0, LARGEST_NUMBER)
    return None if y is None or x is None else (y, x)


def written_to(key: str) -> str:
    """Where the session keeps what `keep_in_link` wrote last; what differs is a newer link."""
    return f"{key}.written"


def _unreadable(name: str) -> bool:
    texts = st.query_params.get_all(name)
    endless = name not in TEXTS and any(map(_endless, texts))
    return endless or (not any(texts) and name not in MAY_BE_EMPTY)


def _endless(text: str) -> bool:
    try:
        return not math.isfinite(float(text))
    except ValueError:
        return False
