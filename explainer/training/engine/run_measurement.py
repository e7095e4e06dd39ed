"""Measuring runs that train in step: losses of batches, evaluations at their time, divergence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.lengths import lengths
from explainer.training.engine.flat_parameters import FlatParameters, layer_names
from explainer.training.engine.run import Run
from explainer.training.measurement.history import LayerValues, Point
from explainer.training.measurement.run_record import Status
from explainer.training.recipe.penalties import penalty_value
from explainer.training.task import Score, evaluate
from explainer.words import later

TINY = torch.finfo(torch.float32).tiny
CLOSE_WATCH = 16  # the first steps, and those after a change of the dials, are looked at one by one

Scores = Sequence[tuple[Score, Score]]
"""For each run, the score on training examples and on validation examples."""


def plain_scores(runs: Sequence[Run]) -> Scores:
    """Evaluate each run's own model, one after the other."""
    return [tuple(evaluate(run.model, *part, run.data.task) for part in parts(run)) for run in runs]  # type: ignore[misc]


def parts(run: Run) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Inputs and labels on which `run` is measured: of the training and the validation part."""
    data, settings = run.data, run.evaluation
    train, validation = settings.train_examples, settings.validation_examples
    return (
        (data.train_inputs[:train], data.train_labels[:train]),
        (data.validation_inputs[:validation], data.validation_labels[:validation]),
    )


class RunMeasurement:
    """Counts the steps of `runs`, which share a flat matrix, and measures them when it is time.

    `scores` evaluates all of them. Losses stay on their device until somebody needs them: at an
    evaluation, or after `CLOSE_WATCH` steps.
    """

    def __init__(
        self,
        runs: Sequence[Run],
        flat: FlatParameters,
        scores: Callable[[Sequence[Run]], Scores] = plain_scores,
    ) -> None:
        self.runs, self.flat, self._scores = runs, flat, scores
        self.steps = max(run.step for run in runs)
        self._pending: list[Tensor] = []
        self._watched = 0
        self._dials = self._positions()
        stored = [name.removesuffix(".weight") for name in flat.weight_names]
        self._sizes = [flat.blocks[name][0].numel() for name in flat.weight_names]
        self._order = [stored.index(name) for name in layer_names(runs[0].model)]
        self._before: Tensor | None = None  # the weights before a step that will be measured

    def begin(self) -> None:
        """Measure the runs before their first step, unless somebody did."""
        if not self.begun:
            self.evaluate()
        self._look_ahead()

    @property
    def begun(self) -> bool:
        """Whether the runs were measured before their first step."""
        return self.steps > 0 or all(run.record.begun for run in self.runs)

    def step(self, losses: Tensor) -> None:
        """One step is done with these data losses of the batch, `(K,)`."""
        self.took((losses,))

    def took(self, losses: Sequence[Tensor]) -> None:
        """Steps are done, no more than :attr:`unseen`, with these data losses, each `(K,)`."""
        self._pending.extend(losses)
        self.steps = step = self.steps + len(losses)
        for run in self.runs:
            run.step += len(losses) * run.record.active
        due = self._due(step)
        if due or self._watching() or len(self._pending) >= CLOSE_WATCH:
            self._flush(step)
        if due:
            self.evaluate()
        self._look_ahead()

    @property
    def unseen(self) -> int:
        """How many steps may be done before the next look at the runs, at least 1."""
        if self._watched < CLOSE_WATCH or self._positions() != self._dials:
            return 1
        count = 0
        while count < CLOSE_WATCH - len(self._pending) and not self._due(self.steps + count + 1):
            count += 1
        return max(1, count)  # a step that is due is looked at from before it

    def changed(self) -> None:
        """The weights are others than the last step left: the next steps are looked at closely."""
        self.settle()
        self._watched = 0
        self._look_ahead()

    def settle(self) -> None:
        """Note the losses of all steps that are done."""
        self._flush(self.steps)

    def evaluate(self, *, scheduled: bool = True) -> None:
        """Add a point to the curves of each run that goes on, unless it has one for this step."""
        self.settle()
        active = [run.record.active for run in self.runs]
        if not any(active):
            return
        sums = self.flat.weight_sums().tolist()
        norms = self.flat.gradient_norms().tolist()
        scores, layers = self._scores(self.runs), self._layers(watched=scheduled)
        for run, score, sum_of, norm, layer in zip(
            self.runs, scores, sums, norms, layers, strict=True
        ):
            last = run.record.last
            if run.record.active and (scheduled or last is None or last.step != run.step):
                self._point(run, score, sum_of, norm, layer, scheduled=scheduled)

    def _point(
        self,
        run: Run,
        score: tuple[Score, Score],
        sums: list[float],
        norm: float,
        layers: LayerValues,
        *,
        scheduled: bool,
    ) -> None:
        train, validation = score
        absolute, squared, zeros = sums
        if not (math.isfinite(squared) and math.isfinite(train.loss)):
            what = later("training loss")
            if not math.isfinite(squared):
                what = later("sum of squared weights")
            run.record.diverged(run.step, what, run.dials.learning_rate, run.dials.strengths)
            return
        point = Point(
            step=run.step,
            train_loss=train.loss,
            train_measure=train.measure,
            validation_loss=validation.loss,
            validation_measure=validation.measure,
            batch_loss=run.record.mean_batch_loss(),
            penalty=penalty_value(run.dials.strengths, absolute, squared),
            gradient_norm=norm,
            weight_norm=math.sqrt(squared),
            zero_share=zeros / self.flat.weight_count,
        )
        run.record.point(point, run.model, layers, scheduled=scheduled)
        if run.record.active and run.step >= run.total_steps:
            run.record.end(Status.FINISHED, run.step)

    def _look_ahead(self) -> None:
        """Remember the weights where the next step will be measured."""
        due = self._due(self.steps + 1)
        self._before = self.flat.weights.clone() if due else None

    @torch.no_grad()
    def _layers(self, *, watched: bool) -> NDArray[np.float32]:
        """`(K, 4, L)`: for each run and layer what `LAYER_COLUMNS` names.

        Unless the step was `watched` there is no telling how long it was: what is remembered then
        are the weights before the next one.
        """
        flat, before = self.flat, self._before if watched else None
        weights = torch.split(flat.weights, self._sizes, 1)
        gradients = torch.split(flat.weight_gradients, self._sizes, 1)
        norms = layer_lengths(weights)
        if before is None:
            ratios = torch.full_like(norms, math.nan)
        else:
            changes = layer_lengths(torch.split(flat.weights - before, self._sizes, 1))
            ratios = changes / layer_lengths(torch.split(before, self._sizes, 1)).clamp(min=TINY)
        zeros = torch.stack([(one == 0).float().mean(1) for one in weights], 1)
        found = torch.stack([layer_lengths(gradients), ratios, norms, zeros], 1).cpu()
        return found[:, :, self._order].numpy()

    def _flush(self, step: int) -> None:
        if not self._pending:
            return
        rows = torch.stack(self._pending).T.tolist()
        first = step - len(self._pending) + 1
        self._pending.clear()
        norms = self.flat.gradient_norms().tolist()
        for run, losses, norm in zip(self.runs, rows, norms, strict=True):
            if run.record.active:
                self._note(run, first, losses)
                run.record.vitals.norm(step, norm)

    @staticmethod
    def _note(run: Run, first: int, losses: list[float]) -> None:
        for step, loss in enumerate(losses, first):
            if not run.record.batch_loss(step, loss):
                run.step = step
                rate, strengths = run.dials.learning_rate, run.dials.strengths
                run.record.diverged(step, later("loss of the batch"), rate, strengths)
                return

    def _due(self, step: int) -> bool:
        run = self.runs[0]
        begins = step < run.every and step & (step - 1) == 0
        return begins or step % run.every == 0 or step >= run.total_steps

    def _watching(self) -> bool:
        positions = self._positions()
        if positions != self._dials:
            self._dials, self._watched = positions, 0
        self._watched += 1
        return self._watched <= CLOSE_WATCH

    def _positions(self) -> list[float]:
        return [
            value
            for run in self.runs
            for value in (run.dials.learning_rate, *run.dials.strengths.values())
        ]


def layer_lengths(layers: Sequence[Tensor]) -> Tensor:
    """The Euclidean length of each row of each layer `(K, n)`, as `(K, L)`."""
    return torch.stack([lengths(one) for one in layers], 1)
