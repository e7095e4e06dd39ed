"""The drawing of a network: what it is told, and what a visitor changes in it."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.recipe.recipe import Network, Recipe
from explainer.ui.training_lab.instruments import network_edits
from explainer.ui.training_lab.instruments.network_edits import (
    DRAWN,
    REFUSED,
    edit,
    edited,
    set_typed,
)
from tests.app.reading import app_at, message_to
from tests.app.test_training_lab_instruments import finished, look, wait_for_the_end

pytestmark = pytest.mark.usefixtures("service_of_its_own")

RECIPE = "net-mlp~depth-2~width-5~act-tanh~steps-60~feat-x_xy_siny"
DENSE = ("dense1", "dense2", "out")


def lab(recipes: str = f"name-Plain~{RECIPE}!name-Other~{RECIPE}~lr-0.01") -> AppTest:
    return app_at(
        "training_lab",
        training_lab__recipes=recipes,
        training_lab__data="spirals",
        training_lab__seeds="2",
    )


@pytest.fixture
def stepped() -> AppTest:
    """A race after its first step, paused, with its network drawn."""
    app = lab()
    app.button(key="training_lab.first").click().run()
    look(app, "Network")
    return app


def ticket_of(app: AppTest) -> Ticket[Race]:
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    return ticket


def typed(monkeypatch: pytest.MonkeyPatch, app: AppTest, **message: Any) -> str:
    """What is refused of what the browser sends; empty where it is taken."""
    state: dict[str, Any] = {}
    monkeypatch.setattr(network_edits, "heard", lambda *_: message)
    monkeypatch.setattr(streamlit, "session_state", state)
    try:
        set_typed(ticket_of(app), 1, DENSE)
    finally:
        monkeypatch.undo()
    return str(state.get(REFUSED, ""))


def test_the_features_are_the_inputs_and_the_recipe_can_be_edited(stepped: AppTest) -> None:
    header = message_to(stepped, DRAWN)
    assert header["inputs"] == ["x", "x·y", "sin(πy)"]
    assert len(header["biases"]) == 3
    assert header["fixed"] == header["refused"] == ""
    recipe = header["recipe"]
    assert (recipe["depth"], recipe["widths"], recipe["changed"]) == (2, [5, 5], False)
    assert recipe["features"] == ["x", "xy", "siny"]
    assert [slug for slug, _ in recipe["offered"]][:3] == ["x", "y", "x2"]


def test_what_sets_a_recipe_apart_names_its_features() -> None:
    rows = message_to(lab(), "training_lab.table")["rows"]
    assert any("Features x, x·y, sin(πy)" in row["difference"] for row in rows)


def test_a_weight_that_is_typed_is_set_marked_and_said_where_it_counts(
    stepped: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert typed(monkeypatch, stepped, layer=1, unit=4, source=0, value=" −1,5 ") == ""
    snapshot = ticket_of(stepped).race.snapshot
    marks = [[mark.text for mark in run.marks] for run in snapshot.runs]
    assert marks == [[], [], ["dense2.weight[4, 0] = −1.5, seed 0"], []]
    stepped.run()
    look(stepped, "Verdict")
    assert "Set by hand while it raced: 2. Other." in captions(stepped)
    look(stepped, "Take away")
    assert "Weights or biases were set by hand in: 2. Other." in captions(stepped)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"layer": 0, "unit": 0, "source": 0, "value": "much"}, "“much” is no number"),
        ({"layer": 0, "unit": 0, "source": 0, "value": ""}, "“” is no number"),
        ({"layer": 0, "unit": 0, "source": 0, "value": None}, "is no number"),
        ({"layer": 0, "unit": 0, "source": 0, "value": "1e400"}, "it goes from −100 to 100"),
        ({"layer": 0, "unit": 0, "source": 0, "value": "nan"}, "it goes from −100 to 100"),
        ({"layer": 0, "unit": 99, "source": 0, "value": "1"}, "the network has no"),
    ],
)
def test_bad_numbers_get_one_sentence(
    stepped: AppTest, monkeypatch: pytest.MonkeyPatch, message: dict[str, Any], said: str
) -> None:
    assert said in typed(monkeypatch, stepped, **message)
    assert not any(run.marks for run in ticket_of(stepped).race.snapshot.runs)


@pytest.mark.parametrize(
    "message", [{}, {"layer": 7, "unit": 0, "value": "1"}, {"layer": "0", "unit": [], "value": "1"}]
)
def test_what_no_drawing_sends_changes_nothing(
    stepped: AppTest, monkeypatch: pytest.MonkeyPatch, message: dict[str, Any]
) -> None:
    typed(monkeypatch, stepped, **message)
    assert not any(run.marks for run in ticket_of(stepped).race.snapshot.runs)


def test_a_race_that_has_ended_sets_nothing_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    app = lab()
    finished(app)
    app.run()
    look(app, "Network")
    assert "has ended" in message_to(app, DRAWN)["fixed"]
    assert "has ended" in typed(monkeypatch, app, layer=0, unit=0, source=0, value="1")


def test_points_of_the_test_part_are_offered_once_it_is_scored(stepped: AppTest) -> None:
    assert stepped.toggle(key="training_lab.test_points").disabled
    ticket_of(stepped).command(Race.play)
    wait_for_the_end(ticket_of(stepped))
    stepped.run()
    assert not stepped.toggle(key="training_lab.test_points").disabled
    stepped.toggle(key="training_lab.test_points").set_value(True).run()
    stepped.toggle(key="training_lab.flat").set_value(True).run()
    assert not stepped.exception


@pytest.mark.parametrize(
    ("message", "wanted", "refused"),
    [
        ({"name": "depth", "value": 3}, Network(kind="mlp", depth=3), ""),
        ({"name": "depth", "value": 0}, Network(kind="mlp", depth=0), ""),
        ({"name": "widths", "value": [65, 65]}, Network(kind="mlp", width=65), ""),
        ({"name": "widths", "value": [9, 8]}, Network(kind="mlp", widths=(9, 8)), ""),
        ({"name": "features", "value": ["y"]}, Network(kind="mlp", features=("y",)), ""),
        ({"name": "features", "value": []}, Network(kind="mlp"), "at least one"),
        ({"name": "widths", "value": [4, 0]}, Network(kind="mlp"), "it goes from 1"),
        ({"name": "widths", "value": {}}, Network(kind="mlp"), "is a number"),
        ({"name": "activation", "value": "tanh"}, Network(kind="mlp"), ""),
        ({}, Network(kind="mlp"), ""),
    ],
)
def test_the_drawing_edits_the_recipe(
    monkeypatch: pytest.MonkeyPatch, message: dict[str, Any], wanted: Network, refused: str
) -> None:
    state: dict[str, Any] = {"training_lab.recipe_list": (Recipe(Network(kind="mlp")),)}
    monkeypatch.setattr(network_edits, "heard", lambda *_: message)
    monkeypatch.setattr(streamlit, "session_state", state)
    edit(0)
    assert state["training_lab.recipe_list"][0].network == wanted
    assert refused in state.get(REFUSED, "")
    assert bool(refused) == bool(state.get(REFUSED))


def test_a_layer_less_takes_its_width_along() -> None:
    recipe = Recipe(Network(kind="mlp", depth=3, widths=(9, 8, 7)))
    assert edited(recipe, "depth", 2).network == Network(kind="mlp", widths=(9, 8))
    assert edited(recipe, "depth", 1).network == Network(kind="mlp", depth=1, width=9)


def test_an_edited_recipe_waits_for_the_new_race(stepped: AppTest) -> None:
    entries = stepped.session_state["training_lab.recipe_list"]
    stepped.session_state["training_lab.recipe_list"] = (
        Recipe(Network(kind="mlp", depth=3, width=5, activation="tanh")), *entries[1:]
    )  # fmt: skip
    stepped.run()
    header = message_to(stepped, DRAWN)
    assert (header["recipe"]["depth"], header["recipe"]["changed"]) == (3, True)
    assert len(header["titles"]) == 4
    assert stepped.button(key="training_lab.start").label == "Start the new race"
    stepped.session_state["training_lab.recipe_list"] = entries[:1]
    stepped.run()
    assert message_to(stepped, DRAWN)["recipe"] is None


def captions(app: AppTest) -> str:
    return "\n".join(one.value.replace("\\", "") for one in app.caption)
