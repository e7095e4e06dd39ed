"""Does the order of the pictures matter? Shuffled each epoch, once, never, and sorted by class.

Networks of one seed begin alike and learn the same pictures; their order alone differs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.descent.batch_race import COUNT, Learner
from explainer.training.instruments.student import interval
from explainer.words import N_

ORDERS = (N_("each epoch anew"), N_("once"), N_("never"), N_("sorted by class"))
ANEW, ONCE, NEVER, SORTED = range(4)
SEEDS = tuple(range(6))
BATCH, EPOCHS, EVERY = 32, 8, 4
RATES = (0.03, 0.1, 0.3)
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shuffled:
    """Losses on all pictures `(M, orders, S)` after `steps` `(M,)`.

    `wrong` is the share of fresh digits in the last epoch, as often measured: `(last, orders, S)`.
    """

    steps: NDArray[np.int64]
    loss: Values
    wrong: Values

    @property
    def last_loss(self) -> Values:
        """The losses of the last epoch, like `wrong`."""
        return self.loss[-len(self.wrong) :]

    @staticmethod
    def against_anew(order: int, last: Values) -> tuple[float, float, float]:
        """How much higher the mean of `last` is with that order than with each epoch anew.

        Mean, low and high of Student's interval over the seeds.
        """
        found = last.mean(0)
        return interval((found[order] - found[ANEW]).tolist())


def shuffled(
    rate: float,
    seeds: tuple[int, ...] = SEEDS,
    *,
    epochs: int = EPOCHS,
    told: Callable[[float], None] = lambda share: None,
) -> Shuffled:
    """Train all orders and seeds at once, measured every other step."""
    learner = Learner(len(ORDERS) * seeds, len(ORDERS) * len(seeds) * (rate,))
    at, steps = np.arange(len(learner.labels))[:, None], []
    losses, wrong = [], []
    batches = COUNT // BATCH
    kept = rows(learner.labels, learner.randoms, len(seeds))
    for step in range(1, epochs * batches + 1):
        place = (step - 1) % batches
        if place == 0:
            kept[: len(seeds)] = [one.permutation(COUNT) for one in learner.randoms[: len(seeds)]]
        now = kept[:, place * BATCH : (place + 1) * BATCH]
        learner.step(learner.inputs[at, now], learner.targets[at, now])
        if step % EVERY == 0:
            steps.append(step)
            losses.append(learner.scores(learner.inputs, learner.labels)[0])
            if step > (epochs - 1) * batches:
                wrong.append(learner.scores(*learner.fresh)[1])
            told(step / (epochs * batches))
    shape = (len(steps), len(ORDERS), len(seeds))
    return Shuffled(
        np.array(steps), np.array(losses).reshape(shape), np.array(wrong).reshape(-1, *shape[1:])
    )


def rows(
    labels: NDArray[np.int64], randoms: list[np.random.Generator], seeds: int
) -> NDArray[np.int64]:
    """The order of each network's pictures for an epoch, `(orders · S, N)`, by `ORDERS`."""
    count = labels.shape[1]
    found = np.tile(np.arange(count), (len(labels), 1))
    for place in range(NEVER * seeds):
        found[place] = randoms[place].permutation(count)
    found[SORTED * seeds :] = np.argsort(labels[SORTED * seeds :], 1, kind="stable")
    return found
