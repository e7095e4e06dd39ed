"""The page on depth: its stories, its settings, and the numbers that it shows."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.app.reading import app_at


def html_of(app: AppTest) -> str:
    """All HTML of the page."""
    return "".join(element.proto.body for element in app.get("html"))


def test_the_page_opens_with_three_settings_and_their_factors() -> None:
    app = app_at("depth")
    for title in ("Sigmoid, Xavier", "Tanh, Xavier", "ReLU, He"):
        assert title in html_of(app)
