"""The sections of a recipe beside its network: regularisation and training; with their bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from explainer.training.recipe.fields import check_all, choice, number, whole
from explainer.training.recipe.idle import (
    counting_epochs,
    past_the_end,
    without_hidden_layers,
    without_momentum,
)
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.training.recipe.schedules import SCHEDULES
from explainer.words import N_


def _strength(key: str, label: str, help_text: str) -> Any:
    return number(key, label, 0.0, 0.0, 10.0, 1e-4, help_text, logarithmic=True)


@dataclass(frozen=True)
class Regularisation:
    r"""What holds the network back; every field is off at its default.

    The penalty is $\lambda_1 \sum |w| + \tfrac{\lambda_2}{2} \sum w^2$ over weights, never over
    biases and norm parameters. Elastic net is both an L1 and `l2` at once (Zou and Hastie 2005):
    there is no field of its own for it, see :func:`elastic_net`.
    """

    l1_subgradient: float = _strength(
        "l1",
        N_("L1 (subgradient), λ"),
        N_("λ times the sign joins the gradient: small weights, few zeros."),
    )
    l1_proximal: float = _strength(
        "l1p",
        N_("L1 (proximal), λ"),
        N_("After each step every weight moves ηλ towards 0 and stops there."),
    )
    l2: float = _strength("l2", N_("L2 penalty, λ"), N_("λ/2 times the squares joins the loss."))
    weight_decay: float = _strength(
        "wd",
        N_("Weight decay, λ"),
        N_("Each step shrinks the weights by ηλ, apart from the gradient."),
    )
    dropout: float = number(
        "do",
        N_("Dropout on units"),
        0.0,
        0.0,
        0.95,
        0.05,
        N_("The share of hidden units left out."),
        idle=without_hidden_layers,
    )
    map_dropout: float = number(
        "mdo",
        N_("Dropout on feature maps"),
        0.0,
        0.0,
        0.95,
        0.05,
        N_("The share of feature maps left out."),
        only="cnn",
    )
    dropconnect: float = number(
        "dc", N_("DropConnect"), 0.0, 0.0, 0.95, 0.05, N_("The share of dense weights left out.")
    )
    label_smoothing: float = number(
        "ls",
        N_("Label smoothing"),
        0.0,
        0.0,
        0.9,
        0.05,
        N_("The share of each label spread over all."),
    )
    max_norm: float = number(
        "mn",
        N_("Max-norm"),
        0.0,
        0.0,
        100.0,
        0.5,
        N_("The longest weight vector of a unit; 0 is off."),
    )
    patience: int = whole(
        "es",
        N_("Early stopping"),
        0,
        0,
        1_000_000,
        N_("Stops after so many steps without a better validation loss; 0 is off."),
        logarithmic=True,
        idle=past_the_end,
    )

    def __post_init__(self) -> None:
        check_all(self)


def elastic_net(strength: float, l1_share: float, *, proximal: bool = True) -> Regularisation:
    r"""$\lambda (\alpha \sum |w| + \tfrac{1-\alpha}{2} \sum w^2)$ with α = `l1_share` in [0, 1]."""
    if not 0 <= l1_share <= 1:
        raise ValueError(f"l1_share is {l1_share}, but it lies in [0, 1]")
    first, second = strength * l1_share, strength * (1 - l1_share)
    if proximal:
        return Regularisation(l1_proximal=first, l2=second)
    return Regularisation(l1_subgradient=first, l2=second)


@dataclass(frozen=True)
class Training:
    """How the weights follow the gradient.

    `epochs`, where it is not 0, counts instead of `steps`. A batch size of 0 is the full training
    part; larger ones than that count as full too.
    """

    optimiser: str = choice(
        "opt", N_("Optimiser"), "momentum", OPTIMISERS, N_("How a step is made.")
    )
    learning_rate: float = number(
        "lr",
        N_("Learning rate"),
        0.05,
        1e-6,
        100.0,
        1e-3,
        N_("The length of a step."),
        logarithmic=True,
    )
    momentum: float = number(
        "mu",
        N_("Momentum"),
        0.9,
        0.0,
        0.999,
        0.01,
        N_("The share kept of the steps before."),
        idle=without_momentum,
    )
    schedule: str = choice("sched", N_("Schedule"), "constant", SCHEDULES, N_("η over the steps."))
    batch_size: int = whole(
        "bs",
        N_("Batch size"),
        32,
        0,
        65_536,
        N_("Examples in a step; 0 is all of them."),
        logarithmic=True,
    )
    steps: int = whole(
        "steps",
        N_("Steps"),
        2000,
        1,
        1_000_000,
        N_("Then the run ends."),
        logarithmic=True,
        idle=counting_epochs,
    )
    epochs: int = whole("ep", N_("Epochs"), 0, 0, 10_000, N_("Instead of steps; 0 counts steps."))
    clip_norm: float = number(
        "clip",
        N_("Clip the gradient’s length"),
        0.0,
        0.0,
        1000.0,
        0.5,
        N_("The longest; 0 is off."),
    )
    clip_value: float = number(
        "clipv", N_("Clip each of its values"), 0.0, 0.0, 1000.0, 0.1, N_("The largest; 0 is off.")
    )

    def __post_init__(self) -> None:
        check_all(self)

    def batch(self, examples: int) -> int:
        """The batch size for so many training examples."""
        return min(self.batch_size or examples, examples)

    def total_steps(self, examples: int) -> int:
        """The steps of the whole run on so many training examples."""
        if not self.epochs:
            return self.steps
        return max(1, -(-self.epochs * examples // self.batch(examples)))
