"""The fast path: several runs of one shape, trained as one stack with the same numbers.

The runs keep their models, records and dials; while they are in a stack the models' parameters
are windows onto the stack's matrix. Runs stack when their networks have the same shape and they
share optimiser, batch size and length; penalties, dropout rates, label smoothing, augmentation,
clipping, initialisation, schedule and seed may differ. Runs of one seed share their batches, which
makes the first layer one ordinary layer with the outputs of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor, nn

from explainer.training.engine.dense_step import DenseStep, dense_step
from explainer.training.engine.flat_parameters import FlatParameters, update
from explainer.training.engine.run import Run
from explainer.training.engine.run_measurement import RunMeasurement, Scores, parts, plain_scores
from explainer.training.engine.stacked_assembly import Row, kind, stacked_layers, stacked_rows
from explainer.training.engine.stacked_batches import StackedBatches, flattened
from explainer.training.engine.stacked_layers import SKIP
from explainer.training.recipe.layers import channels_last
from explainer.training.task import CHUNK, Score

Learn = Callable[[list[Tensor], list[Tensor]], Tensor]
"""Inputs and targets in, data losses `(K,)` out, gradients in their windows."""


class Stack:
    """K runs of one shape, which share one matrix of parameters."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs, self.task = runs, runs[0].data.task
        models = [run.model for run in runs]
        self.flat = FlatParameters(models, [run.memory for run in runs], runs[0].optimiser.slots)
        rows = stacked_rows(models)
        self.layers = stacked_layers(self.flat, rows)
        self.measurement = RunMeasurement(runs, self.flat, self.scores)
        self.arrange = flattened if kind(rows[0]) is nn.Flatten else channels_last
        self._batches = StackedBatches(runs, self.arrange)
        self._smoothings = [run.recipe.regularisation.label_smoothing for run in runs]
        self._smoothing = self._column()
        self.learn: Learn = self._by_hand(rows) or self.by_autograd

    def forward(self, inputs: list[Tensor], *, training: bool) -> Tensor:
        """Outputs `(K, N, C)` for one batch shared by all, or for K batches."""
        values: Tensor | list[Tensor] = inputs
        carried: Tensor | None = None
        for layer in self.layers:
            if layer is SKIP:
                assert isinstance(values, Tensor)
                values = carried = values if carried is None else carried + values
            else:
                values = layer(values, training)
        assert isinstance(values, Tensor)
        return values

    def batch(self) -> tuple[list[Tensor], list[Tensor]]:
        """Inputs and targets of the next step: one for all where they are the same, else K."""
        return self._batches.at(self.measurement.steps)

    def losses(self, outputs: Tensor, targets: list[Tensor]) -> Tensor:
        """The data loss of each run, `(K,)`, with its own label smoothing."""
        return self.task.losses(outputs, targets, self._smoothing)

    def by_autograd(self, inputs: list[Tensor], targets: list[Tensor]) -> Tensor:
        """The data loss of each run, `(K,)`; its gradients are in `flat` afterwards."""
        losses = self.losses(self.forward(inputs, training=True), targets)
        torch.autograd.backward(losses, torch.ones_like(losses))
        self.flat.collect_gradients()
        return losses.detach()

    def scores(self, runs: Sequence[Run]) -> Scores:
        """The scores of all runs on their training and validation examples."""
        if not self.measurement.steps and self._alike(runs):
            return list(plain_scores(runs[:1])) * len(runs)
        train, validation = zip(*(parts(run) for run in runs), strict=True)
        return list(zip(self._evaluated(train), self._evaluated(validation), strict=True))

    def _alike(self, runs: Sequence[Run]) -> bool:
        """Whether all have the same data and weights, as the recipes of a seed do in the beginning.

        What their layers keep beside weights is the same before the first step.
        """
        same_data = all(run.data is runs[0].data for run in runs)
        return same_data and bool((self.flat.values == self.flat.values[:1]).all())

    @torch.no_grad()
    def _evaluated(self, wanted: Sequence[tuple[Tensor, Tensor]]) -> list[Score]:
        same = all(inputs.data_ptr() == wanted[0][0].data_ptr() for inputs, _ in wanted)
        own = wanted[:1] if same else wanted
        examples = len(wanted[0][1])
        totals = torch.zeros(2, len(self.runs), device=wanted[0][0].device)
        for start in range(0, examples, CHUNK):
            rows = slice(start, start + CHUNK)
            outputs = self.forward([inputs[rows] for inputs, _ in own], training=False)
            labels = torch.stack([labels[rows] for _, labels in own])
            labels = labels.expand(len(self.runs), *labels.shape[1:])
            totals += self.task.stacked_sums(outputs, labels)
        return [Score(loss / examples, right / examples) for loss, right in totals.T.tolist()]

    def _by_hand(self, rows: list[Row]) -> DenseStep | None:
        """The short way, where there is one; an accelerator has graphs for that (`graphs.py`)."""
        if self.runs[0].device.type != "cpu" or not self.task.by_hand:
            return None
        return dense_step(self.flat, rows, self._smoothings, self.runs[0].batches.size)

    def _column(self) -> Tensor | None:
        if not any(self._smoothings):
            return None
        return torch.tensor(self._smoothings, device=self.runs[0].device)[:, None, None]


def train_stacked(stack: Stack, learn: Learn | None = None) -> Iterator[int]:
    """Train the runs of `stack` together to the end of the last; yields the number of steps done.

    The loop of :func:`~explainer.training.engine.run_group.train`. A run that has ended stands
    still.
    `learn` stands in for `stack.learn` where there is a faster way to the same.
    """
    runs, measurement, learn = stack.runs, stack.measurement, learn or stack.learn
    measurement.begin()
    training = runs[0].recipe.training
    while any(run.active for run in runs):
        inputs, targets = stack.batch()
        losses = learn(inputs, targets)
        update(
            stack.flat,
            runs[0].optimiser,
            step=measurement.steps + 1 - runs[0].optimiser_begun,
            rates=[run.rate for run in runs],
            momentum=training.momentum,
            strengths=[run.dials.strengths for run in runs],
            max_norms=[run.recipe.regularisation.max_norm for run in runs],
            clips=[run.clip for run in runs],
        )
        measurement.step(losses)
        yield measurement.steps
