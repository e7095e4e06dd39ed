r"""How smooth the loss is along a step: how far it swings, and how much the gradient turns.

From the weights $\theta$ the gradient $g$ of one batch points the way; at $\theta - \eta g$, for
several $\eta$ about the learning rate, the loss of the same batch and its gradient are measured
anew (Santurkar et al. 2018, figure 4). Where the gradient hardly changes, it can be trusted for a
long step.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explainer.lengths import lengths

MULTIPLES = (0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True)
class SteepnessStep:
    r"""The loss along one step, and the gradient's change over it.

    `low` and `high` are the least and greatest loss at $\theta - \eta g$, `change` is the greatest
    $\lVert g' - g \rVert / \lVert g \rVert$ there: 0 for a plane, 1 where nothing of the gradient
    is left to trust. `smoothness` is the greatest
    $\lVert g' - g \rVert / \lVert \eta g \rVert$.
    """

    step: int
    loss: float
    low: float
    high: float
    change: float
    smoothness: float


def along_the_step(
    model: nn.Module, inputs: Tensor, labels: Tensor, learning_rate: float, step: int
) -> SteepnessStep:
    """Measure along the gradient step that `model` is about to take on a batch; it is not moved."""
    probe = copy.deepcopy(model)
    loss, start = _gradient(probe, inputs, labels)
    length = _length(start)
    losses, changes, ratios = [loss], [0.0], [0.0]
    moved = 0.0
    for multiple in MULTIPLES:
        with torch.no_grad():
            for parameter, slope in zip(probe.parameters(), start, strict=True):
                parameter.sub_(slope, alpha=(multiple - moved) * learning_rate)
        moved = multiple
        there, gradient = _gradient(probe, inputs, labels)
        distance = _length([one - other for one, other in zip(gradient, start, strict=True)])
        losses.append(there)
        if length > 0:
            changes.append(distance / length)
            ratios.append(distance / (multiple * learning_rate * length))
    return SteepnessStep(step, loss, min(losses), max(losses), max(changes), max(ratios))


def _gradient(model: nn.Module, inputs: Tensor, labels: Tensor) -> tuple[float, list[Tensor]]:
    loss = F.cross_entropy(model(inputs), labels)
    return float(loss.detach()), list(torch.autograd.grad(loss, list(model.parameters())))


def _length(parts: list[Tensor]) -> float:
    return float(lengths(torch.cat([part.flatten() for part in parts])[None])[0])
