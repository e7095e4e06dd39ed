"""Would more data help: the curves, the best possible error by hand, and the walk on a race."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explainer.generalisation import learning_curves
from explainer.generalisation.bayes import TwoClasses
from explainer.generalisation.learning_curves import LearningCurve
from explainer.live_pictures import LivePicture
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.ui.overfitting.learning_curves import CURVES
from tests.app.reading import html_of, message_to, section_of, split, text_of, unpacked
from tests.service.racers import until

Links = list[tuple[str, dict[str, Any]]]
pytestmark = pytest.mark.usefixtures("links", "service_of_its_own")


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> Links:
    """The ways to other pages, which there are none of here, and curves that are there already."""
    found: Links = []
    monkeypatch.setattr(st, "page_link", lambda page, **more: found.append((page, more)))
    monkeypatch.setattr(st, "switch_page", lambda page: found.append((page, {})))
    for one in learning_curves.WIDTHS:
        falling = np.linspace(0.6, 0.3 if one.width == 3 else 0.1, 8)[:, None] + np.zeros((1, 3))
        rising = np.linspace(0, 0.25 if one.width == 3 else 0.01, 8)[:, None] + np.zeros((1, 3))
        CURVES.put(one.width, LearningCurve(one.width, learning_curves.SIZES, rising, falling))
    return found


@pytest.fixture(autouse=True)
def _no_curves_left() -> Any:
    yield
    CURVES.clear()


def page() -> None:
    from explainer.ui.overfitting.learning_curves import learning_curves_section

    learning_curves_section()


def test_every_network_has_its_verdict_from_the_numbers() -> None:
    said = text_of(section_of(page))
    assert "training 25.0 %, validation 30.0 %" in said
    assert "5.0 points, 17 % of the error: **more data would help little**" in said
    assert "9.0 points, 90 % of the error: **more data would help**" in said


@pytest.mark.slow
def test_the_curves_are_computed_where_nobody_has_them_yet() -> None:
    CURVES.clear()
    assert "128 hidden units" in text_of(section_of(page))


def test_the_plane_follows_the_hand_and_says_the_best_error() -> None:
    app = section_of(page, overfitting__bayes__distance="3")
    assert (
        f"{100 * TwoClasses(3, 1).bayes_error:.1f} %"
        in message_to(app, "overfitting.bayes.shapes")["told"]
    )
    offered: LivePicture = app.session_state["overfitting.bayes.live"]
    for distance, spread, points in ((0, 0.5, 1), (0, 1, 1), (4, 0.5, 3), (2, 1.05, 2), (0, 2, 3)):
        asked: dict[str, object] = {"distance": distance, "spread": spread, "points": points}
        header, blobs = split(offered.render(asked, 5))
        assert header["also"] == "overfitting.bayes_errors"
        best = TwoClasses(distance, spread).bayes_error
        assert f"gets {100 * best:.1f} % wrong" in header["told"]
        json.dumps(header, allow_nan=False)
        errors, arrays = unpacked(blobs[-1])
        assert errors["at"] == points
        nearest, own, logistic, least, bound = arrays
        assert (own == 0).all()
        assert least == pytest.approx(100 * best)
        assert bound == pytest.approx(200 * best * (1 - best))
        assert (logistic >= least - 1e-9).all()
        assert (nearest >= least - 1e-9).all()
        boundary = np.array(header["lines"][1]["places"])
        assert (len(boundary) == 0) == ((distance, spread) == (0, 1))  # any rule is the best there
        if not len(boundary):
            continue
        chance = TwoClasses(distance, spread).chance_of_b(boundary)
        assert np.abs(chance - 0.5).max() < 0.02


@pytest.mark.parametrize("value", ["nan", "-5", "1e9", "x"])
def test_any_link_opens(value: str) -> None:
    app = section_of(
        page, overfitting__bayes__distance=value, overfitting__bayes__spread=value,
        overfitting__bayes__points=value, overfitting__widths=value, overfitting__target=value,
    )  # fmt: skip
    assert "best rule" in message_to(app, "overfitting.bayes.shapes")["told"]


def test_without_a_race_there_is_a_way_to_one(links: Links) -> None:
    app = section_of(page)
    assert "no race of yours" in app.info[0].value
    assert links[-1] == (
        "../pages/training_lab.py",
        links[-1][1] | {"query_params": {"training_lab.preset": "too-big"}},
    )


def raced() -> None:
    import streamlit as st

    from explainer.training.data.registry import load
    from explainer.training.data.splits import Split
    from explainer.training.engine.race import Race
    from explainer.training.recipe.recipe import Network, Recipe, Training
    from explainer.ui.overfitting.learning_curves import learning_curves_section
    from explainer.ui.training_lab.control import begin
    from explainer.ui.training_lab.plan import DataChoice, LabPlan

    if "begun" not in st.session_state:
        st.session_state["begun"] = True
        recipes = (
            Recipe(Network("mlp", depth=1, width=64), training=Training(steps=150), name="wide"),
            Recipe(Network("mlp", depth=1, width=1), training=Training(steps=150), name="one unit"),
        )
        plan = LabPlan(
            data=DataChoice("digits", "Digits"), split=Split(train_size=60, label_noise=0.1),
            recipes=recipes, seeds=(0, 1),
        )  # fmt: skip
        begin(plan, load("digits"), Race.play)
    learning_curves_section()


def walked() -> AppTest:
    app = section_of(raced)
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    until(lambda: ticket.race.snapshot.finished)
    app.run()
    assert not app.exception, app.exception
    return app


def test_a_race_is_walked_through_and_a_change_opens_in_the_lab(links: Links) -> None:
    app = walked()
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    wide = [one.last for one in ticket.race.snapshot.of_recipe(0)]
    errors = [1 - one.train_measure for one in wide if one]
    assert f"{100 * np.mean(errors):.1f} %" in html_of(app)
    assert "**wide**: high variance first" in text_of(app)
    assert "**one unit**: high bias first" in text_of(app)
    app.button(key="overfitting.try.1.larger").click().run()
    before, after = app.session_state["training_lab.recipe_list"]
    assert before == ticket.race.recipes[1]
    assert after == replace(before, network=replace(before.network, width=2), name=after.name)
    assert app.session_state["training_lab.preset"] == "own"
    assert app.session_state["training_lab.data"] == "digits"
    assert app.session_state["training_lab.digits.train_size"] == 60
    assert app.session_state["training_lab.digits.wrong_labels"] == 0.1
    assert ("../pages/training_lab.py", {}) in links
    above = 100 * np.mean(errors) - 50
    app.slider(key="overfitting.target").set_value(50.0).run()
    assert f">{above:.1f}".replace("-", "−") in html_of(app)  # what can be reached is no bias
    app.button(key="overfitting.try.0.data").click().run()
    assert app.session_state["training_lab.recipe_list"] == (ticket.race.recipes[0],)
    assert app.session_state["training_lab.digits.train_size"] == 120
