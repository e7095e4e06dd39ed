from __future__ import annotations

import dataclasses
import gc
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import pytest
import torch

from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.commands import MOST_NOTES
from explainer.training.engine.devices import device
from explainer.training.engine.race import Race, Settings
from explainer.training.engine.race_runs import RaceRuns
from explainer.training.engine.rate_limit import RateLimit
from explainer.training.engine.run import Run
from explainer.training.measurement.run_record import Status
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

MLP = Network(kind="mlp", depth=1, width=16)
CPU = device("cpu")
LONG = Training(steps=100_000, learning_rate=0.02)


def race(
    data: Prepared,
    *held: Regularisation,
    training: Training = LONG,
    seeds: tuple[int, ...] = (0, 1),
    settings: Settings | None = None,
) -> Race:
    recipes = [Recipe(MLP, one, training) for one in held or (Regularisation(),)]
    return Race(recipes, data, seeds=seeds, settings=settings, device=CPU)


def run_out(one: Race, most: int = 10_000) -> Snapshot:
    """Let the race do all it has to do, in so many slices at most."""
    for _ in range(most):
        if not one.has_work:
            return one.snapshot
        one.run_slice(0.05)
    raise AssertionError("the race does not come to rest")


def test_a_new_race_stands_at_step_0_and_does_nothing_until_it_is_told(digits: Prepared) -> None:
    one = race(digits)
    assert one.run_slice(0.01) == 0
    assert not one.has_work
    snapshot = one.snapshot
    assert (snapshot.step, snapshot.playing, snapshot.finished) == (0, False, False)
    assert [(run.recipe, run.seed) for run in snapshot.runs] == [(0, 0), (0, 1)]


def test_step_goes_on_by_so_many_and_measures(digits: Prepared) -> None:
    one = race(digits)
    one.step(7)
    assert one.snapshot.playing
    snapshot = run_out(one)
    assert (snapshot.step, snapshot.playing) == (7, False)
    assert [run.last.step for run in snapshot.runs if run.last] == [7, 7]
    one.step()
    one.step(2)
    assert run_out(one).step == 10


def test_an_epoch_is_as_many_steps_as_show_every_example(digits: Prepared) -> None:
    one = race(digits, training=dataclasses.replace(LONG, batch_size=50))
    one.epoch()
    assert run_out(one).step == 6


def test_play_and_pause_are_idempotent(digits: Prepared) -> None:
    one = race(digits)
    one.play()
    one.play()
    assert one.run_slice(0.05) > 0
    one.pause()
    one.pause()
    step = one.snapshot.step
    assert one.run_slice(0.05) == 0
    assert one.snapshot.step == step


def test_stop_at_pauses_there_and_play_goes_on_from_there(digits: Prepared) -> None:
    one = race(digits)
    one.stop_at(12)
    one.stop_at(12)
    one.play()
    assert run_out(one).step == 12
    one.play()
    one.run_slice(0.05)
    assert one.snapshot.step > 12
    assert one.snapshot.stop_at is None


def test_all_runs_that_go_on_are_at_the_same_step(digits: Prepared) -> None:
    one = race(digits, Regularisation(), Regularisation(dropout=0.5), seeds=(0, 1, 2))
    one.play()
    for _ in range(5):
        one.run_slice(0.02)
        assert len({run.step for run in one.snapshot.runs}) == 1


def test_reset_brings_back_the_very_same_race(digits: Prepared) -> None:
    one = race(digits, Regularisation(dropout=0.5))
    one.step(30)
    before = [run.last for run in run_out(one).runs]
    one.set_learning_rate(0, 0.5)
    one.step(5)
    run_out(one)
    one.reset()
    one.reset()
    snapshot = run_out(one)
    assert (snapshot.step, snapshot.playing) == (0, False)
    assert all(run.marks == () and len(run.curves) == 0 for run in snapshot.runs)
    one.step(30)
    assert [run.last for run in run_out(one).runs] == before


def test_steps_asked_for_right_after_a_reset_count_from_0(digits: Prepared) -> None:
    one = race(digits)
    one.step(20)
    run_out(one)
    one.reset()
    one.step(5)
    assert run_out(one).step == 5


def test_new_seeds_are_new(digits: Prepared) -> None:
    one = race(digits)
    one.step(3)
    run_out(one)
    one.new_seeds()
    snapshot = run_out(one)
    assert (snapshot.seeds, snapshot.step) == ((2, 3), 0)
    assert [run.seed for run in snapshot.runs] == [2, 3]


def test_dials_turn_for_one_recipe_and_leave_a_mark_once(digits: Prepared) -> None:
    one = race(digits, Regularisation(), Regularisation())
    one.step(5)
    run_out(one)
    one.set_learning_rate(1, 0.5)
    one.set_learning_rate(1, 0.5)
    one.set_strength(1, "l2", 0.25)
    snapshot = run_out(one)
    assert all(run.marks == () for run in snapshot.of_recipe(0))
    for run in snapshot.of_recipe(1):
        assert [(mark.step, mark.what) for mark in run.marks] == [(5, "learning_rate"), (5, "l2")]
        assert run.learning_rate == 0.5
        assert dict(run.strengths)["l2"] == 0.25


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (lambda one: one.set_learning_rate(0, 1e9), "learning_rate is 10⁹, but it goes from"),
        (lambda one: one.set_strength(0, "l3", 0.1), "no penalty 'l3'; there are"),
        (lambda one: one.set_strength(0, "l2", -1), "l2 is −1, but it goes from 0 to 10"),
        (lambda one: one.set_speed(0), "the speed is 0, but it is above 0"),
        (lambda one: one.step(0), "count is 0, but it starts at 1"),
    ],
)
def test_a_command_out_of_bounds_is_refused_at_once(
    order: Callable[[Race], None], sentence: str, digits: Prepared
) -> None:
    with pytest.raises(ValueError, match=sentence):
        order(race(digits))


def test_the_test_part_is_scored_on_request_and_once(digits: Prepared) -> None:
    one = race(digits)
    one.step(20)
    assert not run_out(one).tested
    one.evaluate_test()
    tested = [run.test for run in run_out(one).runs]
    assert all(score is not None and score.measure > 0.3 for score in tested)
    one.step(200)
    one.evaluate_test()
    assert [run.test for run in run_out(one).runs] == tested


def test_a_finished_race_is_scored_on_the_test_part(digits: Prepared) -> None:
    one = race(digits, training=Training(steps=20))
    one.play()
    snapshot = run_out(one)
    assert (snapshot.finished, snapshot.playing, snapshot.step) == (True, False, 20)
    assert all(run.status is Status.FINISHED and run.test for run in snapshot.runs)
    one.play()
    assert not one.snapshot.playing


def test_a_divergence_stops_its_run_and_the_others_go_on(digits: Prepared) -> None:
    network = Network(kind="mlp", depth=3, width=64)
    wild = Recipe(network, Regularisation(l2=1.0), Training("sgd", 100.0, steps=400))
    calm = Recipe(network, training=Training("sgd", 0.05, steps=400))
    one = Race([wild, calm], digits, seeds=(0, 1), device=CPU)
    one.play()
    snapshot = run_out(one)
    for run in snapshot.of_recipe(0):
        assert run.status is Status.DIVERGED
        assert run.step < 400
        assert "learning rate" in run.explanation.lower()
        assert run.marks[-1].what == "diverged"
    assert all((run.status, run.step) == (Status.FINISHED, 400) for run in snapshot.of_recipe(1))


def test_recipes_of_different_length_end_at_their_own_step(digits: Prepared) -> None:
    recipes = [Recipe(MLP, training=Training(steps=steps)) for steps in (10, 60)]
    one = Race(recipes, digits, seeds=(0,), device=CPU)
    one.play()
    assert [run.step for run in run_out(one).runs] == [10, 60]


def test_stacks_threads_and_interruptions_do_not_change_the_numbers(digits: Prepared) -> None:
    held = [Regularisation(), Regularisation(dropout=0.5), Regularisation(l1_proximal=1e-3)]
    found = []
    for stacked in (True, False):
        one = race(digits, *held, settings=Settings(stacked=stacked), seeds=(0, 1, 2))
        for count in (1, 9, 30):
            one.step(count)
            run_out(one)
        found.append([run.last.validation_loss for run in one.snapshot.runs if run.last])
    assert found[0] == pytest.approx(found[1], rel=1e-3)


def test_a_snapshot_is_frozen_and_does_not_change(digits: Prepared) -> None:
    one = race(digits)
    one.step(10)
    before = run_out(one)
    steps = before.runs[0].curves.step.tolist()
    one.step(100)
    run_out(one)
    assert before.runs[0].curves.step.tolist() == steps
    assert before.step == 10
    with pytest.raises(dataclasses.FrozenInstanceError):
        before.step = 3  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        before.runs[0].curves.step[0] = 5


def test_a_race_of_the_most_runs_stays_under_64_mb(few_digits: Prepared) -> None:
    recipes = [Recipe(Network(kind="mlp", width=256), training=LONG)] * 8
    one = Race(recipes, few_digits, seeds=range(10), device=CPU)
    one.step(1)
    snapshot = run_out(one)
    assert len(snapshot.runs) == 80
    assert 0 < snapshot.history_bytes + snapshot.checkpoint_bytes < 64 * 1024**2


def test_large_checkpoints_are_kept_in_half_precision_and_larger_ones_refused(
    few_digits: Prepared,
) -> None:
    recipe = Recipe(Network(kind="mlp", depth=2, width=1024))
    four = Settings(most_bytes=4 * 1024**2)
    one = Race([recipe], few_digits, seeds=(0,), settings=four, device=CPU)
    one.step(1)
    assert run_out(one).checkpoint_bytes < 4 * 1024**2
    with pytest.raises(ValueError, match="2 runs need 9 MB, but a race may keep 4 MB"):
        Race([recipe], few_digits, seeds=(0, 1), settings=four, device=CPU)


def test_too_many_recipes_or_no_seeds_or_nothing_to_validate_on_are_refused(
    digits: Prepared,
) -> None:
    with pytest.raises(ValueError, match="there are 9 recipes, but a race has 1 to 8"):
        Race([Recipe(MLP)] * 9, digits)
    with pytest.raises(ValueError, match="there are 0 seeds, but a race has 1 to 10"):
        Race([Recipe(MLP)], digits, seeds=())
    empty = prepare(load("digits"), Split(train_size=50, validation_share=0.0))
    with pytest.raises(ValueError, match="no examples to validate on"):
        Race([Recipe(MLP)], empty)


def test_each_seed_may_have_its_own_split() -> None:
    examples = load("digits")
    one = Race(
        [Recipe(MLP)],
        lambda seed: prepare(examples, Split(train_size=50, seed=seed)),
        seeds=(0, 1),
        device=CPU,
    )
    first, second = (asked.data.parts.train for asked in _asked(one))
    assert not torch.equal(first, second)


def _asked(one: Race) -> list[Run]:
    answer = one.ask(list)
    run_out(one)
    return answer.result(timeout=60)


def test_a_question_is_answered_by_the_worker_and_its_error_comes_back(digits: Prepared) -> None:
    one = race(digits)
    answer = one.ask(lambda runs: sum(p.numel() for p in runs[0].model.parameters()))
    wrong = one.ask(lambda runs: runs[99])
    assert not answer.done()
    run_out(one)
    assert answer.result(timeout=60) == 64 * 16 + 16 + 160 + 10
    with pytest.raises(IndexError):
        wrong.result(timeout=60)


def test_a_speed_limit_holds() -> None:
    now = [0.0]
    limit = RateLimit(lambda: now[0])
    done = 0
    for _ in range(400):
        now[0] += 0.05
        allowed = limit.allowance(10.0)
        assert allowed is not None
        limit.spend(allowed)
        done += allowed
    assert done == pytest.approx(200, abs=6)
    assert limit.allowance(None) is None


def test_a_limited_race_is_slower_than_a_free_one(digits: Prepared) -> None:
    begun = time.monotonic()
    one = race(digits)
    one.set_speed(20)
    one.play()
    while one.snapshot.step < 12:
        one.run_slice(0.02)
        assert one.snapshot.step <= 20 * (time.monotonic() - begun) + 2
    assert one.snapshot.speed == 20


def test_commands_from_many_threads_do_no_harm(digits: Prepared) -> None:
    one = race(digits, Regularisation(), Regularisation(l2=0.01))
    stop = threading.Event()

    def bother(number: int) -> None:
        while not stop.is_set():
            one.play()
            one.set_learning_rate(number % 2, 0.01 + number / 1000)
            assert one.snapshot.runs[0].step <= one.snapshot.total_steps
            one.step(3) if number == 0 else one.pause()

    threads = [threading.Thread(target=bother, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        one.run_slice(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    one.pause()
    run_out(one)


def test_how_the_threads_share_the_teams_out_changes_no_number(digits: Prepared) -> None:
    at_once, by_steps = (race(digits, seeds=(0, 1, 2, 3, 4)) for _ in range(2))
    at_once.step(23)
    seen = run_out(at_once)
    for _ in range(23):
        by_steps.step(1)
        run_out(by_steps)
    assert len(seen.groups) > 2, "more groups than threads, so that they take turns"
    assert [run.step for run in seen.runs] == [23] * 5
    last, other = ([run.last for run in one.snapshot.runs] for one in (at_once, by_steps))
    assert [one and one.validation_loss for one in last] == [
        one and one.validation_loss for one in other
    ]
    assert None not in last


def test_a_race_has_work_until_what_was_asked_shows_in_the_snapshot(digits: Prepared) -> None:
    one = race(digits)
    one.step(5)
    run_out(one)
    begun, go_on = threading.Event(), threading.Event()

    def question(runs: Sequence[Run]) -> None:
        begun.set()
        assert go_on.wait(60)

    one.ask(question)
    worker = threading.Thread(target=one.run_slice, args=(0.0,))
    worker.start()
    assert begun.wait(60)
    # The note is taken and not yet answered: a page that looked now must look again.
    assert one.has_work
    go_on.set()
    worker.join()
    assert not one.has_work


def test_whoever_waits_for_a_race_to_rest_then_sees_its_last_step(digits: Prepared) -> None:
    one = race(digits, seeds=(0,))
    view = RaceRuns.view

    def slow(race_runs: RaceRuns, steps_per_second: float) -> Snapshot:
        time.sleep(0.05)  # as on a busy machine: the wish is settled, the snapshot not there yet
        return view(race_runs, steps_per_second)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RaceRuns, "view", slow)
        one.step(3)
        worker = threading.Thread(target=one.run_slice, args=(5.0,))
        worker.start()
        while one.has_work:
            time.sleep(0.001)
        assert one.snapshot.step == 3
        worker.join()


def test_a_closed_race_does_nothing_and_keeps_nothing(digits: Prepared) -> None:
    one = race(digits)
    one.step(5)
    run_out(one)
    one.close()
    one.close()
    one.play()
    assert one.run_slice(0.01) == 0
    assert not one.has_work
    assert one.snapshot.runs == ()
    assert one.ask(list).cancelled()


def test_waiting_for_work_ends_with_a_command(digits: Prepared) -> None:
    one = race(digits)
    one.run_slice(0.01)
    assert not one.wait_for_work(0.01)
    threading.Timer(0.05, one.play).start()
    assert one.wait_for_work(5.0)


def test_a_race_that_is_closed_cancels_what_it_was_asked_and_asks_nobody(digits: Prepared) -> None:
    one, asked = race(digits), list[int]()
    answers = [one.ask(lambda runs: asked.append(len(runs))) for _ in range(3)]
    one.close()
    assert all(answer.cancelled() for answer in answers)
    assert asked == []


def test_a_note_that_raises_leaves_those_after_it_to_be_read(digits: Prepared) -> None:
    one = race(digits)

    def broken(race_runs: RaceRuns) -> None:
        raise RuntimeError("no memory left")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RaceRuns, "reset", broken)
        one.reset()
        one.set_learning_rate(0, 0.5)
        answer = one.ask(len)
        with pytest.raises(RuntimeError, match="no memory left"):
            one.run_slice(0.01)
    run_out(one)
    assert answer.result(timeout=0) == len(one.snapshot.runs)
    assert one.snapshot.runs[0].learning_rate == 0.5
    one.step(3)  # counted from where the race stands, not from the reset that failed
    run_out(one)
    one.step(2)
    assert run_out(one).step == 5


def test_a_race_whose_note_raised_lets_go_of_its_runs_and_answers(digits: Prepared) -> None:
    one = race(digits)
    kept = weakref.ref(_asked(one)[0])

    def broken(race_runs: RaceRuns) -> None:
        raise RuntimeError("no memory left")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RaceRuns, "next_seeds", broken)
        one.new_seeds()
        answer = one.ask(len)
        with pytest.raises(RuntimeError):
            one.run_slice(0.01)
        one.close()
    assert answer.cancelled()
    gc.collect()
    assert kept() is None


def test_closing_does_not_wait_for_the_worker_which_lets_go_itself(digits: Prepared) -> None:
    one = race(digits)
    begun, go_on = threading.Event(), threading.Event()

    def question(runs: Sequence[Run]) -> int:
        begun.set()
        assert go_on.wait(60)
        return len(runs)

    first, second = one.ask(question), one.ask(len)
    worker = threading.Thread(target=one.run_slice, args=(0.0,))
    worker.start()
    assert begun.wait(60)
    one.close()  # would never return if it waited
    assert second.cancelled()
    assert one.snapshot.runs, "the worker has them still"
    go_on.set()
    worker.join()
    assert first.result(timeout=0) == 2
    assert one.snapshot.runs == ()


def test_whoever_asks_while_a_race_is_being_closed_gets_an_end(digits: Prepared) -> None:
    """However the two fall together, no answer is awaited for ever."""
    for _ in range(20):
        one, answers = race(digits), list[Future[int]]()
        ready = threading.Barrier(2)

        def ask(one: Race, answers: list[Future[int]], ready: threading.Barrier) -> None:
            ready.wait()
            answers.extend(one.ask(len) for _ in range(20))

        asker = threading.Thread(target=ask, args=(one, answers, ready))
        asker.start()
        ready.wait()
        one.close()
        asker.join()
        assert all(answer.cancelled() for answer in answers)


def test_a_race_that_has_too_much_to_do_takes_no_more(digits: Prepared) -> None:
    one = race(digits)
    answers = [one.ask(len) for _ in range(MOST_NOTES + 5)]
    one.reset()  # refused as well, and without a trace
    assert [answer.cancelled() for answer in answers] == [False] * MOST_NOTES + [True] * 5
    run_out(one)
    assert all(answer.result(timeout=0) == 2 for answer in answers[:MOST_NOTES])
    one.step(3)
    run_out(one)
    one.step(2)
    assert run_out(one).step == 5
