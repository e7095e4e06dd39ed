r"""At the output: sigmoid and softmax of the same logits, their losses, and the gradients of both.

Cross-entropy after a sigmoid is summed over the outputs, each a question of its own; after a
softmax it is one question. Both gradients with respect to the logits come to $p - y$; here they are
autograd's, in float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from explainer.words import N_

Numbers = NDArray[np.float64]
SHARE = 0.01


@dataclass(frozen=True, eq=False)
class LossGradients:
    """Probabilities `(N,)`, the loss, and its gradient with respect to each logit `(N,)`."""

    probabilities: Numbers
    loss: float
    gradient: Numbers


@dataclass(frozen=True)
class Head:
    """What ends a network: `probabilities(logits)`, and `loss(logits, target)` for one-hot y.

    `question` says what it asks of the classes.
    """

    title: str
    question: str
    probabilities: Callable[[Tensor], Tensor]
    loss: Callable[[Tensor, Tensor], Tensor]

    def answer(self, logits: Sequence[float], target: int) -> LossGradients:
        """Probabilities, loss and gradient for logits whose true class is at place `target`."""
        inputs = torch.tensor(list(logits), dtype=torch.float64, requires_grad=True)
        wanted = torch.zeros_like(inputs).index_fill(0, torch.tensor(target), 1.0)
        loss = self.loss(inputs, wanted)
        (gradient,) = torch.autograd.grad(loss, inputs)
        found = self.probabilities(inputs.detach())
        return LossGradients(found.numpy(), loss.item(), gradient.numpy())


def _softmax(logits: Tensor) -> Tensor:
    return torch.softmax(logits, 0)


def _sum_of_binary(logits: Tensor, wanted: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, wanted, reduction="sum")


SIGMOID = Head(
    N_("Sigmoid"),
    N_("One question for each class, each on its own: several may be true."),
    torch.sigmoid,
    _sum_of_binary,
)
SOFTMAX = Head(
    N_("Softmax"),
    N_("One question for all classes: their probabilities share a sum of 1."),
    _softmax,
    F.cross_entropy,
)


def cross_entropy(logits: Tensor, target: float) -> Tensor:
    """The cross-entropy of one sigmoid output, for each logit, where y is `target` in [0, 1]."""
    wanted = torch.full_like(logits, target)
    return F.binary_cross_entropy_with_logits(logits, wanted, reduction="none")


def squared_error(logits: Tensor, target: float) -> Tensor:
    """The squared error of one sigmoid output, for each logit, where y is `target` in [0, 1]."""
    return (torch.sigmoid(logits) - target) ** 2


def logit_gradient(
    loss: Callable[[Tensor, float], Tensor], places: Numbers, target: float
) -> Numbers:
    """The gradient of a loss of one output with respect to its logit, at each of `places`."""
    inputs = torch.tensor(places, dtype=torch.float64, requires_grad=True)
    (found,) = torch.autograd.grad(loss(inputs, target).sum(), inputs)
    return np.asarray(found.numpy())


def hopeless(target: float) -> float:
    """The logit on the wrong side where squared error's gradient is 1 % of cross-entropy's.

    The ratio, 2σ(z)(1 − σ(z)), is greatest at 0 and falls to either side; found by halving.
    """
    near, far = 0.0, 20.0 if target == 0 else -20.0
    for _ in range(60):
        middle = np.array([(near + far) / 2])
        ratio = logit_gradient(squared_error, middle, target) / logit_gradient(
            cross_entropy, middle, target
        )
        near, far = (float(middle[0]), far) if ratio[0] > SHARE else (near, float(middle[0]))
    return near if math.isfinite(near) else 0.0
