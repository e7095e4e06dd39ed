"""Schedules of the learning rate raced at several peak rates, and the order of large and small.

Beside the schedules of the training lab run two controls with the area of the cosine: the constant
half of the peak, and the cosine backwards, small first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from explainer.descent.rated_stack import RatedStack, batches
from explainer.descent.rates import (
    EVERY,
    SIZE,
    Floats,
    Method,
    as_floats,
    lost,
    rates_between,
    training_loss,
)
from explainer.generalisation.small_stack import digits
from explainer.training.recipe.schedules import (
    PLATEAU_FACTOR,
    PLATEAU_PATIENCE,
    SCHEDULES,
    cosine,
)
from explainer.words import N_

BUDGETS = (40, 200)
SEEDS = (0, 1, 2, 3, 4)
WATCHED = 250
"""So many validation digits a plateau is seen by; the other 750 judge."""
PEAKS = {"sgd": (-0.5, 0.5), "adam": (-2, -1)}
"""Powers of ten of the least and the greatest peak rate."""


@dataclass(frozen=True)
class Racer:
    """Who takes part: `factor(step, total)` on the peak rate; `watches` halves it on a plateau."""

    slug: str
    title: str
    factor: Callable[[int, int], float]
    watches: bool = False


def half(step: int, total: int) -> float:
    r"""$\tfrac12$: the mean of a cosine."""
    return 0.5


def backwards(step: int, total: int) -> float:
    """The cosine's factors in reverse: small, then large."""
    return cosine(total - step, total)


RACERS = (
    *(Racer(one.slug, one.title, one.factor, one.watches) for one in SCHEDULES),
    Racer("half", N_("Half, constant"), half),
    Racer("backwards", N_("Cosine backwards"), backwards),
)


@dataclass(frozen=True, eq=False)
class Schedules:
    """A race within a budget of steps.

    At `steps` `(M,)` for P peaks and K racers: the `rates` that were used, their mean over the
    seeds `(M, P, K)`, and the mean loss on digits they don't learn from, `losses` `(M, P, K)`, in
    nats. At the end `training` and `validation` loss, the latter on digits that no plateau was seen
    by, and the share of these that is `wrong`: `(S, P, K)`.
    """

    method: Method
    budget: int
    peaks: Floats
    steps: NDArray[np.int64]
    rates: Floats
    losses: Floats
    training: Floats
    validation: Floats
    wrong: Floats

    def more(self, one: str, other: str, peak: int, measure: str = "validation") -> list[float]:
        """How much less loss racer `one` has at the end than `other`, for each seed."""
        ends: Floats = getattr(self, measure)[:, peak]
        return list(ends[:, place(other)] - ends[:, place(one)])

    def lost(self, one: str, other: str, peak: int, measure: str = "validation") -> int:
        """How many seeds are lost with one of two racers, beside the least mean loss of all."""
        least = float(getattr(self, measure).mean(0).min())
        return lost(self.more(one, other, peak, measure), least)

    def overlaid(self, peak: int) -> bool:
        """Whether no plateau was met, so that its rate and loss are those of the constant one."""
        return bool(
            np.equal(*(self.rates[:, peak, place(one)] for one in ("constant", "plateau"))).all()
        )

    def best(self, racer: str, measure: str = "validation") -> int:
        """The place of the peak with which a racer ends at the least mean loss."""
        return int(getattr(self, measure)[:, :, place(racer)].mean(0).argmin())


def place(racer: str) -> int:
    """Where in `RACERS` the one of that slug stands."""
    return next(at for at, one in enumerate(RACERS) if one.slug == racer)


class Plateau:
    """Halves the rates `(S, P)` of those whose loss stands still, as the training lab does."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.factor = np.ones(shape)
        self._least, self._waited = np.full(shape, np.inf), np.zeros(shape, int)

    def see(self, losses: Floats) -> None:
        """An evaluation: `losses` like the rates."""
        better = losses < self._least
        self._least = np.where(better, losses, self._least)
        self._waited = np.where(better, 0, self._waited + 1)
        stuck = self._waited > PLATEAU_PATIENCE
        self.factor = np.where(stuck, PLATEAU_FACTOR * self.factor, self.factor)
        self._waited[stuck] = 0


@torch.no_grad()
def schedule_race(
    method: Method,
    budget: int,
    seeds: Sequence[int] = SEEDS,
    peaks: Floats | None = None,
    *,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[Schedules], None] = lambda so_far: None,
) -> Schedules:
    """All racers at all peaks and seeds at once; equal seeds have equal starts and batches.

    `seen` gets what there is early on and at half of the way: its ends are NaN.
    """
    peaks = rates_between(*PEAKS[method.slug]) if peaks is None else peaks
    data, shape = digits(SIZE, seeds), (len(seeds), len(peaks), len(RACERS))
    stack = RatedStack(seeds, len(peaks) * len(RACERS), method.slug)
    watch = [data.validation_inputs[:, :WATCHED], data.validation_labels[:, :WATCHED]]
    judge = [data.validation_inputs[:, WATCHED:], data.validation_labels[:, WATCHED:]]
    watching = np.array([one.watches for one in RACERS])
    plateau, drawn = Plateau((*shape[:2], int(watching.sum()))), batches(data, seeds)
    losses, rates, shown = [], [], {EVERY, budget // 2 // EVERY * EVERY} - {0, budget}
    for step in range(budget + 1):
        if step % EVERY == 0:
            watched = as_floats(stack.scores(*watch)[0]).reshape(shape)
            losses.append(watched.mean(0))
            if step:
                plateau.see(watched[..., watching])
        factors = np.broadcast_to([one.factor(step, budget) for one in RACERS], shape).copy()
        factors[..., watching] = plateau.factor
        now = factors * peaks[:, None]
        if step % EVERY == 0:
            rates.append(now.mean(0))
            found = Schedules(
                method, budget, peaks, EVERY * np.arange(len(rates)), np.array(rates),
                np.array(losses), *(np.full(shape, np.nan) for __ in range(3)),
            )  # fmt: skip
            if step in shown:
                seen(found)
        if step < budget:
            stack.step(*next(drawn), torch.tensor(now, dtype=torch.float32).flatten(1))
        told(step / budget)
    ends = [training_loss(stack, data), *(as_floats(one) for one in stack.scores(*judge))]
    training, validation, wrong = (one.reshape(shape) for one in ends)
    return replace(found, training=training, validation=validation, wrong=wrong)
