r"""The registry of learning-rate schedules: a factor on the learning rate for every step.

With $t$ the step, counted from 0, and $T$ the number of steps planned, each formula gives the
factor in (0, 1]; past the plan the last factor stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from explainer.registry import Registry
from explainer.words import N_

STEP_FACTOR = 0.1
STEP_STAGES = 3
WARM_UP = 0.1
ONE_CYCLE_RISE = 0.3
ONE_CYCLE_START = 1 / 25
ONE_CYCLE_END = ONE_CYCLE_START / 1e4
PLATEAU_FACTOR = 0.5
PLATEAU_PATIENCE = 5


@dataclass(frozen=True)
class Schedule:
    """A schedule by name: `factor(step, total)` multiplies the learning rate.

    `watches` says that the factor also falls when the validation loss stands still: by
    `PLATEAU_FACTOR` after more than `PLATEAU_PATIENCE` evaluations without a better one. `source`
    is the same factor as code, a function of `step` that knows STEPS; empty where it is always 1.
    """

    slug: str
    title: str
    meaning: str
    formula: str
    factor: Callable[[int, int], float]
    source: str = ""
    watches: bool = False


def constant(step: int, total: int) -> float:
    """$1$."""
    return 1.0


def stepped(step: int, total: int) -> float:
    r"""$0.1^{\lfloor 3t/T \rfloor}$, at most two falls."""
    return float(STEP_FACTOR ** min(STEP_STAGES - 1, STEP_STAGES * step // max(1, total)))


def cosine(step: int, total: int) -> float:
    r"""$\tfrac12 (1 + \cos \pi t/T)$ (Loshchilov and Hutter 2017, without restarts)."""
    return _half_cosine(1.0, 0.0, step, total)


def warm_up_cosine(step: int, total: int) -> float:
    r"""$(t+1)/W$ for the first $W = \lceil T/10 \rceil$ steps, then a cosine over the rest."""
    rise = max(1, math.ceil(WARM_UP * total))
    if step < rise:
        return (step + 1) / rise
    return _half_cosine(1.0, 0.0, step - rise, total - rise)


def one_cycle(step: int, total: int) -> float:
    r"""A half cosine from $1/25$ up to 1 over 30 % of the steps, then down to $4 \cdot 10^{-6}$.

    Smith and Topin 2018; the defaults of `torch.optim.lr_scheduler.OneCycleLR`, momentum aside.
    """
    rise = ONE_CYCLE_RISE * total - 1
    if step <= rise:
        return _half_cosine(ONE_CYCLE_START, 1.0, step, rise)
    return _half_cosine(1.0, ONE_CYCLE_END, step - rise, total - 1 - rise)


def _half_cosine(start: float, end: float, step: float, length: float) -> float:
    share = min(1.0, step / length) if length > 0 else 1.0
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


SCHEDULES = Registry[Schedule](
    N_("schedule"),
    Schedule("constant", N_("Constant"), N_("The same learning rate throughout."), "1", constant),
    Schedule(
        "step",
        N_("Steps"),
        N_("A tenth after each third of the way."),
        r"0.1^{\lfloor 3t/T \rfloor}",
        stepped,
        '''def factor(step):
    """On the learning rate: a tenth after each third of the way."""
    return 0.1 ** min(2, 3 * step // STEPS)''',
    ),
    Schedule(
        "cosine",
        N_("Cosine"),
        N_("Falls gently to zero along half a cosine."),
        r"\tfrac12 (1 + \cos \pi t/T)",
        cosine,
        '''def factor(step):
    """On the learning rate: falls to zero along half a cosine."""
    return (1 + math.cos(math.pi * step / STEPS)) / 2''',
    ),
    Schedule(
        "warm-up-cosine",
        N_("Warm-up and cosine"),
        N_("Rises over the first tenth, then falls along half a cosine."),
        r"\tfrac{t+1}{W} \text{ for } t < W = \lceil T/10 \rceil,\ \text{then } "
        r"\tfrac12 (1 + \cos \pi\tfrac{t-W}{T-W})",
        warm_up_cosine,
        '''def factor(step):
    """On the learning rate: rises over the first tenth, then falls along half a cosine."""
    rise = max(1, math.ceil(0.1 * STEPS))
    if step < rise:
        return (step + 1) / rise
    return (1 + math.cos(math.pi * (step - rise) / max(1, STEPS - rise))) / 2''',
    ),
    Schedule(
        "one-cycle",
        N_("One cycle"),
        N_("Rises for 30 % of the way to the learning rate, then falls almost to zero."),
        r"\tfrac1{25} \nearrow 1 \searrow 4 \cdot 10^{-6}",
        one_cycle,
        '''def factor(step):
    """On the learning rate: half a cosine up over 30 % of the steps, then one down to almost 0."""
    rise = 0.3 * STEPS - 1
    if step <= rise:
        start, end, share = 1 / 25, 1, step / rise
    else:
        start, end, share = 1, 1 / 25 / 1e4, min(1, (step - rise) / (STEPS - 1 - rise))
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))''',
    ),
    Schedule(
        "plateau",
        N_("Reduce on plateau"),
        N_("Halved after more than 5 evaluations in a row without a lower validation loss."),
        r"\tfrac12^{\text{times stuck}}",
        constant,
        watches=True,
    ),
)
