"""Who trains when: turns, slots, what needs no slot, budgets, crashes."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from types import SimpleNamespace

import pytest

import explainer.service.ticket as ticket_module
from explainer.service import Phase, Service, ServiceSettings, Ticket
from explainer.service.scheduler import LIMITED_SECONDS
from explainer.service.settings import MEGABYTE
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from tests.service import racers
from tests.service.racers import Toy, phase, races, small_race, toys, until

ONE = ServiceSettings(concurrent=1)


def playing(service: Service[Toy], visitor: str) -> Ticket[Toy]:
    ticket = service.open(Toy, visitor)
    ticket.command(Toy.play)
    return ticket


def test_a_race_is_idle_until_play_is_pressed_and_again_after_pause() -> None:
    with toys() as service:
        ticket = service.open(Toy, "ada")
        assert phase(ticket) is Phase.IDLE
        ticket.command(Toy.play)
        assert phase(ticket) is Phase.RACING
        until(lambda: ticket.race.steps > 3)
        ticket.command(Toy.pause)
        until(lambda: ticket.state.phase is Phase.IDLE)


def test_races_take_turns_and_all_of_them_move() -> None:
    with toys(ONE) as service:
        tickets = [playing(service, name) for name in ("ada", "bob", "cy")]
        assert [(one.state.phase, one.state.others) for one in tickets] == [(Phase.RACING, 2)] * 3
        assert tickets[0].state.shared == "in turn with 2 others"
        until(lambda: all(one.race.steps > 20 for one in tickets))
        steps = sorted(one.race.steps for one in tickets)
        assert steps[-1] - steps[0] < 20
        tickets[0].command(Toy.pause)
        until(lambda: tickets[1].state.shared == "in turn with 1 other")


def test_who_has_just_begun_comes_before_those_who_had_a_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(racers, "STEP_SECONDS", 0.1)
    with toys(ONE) as service:
        old = [playing(service, f"visitor {number}") for number in range(10)]
        until(lambda: old[-1].race.steps > 0)
        before = [one.race.steps for one in old]
        new = [playing(service, name) for name in ("ada", "bob")]
        until(lambda: new[1].race.steps > 0)
        assert sum(one.race.steps for one in old) - sum(before) <= 3
        assert new[0].race.steps > 0


def test_a_race_that_is_over_takes_no_turns() -> None:
    with toys(ONE) as service:
        first = service.open(lambda: Toy(ends_at=5), "ada")
        first.command(Toy.play)
        second = playing(service, "bob")
        until(lambda: second.state.others == 0 and second.race.steps > 0)
        assert (first.race.steps, first.state.phase) == (5, Phase.IDLE)


def test_a_race_that_is_paused_between_its_turns_leaves_at_once() -> None:
    with toys(ONE) as service:
        tickets = [playing(service, name) for name in ("ada", "bob", "cy")]
        until(lambda: all(one.race.steps > 0 for one in tickets))
        tickets[1].command(Toy.pause)
        until(lambda: tickets[1].state.phase is Phase.IDLE)
        steps = tickets[1].race.steps
        until(lambda: tickets[0].race.steps > steps + 20)
        assert tickets[1].race.steps == steps


def test_a_race_that_is_closed_between_its_turns_makes_room_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(racers, "STEP_SECONDS", 0.5)
    with toys(ServiceSettings(concurrent=1, sharing=10, grace_seconds=0)) as service:
        tickets = [playing(service, f"visitor {number}") for number in range(10)]
        until(lambda: tickets[5].race.steps > 0)
        service.leave("visitor 5")
        until(lambda: tickets[5].state.phase is Phase.CLOSED)
        assert tickets[0].state.others == 8
        assert playing(service, "ada").state.phase is Phase.RACING


def test_no_more_races_train_at_a_moment_than_there_are_slots() -> None:
    with toys(ServiceSettings(concurrent=2)) as service:
        tickets = [playing(service, f"visitor {number}") for number in range(5)]
        until(lambda: all(one.race.steps > 10 for one in tickets))
        threads = set().union(*(one.race.trained_in for one in tickets))
        assert threads == {"service-slot-0", "service-slot-1"}


def test_where_as_many_share_as_may_the_race_is_paused_again_and_told_so() -> None:
    with toys(ServiceSettings(concurrent=1, sharing=2)) as service:
        first, _, third = (playing(service, name) for name in ("ada", "bob", "cy"))
        assert third.state.phase is Phase.IDLE
        assert not third.race.snapshot.playing
        assert third.state.message.startswith("2 races are at work, which is all there is room for")
        first.command(Toy.pause)
        until(lambda: first.state.phase is Phase.IDLE)
        third.command(Toy.play)
        assert (third.state.phase, third.state.message) == (Phase.RACING, "")


def test_what_needs_no_training_is_done_without_a_slot() -> None:
    with toys(ONE) as service:
        playing(service, "ada")
        idle = service.open(Toy, "bob")
        done = threading.Event()
        idle.command(lambda race: race.post(done.set))
        assert done.wait(60)
        assert idle.race.steps == 0


def test_a_race_is_answered_between_its_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(racers, "STEP_SECONDS", 0.5)
    with toys(ONE) as service:
        tickets = [playing(service, f"visitor {number}") for number in range(10)]
        until(lambda: tickets[5].race.steps > 0)
        done, steps = threading.Event(), tickets[5].race.steps
        tickets[5].command(lambda race: race.post(done.set))
        assert done.wait(60)
        assert tickets[5].race.steps == steps, "its next turn is 4 s away"


def test_only_slots_train_races() -> None:
    with toys(ONE) as service:
        ticket = playing(service, "ada")
        for _ in range(20):
            ticket.command(lambda race: race.post(lambda: None))
        until(lambda: ticket.race.steps > 20)
        assert ticket.race.trained_in == {"service-slot-0"}


def test_a_race_that_is_reset_and_played_at_once_gets_its_slot() -> None:
    with toys(ONE) as service:
        ticket = service.open(lambda: Toy(ends_at=3), "ada")
        ticket.command(Toy.play)
        until(lambda: ticket.race.steps == 3)
        ticket.command(lambda race: race.post(lambda: setattr(race, "steps", 0)))
        ticket.command(Toy.play)
        until(lambda: ticket.race.steps == 3 and ticket.state.phase is Phase.IDLE)


def test_quick_play_and_pause_from_many_threads_ends_where_the_last_command_said() -> None:
    with toys(ONE) as service:
        tickets = [service.open(Toy, name) for name in ("ada", "bob", "cy")]

        def press(ticket: Ticket[Toy]) -> None:
            for _ in range(100):
                ticket.command(Toy.play)
                ticket.command(Toy.pause)

        threads = [threading.Thread(target=press, args=(one,)) for one in tickets]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until(lambda: all(one.state.phase is Phase.IDLE for one in tickets))
        tickets[0].command(Toy.play)
        before = tickets[0].race.steps
        until(lambda: tickets[0].race.steps > before)


def test_a_command_that_raises_reaches_the_caller_and_an_answer_too() -> None:
    def refuse(_: Toy) -> None:
        raise ValueError("the learning rate is -1")

    with toys() as service:
        ticket = service.open(Toy, "ada")
        with pytest.raises(ValueError, match="learning rate is -1"):
            ticket.command(refuse)
        assert ticket.command(lambda race: race.steps) == 0


@pytest.mark.parametrize(
    ("settings", "build", "sentence"),
    [
        (
            ServiceSettings(concurrent=1, most_steps=10),
            Toy,
            "This race has gone 10 steps, the most there is; it stays paused.",
        ),
        (
            ServiceSettings(concurrent=1, most_bytes=MEGABYTE),
            lambda: Toy(held_bytes=3 * MEGABYTE),
            "The curves and checkpoints of this race take 3 MB of the 1 MB there are;"
            " it stays paused.",
        ),
    ],
)
def test_a_budget_that_is_used_up_pauses_the_race_for_good(
    settings: ServiceSettings, build: Callable[[], Toy], sentence: str
) -> None:
    with toys(settings) as service:
        ticket = service.open(build, "ada")
        ticket.command(Toy.play)
        until(lambda: ticket.state.phase is Phase.IDLE)
        assert ticket.state.message == sentence
        steps = ticket.race.steps
        ticket.command(Toy.play)
        assert ticket.state.phase is Phase.IDLE
        assert not ticket.race.snapshot.playing
        assert (ticket.race.steps, ticket.state.message) == (steps, sentence)


def test_seconds_of_training_count_and_seconds_of_standing_still_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr(ticket_module, "time", SimpleNamespace(perf_counter=lambda: now[0]))

    def play_long(toy: Toy) -> None:
        toy.post(lambda: now.__setitem__(0, now[0] + 11))
        toy.play()

    with toys(ServiceSettings(concurrent=1, most_seconds=10)) as service:
        ticket = service.open(lambda: Toy(ends_at=3), "ada")
        now[0] = 100
        ticket.command(Toy.play)
        until(lambda: ticket.race.steps == 3 and ticket.state.phase is Phase.IDLE)
        assert ticket.state.message == ""
        ticket.race.ends_at = None
        ticket.command(play_long)
        until(lambda: ticket.state.message != "")
        sentence = "This race has been at work for 10 s, the most there is; it stays paused."
        assert ticket.state.message == sentence
        assert not ticket.race.snapshot.playing


def test_a_crash_closes_that_race_and_leaves_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with toys(ONE) as service, caplog.at_level(logging.ERROR):
        broken, other = playing(service, "ada"), playing(service, "bob")
        broken.race.fails = True
        until(lambda: other.race.steps > 5)
        until(lambda: broken.race.closed)
        assert broken.state.phase is Phase.CLOSED
        assert broken.state.message.startswith("Something went wrong in this race")
        assert service.find("ada") is None
        assert "the toy broke" in caplog.text
        assert "Traceback" in caplog.text
        playing(service, "ada")


def test_a_crash_in_what_needs_no_slot_does_not_end_its_thread(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with toys(ONE) as service:
        broken, other = service.open(Toy, "ada"), service.open(Toy, "bob")
        broken.race.fails = True
        broken.command(lambda race: race.post(lambda: None))
        until(lambda: broken.race.closed)
        done = threading.Event()
        other.command(lambda race: race.post(done.set))
        assert done.wait(60)
    assert "the toy broke" in caplog.text


def test_a_real_race_is_tested_and_asked_while_another_trains() -> None:
    with races(ONE) as service:
        first, second = service.open(small_race, "ada"), service.open(small_race, "bob")
        second.command(lambda race: race.step(20))
        until(lambda: second.race.snapshot.step == 20 and second.state.phase is Phase.IDLE)
        first.command(lambda race: race.play())
        second.command(lambda race: race.play())
        answer = second.command(lambda race: race.ask(lambda runs: runs[0].step))
        assert answer is not None
        assert answer.result(timeout=60) >= 20
        second.command(lambda race: race.pause())
        second.command(lambda race: race.evaluate_test())
        until(lambda: second.race.snapshot.tested)
        second.command(lambda race: race.reset())
        until(lambda: second.race.snapshot.step == 0)
        assert first.state.phase is Phase.RACING


def test_a_race_with_a_speed_limit_does_not_keep_a_thread_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slices: list[int] = []
    run_slice = Race.run_slice

    def counted(race: Race, seconds: float) -> int:
        slices.append(run_slice(race, seconds))
        return slices[-1]

    monkeypatch.setattr(Race, "run_slice", counted)
    with races(ONE) as service:
        started = time.monotonic()
        ticket = service.open(small_race, "ada")
        ticket.command(lambda race: race.set_speed(4))
        ticket.command(lambda race: race.play())
        until(lambda: ticket.race.snapshot.step >= 5)
        idle, steps = slices.count(0), ticket.race.snapshot.step
        seconds = time.monotonic() - started
        assert ticket.state.phase is Phase.RACING
    assert steps <= 4 * seconds + 2
    assert 0 < idle <= seconds / LIMITED_SECONDS + 1


def test_the_errands_of_one_visitor_do_not_keep_the_race_of_another_from_being_closed() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def errand(runs: Sequence[Run]) -> bool:
        begun.set()
        return go_on.wait(60)

    with races(ServiceSettings(concurrent=1, grace_seconds=0)) as service:
        busy, left, replaced = (service.open(small_race, name) for name in ("ada", "bob", "cy"))
        busy.command(lambda race: [race.ask(errand) for _ in range(20)])
        assert begun.wait(60)
        service.leave("bob")
        service.open(small_race, "cy")
        until(lambda: not left.race.snapshot.runs and not replaced.race.snapshot.runs)
        service.open(small_race, "ada")
        assert busy.race.snapshot.runs, "its errand is still being done"
        assert not go_on.is_set()
        go_on.set()
        until(lambda: not busy.race.snapshot.runs)


def test_who_asks_all_the_time_holds_the_others_up_by_one_errand() -> None:
    order, begun, go_on = list[str](), threading.Event(), threading.Event()

    def errand(name: str) -> Callable[[Sequence[Run]], None]:
        def ask(runs: Sequence[Run]) -> None:
            begun.set()
            assert go_on.wait(60)
            order.append(name)

        return ask

    with races(ONE) as service:
        ada, bob, cy = (service.open(small_race, name) for name in ("ada", "bob", "cy"))
        ada.command(lambda race: [race.ask(errand("ada")) for _ in range(20)])
        assert begun.wait(60)
        bob.command(lambda race: race.ask(errand("bob")))
        cy.command(lambda race: race.ask(errand("cy")))
        go_on.set()
        until(lambda: len(order) == 22)
        assert order[:3] == ["ada", "bob", "cy"]


def test_what_a_race_is_asked_counts_and_a_used_up_budget_buys_no_errand() -> None:
    with races(ServiceSettings(concurrent=1, most_seconds=1)) as service:
        ticket = service.open(small_race, "ada")
        asked = ticket.command(lambda race: race.ask(lambda runs: time.sleep(1.1)))
        assert asked is not None
        asked.result(timeout=60)
        until(lambda: bool(ticket.budget.message))  # charged once the answer is given
        sentence = "This race has been at work for 1 s, the most there is; it stays paused."
        assert ticket.errand(lambda race: race.new_seeds()) is None
        assert ticket.state.message == sentence
        looked = ticket.command(lambda race: race.ask(len))
        assert looked is not None
        assert looked.result(timeout=60) == 1, "looking at what there is stays free"
        assert ticket.race.snapshot.seeds == (0,)


def test_a_question_that_comes_with_a_play_that_is_refused_is_answered_all_the_same() -> None:
    def play_and_ask(race: Race) -> Future[int]:
        race.play()
        return race.ask(len)

    with races(ServiceSettings(concurrent=1, sharing=1)) as service:
        first, second = service.open(small_race, "ada"), service.open(small_race, "bob")
        first.command(lambda race: race.play())
        asked = second.command(play_and_ask)
        assert asked is not None
        assert asked.result(timeout=60) == 1
        assert second.state.phase is Phase.IDLE
