"""Runs that train together, one alone or several as a stack, moved on by so many steps.

What is raised while one of them trains ends no more than has to end: a run that trains alone ends
with the cause; the runs of a stack go on alone from the step where they stand, and the one that was
the cause is found there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from enum import StrEnum
from functools import cached_property
from itertools import islice

from explainer.training.engine.ahead import AheadLoop
from explainer.training.engine.graphs import recorded
from explainer.training.engine.rewind.kept_run import Place, Places
from explainer.training.engine.run import Run
from explainer.training.engine.stacked import Stack, stackable, train_stacked
from explainer.training.engine.training_loop import plain_measurement, train
from explainer.training.measurement.failure import LOST

_log = logging.getLogger(__name__)


class DeviceLostError(RuntimeError):
    """The GPU on which runs train cannot go on; the cause is the `__cause__`."""


class Way(StrEnum):
    """How the steps of a stack are done: in turn with the host, ahead of it, or as CUDA graphs."""

    IN_TURN = "in turn"
    AHEAD = "ahead"
    GRAPHED = "graphed"


def run_groups(runs: Sequence[Run], way: Way = Way.IN_TURN) -> list[RunGroup]:
    """One group of `runs`; where that cannot be made, one of each that can be.

    Raises :class:`DeviceLostError` where that is so.
    """
    try:
        return [RunGroup(runs, way)]
    except Exception as error:
        _check_device(error)
        _apart(runs, error)
        alone = runs if len(runs) > 1 else ()
        return [group for run in alone for group in run_groups([run], way)]


def _apart(runs: Sequence[Run], error: Exception) -> None:
    """Let each of `runs` go on alone after `error`; one that was alone already has ended."""
    _log.warning("%d runs that train together failed", len(runs), exc_info=error)
    for run in runs:
        run.alone = True
    if len(runs) == 1:
        runs[0].record.failed(runs[0].step, error)


def _check_device(error: Exception) -> None:
    if isinstance(error, LOST):
        raise DeviceLostError(str(error)) from error


class RunGroup:
    """One loop over `runs`, which are all at the same step.

    `failed` says that a step raised, and that this group is of no use any more. Where the steps are
    not done in turn with the host a run that is by itself is a stack of one, if it can be.
    """

    def __init__(self, runs: Sequence[Run], way: Way = Way.IN_TURN) -> None:
        self.runs, self.failed = runs, False
        self._go: Callable[[int], None]
        if way is not Way.IN_TURN and all(map(stackable, runs)):
            stack = Stack(runs)
            self._measurement = stack.measurement
            self._go = AheadLoop(stack, recorded if way is Way.GRAPHED else None).advance
        elif len(runs) == 1:
            self._measurement = plain_measurement(runs[0])
            self._go = _in_turn(train(runs[0], self._measurement))
        else:
            stack = Stack(runs)
            self._measurement, self._go = stack.measurement, _in_turn(train_stacked(stack))

    def advance(self, steps: int) -> None:
        """Train for `steps` steps, or fewer where all runs end before.

        Raises :class:`DeviceLostError` where that is so; so do :meth:`measure` and
        :meth:`settle`.
        """
        try:
            self._go(steps)
        except Exception as error:
            self._fail(error)

    def measure(self) -> None:
        """Add a point to the curves where there is none for this step; it counts for nothing."""
        try:
            self._measurement.evaluate(scheduled=False)
        except Exception as error:
            self._fail(error)

    def settle(self) -> None:
        """Note what the steps that are done have left behind."""
        try:
            self._measurement.settle()
        except Exception as error:
            self._fail(error)

    @cached_property
    def places(self) -> Places:
        """Where the state of each of its runs lies."""
        flat = self._measurement.flat
        return {id(run): Place.of(run, flat, row) for row, run in enumerate(self.runs)}

    @property
    def step(self) -> int:
        """The step of the runs that go on; of those that have ended, the last of them."""
        return max(run.step for run in self.runs)

    @property
    def broken(self) -> bool:
        """Whether a run has ended or failed, so that the others should go on without it."""
        return self.failed or not all(run.active for run in self.runs)

    def _fail(self, error: Exception) -> None:
        self.failed = True
        with suppress(RuntimeError):  # a device that is lost may say no more
            self._measurement.settle()
        _check_device(error)
        _apart(self.runs, error)


def _in_turn(loop: Iterator[int]) -> Callable[[int], None]:
    """What takes so many steps of `loop`, or fewer where it ends before."""

    def advance(steps: int) -> None:
        for _ in islice(loop, steps):
            pass

    return advance
