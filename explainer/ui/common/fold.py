"""Controls behind a button: drawn only while they are seen, and what they say is known all along.

Each element of a page costs a rerun a third of a millisecond to one, whether anybody sees it or
not. What a control in a closed popover is set to lives on in the session and in the link, is read
from a link, and is brought to what is allowed, as if it were drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import streamlit as st
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

from explainer.ui.common.address import keep_in_link, linked

_DRAWN: ContextVar[bool] = ContextVar("drawn", default=True)


@contextmanager
def while_open(popover: PopoverContainer) -> Iterator[None]:
    """Within, controls of this app are drawn into `popover` where it is open, else only asked.

    The popover has a key and `on_change="rerun"`. Whatever else belongs in it is drawn where
    `drawn()` says so.
    """
    before = _DRAWN.set(bool(popover.open))
    try:
        with popover:
            yield
    finally:
        _DRAWN.reset(before)


def drawn() -> bool:
    """Whether what stands here is seen: not in a popover that is closed."""
    return _DRAWN.get()


def kept(
    widget: Callable[..., Any],
    label: str,
    *,
    key: str,
    usual: Any,
    read: Callable[[str], Any],
    **more: Any,
) -> Any:
    """The value of a control, kept for the visit, and in the link where it is not `usual`.

    `read` makes a value that is allowed of what a link says, and of one that the session kept;
    None where there is none. `more` goes to the `widget`.
    """
    here = st.session_state.get(key)
    value = read(linked(key))
    if value is None:
        value = usual if here is None else read(written(here))
    if value is None:
        value = usual
    if here is None or here != value:
        st.session_state[key] = value
    if drawn():
        value = widget(label, key=key, persist_state="session", **more)
    keep_in_link(key, written(value), written(usual))
    return value


def one_of(possible: Iterable[Any]) -> Callable[[str], Any]:
    """Reads which of the `possible` values a link says."""
    return lambda text: next((one for one in possible if written(one) == text), None)


def written(value: Any) -> str:
    """How a link has a value."""
    if isinstance(value, float):
        return str(round(value, 12))
    return str(value).lower() if isinstance(value, bool) else str(value)
