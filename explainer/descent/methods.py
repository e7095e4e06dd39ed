r"""Seven methods as rows of one step: all marbles of a plane move at once, in float64.

Every method is the same few lines with other numbers. With the gradient $g$ of step $t$:
$$a \leftarrow k_1 a + f_1 g,\quad b \leftarrow k_2 b + f_2 g^2,\quad
  \hat a = a / c_1,\ \hat b = b / c_2,$$
$$w \leftarrow s\,w - \eta\,\frac{p\,g + q\,\hat a}{\sqrt{\hat b} + \epsilon},$$
where methods without a second moment divide by 1. The numbers are those of
`explainer.training.recipe.optimisers`, and so of `torch.optim`; tests hold them to both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explainer.training.recipe.optimisers import ADAM_BETAS, EPSILON, OPTIMISERS, RMSPROP_DECAY

Floats = NDArray[np.float64]
Gradient = Callable[[Floats, int], Floats]
"""`gradient(points, step)`: at `(M, 2)`, of step 1, 2, …; as many."""

SLUGS = tuple(one.slug for one in OPTIMISERS)
PLANE_DECAY = 0.1
"""AdamW's weight decay here; at its usual 0.01 its path is hardly another than Adam's."""


@dataclass(frozen=True)
class Knobs:
    """What all methods are set to: μ, β₁, β₂, RMSprop's decay, ε, and AdamW's weight decay λ."""

    momentum: float = 0.9
    mean_decay: float = ADAM_BETAS[0]
    square_decay: float = ADAM_BETAS[1]
    rms_decay: float = RMSPROP_DECAY
    epsilon: float = EPSILON
    weight_decay: float = PLANE_DECAY


@dataclass(frozen=True)
class Row:
    """The numbers of one method: k₁, f₁, k₂, f₂, p and q; whether it corrects, divides, shrinks."""

    keeps: float = 0.0
    takes: float = 0.0
    keeps_squares: float = 0.0
    takes_squares: float = 0.0
    direct: float = 0.0
    through: float = 0.0
    corrects: bool = False
    decay: float = 0.0

    @property
    def divides(self) -> bool:
        """Whether the step is divided by the root of the second moment."""
        return self.takes_squares > 0


def row(slug: str, knobs: Knobs) -> Row:
    """The numbers of the method `slug`. Raises `KeyError` where there is none."""
    mu, mean, square, rms = (
        knobs.momentum, knobs.mean_decay, knobs.square_decay, knobs.rms_decay
    )  # fmt: skip
    adam = Row(mean, 1 - mean, square, 1 - square, through=1, corrects=True)
    return {
        "sgd": Row(direct=1),
        "momentum": Row(mu, 1, through=1),
        "nesterov": Row(mu, 1, direct=1, through=mu),
        "rmsprop": Row(keeps_squares=rms, takes_squares=1 - rms, direct=1),
        "adagrad": Row(keeps_squares=1, takes_squares=1, direct=1),
        "adam": adam,
        "adamw": Row(**{**vars(adam), "decay": knobs.weight_decay}),
    }[slug]


@dataclass(frozen=True, eq=False)
class History:
    """All that happened in T steps of M methods on the plane.

    `places` are `(T + 1, M, 2)`; gradients, both moments, both as they were used after their
    correction, and steps are `(T, M, 2)`: `places[t + 1] = places[t] + steps[t]`.
    """

    places: Floats
    gradients: Floats
    first: Floats
    second: Floats
    first_used: Floats
    second_used: Floats
    steps: Floats


@dataclass(frozen=True)
class Settings:
    """The methods `slugs`, a rate for each, and what they are set to."""

    rates: tuple[float, ...]
    knobs: Knobs = field(default_factory=Knobs)
    slugs: tuple[str, ...] = SLUGS


def descend(gradient: Gradient, start: Floats, steps: int, settings: Settings) -> History:
    """So many steps of every method from `start` `(2,)`, each with the gradient where it is.

    What a method that blows up leaves are infinities and NaN.
    """
    rows = [row(slug, settings.knobs) for slug in settings.slugs]
    keeps, takes, direct, through, shrinks, base, scales = _columns(rows, steps, settings)
    rate = np.array(settings.rates)[:, None]
    places = np.empty((steps + 1, len(rows), 2))
    gradients, moves = np.empty((2, steps, len(rows), 2))
    moments, used = np.empty((2, steps, 2, len(rows), 2))  # first and second
    now: Floats = np.tile(np.asarray(start, float), (len(rows), 1))
    places[0] = now
    state = np.zeros((2, len(rows), 2))
    fresh = np.empty_like(state)
    with np.errstate(all="ignore"):
        for at in range(steps):
            slope = gradient(now, at + 1)
            fresh[0] = gradients[at] = slope
            np.multiply(slope, slope, out=fresh[1])
            state = np.add(keeps * state, takes * fresh, out=moments[at])
            steady, square = np.multiply(state, scales[at], out=used[at])
            step = (direct * slope + through * steady) / (np.sqrt(square) + base)
            after = np.subtract(shrinks * now, rate * step, out=places[at + 1])
            np.subtract(after, now, out=moves[at])
            now = after
    first, second = moments.swapaxes(0, 1)
    first_used, second_used = used.swapaxes(0, 1)
    return History(places, gradients, first, second, first_used, second_used, moves)


def _columns(rows: list[Row], steps: int, settings: Settings) -> list[Floats]:
    """k, f `(2, M, 1)`; p, q, s and the divisor's constant `(M, 1)`; 1/c `(T, 2, M, 1)`."""

    def column(*values: float) -> Floats:
        return np.array(values)[:, None]

    keeps = np.array([[[one.keeps], [one.keeps_squares]] for one in rows]).swapaxes(0, 1)
    takes = np.array([[[one.takes], [one.takes_squares]] for one in rows]).swapaxes(0, 1)
    corrects = np.array([[float(one.corrects)] for one in rows])
    powers = keeps ** np.arange(1, steps + 1)[:, None, None, None]
    return [
        keeps, takes, column(*(one.direct for one in rows)), column(*(one.through for one in rows)),
        column(*(1 - rate * one.decay for rate, one in zip(settings.rates, rows, strict=True))),
        column(*(settings.knobs.epsilon if one.divides else 1.0 for one in rows)),
        1 / (1 - powers * corrects),
    ]  # fmt: skip


def convnetjs_first_step(gradient: Floats, rate: float, knobs: Knobs) -> Floats:
    r"""The first step of ConvNetJS's Adam, which multiplies by $1-\beta^t$ where it should divide.

    It is $(1-\beta_1)^2 / (1-\beta_2)$ times as large as Adam's: at the usual values ten times.
    Source: `convnet_trainers.js` of ConvNetJS, method `adam`.
    """
    mean = (1 - knobs.mean_decay) * gradient * (1 - knobs.mean_decay)
    square = (1 - knobs.square_decay) * gradient**2 * (1 - knobs.square_decay)
    found: Floats = -rate * mean / (np.sqrt(square) + knobs.epsilon)
    return found
