"""What is left of a network when its smallest weights are taken away: magnitude pruning.

The weights of all layers are ranked together by |w| (global unstructured pruning); biases and norm
parameters stay. Nothing is trained afterwards, while Han et al. (2015) train what is left again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from explainer.training.engine.run import Run
from explainer.training.instruments.copies import twin, validation
from explainer.training.task import evaluate

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 1.0)


@dataclass(frozen=True)
class Pruned:
    """What the task measures on validation, and the loss, without the smallest `share` of weights.

    Both are NaN where the network gives no numbers, because it diverged.
    """

    share: float
    measure: float
    loss: float


def prune(run: Run, shares: Sequence[float] = SHARES) -> tuple[Pruned, ...]:
    """The score on the validation examples of the curves, for each share in [0, 1].

    Of n weights the round(share · n) smallest become 0; of equal ones any may come first. Raises
    `ValueError` naming a share that is out of its range.
    """
    for share in shares:
        if not 0 <= share <= 1:
            raise ValueError(f"a share is {share}, but it lies in [0, 1]")
    inputs, labels = validation(run)
    task = run.data.task
    scores = [
        (share, evaluate(model, inputs, labels, task)) for share, model in pruned(run, shares)
    ]
    return tuple(
        Pruned(share, score.measure if math.isfinite(score.loss) else math.nan, score.loss)
        for share, score in scores
    )


@torch.no_grad()
def pruned(run: Run, shares: Sequence[float]) -> Iterator[tuple[float, nn.Module]]:
    """Each share with one and the same copy of the network, pruned by so much until the next."""
    model = twin(run).model
    weights = [one for one in model.parameters() if one.dim() >= 2]
    values = parameters_to_vector(weights)
    order = smallest_first(values)
    for share in shares:
        left = values.clone()
        left[order[: round(share * len(left))]] = 0
        vector_to_parameters(left, weights)
        yield share, model


def smallest_first(values: Tensor) -> Tensor:
    """The places of `values` `(n,)` in the order of their size; what is not a number comes last."""
    # NumPy sorts single precision several times as fast as PyTorch does on one thread.
    return torch.from_numpy(np.argsort(np.abs(values.cpu().numpy()))).to(values.device)
