"""Who owns which race: one a visitor, adoption once nobody owns it, the grace, the end."""

import gc
import logging
import subprocess
import sys
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

import explainer.service as package
from explainer.service import (
    Phase,
    Service,
    ServiceClosed,
    ServiceFull,
    ServiceSettings,
    Ticket,
)
from explainer.service.background_jobs import BackgroundJobs, Job
from explainer.training.engine.race import Race
from tests.service.racers import Toy, phase, races, service_threads, small_race, toys, until

SHORT = ServiceSettings(concurrent=1, grace_seconds=0.1)


def played(service: Service[Race], visitor: str) -> Ticket[Race]:
    ticket = service.open(small_race, visitor)
    ticket.command(lambda race: race.play())
    until(lambda: ticket.race.snapshot.step > 0)
    return ticket


def test_a_new_race_takes_the_place_of_the_earlier_one() -> None:
    with toys() as service:
        earlier = service.open(Toy, "ada")
        later = service.open(Toy, "ada")
        assert service.find("ada") is later
        assert earlier.state.phase is Phase.CLOSED
        assert "newer race" in earlier.state.message
        until(lambda: earlier.race.closed)
        assert earlier.command(lambda race: race.steps) is None


def test_a_race_that_cannot_be_built_changes_nothing() -> None:
    def refuse() -> Toy:
        raise ValueError("there are 0 recipes")

    with toys(ServiceSettings(open_races=1)) as service:
        ticket = service.open(Toy, "ada")
        with pytest.raises(ValueError, match="0 recipes"):
            service.open(refuse, "ada")
        assert service.find("ada") is ticket
        assert ticket.state.phase is Phase.IDLE
        service.open(Toy, "ada")


def test_a_full_service_refuses_without_building() -> None:
    built = []

    def build() -> Toy:
        built.append(Toy())
        return built[-1]

    with toys(ServiceSettings(open_races=2)) as service:
        service.open(build, "ada")
        service.open(build, "bob")
        with pytest.raises(ServiceFull, match=r"^2 races are open, the most this server takes;"):
            service.open(build, "cy")
        assert len(built) == 2
        service.open(build, "bob")


def test_a_race_that_is_being_built_counts() -> None:
    with toys(ServiceSettings(open_races=1)) as service:
        go_on, begun = threading.Event(), threading.Event()

        def slowly() -> Toy:
            begun.set()
            go_on.wait(60)
            return Toy()

        thread = threading.Thread(target=service.open, args=(slowly, "ada"))
        thread.start()
        assert begun.wait(60)
        with pytest.raises(ServiceFull):
            service.open(Toy, "bob")
        go_on.set()
        thread.join()
        assert service.find("ada") is not None


def test_a_race_is_adopted_only_once_its_owner_is_gone() -> None:
    with toys() as service:
        ticket = service.open(Toy, "ada")
        assert service.adopt(ticket.id, "bob") is None
        assert service.adopt(ticket.id, "ada") is ticket
        service.leave("ada")
        assert service.find("ada") is None
        assert service.adopt(ticket.id, "bob") is ticket
        assert service.find("bob") is ticket
        assert service.adopt(ticket.id, "cy") is None


def test_a_wrong_id_gives_nothing() -> None:
    with toys() as service:
        ticket = service.open(Toy, "ada")
        service.leave("ada")
        for wrong in ("", ticket.id[:-1], ticket.id + "x", "größer", "\udc80"):
            assert service.adopt(wrong, "bob") is None


def test_ids_are_long_and_all_different() -> None:
    with toys() as service:
        ids = {service.open(Toy, f"visitor {number}").id for number in range(50)}
    assert len(ids) == 50
    assert min(map(len, ids)) >= 32


def test_who_adopts_a_race_gives_up_the_one_they_had() -> None:
    with toys() as service:
        left, own = service.open(Toy, "ada"), service.open(Toy, "bob")
        service.leave("ada")
        assert service.adopt(left.id, "bob") is left
        assert own.state.phase is Phase.CLOSED
        assert service.find("bob") is left


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, Job]]:
    """What is to be done after a while, with the seconds of the while; the test does it."""
    jobs: list[tuple[float, Job]] = []
    monkeypatch.setattr(
        BackgroundJobs, "do_after", lambda _, seconds, job: jobs.append((seconds, job))
    )
    return jobs


def test_a_race_goes_on_in_the_grace_and_is_closed_after_it(later: list[tuple[float, Job]]) -> None:
    with toys(SHORT) as service:
        ticket = service.open(Toy, "ada")
        ticket.command(Toy.play)
        service.leave("ada")
        steps = ticket.race.steps
        until(lambda: ticket.race.steps > steps)
        assert phase(ticket) is Phase.RACING
        ((seconds, expire),) = later
        assert seconds == SHORT.grace_seconds
        expire()
        until(lambda: ticket.race.closed)
        assert phase(ticket) is Phase.CLOSED
        assert service.adopt(ticket.id, "bob") is None


def test_an_adopted_race_outlives_the_grace(later: list[tuple[float, Job]]) -> None:
    with toys(SHORT) as service:
        ticket = service.open(Toy, "ada")
        service.leave("ada")
        assert service.adopt(ticket.id, "bob") is ticket
        later[0][1]()
        assert ticket.state.phase is Phase.IDLE


def test_the_memory_of_an_abandoned_race_is_freed() -> None:
    with races(SHORT) as service:
        race = weakref.ref(played(service, "ada").race)
        service.leave("ada")

        def freed() -> bool:
            time.sleep(0.1)  # a collection stops all threads, also those that let go of the race
            gc.collect()
            return race() is None

        until(freed)


def test_closing_while_races_train_waits_for_one_slice_a_slot_and_leaves_no_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[Race] = []
    run_slice = Race.run_slice

    def counted(race: Race, seconds: float) -> int:
        begun.append(race)
        return run_slice(race, seconds)

    monkeypatch.setattr(Race, "run_slice", counted)
    with races(ServiceSettings(concurrent=2)) as service:
        tickets = [service.open(small_race, name) for name in ("ada", "bob", "cy")]
        for ticket in tickets:
            ticket.command(lambda race: race.play())
        until(lambda: all(one.race.snapshot.step > 0 for one in tickets[:2]))
        before = len(begun)
        service.close()
        assert len(begun) - before <= 2
        assert service_threads() == []
        assert [one.state.phase for one in tickets] == [Phase.CLOSED] * 3
        assert not any(one.race.has_work or one.race.snapshot.runs for one in tickets)


def test_closing_twice_is_closing_once_and_nothing_opens_afterwards() -> None:
    with toys() as service:
        ticket = service.open(Toy, "ada")
        service.close()
        service.close()
        assert ticket.race.closed
        ticket.command(Toy.play)
        assert not ticket.race.playing
        with pytest.raises(ServiceClosed):
            service.open(Toy, "ada")


def test_a_race_that_was_built_while_the_service_closed_is_closed_too() -> None:
    with toys() as service:
        toy = Toy()

        def build() -> Toy:
            service.close()
            return toy

        with pytest.raises(ServiceClosed):
            service.open(build, "ada")
        assert toy.closed


def test_a_race_that_does_not_stop_does_not_hold_the_server(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explainer.service.training_service.STOP_SECONDS", 0.2)
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def stuck() -> None:
        begun.set()
        assert go_on.wait(60)
        ended.set()

    with toys() as service:
        ticket = service.open(Toy, "ada")
        ticket.command(lambda race: race.post(stuck))
        ticket.command(Toy.play)
        assert begun.wait(60)
        with caplog.at_level(logging.WARNING):
            service.close()
        assert not ended.is_set()
        assert "Still at work" in caplog.text
        go_on.set()
    until(lambda: service_threads() == [])


def test_a_service_with_nothing_to_do_wakes_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    asleep: list[str] = []

    def watched(sleep: Callable[..., Any]) -> Callable[..., Any]:
        def fall_asleep(*arguments: Any) -> Any:
            asleep.append(threading.current_thread().name)
            return sleep(*arguments)

        return fall_asleep

    with races() as service:
        ticket = service.open(small_race, "ada")
        ticket.command(lambda race: race.step(5))
        until(lambda: ticket.race.snapshot.step == 5 and ticket.state.phase is Phase.IDLE)
        monkeypatch.setattr(threading.Condition, "wait", watched(threading.Condition.wait))
        monkeypatch.setattr(time, "sleep", watched(time.sleep))
        time.sleep(0.5)
    assert threading.current_thread().name in asleep
    lain_down = Counter(name for name in asleep if name.startswith("service-"))
    assert max(lain_down.values(), default=0) <= 1, "once, after the work there was"


def test_the_process_has_one_service_until_it_is_stopped() -> None:
    try:
        first = package.service()
        assert package.service() is first
        package.stop_service()
        package.stop_service()
        with pytest.raises(ServiceClosed):
            first.open(small_race, "ada")
        assert package.service() is not first
    finally:
        package.stop_service()
    assert service_threads() == []


def test_importing_the_service_loads_neither_torch_nor_streamlit() -> None:
    script = (
        "import sys, explainer.service;"
        "print([name for name in ('torch', 'streamlit', 'altair') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (answer.stdout.strip(), answer.returncode) == ("[]", 0), answer.stderr
