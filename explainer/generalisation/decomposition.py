r"""Of what an error consists: noise, bias and variance, over models that learned from other data.

$D$ models say of a picture the probabilities $p_1, \dots, p_D$, with the mean $\bar p$. Its label
is the true one $e_t$, but with the chance $\rho$ another, each equally often: on average
$y = (1 - \rho) e_t + \tfrac{\rho}{9} (1 - e_t)$. Over models and labels the **squared error** is
$$(1 - \|y\|^2) + \|\bar p - y\|^2 + \tfrac1D \textstyle\sum_d \|p_d - \bar p\|^2:$$
noise, bias² and variance (Geman, Bienenstock and Doursat 1992). A mean of $D$ still has a $D$-th of
the variance in it; that is moved from bias² to variance, so that each is what unlimited models
would have on average, and the sum stays.

The **0-1 error** after Domingos (2000) has the most frequent answer in the place of the mean: bias
is 1 where that is wrong, variance the share of models that answer otherwise. Variance counts with
the factor $c$: 1 where the most frequent answer is right, else minus the share of those others that
are right: there it makes fewer mistakes. Without noise the error is bias + c · variance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.registry import Registry
from explainer.words import N_

Values = NDArray[np.float64]
Outputs = NDArray[np.float32]
"""The probabilities that D models give N pictures: `(D, N, 10)`."""
Labels = NDArray[np.int64]
CLASSES = 10


@dataclass(frozen=True, eq=False)
class Parts:
    """Of each picture `(N,)`: noise, bias and variance, which add up to `error`.

    `error` is counted by itself, `by_model` `(D,)` is that of each model over all pictures. `apart`
    is the variance before its factor.
    """

    noise: Values
    bias: Values
    variance: Values
    error: Values
    by_model: Values
    apart: Values

    @property
    def factor(self) -> float:
        """By what the variance counts, over all pictures; NaN where there is none."""
        apart = float(self.apart.mean())
        return float(self.variance.mean()) / apart if apart else float("nan")


@dataclass(frozen=True)
class Way:
    """A kind of error: its parts for outputs, labels and ρ; and for drawn labels, of each."""

    slug: str
    title: str
    unit: str
    parts: Callable[[Outputs, Labels, float], Parts]
    against: Callable[[Outputs, Labels], Values]


def squared(outputs: Outputs, labels: Labels, wrong: float) -> Parts:
    """Of the squared error, in [0, 2]; at least two models."""
    said = outputs.astype(np.float64)
    expected = chances(labels, wrong)
    mean = said.mean(0)
    apart = np.square(said - mean).sum(-1).mean(0)
    each = np.square(said).sum(-1) - 2 * (said * expected).sum(-1) + 1  # (D, N), labels averaged
    rest = apart / (len(said) - 1)
    variance = apart + rest
    return Parts(
        1 - np.square(expected).sum(-1),
        np.square(mean - expected).sum(-1) - rest,
        variance,
        each.mean(0),
        each.mean(1),
        variance,
    )


def zero_one(outputs: Outputs, labels: Labels, wrong: float) -> Parts:
    """Of the share that is wrong; among answers that are equally frequent the smallest counts."""
    answers = outputs.argmax(-1)
    main = main_answers(answers)
    right, other = answers == labels, answers != main
    biased = main != labels
    net = np.where(biased, -right.mean(0), other.mean(0))
    left = 1 - wrong * CLASSES / (CLASSES - 1)  # of a mistake, once labels may be wrong as well
    each = wrong + left * ~right
    return Parts(
        np.full(len(labels), wrong),
        left * biased,
        left * net,
        each.mean(0),
        each.mean(1),
        other.mean(0),
    )


def main_answers(answers: Labels) -> Labels:
    """The most frequent of the answers `(D, N)` for each picture `(N,)`."""
    return np.asarray((answers[..., None] == np.arange(CLASSES)).sum(0).argmax(-1))


def chances(labels: Labels, wrong: float) -> Values:
    """How probable each label is, `(N, 10)`."""
    found = np.full((len(labels), CLASSES), wrong / (CLASSES - 1))
    found[np.arange(len(labels)), labels] = 1 - wrong
    return found


def squared_against(outputs: Outputs, drawn: Labels) -> Values:
    """The mean squared error of each picture `(N,)` for the labels that were drawn."""
    return np.asarray(
        np.square(outputs.astype(np.float64) - np.eye(CLASSES)[drawn]).sum(-1).mean(0)
    )


def wrong_against(outputs: Outputs, drawn: Labels) -> Values:
    """The share of models that are wrong on each picture `(N,)`, by the labels that were drawn."""
    return np.asarray((outputs.argmax(-1) != drawn).mean(0))


WAYS = Registry[Way](
    N_("kind of error"),
    Way("squared", N_("Squared error"), N_("squared error"), squared, squared_against),
    Way("zero_one", N_("Wrong answers (0-1)"), N_("share that is wrong"), zero_one, wrong_against),
)
