"""The time line of a race: every instrument as it was at a kept step, and a branch from there."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.engine.rewind.branch import BRANCH
from explainer.training.recipe.recipe import with_value
from explainer.ui.training_lab.instruments.tabs import TABS
from explainer.ui.training_lab.moment import NOW
from tests.app.reading import app_at, message_to
from tests.app.test_training_lab import run_until
from tests.app.test_training_lab_instruments import finished, html_of, look, wait_for_the_end

pytestmark = pytest.mark.usefixtures("service_of_its_own")

LIST = "training_lab.recipe_list"
TWO = "name-Plain~net-mlp~steps-90~l1p-0.02!name-Dropout~net-mlp~do-0.5~steps-90"


@pytest.fixture
def app() -> AppTest:
    """A race of two small networks that has ended."""
    app = app_at("training_lab", training_lab__recipes=TWO, training_lab__seeds="2")
    finished(app)
    return app.run()


def rewind(app: AppTest, step: int) -> None:
    """Draw the slider to a step."""
    slider = next(one for one in app.select_slider if one.label == "As it was at step")
    slider.set_value(step).run()
    assert not app.exception


def captions(app: AppTest) -> str:
    """All captions of the page."""
    return "\n".join(one.value for one in app.caption)


def test_before_the_first_step_there_is_nothing_to_look_back_at() -> None:
    app = app_at("training_lab", training_lab__recipes=TWO)
    app.button(key="training_lab.first").click().run()
    app.button(key="training_lab.reset").click().run()
    run_until(app, lambda: not app.session_state["training_lab.ticket"].race.has_work)
    app.run()
    assert app.button(key="training_lab.branch").disabled


def test_the_weights_are_those_of_the_step_that_is_looked_at(app: AppTest) -> None:
    look(app, "Weights")
    assert "As it is now, at step 90 (kept steps: 8)." in captions(app)
    after = html_of(app)
    rewind(app, 1)
    assert "As it was at step 1 (kept steps: 8)." in captions(app)
    assert "After step 1, all 2 seeds" in captions(app)
    shares = re.compile(r"<b>([\d.]+) %</b>")
    assert float(shares.findall(html_of(app))[0]) < float(shares.findall(after)[0])
    assert message_to(app, "training_lab.curves")["then"] == 1
    rewind(app, NOW)
    assert html_of(app) == after


@pytest.mark.slow
@pytest.mark.parametrize("tab", [one.title for one in TABS])
def test_every_tab_opens_at_an_earlier_step(app: AppTest, tab: str) -> None:
    look(app, tab)
    rewind(app, 32)
    assert "As it was at step 32" in captions(app)


def test_a_branch_goes_on_with_the_recipes_as_they_are_edited_now(app: AppTest) -> None:
    old: Ticket[Race] = app.session_state["training_lab.ticket"]
    before = old.race.snapshot
    rewind(app, 32)
    assert "unchanged, the course repeats itself" in captions(app)
    plain, dropout = app.session_state[LIST]
    app.session_state[LIST] = (with_value(plain, "learning_rate", 0.005), dropout)
    app.run()
    assert "the course repeats itself" not in captions(app)
    app.button(key="training_lab.branch").click().run()
    assert not app.exception
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    wait_for_the_end(ticket)
    app.run()
    snapshot = ticket.race.snapshot
    assert old.closed
    assert snapshot.fork is not None
    assert (snapshot.fork.step, snapshot.seeds) == (32, before.seeds)
    assert [run.learning_rate for run in snapshot.runs] == [0.005, 0.005, 0.05, 0.05]
    assert [run.last for run in snapshot.runs[2:]] == [run.last for run in before.runs[2:]]
    assert "Start the new race" not in [button.label for button in app.button]
    header = message_to(app, "training_lab.curves")
    assert len(header["old"]) == len(header["curves"]) == 2 * 2 * 2  # charts, recipes, parts
    assert [mark[1:] for mark in header["marks"]] == [[32, BRANCH]] * 2
    assert "As it is now, at step 90" in captions(app)
    look(app, "Take away")
    assert "This race left another at step 32." in captions(app)


def test_a_network_of_another_shape_is_refused_and_the_race_stays(app: AppTest) -> None:
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    rewind(app, 64)
    plain, dropout = app.session_state[LIST]
    app.session_state[LIST] = (with_value(plain, "width", 10), dropout)
    app.button(key="training_lab.branch").click().run()
    said = [one.value for one in app.warning]
    assert said == [r"Plain cannot go on from there\: its network has another shape"]
    assert app.session_state["training_lab.ticket"] is ticket
    assert not ticket.closed


def test_another_story_begins_at_now_and_not_where_the_last_race_was_looked_back_at(
    app: AppTest,
) -> None:
    old: Ticket[Race] = app.session_state["training_lab.ticket"]
    rewind(app, 32)
    app.selectbox(key="training_lab.preset").set_value("features-or-layers").run()
    assert "the course repeats itself" not in captions(app)  # the recipes are others now
    app.button(key="training_lab.start").click().run()
    assert not app.exception
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    assert ticket is not old
    run_until(app, lambda: bool(ticket.race.snapshot.kept))
    app.button(key="training_lab.pause").click().run()
    run_until(app, lambda: not ticket.race.snapshot.playing)
    app.run()
    assert "As it is now, at step" in captions(app)
    assert message_to(app, "training_lab.curves")["then"] is None
    assert ticket.race.snapshot.fork is None
