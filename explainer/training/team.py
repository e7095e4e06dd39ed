"""Runs that train together, one alone or several as a stack, moved on by so many steps.

What is raised while one of them trains ends no more than has to end: a run that trains alone ends
with the cause; the runs of a stack go on alone from the step where they stand, and the one that was
the cause is found there.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import islice

from explainer.training.graphs import GraphedPass
from explainer.training.run import Run, plain_meter, train
from explainer.training.stacked import Stack, train_stacked

_log = logging.getLogger(__name__)


def teams(runs: Sequence[Run], *, graphed: bool = False) -> list[Team]:
    """One team of `runs`; where that cannot be made, one of each that can be."""
    try:
        return [Team(runs, graphed=graphed)]
    except Exception as error:
        _apart(runs, error)
        alone = runs if len(runs) > 1 else ()
        return [team for run in alone for team in teams([run], graphed=graphed)]


def _apart(runs: Sequence[Run], error: Exception) -> None:
    """Let each of `runs` go on alone after `error`; one that was alone already has ended."""
    _log.warning("%d runs that train together failed", len(runs), exc_info=error)
    for run in runs:
        run.alone = True
    if len(runs) == 1:
        runs[0].record.failed(runs[0].step, error)


class Team:
    """One loop over `runs`, which are all at the same step.

    `graphed` replays the passes of a stack as a CUDA graph. `failed` says that a step raised, and
    that this team is of no use any more.
    """

    def __init__(self, runs: Sequence[Run], *, graphed: bool = False) -> None:
        self.runs, self.failed = runs, False
        if len(runs) == 1:
            self._meter = plain_meter(runs[0])
            self._loop = train(runs[0], self._meter)
        else:
            stack = Stack(runs)
            learn = GraphedPass(stack) if graphed else stack.learn
            self._meter, self._loop = stack.meter, train_stacked(stack, learn)

    def advance(self, steps: int) -> None:
        """Train for `steps` steps, or fewer where all runs end before."""
        try:
            for _ in islice(self._loop, steps):
                pass
        except Exception as error:
            self._fail(error)

    def measure(self) -> None:
        """Add a point to the curves where there is none for this step; it counts for nothing."""
        try:
            self._meter.evaluate(scheduled=False)
        except Exception as error:
            self._fail(error)

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
        _apart(self.runs, error)
