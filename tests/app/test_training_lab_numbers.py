"""The training lab on numbers: every tab says errors, and nothing speaks of accuracy or classes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explainer.service import Ticket, stop_service
from explainer.training.data.registry import load
from explainer.training.data.shifted import SHIFTS, suitable
from explainer.training.engine.race import Race
from explainer.ui.training_lab.instruments.tabs import TABS
from tests.app.moving import tell, unfold
from tests.app.reading import app_at, message_to, text_of

OF_CLASSES = r"accurac|class|logit|confiden|nats|wrong label|boundary|cross-entropy"
NETWORK = "~net-mlp~depth-1~width-8~act-tanh~opt-adam~lr-0.01~steps-60"
TWO = f"name-Plain{NETWORK}!name-Normed{NETWORK}~bn-1~do-0.2"
SETS = ["plane", "gaussians", "noisy-sine"]


def lab(data: str) -> AppTest:
    """The lab with two recipes on these data, two seeds."""
    return app_at(
        "training_lab", training_lab__recipes=TWO, training_lab__data=data, training_lab__seeds="2"
    )


@pytest.fixture(scope="module", params=SETS)
def app(request: pytest.FixtureRequest) -> Iterator[AppTest]:
    """The lab after a race on one of the data sets, once for all tests of it."""
    app = lab(request.param)
    app.selectbox(key="training_lab.guess").set_value("1. Plain").run()
    app.button(key="training_lab.start").click().run()
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    ends = time.monotonic() + 300
    while not ticket.race.snapshot.finished or ticket.race.has_work:
        assert time.monotonic() < ends
        time.sleep(0.02)
    yield app
    stop_service()


def said(app: AppTest) -> str:
    """All words of the page that a test can read, alternative texts of charts as well."""
    plain = [one.value for one in (*app.caption, *app.info, *app.warning, *app.error)]
    html = [re.sub(r"(?s)<style>.*?</style>", "", one.proto.body) for one in app.get("html")]
    charts = [str(one.proto) for one in app.get("vega_lite_chart")]
    controls = [
        f"{one.label} {one.help or ''}" for one in (*app.slider, *app.selectbox, *app.button)
    ]
    options = [
        option for one in app.selectbox if "preset" not in str(one.key) for option in one.options
    ]
    return "\n".join([text_of(app), *plain, *html, *charts, *controls, *options])


def look(app: AppTest, tab: str, recipe: int = 0) -> str:
    """Open a tab with that recipe picked; returns all words."""
    for name in ("network", "layers_of", "mistakes_of", "inputs_of", "code_of"):
        app.session_state[f"training_lab.{name}"] = recipe
    app.session_state["training_lab.look"] = tab
    app.run()
    assert not app.exception, app.exception
    return said(app)


def of_classes(text: str) -> list[str]:
    """What is said of classes, with its surroundings; HTML and the glossary do not count."""
    text = re.sub(r'class="[^"]*"|src="[^"]*"|\(#term-[\w-]+ "[^"]*"\)', "", text)
    found = re.finditer(OF_CLASSES, text, re.IGNORECASE)
    return [text[max(one.start() - 60, 0) : one.end() + 40] for one in found]


@pytest.mark.parametrize("data", SETS)
def test_before_a_race_everything_is_about_numbers(data: str) -> None:
    app = lab(data)
    app.session_state["training_lab.gallery"] = True
    app.run()
    assert not app.exception
    assert not of_classes(said(app))
    assert "180 to train on" in said(app) or "120 to train on" in said(app)
    assert not any(str(one.key).endswith("wrong_labels") for one in app.slider)
    header = message_to(app, "training_lab.curves")
    assert [one["title"] for one in header["charts"]] == [
        "loss, without penalty (squared error)", "mean absolute error (lower is better)"
    ]  # fmt: skip
    assert header["most"] == [None, None]
    unfold(app).selectbox(key=f"training_lab.{data}.loss").set_value("huber").run()
    assert "(Huber's loss)" in message_to(app, "training_lab.curves")["charts"][0]["title"]
    assert "loss=huber" in str(app.query_params) or "huber" in str(app.query_params)
    stop_service()


@pytest.mark.parametrize("tab", [one.title for one in TABS])
def test_no_tab_speaks_of_classes(app: AppTest, tab: str) -> None:
    for recipe in (0, 1):
        words = look(app, tab, recipe)
        assert "<function" not in words
        found = of_classes(words)
        if tab == "Take away":  # the code has classes of Python
            found = [one for one in found if "class " not in one]
        assert not found


def test_the_table_has_errors_and_a_gap_that_is_above_zero_where_it_overfits(app: AppTest) -> None:
    look(app, "Verdict")
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    last = [run.last for run in ticket.race.snapshot.of_recipe(0)]
    errors = sorted(one.validation_measure for one in last if one)
    gaps = sorted(one.validation_measure - one.train_measure for one in last if one)
    html = [re.sub(r"(?s)<style>.*?</style>", "", one.proto.body) for one in app.get("html")]
    table = next(one for one in html if "generalisation gap" in one)
    row = table.split("<tr>")[2]
    assert f"{errors[0]:.4f}–{errors[1]:.4f}" in row
    assert f"{sum(gaps) / 2:.4f}".replace("-", "−") in row
    assert "Error of each recipe" in table


def test_the_verdict_and_the_prediction_say_that_less_is_better(app: AppTest) -> None:
    words = look(app, "Verdict")
    assert "Less is better" in words
    assert "Validation mean absolute error" in words
    assert "You said Plain" in words
    about = app.session_state["training_lab.guess_about"]
    assert about == "accuracy"
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    snapshot = ticket.race.snapshot
    ends = [
        sum(run.last.validation_measure for run in snapshot.of_recipe(place) if run.last)
        for place in (0, 1)
    ]
    leaders = set(re.findall(r"(\w+) is ahead of \w+ by", words))
    assert leaders <= {"Plain" if ends[0] < ends[1] else "Normed"}


def test_mistakes_are_the_largest_errors_on_the_scale_of_the_targets(app: AppTest) -> None:
    words = look(app, "Mistakes")
    assert "Mean absolute error" in words
    assert "furthest off" in words
    data = str(app.selectbox(key="training_lab.data").value)
    if data == "noisy-sine":
        assert "one line a recipe" in words
    else:
        assert words.count("Output of recipe") == 2
        assert "linear-gradient" in words
        look(app, "Network")
        header = message_to(app, "training_lab.network_drawn")
        assert header["titles"][-1] == "Output"
        assert header["decided"] == "Output, with the points"
        assert header["outputs"] == "output"


def test_a_shifted_test_is_scored_and_compared(app: AppTest) -> None:
    data = str(app.selectbox(key="training_lab.data").value)
    menu: Any = app.get_by_key("training_lab.shift")
    assert [one.split(": ")[1] for one in menu.options] == [
        SHIFTS[one.slug].title for one in suitable(load(data))
    ]
    menu.click(menu.options[0]).run()
    assert not app.exception
    app.session_state["training_lab.asked_for"] = "shifted"
    assert "Mean absolute error on the shifted test" in look(app, "Verdict")


def test_what_only_classes_have_says_so_in_the_dialog_and_at_the_start() -> None:
    app = app_at(
        "training_lab", training_lab__recipes=f"name-Smoothed{NETWORK}~ls-0.1",
        training_lab__data="plane",
    )  # fmt: skip
    tell(app, "training_lab.table", "asked", {"what": "edit", "index": 0})
    assert not app.exception
    assert any("For classes alone" in one.value for one in app.caption)
    app = app_at(
        "training_lab", training_lab__recipes=f"name-Smoothed{NETWORK}~ls-0.1",
        training_lab__data="plane",
    )  # fmt: skip
    app.button(key="training_lab.start").click().run()
    assert not app.exception
    assert any("Smoothed cannot train" in one.value for one in app.warning)
    stop_service()
