"""Sliders and menus that keep to what they allow, whatever was chosen before or is said by a link.

A value outside the bounds that a slider has by now ends the page in Streamlit where the session
kept it, and is forgotten where a link carries it; a whole number between two steps of the slider
(a kernel of 4, where sizes are odd) is taken from a link as it is. Here each becomes the nearest
one that is allowed, in a popover that is closed (`fold`) too.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from explainer.messages import linked_whole
from explainer.ui.common.address import keep_in_link, linked
from explainer.ui.common.fold import drawn, kept
from explainer.words import _

N = TypeVar("N", int, float)


def bounded_slider(
    label: str, low: N, high: N, value: N, step: N, *, key: str, help_text: str = ""
) -> N:
    """A number from `low` to `high`, kept for the visit and in the link; `value` is the default.

    Where there is nothing to choose, as `low` is `high`, that is said in place of a slider.
    """
    if high > low:
        described = {"help": help_text or None}
        return kept_number(st.slider, label, low, high, value, step, key=key, **described)
    if drawn():
        st.caption(
            _("{label}: {value}. There is nothing to choose here.", label=label, value=f"{high:g}")
        )
    return high


def bounded_number(label: str, low: int, high: int, *, key: str, **more: Any) -> int:
    """A whole number from `low` to `high`, with buttons for the one before and the next.

    It begins with `low` and is kept for the visit and in the link.
    """
    return kept_number(st.number_input, label, low, high, low, 1, key=key, **more)


def kept_number(
    widget: Callable[..., Any],
    label: str,
    low: N,
    high: N,
    value: N,
    step: N,
    *,
    key: str,
    **more: Any,
) -> N:
    """A number from `low` to `high`, as a slider or as a field (`st.slider`, `st.number_input`)."""

    def read(text: str) -> N | None:
        try:
            found = float(text)
        except ValueError:
            return None
        return nearest(found, low, high, step) if math.isfinite(found) else None

    bounds = {"min_value": low, "max_value": high, "step": step}
    usual = min(max(value, low), high)
    return type(low)(kept(widget, label, key=key, usual=usual, read=read, **bounds, **more))


def nearest(value: float, low: N, high: N, step: N) -> N:
    """The value from `low` to `high` next to `value`; whole numbers go up from `low` by `step`."""
    within = min(max(value, low), high)
    if isinstance(low, int):
        within = low + math.floor((within - low) / step + 0.5) * step
        within -= step if within > high else 0
    return type(low)(within)


def chosen_place(label: str, names: Sequence[str], *, key: str) -> int:
    """Which of `names` is chosen in a menu, by its place; the first where there are other names.

    A menu of other names is another widget: a browser goes on showing the name that was chosen in
    the old one. The place is in the link.
    """
    own = f"{key}.{zlib.crc32(chr(10).join(names).encode())}"
    if (asked := linked_whole(linked(key), 0, len(names) - 1)) is not None:
        st.session_state[own] = asked
    chosen = st.selectbox(
        label, range(len(names)), format_func=names.__getitem__, key=own, persist_state="session"
    )
    place = int(chosen)
    keep_in_link(key, str(place), "0")
    return place
