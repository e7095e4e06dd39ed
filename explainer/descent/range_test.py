r"""The range test: the loss while the rate grows with every step, and what is read off it.

After Smith (2017), in the form that libraries have: the rate grows by the same factor each step,
the loss of each batch is smoothed by a running mean
$m_t = \beta m_{t-1} + (1 - \beta) L_t$ with $m_0 = 0$, and that is divided by $1 - \beta^t$.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explainer.descent.rated_stack import RatedStack, batches
from explainer.descent.rates import SEEDS, SIZE, Floats, Method, Race, as_floats
from explainer.generalisation.small_stack import digits
from explainer.words import N_

STEPS = 100
DECADES_BELOW = 1
"""The test begins so far below the least rate of the race."""


@dataclass(frozen=True, eq=False)
class RangeTest:
    """The `losses` of batches `(S, N)`, in nats, before the step at each of `rates` `(N,)`."""

    method: Method
    rates: Floats
    losses: Floats


@torch.no_grad()
def swept(stack: RatedStack, given: Iterable[tuple[Tensor, Tensor]], rates: Floats) -> Floats:
    """The losses `(S, R, N)` of steps at growing `rates` `(N,)`; the stack is then as before."""
    before = stack.state()
    shape, losses = stack.parameters[2].shape[:2], []
    for rate, drawn in zip(rates, given, strict=False):
        losses.append(as_floats(stack.step(*drawn, torch.full(shape, float(rate)))))
    stack.restore(before)
    return np.stack(losses, -1)


def range_test(method: Method, seeds: Sequence[int] = SEEDS) -> RangeTest:
    """A test for each seed, from the weights and with the batches that its race has."""
    rates = 10 ** np.linspace(method.low - DECADES_BELOW, method.high, STEPS)
    data = digits(SIZE, seeds)
    stack = RatedStack(seeds, 1, method.slug)
    return RangeTest(method, rates, swept(stack, batches(data, seeds), rates)[:, 0])


def smoothed(losses: Floats, keep: float, *, corrected: bool = True) -> Floats:
    r"""The running mean of `losses` `(…, N)`; `keep` is $\beta$, its bias is `corrected` or not."""
    means, mean = np.empty_like(losses), np.zeros(losses.shape[:-1])
    for place in range(losses.shape[-1]):
        mean = keep * mean + (1 - keep) * losses[..., place]
        means[..., place] = mean / (1 - keep ** (place + 1) if corrected else 1)
    return means


@dataclass(frozen=True)
class Rule:
    """A way to read a rate off a curve `(N,)` over `rates` `(N,)`."""

    slug: str
    title: str
    read: Callable[[Floats, Floats], float]


def lowest(curve: Floats, rates: Floats) -> float:
    """The rate at the minimum."""
    return float(rates[curve.argmin()])


def a_tenth(curve: Floats, rates: Floats) -> float:
    """A tenth of that."""
    return lowest(curve, rates) / 10


def steepest(curve: Floats, rates: Floats) -> float:
    """The rate at which the curve falls most steeply, on its way to the minimum."""
    end = int(curve.argmin())
    return float(rates[np.gradient(curve)[: end + 1].argmin()])


RULES = (
    Rule("minimum", N_("the minimum"), lowest),
    Rule("tenth", N_("a tenth of it"), a_tenth),
    Rule("steepest", N_("the steepest fall"), steepest),
)


def suggested(test: RangeTest, rule: Rule, keep: float, *, corrected: bool = True) -> Floats:
    """What a rule reads off each seed's curve: `(S,)`."""
    curves = smoothed(test.losses, keep, corrected=corrected)
    return np.array([rule.read(one, test.rates) for one in curves])


def between(rates: Floats, trained: Floats, ends: Floats) -> Floats:
    """The losses `ends` `(R,)` of networks `trained` at R rates, read off at `rates` between them.

    Both axes are logarithmic; outside, the loss is that of the nearest.
    """
    return np.exp(np.interp(np.log(rates), np.log(trained), np.log(ends)))


def trained_with(found: Race, rates: Floats) -> Floats:
    """For each seed the loss at the end of its race, at its own of `rates` `(S,)`: see `between`.

    On digits that were learned from, in nats.
    """
    ends = zip(rates, found.losses[-1], strict=True)
    return np.array([between(rate, found.rates, one) for rate, one in ends])
