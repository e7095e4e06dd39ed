r"""What batch norm normalises with in evaluation, and what comes of it when that is wrong.

PyTorch keeps $\mu \leftarrow (1 - m)\,\mu + m\,\bar x$ and the same of the variance, which begin at
0 and 1. Training never reads them, so the very same training gives the running statistics of every
momentum $m$: they are worked out here from the statistics of the batches.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.training.seeds import generator

Floats = NDArray[np.float64]
TORCH_MOMENTUM = 0.1
DRAWS = 24
MOST_BATCHES = 8


@dataclass(frozen=True, eq=False)
class Statistics:
    """A mean and a variance for each layer and unit, `(L, W)`."""

    means: Floats
    variances: Floats


def running(
    batch_means: Sequence[Floats], batch_variances: Sequence[Floats], momentum: float, like: Floats
) -> Statistics:
    """The running statistics after these batches, of `(L, W)` each; `like` gives that shape.

    The variances are the unbiased ones that PyTorch keeps.
    """
    means, variances = np.zeros_like(like), np.ones_like(like)
    for mean, variance in zip(batch_means, batch_variances, strict=True):
        means = (1 - momentum) * means + momentum * mean
        variances = (1 - momentum) * variances + momentum * variance
    return Statistics(means, variances)


def norms_of(model: nn.Module) -> list[nn.BatchNorm1d]:
    """The batch norms of a dense network, from the input on."""
    return [one for one in model.modules() if isinstance(one, nn.BatchNorm1d)]


def evaluated_with(model: nn.Module, statistics: Statistics) -> nn.Module:
    """A copy of `model` in evaluation mode that normalises with `statistics`."""
    twin = copy.deepcopy(model).eval()
    for place, norm in enumerate(norms_of(twin)):
        norm.running_mean = torch.from_numpy(statistics.means[place]).float()
        norm.running_var = torch.from_numpy(statistics.variances[place]).float()
    return twin


@torch.no_grad()
def accuracy(model: nn.Module, inputs: Tensor, labels: Tensor) -> float:
    """The share of right answers, in the mode that `model` is in."""
    return float((model(inputs).argmax(1) == labels).float().mean())


@dataclass(frozen=True, eq=False)
class ByBatch:
    """Train mode at one batch size: accuracies over draws of batches, and one picture's answers.

    `accuracies` `(D,)` are of D shuffles of the pictures into batches; `answers` `(D,)` are the
    probabilities that one picture's own class gets, each time among other companions.
    """

    size: int
    accuracies: Floats
    answers: Floats


@torch.no_grad()
def in_train_mode(
    model: nn.Module, inputs: Tensor, labels: Tensor, size: int, *, picture: int = 0, seed: int = 0
) -> ByBatch:
    """Answers in train mode, whose batch norm uses each batch's own statistics; `model` is kept.

    Raises `ValueError`, PyTorch's own, for a size of 1: one value has no spread.
    """
    twin = copy.deepcopy(model).train()
    accuracies, answers = [], []
    for draw in range(DRAWS):
        order = torch.randperm(len(labels), generator=generator(seed, "companions", size, draw))
        chosen = torch.cat([torch.tensor([picture]), order[order != picture][: size - 1]])
        logits = twin(inputs[chosen])
        answers.append(float(F.softmax(logits, 1)[0, labels[picture]]))
        parts = [part for part in torch.split(order, size) if len(part) == size][:MOST_BATCHES]
        right = [(twin(inputs[part]).argmax(1) == labels[part]).float().mean() for part in parts]
        accuracies.append(float(torch.stack(right).mean()))
    return ByBatch(size, np.array(accuracies), np.array(answers))


def refusal(model: nn.Module, inputs: Tensor) -> str:
    """What PyTorch says to a batch of one picture in train mode."""
    try:
        copy.deepcopy(model).train()(inputs[:1])
    except ValueError as error:
        return str(error)
    return ""
