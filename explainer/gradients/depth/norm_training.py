"""Two small networks that learn digits, with batch norm and without, watched layer by layer.

They start from the same weights and see the same batches. What is recorded is what explains batch
norm: the sums of every layer before and after it, its γ and β, and the statistics of every batch,
from which the running statistics of any momentum follow (see `running_statistics.py`).
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.activations.registry import ACTIVATIONS
from explainer.gradients.depth.running_statistics import (
    TORCH_MOMENTUM,
    accuracy,
    evaluated_with,
    norms_of,
    running,
)
from explainer.gradients.depth.steepness import SteepnessStep, along_the_step
from explainer.training.data.shipped import digits
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.recipe.build_network import build_initialised
from explainer.training.recipe.recipe import Network, Regularisation
from explainer.training.seeds import generator

Floats = NDArray[np.float64]
State = dict[str, Tensor]
BINS, REACH = 49, 6.0
PROBED = 256
RECORDS, STEP_RECORDS = 50, 25


@dataclass(frozen=True)
class NormSettings:
    """What is trained: `layers` hidden layers of `width`, by plain gradient descent."""

    activation: str = "sigmoid"
    initialisation: str = "xavier"
    layers: int = 3
    width: int = 64
    batch_size: int = 32
    learning_rate: float = 0.5
    steps: int = 300
    seed: int = 0

    def network(self, *, batch_norm: bool) -> Network:
        """The network of these settings, with batch norm or without."""
        return Network(
            kind="mlp",
            depth=self.layers,
            width=self.width,
            activation=self.activation,
            initialisation=self.initialisation,
            batch_norm=batch_norm,
        )


@dataclass(frozen=True, eq=False)
class Sums:
    """A layer's sums for the probe: `shares` `(L, 49)` in bins from −6 to 6, and for each unit
    the mean and the spread, `(L, W)`; the outermost bins hold what lies beyond.
    """

    shares: Floats
    means: Floats
    spreads: Floats


@dataclass(frozen=True, eq=False)
class Moment:
    """One network after `step` steps: its sums `before` batch norm and `after` it, its score.

    Without batch norm `before` and `after` are the same, and `gamma` and `beta` `(L, W)` are empty.
    `accuracy` is on the validation part, in evaluation mode.
    """

    step: int
    before: Sums
    after: Sums
    gamma: Floats
    beta: Floats
    accuracy: float


@dataclass(frozen=True, eq=False)
class NormRun:
    """What was recorded of one network.

    `batch_means` and `batch_variances`, `(L, W)` each, are those of every batch trained on;
    `snapshots` are the weights after some steps; `losses` are those of the batches.
    """

    model: nn.Sequential
    moments: list[Moment] = field(default_factory=list)
    along: list[SteepnessStep] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    batch_means: list[Floats] = field(default_factory=list)
    batch_variances: list[Floats] = field(default_factory=list)
    snapshots: dict[int, State] = field(default_factory=dict)

    def evaluating(self, momentum: float = TORCH_MOMENTUM, step: int | None = None) -> nn.Module:
        """A copy for evaluation, with the running statistics of `momentum` after `step` steps.

        The weights are those of that step where there is a snapshot of it, else the present ones.
        """
        twin = copy.deepcopy(self.model)
        if step in self.snapshots:
            twin.load_state_dict(self.snapshots[step])
        norms = norms_of(twin)
        if not norms:
            return twin.eval()
        like = np.zeros((len(norms), norms[0].num_features))
        means, variances = self.batch_means[:step], self.batch_variances[:step]
        return evaluated_with(twin, running(means, variances, momentum, like))


@dataclass(frozen=True, eq=False)
class NormStudy:
    """Both networks, and the data that they learned from."""

    settings: NormSettings
    data: Prepared
    plain: NormRun
    normed: NormRun


def study(settings: NormSettings) -> Generator[float, None, NormStudy]:
    """Train both networks; yields the share that is done.

    Raises `ValueError` for a batch size of 1, which batch norm cannot train with.
    """
    if settings.batch_size < 2:
        raise ValueError(f"batch_size is {settings.batch_size}, but batch norm needs 2 or more")
    data = prepare(digits(), Split(seed=settings.seed))
    plain, normed = (_begin(settings, data, batch_norm=on) for on in (False, True))
    rows = _rows(settings, len(data.train_labels))
    records, looks = _due(settings.steps, RECORDS), _due(settings.steps, STEP_RECORDS)
    for step in range(settings.steps + 1):
        batch = next(rows)
        inputs, labels = data.train_inputs[batch], data.train_labels[batch]
        for run in (plain, normed):
            if step in records:
                run.moments.append(_moment(run, settings, step, data))
            if step in looks:
                rate = settings.learning_rate
                run.along.append(along_the_step(run.model, inputs, labels, rate, step))
            if step & (step - 1) == 0 or step == settings.steps:
                run.snapshots[step] = copy.deepcopy(run.model.state_dict())
            if step < settings.steps:
                _learn(run, inputs, labels, settings.learning_rate)
        yield step / settings.steps
    return NormStudy(settings, data, plain, normed)


def _begin(settings: NormSettings, data: Prepared, *, batch_norm: bool) -> NormRun:
    network = settings.network(batch_norm=batch_norm)
    model = build_initialised(
        network, data.shape, len(data.classes), Regularisation(), settings.seed
    )
    for norm in norms_of(model):
        norm.momentum = 1.0  # its running statistics are then those of the last batch alone
    return NormRun(model.train())


def _due(steps: int, count: int) -> set[int]:
    return set(np.linspace(0, steps, min(count, steps + 1)).round().astype(int).tolist())


def _rows(settings: NormSettings, count: int) -> Iterator[Tensor]:
    """Rows to learn from, shuffled anew for each epoch; what does not fill a batch is left out."""
    epoch, size = 0, min(settings.batch_size, count)
    while True:
        order = torch.randperm(count, generator=generator(settings.seed, "batches", epoch))
        yield from (part for part in torch.split(order, size) if len(part) == size)
        epoch += 1


def _learn(run: NormRun, inputs: Tensor, labels: Tensor, rate: float) -> None:
    parameters = list(run.model.parameters())
    loss = F.cross_entropy(run.model(inputs), labels)
    gradients = torch.autograd.grad(loss, parameters)
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.sub_(gradient, alpha=rate)
    run.losses.append(float(loss.detach()))
    norms = norms_of(run.model)
    if norms:
        run.batch_means.append(_rows_of([one.running_mean for one in norms]))
        run.batch_variances.append(_rows_of([one.running_var for one in norms]))


def _moment(run: NormRun, settings: NormSettings, step: int, data: Prepared) -> Moment:
    before, after = layer_sums(run.model, settings.activation, data.train_inputs[:PROBED])
    norms = norms_of(run.model)
    model = run.evaluating()
    return Moment(
        step,
        _sums(before),
        _sums(after),
        _rows_of([one.weight for one in norms]),
        _rows_of([one.bias for one in norms]),
        accuracy(model, data.validation_inputs, data.validation_labels),
    )


@torch.no_grad()
def layer_sums(
    model: nn.Sequential, activation_slug: str, inputs: Tensor
) -> tuple[list[Tensor], list[Tensor]]:
    """The sums `(N, W)` of every hidden layer, and what its activation is given, in train mode."""
    before, after = list[Tensor](), list[Tensor]()
    kind, values = type(ACTIVATIONS[activation_slug].module()), inputs
    for module in copy.deepcopy(model).train():
        if isinstance(module, kind):
            after.append(values)
        values = module(values)
        if isinstance(module, nn.Linear):
            before.append(values)
    return before[:-1], after


def _sums(layers: list[Tensor]) -> Sums:
    return Sums(
        np.stack([_histogram(one) for one in layers]),
        _rows_of([one.mean(0) for one in layers]),
        _rows_of([one.std(0, correction=0) for one in layers]),
    )


def _histogram(values: Tensor) -> Floats:
    inside = values.clamp(-REACH, REACH).numpy()
    counts, _ = np.histogram(inside, bins=BINS, range=(-REACH, REACH))
    return counts / values.numel()


def _rows_of(tensors: list[Tensor | None]) -> Floats:
    rows = [one.detach().double().numpy().copy() for one in tensors if one is not None]
    return np.stack(rows) if rows else np.empty((0, 0))
