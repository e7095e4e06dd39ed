r"""How far a step may go: the limits of three rules on a bowl, and their real steps on it.

Along a direction of curvature λ, steps with the rate η come closer as long as ηλ is below a limit
that depends on the momentum β alone: 2 for gradient descent, $2(1+\beta)$ for heavy ball (Polyak
1964), $(2+2\beta)/(1+2\beta)$ for Nesterov's. At the limit the step's matrix has the eigenvalue −1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explainer.descent.digit_bowl import Floats
from explainer.registry import Registry
from explainer.words import N_


@dataclass(frozen=True)
class Rule:
    """A rule by the slug of its optimiser, its limit for ηλ at a momentum, and that as a formula.

    `momentum` says whether it has one, and `ahead` whether the gradient counts once more on top.
    """

    slug: str
    title: str
    formula: str
    limit: Callable[[float], float]
    momentum: bool = True
    ahead: bool = False


RULES = Registry[Rule](
    N_("rule"),
    Rule("sgd", N_("gradient descent"), "2/λ", lambda momentum: 2.0, momentum=False),
    Rule("momentum", N_("heavy ball"), "2(1 + β)/λ", lambda momentum: 2 * (1 + momentum)),
    Rule(
        "nesterov",
        N_("Nesterov"),
        "(2 + 2β)/((1 + 2β)λ)",
        lambda momentum: (2 + 2 * momentum) / (1 + 2 * momentum),
        ahead=True,
    ),
)


def factors(curvatures: Floats, rates: Floats, momentum: float, steps: int) -> Floats:
    r"""What the steps leave of a distance of 1 along each direction, `(rules, steps + 1, P)`.

    All rules at once, each with its own of the `rates`; with $r = 1-\eta\lambda$ their velocity
    can be left out: $x_{k+1} = (r+\beta)\,x_k - \beta x_{k-1}$ for heavy ball and
    $x_{k+1} = r\,((1+\beta)\,x_k - \beta x_{k-1})$ for Nesterov. Infinite where they overflow.
    """
    kept = np.array([momentum * rule.momentum for rule in RULES])[:, None]
    ahead = np.array([rule.ahead for rule in RULES])[:, None]
    pulls = np.asarray(rates)[:, None] * curvatures
    now = np.where(ahead, (1 + kept) * (1 - pulls), 1 + kept - pulls)
    before = np.where(ahead, kept * (1 - pulls), np.broadcast_to(kept, pulls.shape))
    found = np.ones((steps + 1, *pulls.shape))
    with np.errstate(over="ignore", invalid="ignore"):
        found[1] = 1 - np.where(ahead, 1 + kept, 1) * pulls
        for step in range(2, steps + 1):
            np.multiply(now, found[step - 1], out=found[step])
            found[step] -= before * found[step - 2]
    found = np.nan_to_num(found, copy=False, nan=np.inf, posinf=np.inf, neginf=-np.inf)
    return np.asarray(found.swapaxes(0, 1))
