r"""Penalties on weights: their values, their gradients, and the steps that go around the gradient.

All work in place on the weights of a run, or of several (rows of the matrix of
`flat_parameters.py`), which hold no biases and no norm parameters. An amount is one number for all
rows, or a column `(K, 1)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import torch
from torch import Tensor

from explainer.lengths import lengths
from explainer.registry import Registry
from explainer.words import N_

Amount = float | Tensor
"""One number for all rows, or a column with one for each."""


class When(Enum):
    """When a penalty acts, and with which amount."""

    IN_THE_GRADIENT = "λ, before clipping"
    BEFORE_THE_STEP = "ηλ, before the optimiser's step"
    AFTER_THE_STEP = "ηλ, after it"


@dataclass(frozen=True)
class Penalty:
    """A penalty by the name of its field in a recipe (`sections.Regularisation`).

    `apply(gradients, weights, amount)` works in place, as `when` says. The loss has `absolute`
    λ ∑|w| + `squared` λ/2 ∑w²; weight decay is no part of any loss. In a script its strength is
    `constant`, explained by `comment`, and `source` is what joins the loss, or the statement for
    each `weight`, where `rate` is η.
    """

    slug: str
    title: str
    when: When
    apply: Callable[[Tensor, Tensor, Amount], None]
    constant: str
    comment: str
    source: str
    absolute: float = 0.0
    squared: float = 0.0


def penalty_value(strengths: dict[str, float], absolute_sum: float, square_sum: float) -> float:
    r"""$\lambda_1 \sum |w| + \tfrac{\lambda_2}{2} \sum w^2$ from the two sums over weights."""
    absolute = sum(strengths[entry.slug] * entry.absolute for entry in PENALTIES)
    squared = sum(strengths[entry.slug] * entry.squared for entry in PENALTIES)
    return absolute * absolute_sum + squared / 2 * square_sum


def add_l1_subgradient(gradient: Tensor, weights: Tensor, strength: Amount) -> None:
    r"""$g \leftarrow g + \lambda\,\mathrm{sign}(w)$, with sign(0) = 0."""
    add_times(gradient, weights.sign(), strength)


def add_l2_gradient(gradient: Tensor, weights: Tensor, strength: Amount) -> None:
    r"""$g \leftarrow g + \lambda w$, the gradient of $\tfrac\lambda2 \sum w^2$."""
    add_times(gradient, weights, strength)


def add_times(values: Tensor, direction: Tensor, amount: Amount) -> None:
    """`values += amount * direction`, in place."""
    if isinstance(amount, Tensor):
        values.addcmul_(direction, amount)
    else:
        values.add_(direction, alpha=amount)


def decay(weights: Tensor, amount: Amount) -> None:
    r"""$w \leftarrow (1 - \eta\lambda)\,w$ with `amount` $= \eta\lambda$ (Loshchilov & Hutter)."""
    weights.mul_(1 - amount)


def soft_threshold(weights: Tensor, amount: Amount) -> None:
    r"""$w \leftarrow \mathrm{sign}(w) \max(0, |w| - \eta\lambda)$ with `amount` $= \eta\lambda$.

    The proximal step of $\lambda |w|$ (Beck and Teboulle 2009). What lies within the threshold
    becomes exactly 0. With an optimiser that scales its steps it is the same step as with SGD.
    """
    weights.sub_(weights.clamp(-amount, amount))  # type: ignore[arg-type]


def limit_norms(weight: Tensor, limit: Amount) -> None:
    """Shorten the weight vector of each unit, `weight[k, o]` of `(K, O, ...)`, to at most `limit`.

    Srivastava et al. 2014.
    """
    norms = lengths(weight.flatten(0, 1)).view(weight.shape[:2])
    factor = (limit / norms.clamp(min=torch.finfo(norms.dtype).tiny)).clamp(max=1)
    weight.mul_(factor.view(*factor.shape, *[1] * (weight.dim() - 2)))


# In the order in which they act.
PENALTIES = Registry[Penalty](
    N_("penalty"),
    Penalty(
        "l2",
        N_("L2 penalty"),
        When.IN_THE_GRADIENT,
        add_l2_gradient,
        "L2",
        "half of it times the sum of w²",
        "L2 / 2 * sum(weight.square().sum() for weight in weights)",
        squared=1,
    ),
    Penalty(
        "l1_subgradient",
        N_("L1 (subgradient)"),
        When.IN_THE_GRADIENT,
        add_l1_subgradient,
        "L1",
        "times the sum of |w|",
        "L1 * sum(weight.abs().sum() for weight in weights)",
        absolute=1,
    ),
    Penalty(
        "weight_decay",
        N_("Weight decay"),
        When.BEFORE_THE_STEP,
        lambda _, weights, amount: decay(weights, amount),
        "WEIGHT_DECAY",
        "times the learning rate: what a step takes off",
        "weight *= 1 - rate * WEIGHT_DECAY",
    ),
    Penalty(
        "l1_proximal",
        N_("L1 (proximal)"),
        When.AFTER_THE_STEP,
        lambda _, weights, amount: soft_threshold(weights, amount),
        "L1_PROXIMAL",
        "times the sum of |w|, by the proximal step",
        "weight -= weight.clamp(-rate * L1_PROXIMAL, rate * L1_PROXIMAL)  # towards 0, and stop",
        absolute=1,
    ),
)
