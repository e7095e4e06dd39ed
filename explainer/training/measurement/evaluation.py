"""How good a network is: mean data loss and accuracy on examples it may or may not have seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CHUNK = 256


@dataclass(frozen=True)
class Score:
    """Mean cross-entropy in nats, without any penalty, and the share of right answers in [0, 1]."""

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
def evaluate(model: nn.Module, inputs: Tensor, labels: Tensor) -> Score:
    """The score of `model` on `inputs` `(N, ...)` with int64 `labels` `(N,)`; N ≥ 1."""
    loss = accuracy = torch.zeros((), device=inputs.device)
    with evaluating(model):
        for part, wanted in zip(
            torch.split(inputs, CHUNK), torch.split(labels, CHUNK), strict=True
        ):
            logits = model(part)
            loss = loss + F.cross_entropy(logits, wanted, reduction="sum")
            accuracy = accuracy + (logits.argmax(1) == wanted).sum()
    return Score(float(loss) / len(labels), float(accuracy) / len(labels))
