"""What the browser is told of a race: everything at first, then what is new, and no more."""

from __future__ import annotations

import json
import threading
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.charts.race import ACCURACY, LOSS
from explainer.charts.theme import DARK, LIGHT
from explainer.live_pictures import LivePicture
from explainer.service import Phase, Ticket, TicketState
from explainer.training.engine.race import Race
from explainer.training.measurement.snapshot import Snapshot
from explainer.ui.training_lab.control import is_active
from explainer.ui.training_lab.curve_news import PREPARED, Curves, View
from explainer.ui.training_lab.curves import is_reachable
from tests.app.moving import unfold
from tests.app.reading import app_at, message_to

pytestmark = pytest.mark.usefixtures("service_of_its_own")

TWO = "name-Plain~net-mlp~steps-40!name-Steep~net-mlp~lr-0.5~steps-40"
KEY = "training_lab.curves"


@pytest.fixture
def app() -> AppTest:
    """The lab with a race of two recipes and three seeds, after one step."""
    app = app_at("training_lab", training_lab__recipes=TWO)
    app.button(key="training_lab.first").click().run()
    at_rest(app)
    return app


def at_rest(app: AppTest) -> Ticket[Race]:
    """The race of the page, once it has nothing to do and its slot has let go of it."""
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    ends = time.monotonic() + 300
    while is_active(ticket) and time.monotonic() < ends:
        time.sleep(0.02)
    return ticket


def answer(app: AppTest, known: object) -> tuple[dict[str, Any], list[np.ndarray]]:
    """What the route would answer the page's browser."""
    offered: LivePicture = app.session_state[f"{KEY}.live"]
    return unpacked(offered.render({"known": known}, 0))


def unpacked(data: bytes) -> tuple[dict[str, Any], list[np.ndarray]]:
    """The header of a message, and its curves `(4, n)`."""
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    arrays, offset = [], 4 + length
    for size in header["sizes"]:
        arrays.append(np.frombuffer(data[offset : offset + size], "<f4").reshape(4, -1))
        offset += size
    return header, arrays


def test_the_process_waits_for_the_data_that_it_prepares() -> None:
    """A thread that is cut off in torch ends the process with an abort."""
    app = app_at("training_lab", training_lab__recipes=TWO)
    assert not app.session_state["training_lab.curves.source"]._rest.daemon


def test_a_race_answers_before_the_page_knows_of_it() -> None:
    PREPARED.clear()
    app = app_at("training_lab", training_lab__recipes=TWO)
    begun = message_to(app, KEY)
    header, nothing = answer(app, -1)
    assert (header["view"], header["moving"], nothing) == (0, True, [])
    assert begun["address"] == app.session_state[f"{KEY}.live"].address
    assert ".st-key-training_lab-first" in begun["starts"]
    plan, examples, _view = app.session_state[f"{KEY}.source"].asked
    given = [*map(plan.source(examples), plan.seeds)]
    ends = time.monotonic() + 60
    while given not in list(PREPARED) and time.monotonic() < ends:
        time.sleep(0.05)
    assert given in list(PREPARED), "what the race will be given is held"
    offered = app.session_state[f"{KEY}.live"].render
    app.button(key="training_lab.first").click().run()
    at_rest(app)
    header, curves = unpacked(offered({"known": -1}, 0))  # as it was offered before the click
    assert header["status"].startswith("Step 1 of 40")
    assert [curve[0, 0] for curve in curves] == [0] * len(header["curves"])
    assert message_to(app, KEY)["moving"] in (True, False)
    assert "starts" not in message_to(app, KEY)


def test_what_is_known_is_not_sent_again_and_what_is_new_is(app: AppTest) -> None:
    known, curves = answer(app, -1)
    assert len(curves) == len(known["curves"]) == 2 * 2 * 2  # charts, recipes, parts
    again, nothing = answer(app, known["number"])
    assert nothing == []
    assert "curves" not in again
    assert again["status"].startswith("Step 1 of 40")
    app.session_state["training_lab.ticket"].command(lambda race: race.step(10))
    at_rest(app)
    later, longer = answer(app, known["number"])
    assert later["number"] > known["number"]
    assert longer[0][0, -1] == 11
    assert not later["moving"]


def test_the_values_are_those_of_the_runs(app: AppTest) -> None:
    ticket = at_rest(app)
    header, curves = answer(app, -1)
    place = header["curves"].index([0, 1, "training"])
    runs = ticket.race.snapshot.of_recipe(1)
    found = sorted(float(run.curves.train_loss[-1]) for run in runs)
    np.testing.assert_allclose(curves[place][1:, -1], found, rtol=1e-6)


def test_a_page_that_runs_again_keeps_its_address_and_goes_on_counting(app: AppTest) -> None:
    first = message_to(app, KEY)
    app.run()
    second = message_to(app, KEY)
    assert second["address"] == first["address"]
    assert second["view"] == first["view"]
    app.toggle(key="training_lab.logarithmic").set_value(True).run()
    third = message_to(app, KEY)
    assert third["view"] != first["view"]
    assert third["number"] > second["number"]
    assert [one["logarithmic"] for one in third["charts"]] == [True, False]


def test_a_link_says_which_curves_and_how() -> None:
    how = {"shown": "Weights", "logarithmic": "true", "smoothing": "0.5"}
    query = {f"training_lab__{name}": value for name, value in how.items()}
    app = app_at("training_lab", training_lab__recipes=TWO, **query)
    app.button(key="training_lab.first").click().run()
    at_rest(app)
    charts = message_to(app, KEY)["charts"]
    assert [one["title"] for one in charts] == ["length of all weights", "weights at exactly 0 (%)"]
    assert [one["logarithmic"] for one in charts] == [True, False]
    assert unfold(app).slider(key="training_lab.smoothing").value == 0.5


@pytest.mark.parametrize("known", [None, "new", [1], {}])
def test_what_is_no_number_is_refused(app: AppTest, known: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        answer(app, known)


@pytest.mark.slow
def test_of_two_that_ask_at_once_none_is_told_older_news_under_a_higher_number() -> None:
    app = app_at("training_lab", training_lab__recipes=TWO.replace("steps-40", "steps-5000"))
    app.button(key="training_lab.start").click().run()
    offered: LivePicture = app.session_state[f"{KEY}.live"]
    found: list[tuple[int, float]] = []
    ends = time.monotonic() + 300

    def ask() -> None:
        while len(set(found)) < 8 and time.monotonic() < ends:
            header, curves = unpacked(offered.render({"known": -1}, 0))
            found.append((header["number"], float(curves[0][0].max(initial=-1.0))))
            time.sleep(0.002)  # so that the race goes on beside those who ask

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    steps = dict(found)  # the same curves under the same number
    assert len(steps) >= 8
    assert all(steps[number] == step for number, step in found)
    assert [steps[number] for number in sorted(steps)] == sorted(steps.values())


def test_who_is_told_that_the_race_rests_is_told_of_its_last_step(app: AppTest) -> None:
    """A race that comes to rest while its news are written moves, until all of it is there."""
    seen = at_rest(app).race.snapshot

    class Stopping:
        has_work = True

        @property
        def snapshot(self) -> Snapshot:
            self.has_work = False
            return seen

        @property
        def state(self) -> TicketState:
            return TicketState(Phase.RACING if self.has_work else Phase.IDLE, 0, 1.0, "")

    race = Stopping()
    ticket: Any = type("Stopped", (), {"race": race, "state": property(lambda _: race.state)})()
    curves = Curves(ticket, View((LOSS,)))
    first, __ = unpacked(curves.answer({"known": -1}, 0))
    then, __ = unpacked(curves.answer({"known": -1}, 0))
    assert first["moving"]
    assert "paused" not in first["status"]
    assert not then["moving"]
    assert "paused" in then["status"]


def test_the_colours_are_those_of_the_appearance(app: AppTest) -> None:
    curves = Curves(at_rest(app), View((LOSS, ACCURACY)))
    for theme in (LIGHT, DARK):
        header, _ = unpacked(curves.message(theme, address=""))
        assert [one["colour"] for one in header["recipes"]] == list(theme.categorical[:2])
        assert [one["name"] for one in header["recipes"]] == ["Plain", "Steep"]


def test_a_browser_that_cannot_ask_is_sent_the_curves_by_the_page() -> None:
    app = app_at("training_lab", training_lab__recipes=TWO)
    app.button(key="training_lab.first").click().run()
    at_rest(app)
    app.session_state[KEY] = {"closed": {"view": message_to(app, KEY)["view"], "number": 1}}
    app.run()
    assert message_to(app, KEY)["address"] == ""
    app.toggle(key="training_lab.logarithmic").set_value(True).run()
    assert message_to(app, KEY)["address"]  # another view tries again
    assert not app.exception


def test_a_way_that_was_closed_is_tried_again_after_a_pause_longer_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    shown = SimpleNamespace(id=7)
    state: dict[str, Any] = {"lab.curves.source": shown}
    monkeypatch.setattr("streamlit.session_state", state)
    monkeypatch.setattr("explainer.ui.training_lab.curves.time.monotonic", lambda: now)
    assert is_reachable("lab")
    for number, pause in enumerate((20, 40, 80, 160, 320, 320)):
        state["lab.curves"] = {"closed": {"view": 7, "number": number}}
        assert not is_reachable("lab")
        now += pause - 1
        assert not is_reachable("lab")
        now += 1
        assert is_reachable("lab")
    shown.id = 8
    assert is_reachable("lab"), "another view is tried at once"
