r"""What networks are trained for: the loss, the shape of the targets, and the score of a network.

A task belongs to the data. Targets are int64 `(N,)` for classes and float32 `(N, T)` for numbers; a
network gives one output for each class, or for each of the T numbers. Of K stacked networks the
outputs are `(K, N, C)`; each task computes the losses of one network and of a stack with the same
numbers. What comes later (a mask, a picture) has other targets and losses, and goes the same way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explainer.powers import short
from explainer.registry import Registry
from explainer.training.augmentation.augmentation import soft
from explainer.words import N_

HUBER = 1.0
"""Where Huber's loss turns from a parabola into a line, in units of the target."""

CHUNK = 256  # examples that are scored at once
LARGE = 1000  # from here on a number is shown as a power of ten


@dataclass(frozen=True)
class Measure:
    """How well outputs do, apart from the loss: `better` is 1 where more is better, else -1.

    `percent` says that the number is a share in [0, 1], which is shown in percent.
    """

    slug: str
    title: str
    better: int
    percent: bool

    def text(self, value: float) -> str:
        """The number as it is shown: `97.25%`, or `0.0312`, or `1.23 · 10⁷`."""
        if self.percent:
            return f"{value:.2%}"
        return f"{value:z.4f}" if abs(value) < LARGE else short(value, 3)


ACCURACY = Measure("accuracy", N_("accuracy"), 1, percent=True)
ABSOLUTE_ERROR = Measure("absolute_error", N_("mean absolute error"), -1, percent=False)


class Task(Protocol):
    """What the engine asks of a task: its loss, the shape of its targets, its scores."""

    @property
    def slug(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def unit(self) -> str:
        """What the loss is in, for titles."""

    @property
    def measure(self) -> Measure: ...

    @property
    def by_hand(self) -> bool:
        """Whether the short step of dense stacks knows the gradient of this loss."""

    def loss(self, outputs: Tensor, targets: Tensor, smoothing: float) -> Tensor:
        """The mean loss of outputs `(N, C)`, as the optimiser sees it."""

    def losses(
        self, outputs: Tensor, targets: Sequence[Tensor], smoothing: Tensor | None
    ) -> Tensor:
        """The same for a stack, `(K,)`; `targets` are one for all networks or K."""

    def sums(self, outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """The loss and the measure of outputs `(N, C)`, each summed over the examples."""

    def stacked_sums(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The same for a stack with targets `(K, N, ...)`, as `(2, K)`."""

    def guessing(self, outputs: int) -> float:
        """The loss of a network that knows nothing; NaN where that depends on the data."""

    def code(self) -> tuple[str, str]:
        """For scripts: the loss of `model(x)` to `y`, and what the measure of `outputs` is."""


@dataclass(frozen=True)
class Classification:
    """One of C classes: outputs are logits, the loss is the cross-entropy in nats."""

    slug: str = "classification"
    title: str = N_("Classes")
    unit: str = N_("nats")
    measure: Measure = ACCURACY
    by_hand: bool = True

    def loss(self, outputs: Tensor, targets: Tensor, smoothing: float) -> Tensor:
        """Cross-entropy with the share `smoothing` of each label spread over all classes."""
        return F.cross_entropy(outputs, targets, label_smoothing=smoothing)

    def losses(
        self, outputs: Tensor, targets: Sequence[Tensor], smoothing: Tensor | None
    ) -> Tensor:
        """The same for a stack, `(K,)`; `smoothing` is a column `(K, 1, 1)`."""
        count, examples, classes = outputs.shape
        if all(not target.is_floating_point() for target in targets) and smoothing is None:
            wanted = torch.cat([*targets] * (count // len(targets)))
            flat = outputs.reshape(count * examples, classes)
            return F.cross_entropy(flat, wanted, reduction="none").view(count, examples).mean(1)
        wanted = torch.stack([soft(target, classes) for target in targets])
        if smoothing is not None:
            wanted = wanted + smoothing * (1 / classes - wanted)
        return -(wanted * outputs.log_softmax(2)).sum(2).mean(1)

    def sums(self, outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Cross-entropy, and how many of the largest logits are the label's."""
        loss = F.cross_entropy(outputs, targets, reduction="sum")
        return loss, (outputs.argmax(1) == targets).sum()

    def stacked_sums(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The same for a stack, `(2, K)`."""
        loss = F.cross_entropy(outputs.transpose(1, 2), targets, reduction="none").sum(1)
        return torch.stack([loss, (outputs.argmax(2) == targets).sum(1)])

    def guessing(self, outputs: int) -> float:
        """$\\ln C$: every class is as likely."""
        return math.log(outputs)

    def code(self) -> tuple[str, str]:
        """Cross-entropy, and the share of right answers."""
        return "F.cross_entropy", "(outputs.argmax(1) == labels).sum().item() / len(labels)"


@dataclass(frozen=True)
class Regression:
    """Numbers: `pointwise(outputs, targets)` is the loss of each, their mean that of an example."""

    slug: str
    title: str
    unit: str
    pointwise: Callable[[Tensor, Tensor], Tensor]
    source: str
    measure: Measure = ABSOLUTE_ERROR
    by_hand: bool = False

    def loss(self, outputs: Tensor, targets: Tensor, smoothing: float) -> Tensor:
        """The mean over examples and numbers; there is no label to smooth."""
        return self.pointwise(outputs, targets).mean()

    def losses(
        self, outputs: Tensor, targets: Sequence[Tensor], smoothing: Tensor | None
    ) -> Tensor:
        """The same for a stack, `(K,)`."""
        return self.pointwise(outputs, _for_all(targets, outputs)).mean((1, 2))

    def sums(self, outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """The loss and the absolute error, each example's the mean over its numbers."""
        loss = self.pointwise(outputs, targets).mean(1).sum()
        return loss, (outputs - targets).abs().mean(1).sum()

    def stacked_sums(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The same for a stack, `(2, K)`."""
        loss = self.pointwise(outputs, targets).mean(2).sum(1)
        return torch.stack([loss, (outputs - targets).abs().mean(2).sum(1)])

    def guessing(self, outputs: int) -> float:
        """It depends on the spread of the targets, which is not known here."""
        return math.nan

    def code(self) -> tuple[str, str]:
        """The function of PyTorch, and the mean absolute error."""
        return self.source, "(outputs - labels).abs().mean().item()"


def _for_all(targets: Sequence[Tensor], outputs: Tensor) -> Tensor:
    return torch.stack([*targets]).expand(outputs.shape)


def squared(outputs: Tensor, targets: Tensor) -> Tensor:
    r"""$(\hat y - y)^2$."""
    return (outputs - targets).square()


def absolute(outputs: Tensor, targets: Tensor) -> Tensor:
    r"""$|\hat y - y|$."""
    return (outputs - targets).abs()


def huber(outputs: Tensor, targets: Tensor) -> Tensor:
    r"""$\tfrac12 e^2$ for $|e| \le \delta$, else $\delta(|e| - \tfrac12\delta)$ (Huber 1964)."""
    return F.huber_loss(outputs, targets, reduction="none", delta=HUBER)


CLASSIFICATION = Classification()
TASKS = Registry[Task](
    N_("task"),
    CLASSIFICATION,
    Regression("squared", N_("Squared error"), N_("squared error"), squared, "F.mse_loss"),
    Regression("absolute", N_("Absolute error"), N_("absolute error"), absolute, "F.l1_loss"),
    Regression("huber", N_("Huber's loss"), N_("Huber's loss"), huber, "F.huber_loss"),
)


@dataclass(frozen=True)
class Score:
    """The mean loss without any penalty, and the task's measure.

    For classes they are the cross-entropy in nats and the share of right answers in [0, 1].
    """

    loss: float
    measure: float


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
    loss = measure = torch.zeros((), device=inputs.device)
    with evaluating(model):
        for part, wanted in zip(
            torch.split(inputs, CHUNK), torch.split(labels, CHUNK), strict=True
        ):
            more, measured = task.sums(model(part), wanted)
            loss, measure = loss + more, measure + measured
    return Score(float(loss) / len(labels), float(measure) / len(labels))
