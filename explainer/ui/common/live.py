"""Sliders that follow the hand: each move is answered with a picture, release reruns the page.

Streamlit's own slider reports on release. While ours is dragged, its component posts the values to
a `LivePicture` of the visitor and hands what comes back to the component that draws it, one value
at a time and the latest last; where that way is closed it reports each move as a rerun. The values
live in the session, per slider group, and in the URL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import streamlit as st

from explainer.live_pictures import LivePicture, Render
from explainer.messages import number as number_in
from explainer.ui.common.address import keep_in_link
from explainer.ui.common.components import count_of, heard, mount, reported
from explainer.words import _, language, spoken


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
    """What the sliders say: the values, and the number of the move they come from."""

    values: dict[str, float]
    number: int


def values(key: str, parameters: Sequence[Parameter], *, scope: str = "") -> Moved:
    """The current value of each parameter: as moved, else as remembered, else as in the URL.

    What is remembered is kept apart by `scope` (a kernel, say); the URL counts once a session.
    """
    message = heard(f"{key}.sliders", "moved")
    seen: dict[str, int] = st.session_state.setdefault(f"{key}.seen", {})
    number = count_of(message)
    fresh = number > seen.get("number", 0) and message.get("scope") == scope
    store: dict[str, float] = st.session_state.setdefault(f"{key}.values", {}).setdefault(scope, {})
    sent = message.get("values")
    sources: list[Mapping[str, object]] = [
        sent if fresh and isinstance(sent, Mapping) else {},
        store,
    ]
    if not seen:
        sources.append(_from_url(key, parameters))
    store.update({p.name: first_sound(p, sources) for p in parameters})
    seen["number"] = max(number, seen.get("number", 0))
    return Moved({p.name: store[p.name] for p in parameters}, number)


def put(key: str, parameter: Parameter, value: float, *, scope: str = "") -> None:
    """Let the slider of `parameter` stand at `value`; before `values` is asked."""
    store: dict[str, dict[str, float]] = st.session_state.setdefault(f"{key}.values", {})
    found = first_sound(parameter, [{parameter.name: value}])
    store.setdefault(scope, {})[parameter.name] = found


def sliders(
    key: str,
    parameters: Sequence[Parameter],
    moved: Moved,
    *,
    scope: str = "",
    address: str = "",
) -> None:
    """Draw the sliders. `address` is where a `LivePicture` answers moves; empty: reruns only."""
    mount(
        "sliders",
        key=f"{key}.sliders",
        data={
            "name": key,
            "address": address,
            "parameters": [_described(p, moved.values[p.name]) for p in parameters],
            "number": moved.number,
            "scope": scope,
        },
        on_moved_change=reported,
    )


def live_picture(key: str, render: Render) -> str:
    """Offer `render` for this visitor's drags; returns the address it answers at."""
    offered: LivePicture | None = st.session_state.get(f"{key}.live")
    if offered is None:
        offered = st.session_state[f"{key}.live"] = LivePicture(render)
    now = language()  # of the visitor, whom the route does not know

    def answer(values: dict[str, object], number: int) -> bytes:
        with spoken(now):
            return render(values, number)

    offered.render = answer
    return offered.address


def write_to_url(key: str, parameters: Sequence[Parameter], current: dict[str, float]) -> None:
    """Put what differs from its default into the address, and take everything else of ours out."""
    written: set[str] = st.session_state.setdefault(f"{key}.parameters", set())
    for name in written - {parameter.name for parameter in parameters}:
        keep_in_link(f"{key}.{name}", "")
    for parameter in parameters:
        value = f"{current[parameter.name]:g}"
        keep_in_link(f"{key}.{parameter.name}", value, f"{parameter.default:g}")
    st.session_state[f"{key}.parameters"] = {parameter.name for parameter in parameters}


def first_sound(parameter: Parameter, sources: Sequence[Mapping[str, object]]) -> float:
    """The first finite number that `sources` have for `parameter`, in bounds and on a step."""
    for source in sources:
        value = number_in(source.get(parameter.name))
        if value is not None:
            return _on_step(parameter, min(max(value, parameter.minimum), parameter.maximum))
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
        "label": _(parameter.label),
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "step": parameter.step,
        "unit": parameter.unit,
        "help": _(parameter.help) if parameter.help else "",
        "start": parameter.default,
        "value": value,
    }
