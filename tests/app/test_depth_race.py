"""The race on the page on depth: begun, watched to its end, and at peace with the training lab."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explainer.service import service, stop_service
from tests.app.reading import app_at, message_to, text_of


@pytest.fixture(autouse=True)
def no_race_left() -> Iterator[None]:
    yield
    stop_service()


def opened(story: str) -> AppTest:
    return app_at("depth", depth__tab="race", depth__race=story, depth__seeds="1")


def finished(app: AppTest) -> AppTest:
    """The page once its race has ended."""
    ticket: Any = app.session_state["training_lab.ticket"]
    ends = time.monotonic() + 300
    while not ticket.race.snapshot.finished and time.monotonic() < ends:
        time.sleep(0.1)
    app.run()
    assert not app.exception, app.exception
    return app


def charts(app: AppTest) -> list[Any]:
    return list(app.get("vega_lite_chart")) or list(app.get("arrow_vega_lite_chart"))


def test_a_story_is_raced_to_its_end_with_a_strip_for_each_network() -> None:
    app = opened("ten-sigmoids")
    assert not charts(app)
    app.button(key="training_lab.start").click().run()
    app = finished(app)
    assert len(charts(app)) == 3  # a strip for each network
    losses = message_to(app, "depth.curves")
    assert [one["title"] for one in losses["charts"]] == ["loss, without penalty (nats)"]
    assert len(losses["curves"]) == 2 * 3
    said = text_of(app)
    assert "10 sigmoid layers" in "".join(one.proto.body for one in app.get("html"))
    assert "What runs below" not in said


def test_another_story_does_not_pretend_to_be_the_one_that_runs() -> None:
    app = opened("ten-sigmoids")
    app.button(key="training_lab.first").click().run()
    app.selectbox(key="depth.race").select("Exploding").run()
    assert not app.exception
    assert "What runs below was begun with other settings" in text_of(app)
    assert service() is not None
    app.button(key="training_lab.start").click().run()
    assert "What runs below" not in text_of(app)
