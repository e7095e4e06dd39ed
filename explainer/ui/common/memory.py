"""What a session remembers of what it computed last, so that a rerun costs only what changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

Value = TypeVar("Value")


def remembered(
    key: str,
    of: object,
    compute: Callable[[], Value],
    *,
    worth: Callable[[Value], bool] = lambda _: True,
) -> Value:
    """What `compute()` gave `of` the same thing last time, in this session; else what it gives now.

    Under `key` the session keeps one value, that of the last `of` (compared by `==`), and keeps
    only what is `worth` it: an answer that is not whole is asked for again.
    """
    kept: tuple[object, Value] | None = st.session_state.get(key)
    if kept is not None and kept[0] == of:
        return kept[1]
    value = compute()
    if worth(value):
        st.session_state[key] = (of, value)
    return value
