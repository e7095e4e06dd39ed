"""Each state in which work stands with its service has a sentence of its own, with its numbers.

Landscapes and permuted trainings alike; the real service schedules, beside another visitor's toy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explainer.gradients.landscape.survey import SURVEYS, Survey
from explainer.networks.digits.permuted_race import PermutedRace
from explainer.service import Phase, Ticket, service_of, stop_service
from tests.app.reading import app_at
from tests.service.racers import Toy, until


@dataclass(frozen=True)
class Work:
    """A page with work for a service: what that is, and what it is called on screen."""

    slug: str
    name: str
    one: str
    kind: type[Any]
    query: dict[str, str]


WORKS = (
    Work("landscape", "landscapes", "landscape", Survey, {"landscape__steps": "600"}),
    Work(
        "why_convolution",
        "permuted",
        "training",
        PermutedRace,
        {"why_convolution__tab": "permuted"},
    ),
)
each_work = pytest.mark.parametrize("work", WORKS, ids=lambda work: work.name)


@pytest.fixture(autouse=True)
def _one_slot_and_two_tickets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    stop_service()
    SURVEYS.clear()
    monkeypatch.setenv("DEEPGLASS_RACES", "1")
    monkeypatch.setenv("DEEPGLASS_OPEN_RACES", "2")
    yield
    stop_service()


@pytest.fixture
def begun() -> Callable[[Work], AppTest]:
    """Opens a page and begins its work."""

    def begin(work: Work) -> AppTest:
        app = app_at(work.slug, **work.query)
        for button in app.button:
            if button.label.startswith("Train all four"):
                return press(app, button.label)
        return app

    return begin


def press(app: AppTest, label: str) -> AppTest:
    """Press the button of that label."""
    next(one for one in app.button if one.label == label).click().run()
    assert not app.exception
    return app


def ticket_of(app: AppTest, work: Work) -> Ticket[Any]:
    """The ticket of the page's work."""
    found: Ticket[Any] = app.session_state[f"{work.slug}.ticket"]
    return found


def other_visitor(work: Work) -> Ticket[Toy]:
    """Work of somebody else that is at work."""
    ticket: Ticket[Toy] = service_of(work.name).open(Toy, "ada")
    ticket.command(Toy.play)
    until(lambda: ticket.state.phase is Phase.RACING)
    return ticket


def progress(app: AppTest) -> str:
    """The words at the bar."""
    return str(app.get("progress")[0].proto.text)


def warnings(app: AppTest) -> list[str]:
    """The sentences in the boxes."""
    return [one.value for one in app.warning]


def labels(app: AppTest) -> list[str]:
    """The labels of all buttons."""
    return [one.label for one in app.button]


@each_work
def test_work_that_takes_turns_says_with_how_many_and_work_that_is_stopped_says_so(
    work: Work, begun: Callable[[Work], AppTest]
) -> None:
    other = other_visitor(work)
    app = begun(work)
    assert progress(app).endswith("in turn with 1 other")
    assert warnings(app) == []
    press(app, "Stop")
    until(lambda: ticket_of(app, work).state.phase is Phase.IDLE)
    app.run()
    assert progress(app).startswith("Stopped")
    assert warnings(app) == []
    assert "Go on" in labels(app)
    other.command(Toy.pause)
    press(app, "Go on")
    assert progress(app).startswith("Training")


@each_work
def test_where_as_many_share_as_may_the_number_is_told(
    work: Work, begun: Callable[[Work], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPGLASS_SHARING", "1")
    other_visitor(work)
    app = begun(work)
    assert warnings(app) == [
        f"1 {work.one} is at work, which is all there is room for; this {work.one} stays paused, "
        "so press Go on in a while."
    ]
    assert "Go on" in labels(app)


@each_work
def test_a_used_up_budget_is_told_with_its_bound_and_nothing_offers_to_go_on(
    work: Work, begun: Callable[[Work], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPGLASS_SECONDS", "7")
    app = begun(work)
    ticket = ticket_of(app, work)
    ticket.budget.charge(0, 7.0, 0)
    until(lambda: ticket.state.phase is Phase.IDLE, 60)
    app.run()
    assert warnings(app) == [
        f"This {work.one} has been at work for 7 s, the most there is; it stays paused."
    ]
    assert progress(app).startswith("Stopped")
    assert "Go on" not in labels(app)


@each_work
def test_where_too_many_are_open_the_number_is_told(
    work: Work, begun: Callable[[Work], AppTest]
) -> None:
    others = [service_of(work.name).open(Toy, name) for name in ("ada", "bob")]
    app = begun(work)
    assert warnings(app) == [
        f"2 {work.one}s are open, the most this server takes; try again in a while."
    ]
    assert [one.state.phase for one in others] == [Phase.IDLE] * 2


@each_work
def test_work_that_fails_by_a_fault_of_the_program_says_that_it_was_closed(
    work: Work, begun: Callable[[Work], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        raise RuntimeError("a fault")

    monkeypatch.setattr(work.kind, "run_slice", broken)
    app = begun(work)
    until(lambda: ticket_of(app, work).state.phase is Phase.CLOSED, 60)
    app.run()
    assert warnings(app) == [
        f"Something went wrong in this {work.one}, so it was closed; the others go on."
    ]


@each_work
def test_work_that_a_newer_one_replaced_says_so(
    work: Work, begun: Callable[[Work], AppTest]
) -> None:
    app = begun(work)
    visitor = ticket_of(app, work).visitor
    assert visitor is not None
    service_of(work.name).open(Toy, visitor)
    app.run()
    assert warnings(app) == [f"A newer {work.one} of yours took the place of this one."]
