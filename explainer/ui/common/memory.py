"""What a session remembers of what it computed last, so that a rerun costs only what changed.

A menu of Streamlit, a field for a number or for a text, asks the session whether it holds None for
it, and Streamlit copies the whole session for each of them: with the 56 keys of a visitor of the
training lab a tenth of a rerun, with those of a visitor of all pages more. Here one key is looked
up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.state import SafeSessionState

Value = TypeVar("Value")


class LookedUp(Mapping[str, Any]):
    """All that a session holds by its keys, each looked up when it is asked for."""

    def __init__(self, session: SafeSessionState) -> None:
        self._session = session

    def __getitem__(self, key: str) -> Any:
        return self._session[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._session._state.filtered_state)

    def __len__(self) -> int:
        return len(self._session._state.filtered_state)


def look_up_single_keys() -> None:
    """From now on Streamlit's own controls copy no session; once for the process."""
    SafeSessionState.filtered_state = property(LookedUp)  # type: ignore[assignment]


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
