"""What a network answers to the validation examples, and where it is most confidently wrong.

Its current weights in evaluation mode; confidence is the softmax probability, as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.training.engine.run import Evaluation, Run
from explainer.training.instruments.copies import (
    check_from_one,
    indices,
    numbers,
    shown,
    twin,
    validation,
)
from explainer.training.task import CHUNK

MOST = Evaluation.validation_examples

Numbers = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Mistake:
    """A wrong answer to `picture`, `(H, W, C)` in [0, 1], or to the point `(2,)`.

    `confidence` is the probability given to the class `predicted`, `right` that given to `truth`.
    """

    picture: Numbers
    truth: int
    predicted: int
    confidence: float
    right: float


@dataclass(frozen=True, eq=False)
class Answers:
    """All answers `(N,)`; `confusion` `(K, K)` counts them, a row for each true class.

    `confidence` is that in the class `predicted`; `worst` are the most confident mistakes. Examples
    whose probabilities are no numbers, as of a network that diverged, have no answer: they are
    counted as `unanswered` and are in nothing else.
    """

    classes: tuple[str, ...]
    labels: Indices
    predicted: Indices
    confidence: Numbers
    confusion: Indices
    worst: tuple[Mistake, ...]
    unanswered: int = 0


def answers(run: Run, *, most: int = MOST, worst: int = 12) -> Answers:
    """What `run` answers to the first `most` validation examples of its curves."""
    check_from_one(most=most, worst=worst)
    inputs, given = validation(run, most)
    shares = probabilities(twin(run).model, inputs)
    known = np.isfinite(shares).all(axis=1)
    inputs, shares, labels = inputs[known.tolist()], shares[known], indices(given)[known]
    predicted = shares.argmax(1)
    confidence = shares.max(1)
    return Answers(
        classes=run.data.classes,
        labels=labels,
        predicted=predicted,
        confidence=confidence,
        confusion=confusion_matrix(labels, predicted, len(run.data.classes)),
        worst=_worst(run, inputs, labels, shares, worst),
        unanswered=int((~known).sum()),
    )


def probabilities(model: nn.Module, inputs: Tensor) -> Numbers:
    """The softmax of the logits of `model` for `inputs`, `(N, K)`."""
    return numbers(_outputs(model, inputs).softmax(1))


def outputs(model: nn.Module, inputs: Tensor) -> Numbers:
    """What `model` gives for `inputs`, `(N, K)`."""
    return numbers(_outputs(model, inputs))


@torch.no_grad()
def _outputs(model: nn.Module, inputs: Tensor) -> Tensor:
    return torch.cat([model(part) for part in torch.split(inputs, CHUNK)])


def confusion_matrix(labels: Indices, predicted: Indices, classes: int) -> Indices:
    """How many examples of each class, by row, got each answer, by column."""
    counts = np.bincount(labels * classes + predicted, minlength=classes**2)
    return counts.astype(np.int64).reshape(classes, classes)


def _worst(
    run: Run, inputs: Tensor, labels: Indices, shares: Numbers, most: int
) -> tuple[Mistake, ...]:
    predicted, confidence = shares.argmax(1), shares.max(1)
    wrong = np.flatnonzero(predicted != labels)
    rows = wrong[np.argsort(-confidence[wrong], kind="stable")][:most]
    pictures = shown(run.data, inputs[torch.from_numpy(rows).to(inputs.device)])
    return tuple(
        Mistake(
            picture=picture.copy(),
            truth=int(labels[row]),
            predicted=int(predicted[row]),
            confidence=float(confidence[row]),
            right=float(shares[row, labels[row]]),
        )
        for picture, row in zip(pictures, rows, strict=True)
    )
