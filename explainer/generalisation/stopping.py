"""Networks that learn past their best moment, and where a patience would have stopped them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.generalisation.small_stack import Digits, Floats64, SmallStack, digits
from explainer.training.instruments.student import interval

SIZE, WRONG, WIDTH = 500, 0.2, 32
"""Digits to learn from, the share of all labels that is wrong, and hidden units."""
SEEDS = (0, 1, 2, 3, 4, 5)
STEPS, EVERY = 400, 4
TIMES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Of the best step, the moments that are compared."""
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Course:
    """Losses in nats after each of `steps` `(T,)`, for S runs: `(T, S)` each.

    `validation` is what a run is stopped by, `fresh` are as many digits that nobody looked at;
    `fresh_error` is the share of those that is wrong.
    """

    steps: NDArray[np.int64]
    training: Floats64
    validation: Floats64
    fresh: Floats64
    fresh_error: Floats64

    @property
    def best(self) -> Places:
        """The place of the least validation loss of each run, `(S,)`."""
        return np.asarray(self.validation.argmin(0))

    @property
    def _best_so_far(self) -> Places:
        """At each place, where the least validation loss up to there was: `(T, S)`."""
        least = np.minimum.accumulate(self.validation)
        fresh = np.vstack([np.ones_like(least[:1], bool), least[1:] < least[:-1]])
        return np.maximum.accumulate(fresh * np.arange(len(least))[:, None])

    def stopped(self, patience: int) -> tuple[Places, Places]:
        """Where a run ends after `patience` steps without a better loss, and what it keeps: `(S,)`.

        A run that never waits so long goes on to the last place; kept is the best up to the end.
        """
        best = self._best_so_far
        ended = self.steps[:, None] - self.steps[best] >= patience
        ended[-1] = True
        end = ended.argmax(0)
        return end, best[end, np.arange(len(end))]

    def cost(self, patience: int) -> Floats64:
        """Validation loss of what is kept less that of the best moment, `(S,)`, never negative."""
        __, kept = self.stopped(patience)
        runs = np.arange(len(kept))
        return np.asarray(self.validation[kept, runs] - self.validation[self.best, runs])

    def moment(self, times: float) -> Moment:
        """The run at `times` the step of its best moment, against that moment, on fresh digits."""
        wanted = times * self.steps[self.best]
        at = np.abs(self.steps[:, None] - wanted).argmin(0)
        runs = np.arange(len(at))
        more, errors = (
            measured[at, runs] - measured[self.best, runs]
            for measured in (self.fresh, self.fresh_error)
        )
        return Moment(
            times, float(self.steps[at].mean()), float(self.fresh[at, runs].mean()),
            float(self.fresh_error[at, runs].mean()), interval(more.tolist()),
            interval(errors.tolist()),
        )  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """Means over the runs at a moment; the last two are what it costs against the best moment.

    Costs are mean, low and high of Student's interval of 95 %.
    """

    times: float
    step: float
    loss: float
    error: float
    more_loss: tuple[float, float, float]
    more_error: tuple[float, float, float]


def course(
    seeds: tuple[int, ...] = SEEDS,
    *,
    steps: int = STEPS,
    every: int = EVERY,
    told: Callable[[float], None] = lambda share: None,
) -> Course:
    """Train a network for each seed and measure it every so many steps."""
    data = digits(SIZE, seeds, WRONG)
    stack = SmallStack(WIDTH, seeds)
    rows = []
    for step in stack.learn(data, steps):
        if step % every == 0:
            rows.append(measured(stack, data))
            told(step / steps)
    training, validation, fresh, error = np.array(rows).swapaxes(0, 1)
    return Course(np.arange(every, steps + 1, every), training, validation, fresh, error)


def measured(stack: SmallStack, data: Digits) -> Floats64:
    """Losses on training, on both halves of what is beside, and the second half's error: `(4, S)`.

    The first half is validation, the second fresh.
    """
    half = data.validation_labels.shape[1] // 2
    training, __ = stack.scores(data.inputs, data.labels)
    validation, __ = stack.scores(
        data.validation_inputs[:, :half], data.validation_labels[:, :half]
    )
    fresh = stack.scores(data.validation_inputs[:, half:], data.validation_labels[:, half:])
    return np.stack([training, validation, *fresh])
