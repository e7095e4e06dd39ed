r"""The registry of optimisers: how parameters follow their gradient.

All parameters of a run lie in one row of a matrix (see `flat_parameters.py`), so a step is a
handful of elementwise operations however many layers, and however many runs, there are. The
formulas, constants and trajectories are those of `torch.optim`; a test holds each of them to that.
Here $\eta$ is the learning rate, $g$ the gradient, $w$ the parameters and $\mu$ the momentum.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from explainer.registry import Registry
from explainer.words import N_

Rate = float | Tensor
"""A learning rate, or a column with one for each row."""

Count = int | Tensor
"""A number of steps, or the same as one number on a device, float64."""

Slots = dict[str, Tensor]
"""What an optimiser remembers, by name; each like the matrix of parameters."""

Update = Callable[[Tensor, Tensor, Slots, Count, Rate, float], None]
"""`update(values, gradient, slots, step, rate, momentum)`, in place; `step` counts from 1."""

RMSPROP_DECAY = 0.99
ADAM_BETAS = (0.9, 0.999)
EPSILON = 1e-8
ADAGRAD_EPSILON = 1e-10
ADAMW_DECAY = 0.01


@dataclass(frozen=True)
class Optimiser:
    """An optimiser by name.

    `slots` are the matrices that it remembers, zero at the start. `uses_momentum` says whether the
    recipe's momentum matters. `usual_decay` is the weight decay that comes with the method: the
    editor sets it where there is none; by itself it does nothing. So it sets `usual_rate`, the
    learning rate to begin with, where a method of another size of steps is chosen. `torch_class` of
    `torch.optim`, called with `torch_options`, is the same; it `decays` by itself where it takes a
    weight decay.
    """

    slug: str
    title: str
    meaning: str
    formula: str
    slots: tuple[str, ...]
    update: Update
    torch_class: str
    torch_options: str = ""
    decays: bool = False
    uses_momentum: bool = False
    usual_decay: float = 0.0
    usual_rate: float = 0.02


def descend(values: Tensor, direction: Tensor, rate: Rate) -> None:
    """`values -= rate * direction`, in place."""
    if isinstance(rate, Tensor):
        values.addcmul_(direction, rate, value=-1)
    else:
        values.add_(direction, alpha=-rate)


def _sgd(
    values: Tensor, gradient: Tensor, slots: Slots, step: Count, rate: Rate, momentum: float
) -> None:
    descend(values, gradient, rate)


def _momentum(
    values: Tensor, gradient: Tensor, slots: Slots, step: Count, rate: Rate, momentum: float
) -> None:
    descend(values, slots["velocity"].mul_(momentum).add_(gradient), rate)


def _nesterov(
    values: Tensor, gradient: Tensor, slots: Slots, step: Count, rate: Rate, momentum: float
) -> None:
    velocity = slots["velocity"].mul_(momentum).add_(gradient)
    descend(values, torch.add(gradient, velocity, alpha=momentum), rate)


def _rmsprop(
    values: Tensor, gradient: Tensor, slots: Slots, step: Count, rate: Rate, momentum: float
) -> None:
    squares = slots["squares"].mul_(RMSPROP_DECAY)
    squares.addcmul_(gradient, gradient, value=1 - RMSPROP_DECAY)
    descend(values, gradient / squares.sqrt().add_(EPSILON), rate)


def _adagrad(
    values: Tensor, gradient: Tensor, slots: Slots, step: Count, rate: Rate, momentum: float
) -> None:
    squares = slots["squares"].addcmul_(gradient, gradient)
    descend(values, gradient / squares.sqrt().add_(ADAGRAD_EPSILON), rate)


def _adam(
    values: Tensor, gradient: Tensor, slots: Slots, step: Count, rate: Rate, momentum: float
) -> None:
    mean_decay, square_decay = ADAM_BETAS
    mean = slots["mean"].lerp_(gradient, 1 - mean_decay)
    squares = slots["squares"].mul_(square_decay)
    squares.addcmul_(gradient, gradient, value=1 - square_decay)
    spread = squares.sqrt().div_(_root(1 - square_decay**step)).add_(EPSILON)
    descend(values, torch.div(mean, spread), rate / (1 - mean_decay**step))


def _root(value: float | Tensor) -> float | Tensor:
    return value.sqrt() if isinstance(value, Tensor) else math.sqrt(value)


ADAM_FORMULA = r"w \leftarrow w - \eta\,\hat m / (\sqrt{\hat v} + \epsilon)"

OPTIMISERS = Registry[Optimiser](
    N_("optimiser"),
    Optimiser(
        "sgd",
        N_("SGD"),
        N_("One step down the gradient of the batch."),
        r"w \leftarrow w - \eta g",
        (),
        _sgd,
        "SGD",
    ),
    Optimiser(
        "momentum",
        N_("Momentum"),
        N_("The step keeps a share of the steps before it, as a rolling ball does."),
        r"u \leftarrow \mu u + g,\quad w \leftarrow w - \eta u",
        ("velocity",),
        _momentum,
        "SGD",
        ", momentum=MOMENTUM",
        uses_momentum=True,
    ),
    Optimiser(
        "nesterov",
        N_("Nesterov"),
        N_("Momentum that looks ahead to where the ball is rolling."),
        r"u \leftarrow \mu u + g,\quad w \leftarrow w - \eta (g + \mu u)",
        ("velocity",),
        _nesterov,
        "SGD",
        ", momentum=MOMENTUM, nesterov=True",
        uses_momentum=True,
    ),
    Optimiser(
        "rmsprop",
        N_("RMSprop"),
        N_("Each weight's step is divided by the recent size of its gradient."),
        r"v \leftarrow 0.99\,v + 0.01\,g^2,\quad w \leftarrow w - \eta g / (\sqrt v + \epsilon)",
        ("squares",),
        _rmsprop,
        "RMSprop",
        usual_rate=0.001,
    ),
    Optimiser(
        "adagrad",
        N_("AdaGrad"),
        N_("Each weight's step is divided by the size of all its gradients so far."),
        r"v \leftarrow v + g^2,\quad w \leftarrow w - \eta g / (\sqrt v + \epsilon)",
        ("squares",),
        _adagrad,
        "Adagrad",
        usual_rate=0.01,
    ),
    Optimiser(
        "adam",
        N_("Adam"),
        N_("Momentum, divided by the recent size of the gradient."),
        ADAM_FORMULA,
        ("mean", "squares"),
        _adam,
        "Adam",
        usual_rate=0.001,
    ),
    Optimiser(
        "adamw",
        N_("AdamW"),
        N_("Adam with decoupled weight decay, usually 0.01; where that is 0 it is Adam."),
        r"w \leftarrow (1 - \eta\lambda)\,w,\quad " + ADAM_FORMULA,
        ("mean", "squares"),
        _adam,
        "AdamW",
        decays=True,
        usual_decay=ADAMW_DECAY,
        usual_rate=0.001,
    ),
)
