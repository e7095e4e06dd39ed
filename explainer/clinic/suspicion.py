r"""Which faults are still suspected after checks, and which check to make next.

A check gives an alarm or none; $P(a \mid f)$ is the share of runs with the fault $f$ in which it
did. All faults are equally likely at first, and given the fault the checks are independent. What
is left of the suspects is counted as $2^{H}$, with $H$ the entropy in bits: n equally likely ones
are n.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


LENT = 0.5
"""So many runs weighs what is known of a check from all faults, beside the runs of one."""


def softened(alarms: NDArray[np.integer], runs: int) -> Floats:
    """Shares of `runs` with an alarm, `(F, C)`, of `alarms` `(F, C)`; never 0 nor 1.

    To the runs of a fault `LENT` more are added, with the share of alarms that the check gives over
    all faults (Jeffreys' estimate of it): a check that rings for one fault alone is believed to
    ring for that one.
    """
    usual = (alarms.sum(0) + 0.5) / (runs * len(alarms) + 1)
    shares: Floats = (alarms + LENT * usual) / (runs + LENT)
    return shares


def suspected(shares: Floats, seen: Mapping[int, bool]) -> Floats:
    """The probability of each fault `(F,)`, given `shares` `(F, C)` and the alarms `seen`."""
    likely = np.full(len(shares), 1 / len(shares))
    for check, alarm in seen.items():
        likely = likely * (shares[:, check] if alarm else 1 - shares[:, check])
    total = likely.sum()
    if total <= 0:
        return np.full(len(shares), 1 / len(shares))
    found: Floats = likely / total
    return found


def bits(likely: Floats) -> Floats:
    """The entropy of probabilities along the first axis."""
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(likely > 0, likely * np.log2(likely), 0.0)
    found: Floats = -parts.sum(0)
    return found


@dataclass(frozen=True, eq=False)
class Order:
    """Checks by their places, the next always the one that tells most; bits left after each."""

    checks: tuple[int, ...]
    left: Floats

    @property
    def suspects(self) -> Floats:
        """How many equally likely suspects that would be, before the first check and after each."""
        found: Floats = 2.0**self.left
        return found


def greedy(shares: Floats) -> Order:
    """The order in which each check takes as many bits as can be, the first of equals.

    `shares` is `(F, C)`. The bits left are those expected over all that the checks may say.
    """
    faults, count = shares.shape
    joint = np.full((faults, 1), 1 / faults)  # of each fault with each outcome of what is done
    left = [float(np.log2(faults))]
    order: list[int] = []
    while len(order) < count:
        tried = {
            check: np.hstack([joint * shares[:, [check]], joint * (1 - shares[:, [check]])])
            for check in range(count) if check not in order
        }  # fmt: skip
        expected = {check: _expected(one) for check, one in tried.items()}
        best = min(expected, key=lambda check: (round(expected[check], 12), check))
        order.append(best)
        joint = tried[best]
        left.append(expected[best])
    return Order(tuple(order), np.array(left))


def _expected(joint: Floats) -> float:
    """The entropy of the fault that is left on average, of probabilities `(F, outcomes)`."""
    outcomes = joint.sum(0)
    known = outcomes > 0
    return float((outcomes[known] * bits(joint[:, known] / outcomes[known])).sum())
