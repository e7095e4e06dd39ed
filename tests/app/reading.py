"""What the app tests read from a page: the messages its own components were sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from explainer.live_pictures import LivePicture

ROOT = Path(__file__).parents[2]


def app_at(slug: str, **query: str) -> AppTest:
    """The app with one page open, as a visitor who followed a link would have it."""
    app = AppTest.from_file(str(ROOT / "explainer" / "shell.py"), default_timeout=120)
    for name, value in query.items():
        app.query_params[name.replace("__", ".")] = value
    app.switch_page(f"../pages/{slug}.py").run()
    assert not app.exception
    return app


def section_of(
    page: Callable[[], None], before: Mapping[str, Any] | None = None, /, **query: str
) -> AppTest:
    """A page of its own for one section, which `page` imports and draws, with that link.

    `before` is in the session then.
    """
    app = AppTest.from_function(page, default_timeout=120)
    for name, value in (before or {}).items():
        app.session_state[name] = value
    for name, value in query.items():
        app.query_params[name.replace("__", ".")] = value
    app.run()
    assert not app.exception, app.exception
    return app


def html_of(app: AppTest) -> str:
    """All raw HTML of the page."""
    return "".join(element.proto.body for element in app.get("html"))


def message_to(app: AppTest, key: str) -> dict[str, Any]:
    """The message to the component `key`, or the header of a packed one."""
    proto = next(e.proto for e in app.get("bidi_component") if e.key == key)
    if proto.json:
        whole: dict[str, Any] = json.loads(proto.json)
        return whole
    length = int.from_bytes(proto.bytes[:4], "little")
    header: dict[str, Any] = json.loads(proto.bytes[4 : 4 + length])
    return header


def split(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Header and blobs of a packed message."""
    offset = 4 + int.from_bytes(data[:4], "little")
    header = json.loads(data[4:offset])
    blobs = []
    for size in header["sizes"]:
        blobs.append(data[offset : offset + size])
        offset += size
    return header, blobs


def unpacked(data: bytes) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Header and arrays of a packed message of curves."""
    header, blobs = split(data)
    return header, [np.frombuffer(blob, "<f8") for blob in blobs]


def arrays_of(app: AppTest, key: str) -> list[np.ndarray]:
    """The values that the curves of that key were sent."""
    data = next(e.proto.bytes for e in app.get("bidi_component") if e.key == f"{key}.curves")
    return unpacked(data)[1]


def text_of(app: AppTest) -> str:
    """All the Markdown of the page, one after another."""
    return "\n".join(element.value for element in app.markdown)


def arithmetic(app: AppTest, y: int, x: int) -> dict[str, Any]:
    """What the live route of the feature maps answers for a pixel."""
    offered: LivePicture = app.session_state["feature_maps.live"]
    data = offered.render({"y": y, "x": x}, 7)
    length = int.from_bytes(data[:4], "little")
    header: dict[str, Any] = json.loads(data[4 : 4 + length])
    return header
