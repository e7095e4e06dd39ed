"""The training of a case, step by step: plain gradient descent on batches, and its measurement."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from explainer.clinic.case import STEPS, Case
from explainer.clinic.network import CLASSES, ENDS, Network
from explainer.clinic.pictures import Pictures, batch_rows, pictures_of, shown
from explainer.clinic.record import SHOWN, Looks, Record
from explainer.training.engine.devices import cores, workers
from explainer.training.instruments.mistakes import confusion_matrix
from explainer.words import later

EVERY = 5
"""After how many steps it is measured."""
PROBED = 300
"""Training pictures at most that the units are looked at with."""
TWIN = 0.01
"""Two units are twins where their answers differ by so much of their size at most."""
FLAT = 0.02
"""So near an end, over the whole height, sigmoid and tanh have a 13th of their slope or less."""
COLUMNS = ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy")
LAYERED = ("gradient_norms", "step_ratios", "dead", "saturated", "alike")


class Training:
    """One run from its first weights on; `advance` takes a step, `record` tells how it stands.

    It is measured after `every` so many steps; the rules of the doctor are made for `EVERY`.
    """

    def __init__(self, case: Case, steps: int = STEPS, every: int = EVERY) -> None:
        workers(cores())  # for what it sets: operators as small as these run in one thread
        self.case, self.steps, self._every = case, steps, every
        self.network, self.pictures = Network(case), pictures_of(case)
        self._steps: list[int] = []
        self._rows: list[list[float]] = []
        self._layered: list[np.ndarray] = []
        self._since: list[tuple[float, float]] = []
        self._last: Tensor | None = None
        self.step, self.lost = 0, False

    @property
    def finished(self) -> bool:
        """Whether there is no step left to take."""
        return self.lost or self.step >= self.steps

    def advance(self) -> None:
        """Take one step; where it is its turn, measure it."""
        case, network = self.case, self.network
        rows = self._last = batch_rows(case, self.step)
        labels = self.pictures.labels[rows]
        logits = network.forward(self.pictures.inputs[rows], training=True, learn=True)[-1]
        loss = loss_of(case, logits, labels)
        self._since.append((loss.item(), accuracy(logits, labels)))
        self.lost = not math.isfinite(self._since[-1][0])
        loss.backward()  # type: ignore[no-untyped-call]
        turn = self.step % self._every == 0 or self.lost
        with torch.no_grad():
            seen = self._seen() if turn else None
            moved = self._moves() if turn else []
            self.descend()
        if seen is not None:
            self._steps.append(self.step)
            self._layered.append(np.array([*moved, *seen]))
        self.step += 1

    def descend(self) -> None:
        """Step down the gradient that is there, as this case does."""
        case = self.case
        for layer, values in enumerate(self.network.parameters):
            taken = self._rate(layer)
            for one in values:
                assert one.grad is not None
                one.sub_(one.grad, alpha=-taken if case.ascending else taken)
                if not case.summed:
                    one.grad = None

    def _rate(self, layer: int) -> float:
        return 0.0 if layer == self.case.frozen else self.case.rate

    def _moves(self) -> tuple[list[float], list[float]]:
        """The norm of each layer's gradient, and how far it is about to move its weights."""
        norms, ratios = [], []
        for layer, weights in enumerate(self.network.weights):
            assert weights.grad is not None
            size, norm = weights.norm().item(), weights.grad.norm().item()
            norms.append(norm)
            ratios.append(self._rate(layer) * norm / size if size else math.nan)
        return norms, ratios

    def _seen(self) -> list[list[float]]:
        """Measure the parts, and give the shares of the units of each layer."""
        pictures, network = self.pictures, self.network
        logits = validated(network, pictures)
        loss = loss_of(self.case, logits, pictures.validation_labels).item()
        train = np.mean(self._since, 0).tolist()
        self._rows.append([train[0], loss, train[1], accuracy(logits, pictures.validation_labels)])
        self._since = []
        hidden = network.forward(
            pictures.inputs[:: max(1, len(pictures.inputs) // PROBED)], training=False
        )[:-1]
        ends = ENDS.get(self.case.activation)
        shares = [_shares(one, ends) for one in hidden]
        return [list(column) for column in zip(*shares, [math.nan] * 3, strict=True)]

    @property
    def record(self) -> Record:
        """How the run stands, with a look through every instrument."""
        count = len(self._steps)
        rows = np.array(self._rows).reshape(count, len(COLUMNS))
        layered = np.array(self._layered).reshape(count, len(LAYERED), self.case.layers)
        return Record(
            layers=layer_names(self.case), units=(*self.case.widths, CLASSES),
            steps=np.array(self._steps, np.int64),
            **dict(zip(COLUMNS, rows.T, strict=True)),
            **dict(zip(LAYERED, layered.swapaxes(0, 1), strict=True)),
            looks=self._looks() if count else None, step=self.step,
            finished=self.finished, lost=self.lost,
        )  # fmt: skip

    @cached_property
    def _spreads(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Mean and deviation of the training and of the validation inputs."""
        return _spread(self.pictures.inputs), _spread(self.pictures.validation_inputs)

    @torch.no_grad()
    def _looks(self) -> Looks:
        pictures, network = self.pictures, self.network
        assert self._last is not None
        logits = validated(network, pictures)
        alone = logits
        if self.case.validation_batch:
            alone = network.forward(pictures.validation_inputs[:, None], training=True)[-1][:, 0]
        fresh = network.forward(pictures.fresh_inputs, training=False)[-1]
        learned = network.forward(pictures.inputs, training=False)[-1]
        losses = loss_of(self.case, learned, pictures.labels, reduction="none").nan_to_num(math.inf)
        worst = losses.argsort(descending=True, stable=True)[:SHOWN]
        batch = self._last[:SHOWN]
        return Looks(
            shown(pictures.inputs[batch]), pictures.labels[batch].numpy(),
            shown(pictures.validation_inputs[:SHOWN]), pictures.validation_labels[:SHOWN].numpy(),
            *self._spreads,
            _confusion(logits, pictures.validation_labels),
            accuracy(learned, pictures.labels), accuracy(logits, pictures.validation_labels),
            accuracy(alone, pictures.validation_labels), accuracy(fresh, pictures.fresh_labels),
            shown(pictures.inputs[worst]), pictures.labels[worst].numpy(),
            _answers(learned[worst]).numpy(), losses[worst].double().numpy(),
        )  # fmt: skip


def layer_names(case: Case) -> tuple[str, ...]:
    """What the layers are called, to be put into words."""
    return tuple(later("layer {number}", number=layer + 1) for layer in range(case.layers))


def loss_of(case: Case, logits: Tensor, labels: Tensor, reduction: str = "mean") -> Tensor:
    """The loss that this case goes by."""
    return cross_entropy(logits.softmax(-1) if case.twice else logits, labels, reduction=reduction)


def validated(network: Network, pictures: Pictures) -> Tensor:
    """The logits of the validation part, `(M, 10)`, asked as the case asks."""
    inputs = pictures.validation_inputs
    size = min(network.case.validation_batch, len(inputs))
    if not size:
        return network.forward(inputs, training=False)[-1]
    return network.forward(inputs.view(-1, size, inputs.shape[1]), training=True)[-1].flatten(0, 1)


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """The share of answers that are right; one whose numbers are none is wrong."""
    return (_answers(logits) == labels).double().mean().item()


def _answers(logits: Tensor) -> Tensor:
    """The class of each, −1 where its numbers are none."""
    return logits.argmax(-1).where(logits.isfinite().all(-1), -1)


def _shares(answers: Tensor, ends: tuple[float, float] | None) -> tuple[float, float, float]:
    """Of units with `answers` `(N, U)`: how many are dead, at the flat `ends`, and have a twin.

    NaN where the answers are no longer numbers.
    """
    if not answers.isfinite().all():
        return math.nan, math.nan, math.nan
    living = answers.abs().amax(0) > 0
    flat = 0.0
    if ends is not None:
        near = FLAT * (ends[1] - ends[0])
        at_end = (answers < ends[0] + near) | (answers > ends[1] - near)
        flat = at_end.double().mean().item()
    dead = 1 - living.double().mean().item()
    centred = (answers - answers.mean(0))[:, living]
    if centred.shape[1] < 2:
        return dead, flat, math.nan
    squares = centred.square().sum(0)
    apart = torch.cdist(centred.T, centred.T).square().fill_diagonal_(math.inf)
    size = (squares[:, None] + squares) / 2
    return dead, flat, (apart <= TWIN**2 * size).any(1).double().mean().item()


def _spread(inputs: Tensor) -> tuple[float, float]:
    return inputs.mean().item(), inputs.std().item()


def _confusion(logits: Tensor, labels: Tensor) -> np.ndarray:
    found = _answers(logits)
    some = found >= 0
    return confusion_matrix(labels[some].numpy(), found[some].numpy(), CLASSES)
