"""What a page asks the worker of a race ends: with an answer or with one sentence."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from explainer.service import ServiceSettings, Ticket
from explainer.training.data.registry import load
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.ui.training_lab.asking import BUSY, GONE, NoAnswer, answer_now
from explainer.ui.training_lab.first_points import ASKED_WAIT, FETCH_WAIT, Fetch, leave_time
from explainer.ui.training_lab.instruments import take_away
from tests.service.racers import races, small_race


def test_an_answer_comes_and_what_the_question_raises_comes_as_it_is() -> None:
    with races() as service:
        ticket = service.open(small_race, "ada")
        assert answer_now(ticket, len) == 1
        with pytest.raises(IndexError):
            answer_now(ticket, lambda runs: runs[9])


def test_a_race_that_has_ended_says_so_at_once() -> None:
    with races() as service:
        ticket = service.open(small_race, "ada")
        service.open(small_race, "ada")
        with pytest.raises(NoAnswer) as refused:
            answer_now(ticket, len)
        assert str(refused.value) == GONE


def test_a_race_that_ends_while_it_is_asked_says_so() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(runs: Sequence[Run]) -> bool:
        begun.set()
        return go_on.wait(60)

    with races() as service:
        ticket = service.open(small_race, "ada")
        ticket.command(lambda race: race.ask(slow))
        assert begun.wait(60)
        closing = threading.Timer(0.05, service.open, (small_race, "ada"))
        closing.start()
        with pytest.raises(NoAnswer) as refused:
            answer_now(ticket, len)
        assert str(refused.value) == GONE
        closing.join()
        go_on.set()


def test_a_question_that_nobody_waits_for_any_more_is_not_answered() -> None:
    begun, go_on, asked = threading.Event(), threading.Event(), list[int]()

    def slow(runs: Sequence[Run]) -> bool:
        begun.set()
        return go_on.wait(60)

    with races() as service:
        ticket = service.open(small_race, "ada")
        ticket.command(lambda race: race.ask(slow))
        assert begun.wait(60)
        with pytest.raises(NoAnswer, match=r"no time for it within 0\.05 s; try again\."):
            answer_now(ticket, lambda runs: asked.append(1), seconds=0.05)
        go_on.set()
        assert answer_now(ticket, len) == 1
        assert asked == []


def test_a_race_that_has_too_much_to_do_says_so() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(runs: Sequence[Run]) -> bool:
        begun.set()
        return go_on.wait(60)

    def flood(race: Race) -> list[Future[bool]]:
        return [race.ask(slow) for _ in range(99)]

    with races() as service:
        ticket = service.open(small_race, "ada")
        ticket.command(flood)
        assert begun.wait(60)
        ticket.command(flood)
        with pytest.raises(NoAnswer) as refused:
            answer_now(ticket, len)
        assert str(refused.value) == BUSY
        go_on.set()


def test_what_costs_is_refused_where_the_budget_is_used_up_and_what_is_there_can_be_taken() -> None:
    with races(ServiceSettings(concurrent=1, most_steps=1)) as service:
        ticket = service.open(small_race, "ada")
        ticket.command(Race.step)
        while ticket.race.has_work or not ticket.budget.message:
            ticket.race.wait_for_work(0.01)
        with pytest.raises(NoAnswer, match="has gone 1 step, the most there is"):
            answer_now(ticket, len, costly=True)
        assert answer_now(ticket, len) == 1


def test_a_download_of_weights_that_are_gone_holds_the_sentence() -> None:
    def names(ticket: Ticket[Race]) -> dict[str, bytes]:
        content = take_away._weights(ticket, load("digits"))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    with races() as service:
        ticket = service.open(small_race, "ada")
        ticket.command(Race.step)
        while ticket.race.has_work:
            ticket.race.wait_for_work(0.01)
        assert list(names(ticket)) == ["1-recipe-seed-0.safetensors"]
        service.open(small_race, "ada")
        assert names(ticket) == {"there-are-no-weights.txt": f"{GONE}\n".encode()}


@pytest.mark.parametrize("asked", [False, True])
def test_a_browser_that_has_asked_is_given_longer_for_the_first_points(asked: bool) -> None:
    """One that asks has them in a moment; where the page was drawn before, in a second or two."""
    waited: list[float | None] = []

    class Watched(Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout)
            return False

    begun = SimpleNamespace(snapshot=SimpleNamespace(runs=[SimpleNamespace(curves=["one"])]))
    leave_time(cast("Any", SimpleNamespace(race=begun)), Fetch(asked=asked, done=Watched()))
    assert waited == [ASKED_WAIT if asked else FETCH_WAIT]
    assert ASKED_WAIT > FETCH_WAIT
