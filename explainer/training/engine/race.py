"""A race: recipes × seeds that train in step, slice by slice, in the hands of one worker.

Whoever schedules calls :meth:`Race.run_slice` again and again. Everybody else sends commands and
reads :attr:`Race.snapshot`, from any thread at any time: commands are wishes and notes that the
worker reads between two slices, and a snapshot never changes.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from explainer.freed_memory import give_back_freed_memory
from explainer.training.engine.build_runs import Settings, Source
from explainer.training.engine.by_hand import Coefficient
from explainer.training.engine.commands import MOST_NOTES, Commands, Note, Wish, give
from explainer.training.engine.devices import Device, best_device
from explainer.training.engine.race_runs import RaceRuns
from explainer.training.engine.rate_limit import RateLimit
from explainer.training.engine.run import Run
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.recipe.penalties import PENALTIES
from explainer.training.recipe.recipe import Recipe, with_value

__all__ = ["Race", "Settings", "Snapshot"]

Answer = TypeVar("Answer")
WORTH = 0.1  # the share of a slice that is worth going on for: the threads meet after each part


class Race:
    """Up to 8 recipes × 10 seeds on the same data, paused at step 0.

    `data` are prepared examples for all seeds, or a function from a seed to its own. Raises
    `ValueError` with one sentence where there is nothing to race, or too much.
    """

    def __init__(
        self,
        recipes: Sequence[Recipe],
        data: Source,
        *,
        seeds: Sequence[int] = (0, 1, 2),
        settings: Settings | None = None,
        device: Device | None = None,
    ) -> None:
        settings, device = settings or Settings(), device or best_device()
        self._hold(RaceRuns(tuple(recipes), data, seeds, settings, device))

    def _hold(self, race_runs: RaceRuns) -> None:
        self._closed = self._unseen = False
        self._rewinds = deque[None]()  # one for each return to step 0 that is still to come
        self._commands, self._rate_limit, self._working = Commands(), RateLimit(), threading.RLock()
        self._race_runs: RaceRuns | None = race_runs
        self._snapshot = race_runs.view(0.0)
        self.recipes = self._snapshot.recipes

    # Commands, from any thread.

    def play(self) -> None:
        """Train until the end, or until the stop that is set."""
        self._commands.change(playing=True)

    def pause(self) -> None:
        """Stand still after the step that is being done."""
        self._commands.change(playing=False)

    def step(self, count: int = 1) -> None:
        """Train for `count` ≥ 1 steps more, then pause."""
        if count < 1:
            raise ValueError(f"count is {count}, but it starts at 1")
        self._commands.ahead(count, 0 if self._rewinds else self._snapshot.step)

    def epoch(self) -> None:
        """Train for one epoch of the first recipe, then pause."""
        self.step(max(1, round(self._snapshot.steps_per_epoch)))

    def stop_at(self, step: int | None) -> None:
        """Pause when `step` is reached; None takes the stop away."""
        self._commands.change(stop_at=step)

    def set_speed(self, steps_per_second: float | None) -> None:
        """Go no faster than this; None is as fast as it gets."""
        if steps_per_second is not None and not steps_per_second > 0:
            raise ValueError(f"the speed is {steps_per_second}, but it is above 0")
        self._commands.change(speed=steps_per_second)

    def reset(self) -> None:
        """Back to step 0 and the very same initial weights; paused."""
        self._rewind(RaceRuns.reset)

    def new_seeds(self) -> None:
        """Back to step 0 with as many seeds that were not raced yet; paused."""
        self._rewind(RaceRuns.next_seeds)

    def set_learning_rate(self, recipe: int, value: float) -> None:
        """Turn the learning rate of a recipe, by index. Raises `ValueError` naming the bounds."""
        with_value(self.recipes[recipe], "learning_rate", value)
        self._turn(recipe, lambda run: run.set_learning_rate(value))

    def set_strength(self, recipe: int, slug: str, value: float) -> None:
        """Turn λ of a penalty of a recipe. Raises `ValueError` for an unknown slug or value."""
        with_value(self.recipes[recipe], PENALTIES[slug].slug, value)
        self._turn(recipe, lambda run: run.set_strength(slug, value))

    def set_by_hand(self, recipe: int, seed: int, which: Coefficient, value: float) -> Future[None]:
        """Set one weight or bias of the run of a recipe and a seed, both by index.

        It is answered when the snapshot shows it, with a `ValueError` for what cannot be set.
        """

        def make(race_runs: RaceRuns) -> None:
            race_runs.set_by_hand(recipe, seed, which, value)
            self._snapshot = race_runs.view(self._rate_limit.steps_per_second)

        return self._asked(make)

    def evaluate_test(self) -> None:
        """Score the best checkpoint of every run on the test part; each run once until reset."""
        self._note(RaceRuns.test)

    def ask(
        self, question: Callable[[Sequence[Run]], Answer], at: int | None = None
    ) -> Future[Answer]:
        """Let the worker answer `question` about its runs between two slices.

        With `at` they are as they were at the kept step nearest to it. The runs belong to the
        worker: what the question returns must be its own copy. A race that is closed cancels the
        answer, and so does one that has `MOST_NOTES` things to do already.
        """
        return self._asked(lambda held: question(held.runs if at is None else held.at(at)))

    def at(self, step: int) -> Future[Snapshot]:
        """The race as it was at the kept step nearest to `step`, which the snapshot names."""
        return self._asked(lambda race_runs: race_runs.view_at(step))

    def branch(self, step: int, recipes: Sequence[Recipe] | None = None) -> Future[Race]:
        """Another race from the nearest step on that is kept whole, with these recipes.

        It is paused, and paired with this one: the same weights, batches and draws up to there, and
        from there on whatever the recipes do not change. Without a change it gives the numbers of
        this race. The answer raises `ValueError` with one sentence where a recipe cannot go on.
        """
        return self._asked(
            lambda race_runs: Race._of(race_runs.branch(step, recipes or self.recipes))
        )

    # For readers and for whoever schedules.

    @property
    def snapshot(self) -> Snapshot:
        """The race as it was after the last slice, with the wishes that stand now."""
        wish, seen = self._commands.wish, self._snapshot
        stop = wish.stop_at if wish.stop_at is not None and wish.stop_at > seen.step else None
        playing = wish.playing and not seen.finished
        return replace(seen, playing=playing, stop_at=stop, speed=wish.speed)

    @property
    def has_work(self) -> bool:
        """Whether a slice would do anything, or does something that the snapshot does not show."""
        if self._closed:
            return False
        playing = self._commands.wish.playing and not self._snapshot.finished
        return self._commands.waiting or self._unseen or playing

    def wait_for_work(self, timeout: float) -> bool:
        """Return True when a command has come since the last slice, False after `timeout` s."""
        return self._commands.wait(timeout)

    def run_slice(self, seconds: float = 0.1) -> int:
        """Do what was asked for about so long; returns how many steps each run went on.

        0 says that there was nothing to do, or that the speed limit allows nothing yet; a first
        measurement is a step here. With 0 seconds one question or command is answered.
        """
        try:
            with self._working:
                return 0 if self._closed else self._slice(seconds)
        finally:
            if self._closed:
                self._let_go()

    def close(self) -> None:
        """Forget models, data and curves; questions are cancelled, commands do nothing any more.

        Returns at once: where a slice is being done, its worker forgets them at its end.
        """
        self._closed = True
        self._commands.drop()
        self._let_go()

    # The worker.

    def _slice(self, seconds: float) -> int:
        self._unseen = True  # before the notes are taken: somebody may look in between
        try:
            notes = self._commands.read(MOST_NOTES if seconds > 0 else 1)
            steps = self._train(seconds) if seconds > 0 else 0
            if self._race_runs is not None and (steps or notes):
                self._snapshot = self._race_runs.view(self._rate_limit.steps_per_second)
        finally:
            self._unseen = False
        return steps

    def _let_go(self) -> None:
        """Free the memory, unless somebody is at work; they do it as soon as they are done."""
        if self._race_runs is None or not self._working.acquire(blocking=False):
            return
        try:
            self._race_runs = None
            self._snapshot = replace(self._snapshot, runs=())
        finally:
            self._working.release()
        give_back_freed_memory()

    def _train(self, seconds: float) -> int:
        ends, left, done = time.perf_counter() + seconds, seconds, 0
        if self._commands.wish.playing and self._race_runs is not None:
            for _ in self._race_runs.begin():
                self._snapshot = self._race_runs.view(0.0)  # the first point is awaited most
                if self._interrupted or time.perf_counter() > ends:
                    return 1
        while not done or left > WORTH * seconds:
            wish, race_runs = self._commands.wish, self._race_runs
            if not wish.playing or race_runs is None or race_runs.finished or self._interrupted:
                break
            steps = self._steps(left, wish, race_runs.step)
            if not steps:
                break
            done += self._advance(race_runs, steps)
            left = ends - time.perf_counter()
            if race_runs.finished or race_runs.step == wish.stop_at:
                race_runs.rest()
                self._commands.settle(wish)
                break
        return done

    @property
    def _interrupted(self) -> bool:
        return self._commands.waiting or self._closed

    def _steps(self, seconds: float, wish: Wish, now: int) -> int:
        limits = [self._rate_limit.fitting(seconds)]
        if (allowed := self._rate_limit.allowance(wish.speed)) is not None:
            limits.append(allowed)
        if wish.stop_at is not None and wish.stop_at > now:
            limits.append(wish.stop_at - now)
        return min(limits)

    def _advance(self, race_runs: RaceRuns, steps: int) -> int:
        started = time.perf_counter()
        done = race_runs.advance(steps)
        self._rate_limit.done(done, time.perf_counter() - started)
        self._rate_limit.spend(done)
        return done

    def _turn(self, recipe: int, change: Callable[[Run], None]) -> None:
        self._note(lambda race_runs: race_runs.turn(recipe, change))

    def _rewind(self, back: Callable[[RaceRuns], None]) -> None:
        self._commands.change(playing=False, stop_at=None)
        self._rewinds.append(None)

        def note(race_runs: RaceRuns) -> None:
            try:
                back(race_runs)
                self._snapshot = race_runs.view(self._rate_limit.steps_per_second)
            finally:
                self._rewinds.popleft()

        self._note(note, self._rewinds.popleft)

    @classmethod
    def _of(cls, race_runs: RaceRuns) -> Race:
        race = cls.__new__(cls)
        race._hold(race_runs)
        return race

    def _asked(self, make: Callable[[RaceRuns], Answer]) -> Future[Answer]:
        answer: Future[Answer] = Future()
        self._note(lambda race_runs: give(answer, make, race_runs), answer.cancel)
        return answer

    def _note(
        self, do: Callable[[RaceRuns], None], drop: Callable[[], object] = lambda: None
    ) -> None:
        def note() -> None:
            if self._race_runs is None:
                drop()
            else:
                do(self._race_runs)

        self._commands.post(Note(note, drop))
        if self._closed:  # after it was posted: whoever closes the race has not seen it
            self._commands.drop()
