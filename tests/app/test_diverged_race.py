"""A race in which a recipe diverges: every tab shows the others and says so of that one."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from explainer.charts.theme import LIGHT
from explainer.charts.training_lab.answers import boundary_picture
from explainer.service import Ticket, stop_service
from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.unit_maps import unit_maps
from explainer.training.measurement.run_record import Status
from explainer.training.recipe.recipe import (
    Network,
    Recipe,
    Regularisation,
    Training,
    to_text,
)
from explainer.ui.training_lab.control import origin_of
from explainer.ui.training_lab.instruments import take_away
from explainer.ui.training_lab.instruments.network import message_of
from explainer.ui.training_lab.instruments.tabs import TABS
from tests.app.reading import app_at, text_of

NETWORK, HELD = Network(blocks=1, channels=8), Regularisation(dropout=0.5)
PLAIN, CALM, WILD = (
    to_text(Recipe(NETWORK, HELD, Training("sgd", rate, steps=40), name=name))
    for name, rate in (("Plain", 0.05), ("Plain", 0.001), ("Wild", 100.0))
)
RACES = {
    "one wild": (f"{PLAIN}!{WILD}", "digits"),
    "all wild": (f"{WILD}!{WILD}", "digits"),
    "points": (f"{PLAIN}!{WILD}".replace("~blocks", "~net-mlp~blocks"), "moons"),
    "numbers": (f"{PLAIN}!{WILD}".replace("~blocks", "~net-mlp~blocks"), "gaussians"),
    "a curve": (f"{CALM}!{WILD}".replace("~blocks", "~net-mlp~blocks"), "noisy-sine"),
}
OF_ONE_RECIPE = ("film", "inside_of", "layers_of", "mistakes_of", "inputs_of", "code_of")


@pytest.fixture(scope="module")
def app(request: pytest.FixtureRequest) -> Iterator[AppTest]:
    """The lab after one of the races, once for all tests of it: a visitor has one race."""
    recipes, data = RACES[request.param]
    app = app_at("training_lab", training_lab__recipes=recipes, training_lab__data=data)
    app.button(key="training_lab.start").click().run()
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    ends = time.monotonic() + 300
    while not ticket.race.snapshot.finished or ticket.race.has_work:
        assert time.monotonic() < ends
        time.sleep(0.02)
    for run in ticket.race.snapshot.runs:
        wild = ticket.race.recipes[run.recipe].name == "Wild"
        assert (run.status is Status.DIVERGED) == wild
    yield app
    stop_service()


ONE_WILD = pytest.mark.parametrize("app", ["one wild"], indirect=True)


def look(app: AppTest, tab: str, recipe: int) -> str:
    """Open a tab with that recipe picked wherever one is; returns all its words."""
    for name in OF_ONE_RECIPE:
        app.session_state[f"training_lab.{name}"] = recipe
    app.session_state["training_lab.look"] = tab
    app.run()
    assert not app.exception, app.exception
    said = [element.value for element in (*app.caption, *app.info, *app.warning)]
    html = [element.proto.body for element in app.get("html")]
    return "\n".join([text_of(app), *said, *html])


def charts(app: AppTest) -> list[pa.Table]:
    """The data of all charts of the page."""
    found = []
    for chart in app.get("vega_lite_chart"):
        for data in (chart.proto.data, *(one.data for one in chart.proto.datasets)):
            if data.data:
                found.append(pa.ipc.open_stream(data.data).read_all())
    return found


@pytest.mark.parametrize("tab", [one.title for one in TABS])
@pytest.mark.parametrize("app", RACES, indirect=True)
def test_every_tab_opens_shows_only_numbers_and_says_diverged(app: AppTest, tab: str) -> None:
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    for place in range(len(ticket.race.recipes)):
        said = look(app, tab, place)
        assert "diverged" in said
        assert not {"nan", "nan%", "inf", "inf%"} & set(said.replace("(", " ").lower().split())
        for table in charts(app):
            for column in table.columns:
                if pa.types.is_floating(column.type):
                    assert not np.isinf(column.to_numpy(zero_copy_only=False)).any()


@ONE_WILD
def test_the_kernels_of_the_healthy_keep_their_scale_beside_the_wild(app: AppTest) -> None:
    said = look(app, "Kernels", 0)
    assert said.count("The first 8 kernels of recipe") == 2
    scale = float(said.split("One scale for all: ±")[1].split(".\n")[0].rstrip("."))
    assert scale < 1
    assert "no numbers any more" in said


@ONE_WILD
def test_mistakes_of_the_wild_are_none_and_the_sentence_says_why(app: AppTest) -> None:
    said = look(app, "Mistakes", 1)
    assert "is not a number, and is left out" in said
    assert "validation examples wrong" in look(app, "Mistakes", 0)


@ONE_WILD
def test_weights_and_pruning_have_a_row_that_says_diverged(app: AppTest) -> None:
    said = look(app, "Weights", 0)
    rows = [row for row in said.split("<tr>") if "Wild" in row and "<td>" in row]
    assert len([row for row in rows if "<td>diverged</td>" in row]) == 2, rows


@ONE_WILD
def test_the_race_as_json_and_csv_is_strict(app: AppTest) -> None:
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    origin = origin_of(ticket)
    assert origin is not None

    def refuse(name: str) -> None:
        raise AssertionError(name)

    assert json.loads(take_away._json(ticket, *origin), parse_constant=refuse)["runs"]
    assert "nan" not in take_away._csv(ticket).lower()


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e30])
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_a_network_of_numbers_that_are_none_is_drawn(depth: int, value: float) -> None:
    data = prepare(load("moons"), Split(train_size=40))
    run = Run(Recipe(Network(kind="mlp", depth=depth, width=4)), 0, data)
    for parameter in run.model.parameters():
        parameter.data.fill_(value)
    found = unit_maps(run, 9)
    assert len(found.layers) == depth + 2
    message = message_of(found, LIGHT, boundary_picture(found.decision, LIGHT), {})
    head = message[4 : 4 + int.from_bytes(message[:4], "little")]
    assert len(json.loads(head, parse_constant=pytest.fail)["titles"]) == depth + 2
