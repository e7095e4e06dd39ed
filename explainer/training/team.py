"""Runs that train together, one alone or several as a stack, moved on by so many steps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from explainer.training.graphs import GraphedPass
from explainer.training.run import Run, plain_meter, train
from explainer.training.stacked import Stack, train_stacked


class Team:
    """One loop over `runs`, which are all at the same step.

    `graphed` replays the passes of a stack as a CUDA graph.
    """

    def __init__(self, runs: Sequence[Run], *, graphed: bool = False) -> None:
        self.runs = runs
        if len(runs) == 1:
            self._meter = plain_meter(runs[0])
            self._loop = train(runs[0], self._meter)
        else:
            stack = Stack(runs)
            learn = GraphedPass(stack) if graphed else stack.learn
            self._meter, self._loop = stack.meter, train_stacked(stack, learn)

    def advance(self, steps: int) -> None:
        """Train for `steps` steps, or fewer where all runs end before."""
        for _ in islice(self._loop, steps):
            pass

    def measure(self) -> None:
        """Add a point to the curves where there is none for this step; it counts for nothing."""
        self._meter.evaluate(scheduled=False)

    @property
    def broken(self) -> bool:
        """Whether a run has ended, so that the others should go on without it."""
        return not all(run.active for run in self.runs)
