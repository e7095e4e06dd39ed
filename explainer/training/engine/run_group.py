"""Runs that train together, one alone or several as a stack: which do, and their loop.

What is raised while one of them trains ends no more than has to end: a run that trains alone ends
with the cause; the runs of a stack go on alone from the step where they stand, and the one that was
the cause is found there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import groupby, islice

import torch

from explainer.training.engine.ahead import AheadLoop
from explainer.training.engine.flat_parameters import FlatParameters, update
from explainer.training.engine.graphs import recorded
from explainer.training.engine.rewind.kept_run import Place, Places
from explainer.training.engine.run import Run
from explainer.training.engine.run_measurement import RunMeasurement
from explainer.training.engine.stacked import Stack, train_stacked
from explainer.training.engine.stacked_layers import STACKED
from explainer.training.measurement.failure import LOST
from explainer.training.recipe.build_network import first_maps

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

    @property
    def begun(self) -> bool:
        """Whether its runs were measured before their first step."""
        return self._measurement.begun

    def begin(self) -> None:
        """Measure the runs before their first step; :meth:`advance` does where nobody did.

        Raises :class:`DeviceLostError` where that is so; so do all that follow.
        """
        try:
            self._measurement.begin()
        except Exception as error:
            self._fail(error)

    def advance(self, steps: int) -> None:
        """Train for `steps` steps, or fewer where all runs end before."""
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

    def changed(self) -> None:
        """Somebody has changed the weights of its runs."""
        self._measurement.changed()

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


def plain_measurement(run: Run) -> RunMeasurement:
    """What measures `run` where it trains alone."""
    return RunMeasurement([run], FlatParameters([run.model], [run.memory], run.optimiser.slots))


def train(run: Run, measurement: RunMeasurement | None = None) -> Iterator[int]:
    """Train `run` to its end; yields the number of steps done after each step.

    The learning rate and the strengths are read anew in every step. Stopping between two steps
    and going on later gives the same numbers as never stopping.
    """
    training, regularisation = run.recipe.training, run.recipe.regularisation
    measurement = measurement or plain_measurement(run)
    flat = measurement.flat
    measurement.begin()
    run.model.train()
    while run.active:
        inputs, targets = run.batch(run.step)
        run.model.zero_grad(set_to_none=False)
        outputs = run.model(inputs)
        loss = run.data.task.loss(outputs, targets, regularisation.label_smoothing)
        torch.autograd.backward(loss)
        update(
            flat,
            run.optimiser,
            step=run.step + 1 - run.optimiser_begun,
            rates=[run.rate],
            momentum=training.momentum,
            strengths=[run.dials.strengths],
            max_norms=[regularisation.max_norm],
            clips=[run.clip],
        )
        measurement.step(loss.detach()[None])
        yield run.step


Group = tuple[Run, ...]


@dataclass(frozen=True)
class Grouping:
    """How to group on a device: at most `largest` runs a stack, spread over `threads`.

    0 threads is the thread that schedules.

    Where one batch fills maps of more than `most_values` numbers in the first layer of a run, two
    runs make a stack: four would leave the cache. With `across_seeds`, runs of different seeds
    may be in one stack, although they share no batches then.
    """

    threads: int
    largest: int
    most_values: int = 800_000
    across_seeds: bool = False


def groups(runs: Sequence[Run], how: Grouping) -> tuple[Group, ...]:
    """The runs that go on, in stacks; those that share batches stay together, and by themselves.

    A stack with one batch for all has an ordinary first layer: of four such runs and an augmented
    one, which draws pictures of its own, each takes 22 % more time where they are mixed. Stacks of
    one kind are of even size, and where threads would stand idle they are smaller.
    """
    alike: dict[Hashable, list[Run]] = {}
    for run in runs:
        if run.active:
            alike.setdefault(stack_key(run), []).append(run)
    sharing = [part for kind in alike.values() for part in _sharing(kind, how)]
    parts = [part for one in sharing for part in evenly(one, _pieces(one, sharing, how))]
    return tuple(sorted(parts, key=len, reverse=True))


def _sharing(runs: list[Run], how: Grouping) -> list[list[Run]]:
    """`runs` by their seeds, and last all those that share their batches with no other."""
    if how.across_seeds:
        return [runs]
    ordered = sorted(runs, key=_batches_of)
    return [list(same) for _, same in groupby(ordered, key=_batches_of)]


def _batches_of(run: Run) -> tuple[bool, int]:
    return (True, 0) if run.recipe.augmentation else (False, run.seed)


def evenly(runs: Sequence[Run], pieces: int) -> list[Group]:
    """`runs` in so many groups whose sizes differ by one at most, dealt out like cards.

    Neighbours in a table of recipes often cost alike; dealt out, the groups take equally long.
    """
    return [tuple(runs[place::pieces]) for place in range(pieces)]


def _pieces(members: list[Run], sharing: list[list[Run]], how: Grouping) -> int:
    run = members[0]
    values = run.batches.size * first_maps(run.recipe.network, run.data.shape)
    largest = how.largest if values <= how.most_values else min(2, how.largest)
    needed = -(-len(members) // largest)
    idle = -(-how.threads // len(sharing))
    return min(len(members), max(needed, idle))


def stack_key(run: Run) -> Hashable:
    """Runs with the same key can be one stack; a run that cannot be stacked has a key of its own.

    That is one whose network holds a type of module that `STACKED` lacks, or one that was in a
    stack that failed.
    """
    if not stackable(run):
        return id(run)
    recipe = run.recipe
    training = recipe.training
    momentum = training.momentum if run.optimiser.uses_momentum else None
    return (
        replace(recipe.network, initialisation="he", init_sigma=0.0),
        (
            run.data.task.slug,
            run.data.shape,
            run.data.outputs,
            run.batches.size,
            run.batches.examples,
        ),
        (run.optimiser.slug, run.optimiser_begun, momentum),
        (run.total_steps, run.every, run.step),
    )


def stackable(run: Run) -> bool:
    """Whether `run` can be one of a stack: all its modules are known, and no stack of it failed."""
    return not run.alone and all(type(module) in STACKED for module in run.model)
