"""Sliders that follow the hand: each move reruns the fragment they stand in, release the page.

Streamlit's own slider reports on release. Ours sends a value while the one before is answered, one
at a time and the latest last. The values live in the session, per slider group, and in the URL,
where they are written on release only.

Use, inside one fragment and in this order: `values(...)`, the work and its picture, then
`sliders(...)` into a slot kept above it. The answer to the browser has to be the last thing sent,
otherwise the next value would interrupt the picture of this one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.ui.components import mount


class Parameter(Protocol):
    """What a slider needs to know; the registries' parameters have it."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def default(self) -> float: ...
    @property
    def minimum(self) -> float: ...
    @property
    def maximum(self) -> float: ...
    @property
    def step(self) -> float: ...
    @property
    def unit(self) -> str: ...
    @property
    def help(self) -> str: ...


@dataclass(frozen=True)
class Moved:
    """What the sliders say: the values, whether the hand let go, and the message's number."""

    values: dict[str, float]
    final: bool
    number: int


def values(key: str, parameters: Sequence[Parameter], *, scope: str = "") -> Moved:
    """The current value of each parameter: as dragged, else as remembered, else as in the URL.

    What is remembered is kept apart by `scope` (a kernel, say); the URL counts once a session.
    """
    message = _message(key)
    seen: dict[str, int] = st.session_state.setdefault(f"{key}.seen", {})
    number = int(message.get("number", 0))
    fresh = number > seen.get("number", 0) and message.get("scope") == scope
    store: dict[str, float] = st.session_state.setdefault(f"{key}.values", {}).setdefault(scope, {})
    sources = [message.get("values", {}) if fresh else {}, store]
    if not seen:
        sources.append(_from_url(key, parameters))
    store.update({p.name: _first_sound(p, sources) for p in parameters})
    seen["number"] = max(number, seen.get("number", 0))
    return Moved(
        {p.name: store[p.name] for p in parameters},
        final=fresh and bool(message.get("final")),
        number=number,
    )


def sliders(
    slot: DeltaGenerator,
    key: str,
    parameters: Sequence[Parameter],
    moved: Moved,
    *,
    scope: str = "",
) -> None:
    """Draw the sliders into `slot` and answer the value that has been dealt with."""
    described = [_described(p, moved.values[p.name]) for p in parameters]
    with slot:
        mount(
            "sliders",
            key=f"{key}.sliders",
            data={"parameters": described, "number": moved.number, "scope": scope},
            on_moved_change=_nothing,
        )


def write_to_url(key: str, parameters: Sequence[Parameter], current: dict[str, float]) -> None:
    """Put what differs from its default into the address, and take everything else of ours out."""
    wanted = {
        f"{key}.{p.name}": f"{current[p.name]:g}"
        for p in parameters
        if not math.isclose(current[p.name], p.default)
    }
    written: set[str] = st.session_state.setdefault(f"{key}.written", set())
    for name in (written | {f"{key}.{p.name}" for p in parameters}) - wanted.keys():
        st.query_params.pop(name, None)
    for name, text in wanted.items():
        if st.query_params.get(name) != text:
            st.query_params[name] = text
    st.session_state[f"{key}.written"] = set(wanted)


def request_page(key: str) -> None:
    """From a callback inside a fragment: ask for the whole page, not the fragment alone."""
    st.session_state[f"{key}.whole_page"] = True


def page_requested(key: str) -> bool:
    """Whether the whole page was asked for since this was last called."""
    return bool(st.session_state.pop(f"{key}.whole_page", False))


def _nothing() -> None:
    """A callback that has to be there for the component to report its state."""


def _message(key: str) -> dict[str, Any]:
    state = st.session_state.get(f"{key}.sliders") or {}
    return dict(state.get("moved") or {})


def _first_sound(parameter: Parameter, sources: Sequence[dict[str, Any]]) -> float:
    for source in sources:
        value = source.get(parameter.name)
        if isinstance(value, int | float) and math.isfinite(value):
            return _on_step(parameter, min(max(float(value), parameter.minimum), parameter.maximum))
    return parameter.default


def _on_step(parameter: Parameter, value: float) -> float:
    steps = round((value - parameter.minimum) / parameter.step)
    return round(min(parameter.minimum + steps * parameter.step, parameter.maximum), 9)


def _from_url(key: str, parameters: Sequence[Parameter]) -> dict[str, float]:
    found: dict[str, float] = {}
    for parameter in parameters:
        with suppress(KeyError, ValueError):
            found[parameter.name] = float(st.query_params[f"{key}.{parameter.name}"])
    return found


def _described(parameter: Parameter, value: float) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "label": parameter.label,
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "step": parameter.step,
        "unit": parameter.unit,
        "help": parameter.help,
        "start": parameter.default,
        "value": value,
    }
