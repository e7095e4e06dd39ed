"""The force on one weight: pulls and steps, by slider, by link and in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.live_pictures import LivePicture
from explainer.regularisation.weight_steps import ADAM, RULES, OneWeight, path
from tests.app.reading import arrays_of, message_to, section_of, split, text_of, unpacked

FORCE, PULLS = "penalties.force", "penalties.pulls"
START = OneWeight(start=1.5, rate=0.15, strength=0.3, wanted=0.4, curvature=0.5)


def section() -> None:
    from explainer.ui.penalties.force import force_section

    force_section()


def opened(before: dict[str, Any] | None = None, **query: str) -> AppTest:
    """The section, as a link of these parameters opens it."""
    return section_of(section, before, **{f"penalties__{name}": at for name, at in query.items()})


def figures(app: AppTest) -> str:
    """The HTML of the table under the charts."""
    tables = [str(element.proto.body) for element in app.get("html")]
    return next(body for body in tables if "figures" in body)


def test_both_charts_are_what_the_subject_computes() -> None:
    app = opened()
    for values, rule in zip(arrays_of(app, FORCE), RULES, strict=True):
        np.testing.assert_array_equal(values, path(START, rule))
    l1, l2, data = (one.reshape(2, -1) for one in arrays_of(app, PULLS))
    w = np.linspace(-2, 2, 401)
    np.testing.assert_allclose(l1[0], -0.3 * np.sign(w))
    np.testing.assert_allclose(l2[1], -0.3 * w - 0.5 * (w - 0.4), atol=1e-12)
    assert np.isnan(data[0]).all()
    header = message_to(app, f"{PULLS}.curves")
    jumps = header["curves"][0]["jumps"]
    assert jumps[0] == [{"place": 0, "left": 0.3, "right": -0.3, "taken": 0}]
    assert jumps[1][0]["left"] == pytest.approx(0.5)
    assert message_to(app, f"{FORCE}.curves")["places"] == {"low": 0, "high": 60, "count": 61}


def test_it_is_said_when_each_rule_is_at_zero_and_where_the_subgradient_hops() -> None:
    app = opened()
    assert figures(app).count("not in 60 steps") == 3
    assert "after 28 steps" in figures(app)
    text = text_of(app)
    assert "back and forth over zero, between **−8.7 · 10⁻³** and **0.073**" in text
    assert "least at 0 with L1, at 0.25 with L2" in text
    assert "With SGD, L2 in the loss and decoupled decay are one line" in text


def test_a_link_opens_sliders_optimiser_and_step() -> None:
    app = opened(method="adam", force__start="-1", force__curvature="0", force__step="12")
    one = OneWeight(start=-1, rate=0.15, strength=0.3, wanted=0.4, curvature=0)
    for values, rule in zip(arrays_of(app, FORCE), RULES, strict=True):
        np.testing.assert_array_equal(values, path(one, rule, ADAM))
    assert message_to(app, f"{FORCE}.curves")["at"] == 12
    assert "With Adam, L2 in the loss and decoupled decay are up to" in text_of(app)


def test_a_subgradient_that_lands_on_zero_is_said_to_be_lucky() -> None:
    app = opened(
        force__start="1", force__rate="0.25", force__strength="1", force__curvature="0"
    )  # fmt: skip
    assert "happens to land on 0" in text_of(app)
    assert figures(app).count("after 4 steps") == 2


def test_without_data_and_penalty_nothing_is_least() -> None:
    app = opened(force__strength="0", force__curvature="0")
    assert "are least at" not in text_of(app)
    assert not message_to(app, f"{PULLS}.curves")["curves"][0]["jumps"][0]


def test_a_drag_is_answered_with_both_charts() -> None:
    app = opened()
    offered: LivePicture = app.session_state[f"{FORCE}.live"]
    data = offered.render({"strength": 0.8, "start": "no number"}, 5)
    header, (first, *others) = split(data)
    assert (header["name"], header["number"], header["also"]) == (FORCE, 5, PULLS)
    moved = OneWeight(start=1.5, rate=0.15, strength=0.8, wanted=0.4, curvature=0.5)
    np.testing.assert_array_equal(np.frombuffer(first, "<f8"), path(moved, RULES[0]))
    assert len(others) == len(RULES)
    also, pulls = unpacked(others[-1])
    assert (also["name"], also["number"]) == (PULLS, 5)
    assert pulls[0][0] == 0.8


def test_a_step_that_is_pinned_stays_and_none_beyond_the_last_is() -> None:
    for pinned, kept in ((17, 17), (1e9, 60)):
        app = opened({f"{FORCE}.curves": {"pinned": {"x": pinned, "number": 3}}})
        assert message_to(app, f"{FORCE}.curves")["at"] == kept
