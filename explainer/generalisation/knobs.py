"""Which knob moves what: training error and the gap to validation, before and after each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explainer.generalisation.small_stack import Floats64, SmallStack, digits
from explainer.generalisation.stopping import SIZE, WIDTH, WRONG
from explainer.training.instruments.student import interval
from explainer.words import N_

SEEDS = (0, 1, 2, 3, 4, 5)
STEPS, EVERY = 300, 20
Interval = tuple[float, float, float]


@dataclass(frozen=True)
class Knob:
    """What is turned, against 32 units, 500 digits, 300 steps and no penalty; one thing each."""

    slug: str
    title: str
    width: int = WIDTH
    size: int = SIZE
    steps: int = STEPS
    l2: float = 0.0
    stops: bool = False


BASE = Knob("base", N_("as it is"))
KNOBS = (
    Knob("longer", N_("train 3 times as long"), steps=3 * STEPS),
    Knob("larger", N_("4 times as many units"), width=4 * WIDTH),
    Knob("l2", N_("L2, λ = 0.01"), l2=1e-2),
    Knob("data", N_("4 times as many digits"), size=4 * SIZE),
    Knob("stopping", N_("stop at the least validation loss"), stops=True),
)


@dataclass(frozen=True, eq=False)
class Turned:
    """The shares that are wrong after a knob was turned, `(S,)` each."""

    knob: Knob
    training: Floats64
    validation: Floats64

    @property
    def gap(self) -> Floats64:
        """Validation error less training error, `(S,)`."""
        return self.validation - self.training

    def against(self, base: Turned) -> tuple[Interval, Interval, Interval]:
        """The changes in training error, gap and validation error, seed by seed."""
        training, gap, validation = (
            interval((mine - theirs).tolist())
            for mine, theirs in (
                (self.training, base.training), (self.gap, base.gap),
                (self.validation, base.validation),
            )
        )  # fmt: skip
        return training, gap, validation


def turned(knob: Knob, seeds: tuple[int, ...] = SEEDS) -> Turned:
    """Train with that knob. A fifth of all labels is wrong, those to validate on as well.

    What stops does so by one half of them, and is judged, as all are, by the other.
    """
    data = digits(knob.size, seeds, WRONG)
    half = data.validation_labels.shape[1] // 2
    watched, judging = (
        (data.validation_inputs[:, part], data.validation_labels[:, part])
        for part in (slice(half), slice(half, None))
    )
    stack = SmallStack(knob.width, seeds, l2=knob.l2)
    least = np.full(len(seeds), np.inf)
    kept = np.zeros((2, len(seeds)))
    for step in stack.learn(data, knob.steps):
        if step == knob.steps or (knob.stops and step % EVERY == 0):
            loss, __ = stack.scores(*watched)
            better = loss < least if knob.stops else np.ones(len(seeds), bool)
            least = np.where(better, loss, least)
            now = [stack.scores(*part)[1] for part in ((data.inputs, data.labels), judging)]
            kept = np.where(better, now, kept)
    return Turned(knob, *kept)


def all_turned(
    seeds: tuple[int, ...] = SEEDS, told: Callable[[float], None] = lambda share: None
) -> tuple[Turned, ...]:
    """As it is, and every knob in turn."""
    found = []
    for place, knob in enumerate((BASE, *KNOBS), 1):
        found.append(turned(knob, seeds))
        told(place / (len(KNOBS) + 1))
    return tuple(found)
