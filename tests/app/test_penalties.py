"""The page on L1 and L2: the plane of two weights, its controls, its link, and its parts."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.live_pictures import LivePicture
from explainer.regularisation.decay_maps import LAMBDAS, RATES, DecayMaps
from explainer.regularisation.network_path import HIDDEN, POWERS, NetworkPath
from explainer.regularisation.shapes import Shape
from explainer.regularisation.two_classes import two_classes
from explainer.regularisation.two_weights import minima, two_weights
from explainer.ui.penalties import decay_maps as decay_ui
from explainer.ui.penalties import network_path as network_ui
from explainer.ui.penalties.strength import EIGHT, lab_query
from explainer.words import PSEUDO
from tests.app.reading import app_at, message_to, text_of

PLANE = "penalties.plane"
TABS = ("force", "path", "strength", "prior", "small")


def panels(app: AppTest) -> dict[str, dict[str, Any]]:
    """The planes that are shown, by the title of their penalty."""
    return {one["title"]: one for one in message_to(app, PLANE)["panels"]}


def answer(app: AppTest, **moved: float) -> dict[str, Any]:
    """What the live route answers to a move."""
    offered: LivePicture = app.session_state["penalties.live"]
    data = offered.render(dict(moved), 7)
    header: dict[str, Any] = json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])
    return header


def test_the_first_view_has_a_zero_under_l1_and_none_under_l2() -> None:
    found = panels(app_at("penalties"))
    assert list(found) == ["L1", "L2"]
    assert found["L1"]["found"][1] == 0 != found["L1"]["found"][0]
    assert all(found["L2"]["found"])
    assert "w₂ is exactly 0" in found["L1"]["told"]
    assert any("1" in row for row in found["L1"]["zone"])
    assert not any("1" in row for row in found["L2"]["zone"])


def test_a_link_opens_penalty_features_strength_and_optimum() -> None:
    app = app_at(
        "penalties", penalties__penalty="l1", penalties__pair="s1-s2", penalties__strength="0.05",
        penalties__at="0.5,-0.25",
    )  # fmt: skip
    message, (panel,) = message_to(app, PLANE), panels(app).values()
    assert message["optimum"] == [0.5, -0.25]
    problem = two_weights("s1-s2")
    wanted = minima(problem, Shape(1.0), np.array(0.05), np.array([0.5, -0.25]))
    assert panel["found"] == pytest.approx(wanted.tolist())


def test_a_budget_is_met_by_every_penalty() -> None:
    app = app_at("penalties", penalties__form="budget", penalties__budget="50")
    optimum = np.array(two_weights("bmi-bp").optimum)
    for panel, shape in zip(panels(app).values(), (Shape(1.0), Shape(2.0)), strict=True):
        taken = float(shape.values(np.array(panel["found"])))
        assert taken == pytest.approx(0.5 * float(shape.values(optimum)), rel=5e-3)


def test_a_drag_is_answered_as_the_page_would_show_it() -> None:
    app = app_at("penalties")
    moved = answer(app, first=0.2, second=-0.6)
    assert moved["optimum"] == [0.2, -0.6]
    linked = message_to(app_at("penalties", penalties__at="0.2,-0.6"), PLANE)
    assert [one["found"] for one in moved["panels"]] == [one["found"] for one in linked["panels"]]
    assert moved["rows"] == linked["rows"]
    stronger = answer(app, strength=1.5)
    assert stronger["panels"][0]["found"] == [0, 0]


def test_a_link_opens_the_logistic_loss_and_a_drag_is_answered_with_it() -> None:
    app = app_at(
        "penalties", penalties__loss="logistic", penalties__logistic_strength="0.1",
        penalties__penalty="l1", penalties__at="1.2,-0.4",
    )  # fmt: skip
    problem, (panel,) = two_classes("bmi-bp").moved_to((1.2, -0.4)), panels(app).values()
    assert panel["found"] == pytest.approx(problem.minima(Shape(1.0), np.array(0.1)).tolist())
    stronger = answer(app, logistic_strength=0.3)["panels"][0]["found"]
    wanted = problem.minima(Shape(1.0), np.array(0.3))
    assert stronger == pytest.approx(wanted.tolist())
    assert stronger != panel["found"]
    assert answer(app, first=9, second=0)["optimum"] == [1.6, 0]
    assert "cross-entropy" in answer(app, first=1, second=0)["rows"][2]["label"]


def test_the_script_of_the_logistic_loss_has_what_is_shown() -> None:
    app = app_at("penalties", penalties__code="true", penalties__loss="logistic")
    (text,) = (one.value for one in app.code if "load_diabetes" in one.value)
    scope: dict[str, Any] = {}
    exec(compile(text, "script", "exec"), scope)
    for slug, panel in zip(("l1", "l2"), panels(app).values(), strict=True):
        assert scope["results"][slug] == pytest.approx(panel["found"], abs=1e-5)


@pytest.mark.parametrize(
    "place", ["", "1", "nan,0", "0.1,inf", "a,b", "1e999,0", "9,9", "0.1,0.2,0.3", "−0.1,0"]
)
def test_a_link_with_any_optimum_opens(place: str) -> None:
    found = message_to(app_at("penalties", penalties__at=place), PLANE)
    assert all(abs(value) <= found["largest"] for value in found["optimum"])


@pytest.mark.parametrize("place", ["0,0.8", "0.5,0", "0,0"])
def test_a_round_ball_has_no_corner_whatever_is_asked(place: str) -> None:
    found = panels(app_at("penalties", penalties__penalty="l2", penalties__at=place))
    assert "corner of the ball" not in found["L2"]["told"]


def test_with_a_budget_nothing_is_shaded() -> None:
    """There each place of the ring has a strength of its own."""
    found = panels(app_at("penalties", penalties__form="budget"))
    assert all(not one["zone"] for one in found.values())


def test_nonsense_in_a_link_leaves_what_is_usual() -> None:
    app = app_at(
        "penalties", penalties__penalty="foo", penalties__at="nan,1", penalties__strength="abc",
        penalties__tab="zzz",
    )  # fmt: skip
    assert list(panels(app)) == ["L1", "L2"]
    assert app.session_state["penalties.penalty"] == ["l1", "l2"]
    assert message_to(app, PLANE)["optimum"] == list(two_weights("bmi-bp").optimum)


def test_a_p_from_one_on_has_a_budget() -> None:
    app = app_at(
        "penalties", penalties__penalty="power", penalties__p="2", penalties__form="budget"
    )
    (panel,) = panels(app).values()
    assert "40 % of the ring’s" in panel["told"]


def test_any_p_has_no_budget_and_no_path() -> None:
    app = app_at("penalties", penalties__penalty="power", penalties__form="budget")
    (panel,) = panels(app).values()
    assert panel["path"] == []
    assert panel["told"].startswith("λ = 0.4: the penalty is")


def test_without_a_choice_both_stand_there() -> None:
    assert list(panels(app_at("penalties", penalties__penalty=""))) == ["L1", "L2"]


def test_the_script_has_what_is_shown() -> None:
    app = app_at("penalties", penalties__code="true", penalties__at="0.5,0.1")
    (text,) = (one.value for one in app.code if "load_diabetes" in one.value)
    scope: dict[str, Any] = {}
    exec(compile(text, "script", "exec"), scope)
    for slug, panel in zip(("l1", "l2"), panels(app).values(), strict=True):
        assert scope["results"][slug] == pytest.approx(panel["found"], abs=1e-5)


@pytest.mark.parametrize("tab", TABS)
def test_each_part_opens_by_its_link(tab: str) -> None:
    app = app_at("penalties", penalties__tab=tab)
    assert not app.exception
    assert len(text_of(app)) > 200


def test_a_link_opens_the_maps_of_decay_and_they_are_told_from_the_numbers() -> None:
    accuracy = np.full((2, len(RATES), len(LAMBDAS), 2), 0.5)
    accuracy[0, 1, 2], accuracy[1, 2, 7] = [0.8, 0.81], [0.7, 0.9]
    decay_ui.KEPT.put("digits", DecayMaps(150, accuracy))
    try:
        app = app_at("penalties", penalties__decay_fold="true")
    finally:
        decay_ui.KEPT.clear()
    assert not app.exception
    told = text_of(app)
    assert "is best at η = 0.003, λ = **0.001**: 80.5 %" in told
    assert "is best at η = 0.01, λ = **0.3**: 80.0 %" in told
    assert "**within noise**" in told


def test_the_first_layer_at_a_linked_lambda_is_told_and_shown() -> None:
    weights = np.random.default_rng(0).normal(size=(2, len(POWERS), HIDDEN, 64)).astype(np.float32)
    weights[0, 4, 1:3] = weights[0, 4, 3, :10] = 0
    accuracy = np.full((2, len(POWERS)), 0.5)
    accuracy[:, 7] = 0.75
    network_ui.KEPT.put("digits", NetworkPath(400, weights, accuracy))
    link = {"penalties__network_fold": "true", "penalties__network__power": "-3"}
    try:
        app = app_at("penalties", penalties__tab="path", **link)
    finally:
        network_ui.KEPT.clear()
    assert not app.exception
    told = text_of(app)
    assert f"**L1** at λ = 0.001: **138 of {64 * HIDDEN}** weights" in told
    assert f"2 of {HIDDEN} units have no other" in told
    assert f"**L2** at λ = 0.001: **0 of {64 * HIDDEN}** weights" in told
    assert "50.0 % of validation is right; at the best λ, 0.0056, 75.0 %" in told
    tiles = message_to(app, "penalties.network_tiles")["tiles"]
    zeros = [one["says"][1]["text"] for one in tiles]
    assert zeros[:4] == ["0 zeros", "all 0", "all 0", "10 zeros"]


def test_the_lab_opens_with_the_race_of_eight_strengths() -> None:
    query = {name.replace(".", "__"): value for name, value in lab_query(0.3).items()}
    app = app_at("training_lab", **query)
    given = app.session_state["training_lab.recipe_list"]
    assert [one.regularisation.l2 for one in given] == list(EIGHT)
    assert len({one.network for one in given} | {one.training for one in given}) == 2
    assert app.session_state["training_lab.digits.train_size"] == 200
    assert app.session_state["training_lab.digits.wrong_labels"] == 0.3
    assert app.session_state["training_lab.seeds"] == 5


def test_what_is_said_is_translated() -> None:
    found = panels(app_at("penalties", lang=PSEUDO))
    assert all(one["told"].startswith("⟦") for one in found.values())
