"""A link carries a page: what its controls say, and what is seen with it.

Every control of every page is changed, the link is taken and opened by somebody else, and the two
screens are held against each other: the values of the controls, and the words with the captions;
not what the components and the charts were sent. What a link does not carry is listed here, with
the reason.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button, MenuButton, Widget

from explainer.service import stop_service
from explainer.topics import TOPICS
from explainer.ui.common.page import NOT_IN_LINKS
from tests.app.moving import anything, controls, unfold
from tests.app.reading import ROOT, message_to, text_of

Link = dict[str, str | list[str]]
SOON = {"filters", "activations", "landscape"}  # the others take their time
STARTS = [
    *(
        pytest.param(topic.slug, {}, marks=[pytest.mark.slow] * (topic.slug not in SOON))
        for topic in TOPICS
    ),
    pytest.param("training_lab", {"training_lab.data": "two-moons"}, marks=pytest.mark.slow),
]
ROUNDS = 2
VERSION = re.compile(r"\.v\d+\.")  # of a list of settings, whose controls begin anew with each
NOT_CARRIED = {
    "picture.camera_on": "it asks for the camera of whoever opens the link",
    "training_lab.guess*": "a prediction is the reader's own",
    "training_lab.speed": "how fast somebody watches is theirs to choose",
}
NEWS = {
    "A CNN needs pictures, and these are points: its recipes are small MLPs now.":
        "what a choice has just done is told to who made it",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _service_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DEEPGLASS_FETCH", "0")
    yield
    stop_service()


def opened(page: str, link: Link) -> AppTest:
    """The page as whoever opens the link has it."""
    app = AppTest.from_file(str(ROOT / "explainer" / "shell.py"), default_timeout=120)
    for name, values in link.items():
        app.query_params[name] = values
    app.switch_page(f"../pages/{page}.py").run()
    assert not app.exception, app.exception[0].stack_trace[-6:]
    return unfold(app)


def link_of(app: AppTest) -> Link:
    """The address: what the page wrote, and what a browser writes for controls that are bound."""
    bound = {
        one.proto.query_param_key: one.value
        for one in controls(app).values()
        if getattr(one.proto, "query_param_key", "")
    }
    return dict(app.query_params) | {name: said(value) for name, value in bound.items()}


def said(value: Any) -> str | list[str]:
    """How a browser writes the value of a control into the address."""
    if isinstance(value, list):
        return [str(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def carried(app: AppTest) -> dict[str, Widget]:
    """The controls that a link should carry: all but commands, and what is listed above."""
    return {
        name: one
        for name, one in controls(app).items()
        if not isinstance(one, Button | MenuButton)
        and not any(fnmatch(name, pattern) for pattern in NOT_CARRIED)
    }


def screen(app: AppTest) -> dict[str, Any]:
    """What a visitor sees, by where it stands."""
    shown = carried(app).items()
    found: dict[str, Any] = {VERSION.sub(".", name): one.value for name, one in shown}
    found["words"] = text_of(app)
    found["captions"] = [one.value for one in app.caption if one.value not in NEWS]
    return found


def other(widget: Widget, draw: random.Random) -> Any:
    """Another value than the control has, where there is one."""
    values = (anything(widget, draw) for _ in range(20))
    return next((value for value in values if value != widget.value), widget.value)


def change(app: AppTest, names: list[str], draw: random.Random) -> None:
    """Give the controls of these names another value."""
    found = controls(app)
    for name in names:
        found[name].set_value(other(found[name], draw))
    app.run()
    assert not app.exception, (names, app.exception[0].stack_trace[-6:])


@pytest.mark.parametrize(("page", "link"), STARTS)
def test_a_link_carries_every_control_of_a_page(page: str, link: Link) -> None:
    """All of them changed at once, and then those that have come with it."""
    app, draw, changed = opened(page, link), random.Random(2), set[str]()
    for __ in range(ROUNDS):
        left = [name for name in carried(app) if name not in changed]
        changed.update(left)
        change(app, left, draw)
    app.run()  # of two that were moved at once, one may bound the other
    assert changed
    assert screen(opened(page, link_of(app))) == screen(app)


@pytest.mark.slow
@pytest.mark.parametrize(("page", "link"), STARTS)
def test_a_link_carries_each_control_by_itself(page: str, link: Link) -> None:
    lost = list[tuple[str, str]]()
    for name in carried(opened(page, link)):
        app = opened(page, link)
        change(app, [name], random.Random(3))
        theirs, ours = screen(opened(page, link_of(app))), screen(app)
        lost += [(name, key) for key in ours if theirs.get(key) != ours[key]]
    assert not lost


def test_the_network_comes_along_to_the_next_page_and_a_link_goes_before_it() -> None:
    app = opened("feature_maps", {"feature_maps.network": "lenet"})
    app.switch_page("../pages/attribution.py").run()
    assert app.segmented_control(key="attribution.network").value == "lenet"
    app.segmented_control(key="attribution.network").set_value("vgg").run()
    app.switch_page("../pages/feature_maps.py").run()
    assert app.segmented_control(key="feature_maps.network").value == "vgg"


def test_a_pinned_pixel_of_a_map_is_in_the_link() -> None:
    app = opened("feature_maps", {})
    app.session_state["feature_maps.unit"] = {"pinned": {"y": 3, "x": 5, "number": 1}}
    app.run()
    link = link_of(app)
    assert link["feature_maps.pixel"] == "3,5"
    assert message_to(opened("feature_maps", link), "feature_maps.unit")["pinned"] == [3, 5]


@pytest.mark.parametrize("layout", ["side", "30"])
def test_how_the_microscope_is_laid_out_is_in_the_link(layout: str) -> None:
    app = opened("filters", {})
    assert "filters.layout" not in link_of(app)
    app.session_state["filters.lens"] = {"laid": {"layout": layout}}
    app.run()
    link = link_of(app)
    assert link["filters.layout"] == layout
    assert message_to(opened("filters", link), "filters.lens")["layout"] == layout


@pytest.mark.parametrize("layout", ["101", "-1", "x", ""])
def test_a_layout_that_there_is_none_of_is_as_usual(layout: str) -> None:
    app = opened("filters", {"filters.layout": layout})
    assert message_to(app, "filters.lens")["layout"] == ""
    assert "filters.layout" not in link_of(app)


def test_how_far_a_map_is_faded_is_in_the_link() -> None:
    app = opened("attribution", {})
    assert "attribution.mix" not in link_of(app)
    app.session_state["attribution.maps"] = {"mixed": {"percent": 0}}
    app.run()
    link = link_of(app)
    assert link["attribution.mix"] == "0"
    assert message_to(opened("attribution", link), "attribution.maps")["percent"] == 0
    nonsense = opened("attribution", {"attribution.mix": "101"})
    assert message_to(nonsense, "attribution.maps")["percent"] == 60


def png() -> bytes:
    return cv2.imencode(".png", np.full((64, 64, 3), 90, np.uint8))[1].tobytes()


def test_who_opens_a_link_to_a_picture_of_ones_own_is_told() -> None:
    app = opened("filters", {})
    app.file_uploader(key="picture.upload").upload("own.png", png()).run()
    link = link_of(app)
    assert link["picture"] == "own"
    received = opened("filters", link)
    assert any("picture of the sender" in one.value for one in received.error)
    assert link_of(received)["picture"] == "chelsea"


def test_who_opens_a_link_to_a_network_of_ones_own_is_told() -> None:
    received = opened("attribution", {"attribution.network": "own-0123456789"})
    assert any("network that its sender trained" in one.value for one in received.error)
    assert received.segmented_control(key="attribution.network").value == "vgg"


def test_who_opens_a_link_to_a_digit_of_ones_own_is_told() -> None:
    app = opened("why_convolution", {})
    strokes = [[[0.2, 0.2], [0.8, 0.8]]]
    app.session_state["why_convolution.drawing"] = {"drawn": {"strokes": strokes, "number": 1}}
    app.run()
    received = opened("why_convolution", link_of(app))
    assert any("digit that its sender drew" in one.value for one in received.error)


def test_what_a_link_cannot_carry_is_told_to_who_copies_it() -> None:
    """The page's head knows it by what the address says."""
    assert {name for name, __, __ in NOT_IN_LINKS} == {
        "picture", ".network", ".drawn", "training_lab.data",
    }  # fmt: skip
