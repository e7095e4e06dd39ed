"""A slider whose bounds change keeps the nearest value that they allow; so does one from a link."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from explainer.ui.common.bounded import nearest
from tests.app.moving import unfold
from tests.app.reading import app_at


def app_with(**query: str) -> AppTest:
    """A page with one slider from 0, whose highest value is set by another."""

    def page() -> None:
        import streamlit as st

        from explainer.ui.common.bounded import bounded_slider

        high = st.slider("high", 0, 100, 100, key="high", bind="query-params")
        chosen = bounded_slider("chosen", 0, high, 30, 1, key="chosen")
        st.text(f"{chosen!r}")

    app = AppTest.from_function(page, default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def chosen(app: AppTest) -> int:
    assert not app.exception
    return int(app.text[0].value)


def test_a_value_above_its_new_highest_follows_it_down_and_stays() -> None:
    app = app_with()
    app.slider(key="chosen").set_value(90).run()
    app.slider(key="high").set_value(40).run()
    assert chosen(app) == app.slider(key="chosen").value == 40
    app.slider(key="high").set_value(100).run()
    assert chosen(app) == app.slider(key="chosen").value == 40


def test_the_default_follows_too_and_where_one_value_is_left_it_is_said() -> None:
    app = app_with()
    app.slider(key="high").set_value(20).run()
    assert chosen(app) == 20
    app.slider(key="high").set_value(0).run()
    assert chosen(app) == 0
    assert app.caption[0].value == "chosen: 0. There is nothing to choose here."


@pytest.mark.parametrize(
    ("link", "expected"),
    [("35", 35), ("90", 50), ("-4", 0), ("1e9", 50), ("nan", 30), ("inf", 30), ("many", 30),
     ("", 30), ("9" * 400, 30)],
)  # fmt: skip
def test_a_value_from_a_link_follows_its_bounds(link: str, expected: int) -> None:
    assert chosen(app_with(high="50", chosen=link)) == expected


@given(st.floats(-1e6, 1e6), st.integers(-50, 50), st.integers(0, 100), st.integers(1, 20))
def test_the_nearest_whole_number_is_allowed_and_none_is_nearer(
    value: float, low: int, reach: int, step: int
) -> None:
    allowed = range(low, low + reach + 1, step)
    found = nearest(value, low, low + reach, step)
    assert found in allowed
    within = min(max(value, low), low + reach)
    assert abs(found - within) == min(abs(one - within) for one in allowed)


@given(st.floats(-1e6, 1e6))
def test_a_number_within_its_bounds_stays_as_it_is(value: float) -> None:
    assert nearest(value, -1e6, 1e6, 0.5) == value


def test_the_training_examples_follow_the_share_that_validation_takes() -> None:
    app = unfold(app_at("training_lab", training_lab__data="Two moons"))
    size = app.slider(key="training_lab.moons.train_size")
    size.set_value(size.max).run()
    app.slider(key="training_lab.moons.validation").set_value(0.3).run()
    assert not app.exception
    less = app.slider(key="training_lab.moons.train_size")
    assert less.value == less.max < size.max


def test_the_training_examples_follow_the_number_of_points() -> None:
    app = unfold(app_at("training_lab", training_lab__data="Two moons"))
    size = app.slider(key="training_lab.moons.train_size")
    size.set_value(size.max).run()
    app.slider(key="training_lab.moons.count").set_value(100).run()
    assert not app.exception
    less = app.slider(key="training_lab.moons.train_size")
    assert less.value == less.max < size.max


def test_a_link_with_more_training_examples_than_its_shares_leave_takes_all_of_them() -> None:
    app = app_at(
        "training_lab", training_lab__data="Two moons", training_lab__moons__validation="0.4",
        training_lab__moons__train_size="100000", training_lab__recipes="net-mlp",
    )  # fmt: skip
    size = unfold(app).slider(key="training_lab.moons.train_size")
    assert size.value == size.max


@pytest.mark.parametrize(
    ("link", "expected"), [("4", 5), ("5", 5), ("0", 1), ("3.2", 3), ("9.9", 9), ("-1e308", 1)]
)
def test_a_whole_number_from_a_link_between_two_steps_becomes_the_nearest(
    link: str, expected: int
) -> None:
    app = app_at("why_convolution", why_convolution__kernel=link)
    assert app.slider(key="why_convolution.kernel").value == expected
    weights = 3 * 64 * expected**2
    assert any(f"<td>{weights:,}</td>" in one.proto.body for one in app.get("html"))
