r"""Heavy ball along one direction of a bowl, in closed form (Polyak 1964; Goh 2017).

With the rate α, the momentum β and the curvature λ its steps $v \leftarrow \beta v + \lambda x$,
$x \leftarrow x - \alpha v$ are $x_{k+1} = (1+\beta-\alpha\lambda)\,x_k - \beta\,x_{k-1}$. So $x_k$
is made of powers of the two roots of $\sigma^2 - (1+\beta-\alpha\lambda)\,\sigma + \beta = 0$, and
the larger of them in absolute value is what is left of the distance after a step, in the long run.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike

from explainer.descent.digit_bowl import Floats
from explainer.words import N_

TINY, HUGE, FEWEST = 1e-250, 1e250, 3
ROUNDING = 1e-12


class Region(Enum):
    """What x does on its way, with its title."""

    MONOTONE = N_("comes down without crossing")
    SWINGS = N_("swings across")
    ZIGZAG = N_("changes sides at every step")
    DIVERGES = N_("diverges")
    STAYS = N_("stays where it is")
    FOREVER = N_("swings for ever")


def discriminant(pull: ArrayLike, momentum: ArrayLike) -> Floats:
    """That of the roots, factored; `pull` is αλ. Below 0 they are complex and the ball swings."""
    root = np.sqrt(momentum)
    return np.asarray((pull - (1 - root) ** 2) * (pull - (1 + root) ** 2))


def rate(pull: ArrayLike, momentum: ArrayLike) -> Floats:
    """What a step leaves in the long run: the larger root's absolute value, at αλ and β."""
    middle = np.abs(1 + np.asarray(momentum) - pull)
    spread = np.sqrt(np.maximum(discriminant(pull, momentum), 0))
    complex_ = discriminant(pull, momentum) < 0
    return np.where(complex_, np.sqrt(momentum), (middle + spread) / 2)


def regions(pull: ArrayLike, momentum: ArrayLike) -> Floats:
    """The place among `Region` of each pair, as numbers; at αλ = 0 and 2(1 + β) a border's own."""
    pull, momentum = np.broadcast_arrays(pull, momentum)
    real = discriminant(pull, momentum) >= 0
    found = np.where(real, np.where(pull > 1 + momentum, 2, 0), 1)
    limit = 2 * (1 + momentum)
    found = np.where((pull > limit) | (momentum >= 1) | (pull < 0), 3, found)
    found = np.where((np.abs(pull - limit) <= ROUNDING) & (momentum < 1), 5, found)
    return np.where((pull == 0) & (momentum < 1), 4, found)


def region(pull: float, momentum: float) -> Region:
    """That of one pair."""
    return list(Region)[int(regions(pull, momentum))]


def closed_form(pull: float, momentum: float, steps: int) -> Floats:
    r"""$x_0 \ldots x_{steps}$ from $x_0 = 1$ at rest, infinite where they overflow.

    For k ≥ 1, $x_k = (1-\alpha\lambda)\,S_k - \beta\,S_{k-1}$ with
    $S_k = (\sigma_1^k - \sigma_2^k)/(\sigma_1 - \sigma_2)$, of equal roots $k\,\sigma^{k-1}$.
    """
    count = np.arange(steps + 1.0)
    below = discriminant(pull, momentum)
    middle = 1 + momentum - pull
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        if below < 0:
            root = np.sqrt(momentum)
            angle = np.arctan2(np.sqrt(-below), middle)
            sums = root ** (count - 1) * np.sin(count * angle) / np.sin(angle)
        else:
            spread = float(np.sqrt(below))
            large = (middle + np.copysign(spread, middle)) / 2
            small = momentum / large if large else 0.0
            sums = _divided(large, small, count)
        found = (1 - pull) * sums
        found[1:] -= momentum * sums[:-1]
    found[0] = 1.0
    return np.asarray(np.nan_to_num(found, nan=np.inf, posinf=np.inf, neginf=-np.inf))


def _divided(large: float, small: float, count: Floats) -> Floats:
    """Σ large^(k−1−i) small^i over i < k, also where the two are equal or nearly."""
    if not large:
        return np.where(count == 1, 1.0, 0.0)
    share = small / large
    if share == 1:
        geometric = count
    elif share > 0:
        geometric = np.expm1(count * np.log(share)) / np.expm1(np.log(share))
    else:
        geometric = (1 - share**count) / (1 - share)
    return np.where(count == 0, 0.0, large ** (count - 1) * geometric)


def real_steps(pull: float, momentum: float, steps: int) -> Floats:
    """The same by taking the steps, from x = 1 and v = 0."""
    x, velocity = 1.0, 0.0
    found = [x]
    for _ in range(steps):
        velocity = momentum * velocity + pull * x
        x -= velocity
        found.append(x)
    return np.array(found)


def measured_rate(path: Floats) -> float:
    """What a step leaves, read off the later half of a path of real steps; 0 of too few steps.

    The slope of the logarithm of the size of two neighbours, which a swing does not bring to 0.
    Steps that have come below 10⁻²⁵⁰ or above 10²⁵⁰ are left out.
    """
    size = np.hypot(path[1:], path[:-1])
    fine = np.flatnonzero(np.isfinite(size) & (size > TINY) & (size < HUGE))
    later = fine[len(fine) // 2 :]
    if len(later) < FEWEST:
        return 0.0
    return float(np.exp(np.polyfit(later, np.log(size[later]), 1)[0]))


@dataclass(frozen=True)
class Best:
    """The best settings for curvatures from λmin to λmax = κ λmin, and what a step then leaves."""

    condition: float

    @property
    def pulls(self) -> tuple[float, float]:
        """αλmax for gradient descent, 2κ/(κ + 1), and for heavy ball, 4κ/(√κ + 1)²."""
        root = np.sqrt(self.condition)
        return 2 * self.condition / (self.condition + 1), float((2 * root / (root + 1)) ** 2)

    @property
    def momentum(self) -> float:
        """β of heavy ball, ((√κ − 1)/(√κ + 1))²."""
        return self.rates[1] ** 2

    @property
    def rates(self) -> tuple[float, float]:
        """(κ − 1)/(κ + 1) of gradient descent, (√κ − 1)/(√κ + 1) of heavy ball."""
        root = float(np.sqrt(self.condition))
        return (self.condition - 1) / (self.condition + 1), (root - 1) / (root + 1)
