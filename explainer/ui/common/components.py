"""The app's own browser components: their files, their byte format, and how they are mounted.

A component lives in `assets/components/<name>.{html,css,js}`; `shared.js` and `focus.js` go before
each script, `shared.css` before each style sheet.
Components of one family have HTML and CSS in common, and a script that goes between the two.

What a script says, it says with `say("…")`, in English; before `shared.js` go the marks within
numbers in the visitor's language, and what those messages are in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from explainer.messages import LARGEST_NUMBER, whole
from explainer.strict_json import strict_json
from explainer.words import ENGLISH, gettext, language, number_marks

FOLDER = Path(__file__).parents[3] / "assets" / "components"
STRING = r'"(?:[^"\\\n]|\\.)*"'
# What a browser does not read: comments that begin a line, and the room before a line.
ASIDE = re.compile(r"(?m)^\s*//.*\n|^\s*/\*\*(?s:.*?)\*/\n|^[ \t]+")
SAID = re.compile(rf"\bsay\(\s*({STRING}(?:\s*\+\s*{STRING})*)")


@cache
def _text(file_name: str) -> str:
    path = FOLDER / file_name
    text = path.read_text(encoding="utf-8") + "\n" if path.exists() else "\n"
    return ASIDE.sub("", text) if path.suffix == ".js" else text


def mount(name: str, *, key: str, data: Any, family: str = "", **callbacks: Any) -> Any:
    """Show component `name` with `data`; returns its state and triggers as attributes.

    `family` names the files it shares with its like. The definition
    is registered with the running server the first time it is asked for there.
    """
    registry = st.runtime.get_instance().bidi_component_registry
    return _renderer(name, family, language(), registry)(key=key, data=data, **callbacks)


@cache
def _renderer(name: str, family: str, spoken: str, _registry: object) -> Any:
    """The component in the language that is spoken now; a visitor's browser fetches no other."""
    look = family or name
    return st.components.v2.component(
        f"deepglass_{name}" if spoken == ENGLISH else f"deepglass_{name}_{spoken}",
        html=_text(f"{look}.html"),
        css=_text("shared.css") + _text(f"{look}.css"),
        js=script(name, family=family),
    )


def script(name: str, *, family: str = "") -> str:
    """All of a component's JavaScript, with its words in the visitor's language."""
    common = _text("shared.js") + _text("focus.js") + (_text(f"{family}.js") if family else "")
    source = common + _text(f"{name}.js")
    now = language()
    words = {} if now == ENGLISH else {message: gettext(message) for message in said(source)}
    marks = strict_json(number_marks()._asdict())
    return f"const MARKS = {marks}, DICTIONARY = {strict_json(words)}\n{source}"


@cache
def said(source: str) -> tuple[str, ...]:
    """The messages of a script, each once: the first arguments of its calls of `say`."""
    calls = (re.findall(STRING, call) for call in SAID.findall(source))
    return tuple(dict.fromkeys("".join(map(json.loads, parts)) for parts in calls))


def reported() -> None:
    """A callback that has to be there for a component's state to be reported."""


def pack(header: dict[str, Any], *blobs: bytes) -> bytes:
    """A JSON header and byte blobs as one message: length, header (with the sizes), blobs.

    What is no finite number is null: a browser reads no NaN.
    """
    head = strict_json({**header, "sizes": [len(blob) for blob in blobs]}).encode()
    return b"".join((len(head).to_bytes(4, "little"), head, *blobs))


def unread(name: str, state: str) -> dict[str, Any]:
    """What component `name` last reported as `state`, where no run has taken it; else nothing."""
    message = heard(name, state)
    return message if count_of(message) > _last_read(name) else {}


def heard(name: str, state: str) -> dict[str, Any]:
    """What component `name` last reported as `state`: nothing where a browser sent no message."""
    reports = st.session_state.get(name)
    message = reports.get(state) if isinstance(reports, Mapping) else None
    return dict(message) if isinstance(message, Mapping) else {}


def count_of(message: Mapping[str, Any]) -> int:
    """The number of a report; 0 where it has none."""
    return whole(message.get("number"), 0, LARGEST_NUMBER) or 0


def number_of(name: str, message: dict[str, Any]) -> int:
    """The number of the newest report that a run knows of: the browser keeps what is newer."""
    return count_of(message) or _last_read(name)


def mark_read(name: str, message: dict[str, Any]) -> None:
    """Remember that `message` is taken; after the mount, where a run may still be broken off."""
    st.session_state[f"{name}.read"] = number_of(name, message)


def _last_read(name: str) -> int:
    return int(st.session_state.get(f"{name}.read", 0))
