"""How good a network is: its mean loss, and what its task measures, on examples of any part."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explainer.training.task import CLASSIFICATION, Task

CHUNK = 256


@dataclass(frozen=True)
class Score:
    """The mean loss without any penalty, and the task's measure.

    For classes they are the cross-entropy in nats and the share of right answers in [0, 1].
    """

    loss: float
    accuracy: float


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """`model` in evaluation mode; it comes back in the mode that it was in."""
    before = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(before)


@torch.no_grad()
def evaluate(
    model: nn.Module, inputs: Tensor, labels: Tensor, task: Task = CLASSIFICATION
) -> Score:
    """The score of `model` on `inputs` `(N, ...)` with the `labels` of the task; N ≥ 1."""
    loss = accuracy = torch.zeros((), device=inputs.device)
    with evaluating(model):
        for part, wanted in zip(
            torch.split(inputs, CHUNK), torch.split(labels, CHUNK), strict=True
        ):
            more, right = task.sums(model(part), wanted)
            loss, accuracy = loss + more, accuracy + right
    return Score(float(loss) / len(labels), float(accuracy) / len(labels))
