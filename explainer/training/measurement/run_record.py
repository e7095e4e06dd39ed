"""What was measured of one run and what follows from it: curves, best checkpoint, how it ended."""

from __future__ import annotations

import copy
import math
from array import array
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import torch
from torch import nn

from explainer.training.measurement.checkpoint import Checkpoint, checkpoint
from explainer.training.measurement.divergence import Conditions, PackedVitals, Vitals
from explainer.training.measurement.early_stopping import Patience
from explainer.training.measurement.failure import failure
from explainer.training.measurement.history import History, LayerValues, Point, Progress
from explainer.training.measurement.weight_frames import WeightFrames
from explainer.training.recipe.recipe import Recipe
from explainer.training.recipe.schedules import PLATEAU_FACTOR, PLATEAU_PATIENCE, SCHEDULES
from explainer.training.task import Score
from explainer.words import N_, later

MOST_MARKS = 100
BY_HAND = "by hand: "
VALUES = (
    "status", "explanation", "marks", "last", "best", "test", "untested", "plateau_factor",
    "_evaluations",
)  # fmt: skip
"""What there is to a record that is replaced and never changed."""

VALUE_BYTES = 2048  # about, without the checkpoint


class Status(StrEnum):
    """How a run stands: it goes on, or has ended in one of several ways."""

    TRAINING = "training"
    FINISHED = "finished"
    STOPPED_EARLY = N_("stopped early")
    DIVERGED = N_("diverged")
    FAILED = N_("failed")

    @property
    def broken(self) -> bool:
        """Whether the run ended because it could not go on."""
        return self in (Status.DIVERGED, Status.FAILED)


@dataclass(frozen=True)
class Mark:
    """Something that happened at a step; `text` says it.

    `what` is a field's name, a status, or after `BY_HAND` the weight or bias that was set.
    """

    step: int
    what: str
    text: str

    @property
    def by_hand(self) -> bool:
        """Whether a weight or a bias was set by hand."""
        return self.what.startswith(BY_HAND)


@dataclass(frozen=True, eq=False)
class KeptRecord:
    """A record as it was at some step; curves and film only ever grow, so how far they were."""

    values: tuple[Any, ...]
    vitals: PackedVitals
    early: Patience
    plateau: Patience
    batch_losses: array[float]
    checkpoint: Checkpoint | None
    progress: Progress
    frames: int

    @property
    def nbytes(self) -> int:
        """The bytes held, but for the checkpoint."""
        return VALUE_BYTES + self.vitals.nbytes + 8 * len(self.batch_losses) + self.progress.nbytes


class RunRecord:
    """The memory of one run, kept by whoever trains it.

    `layers` names the layers that are measured one by one, and `film` keeps pictures of the first
    one where there is one. `plateau_factor` multiplies the learning rate where the schedule
    watches the validation loss.
    """

    def __init__(
        self,
        recipe: Recipe,
        guessing: float,
        precision: torch.dtype,
        layers: tuple[str, ...] = (),
        film: WeightFrames | None = None,
    ) -> None:
        self._recipe, self._guessing, self.precision = recipe, guessing, precision
        self.history, self.film = History(layers), film
        self.vitals = Vitals()
        self.status = Status.TRAINING
        self.explanation = ""
        self.marks: tuple[Mark, ...] = ()
        self.last: Point | None = None
        self.best: Point | None = None
        self.checkpoint: Checkpoint | None = None
        self.test: Score | None = None
        self.untested = ""
        self.plateau_factor = 1.0
        self._watches = SCHEDULES[recipe.training.schedule].watches
        self._early = Patience(recipe.regularisation.patience)
        self._plateau = Patience(PLATEAU_PATIENCE + 1)
        self._evaluations = 0
        self._batch_losses: list[float] = []

    @property
    def active(self) -> bool:
        """Whether the run goes on."""
        return self.status is Status.TRAINING

    @property
    def begun(self) -> bool:
        """Whether there is a scheduled point."""
        return self._evaluations > 0

    @property
    def nbytes(self) -> tuple[int, int]:
        """Bytes of history and of the checkpoint."""
        history = self.history.nbytes + (self.film.nbytes if self.film else 0)
        return history, self.checkpoint.nbytes if self.checkpoint else 0

    def keep(self) -> KeptRecord:
        """The record as it is now."""
        return KeptRecord(
            values=tuple(getattr(self, name) for name in VALUES),
            vitals=self.vitals.packed(),
            early=copy.copy(self._early),
            plateau=copy.copy(self._plateau),
            batch_losses=array("d", self._batch_losses),
            checkpoint=self.checkpoint,
            progress=self.history.progress,
            frames=self.film.seen if self.film else 0,
        )

    def take(self, kept: KeptRecord, grown: RunRecord) -> None:
        """Become what was kept of the record that has `grown` since; the recipe stays one's own."""
        for name, value in zip(VALUES, kept.values, strict=True):
            setattr(self, name, value)
        self.vitals, self._batch_losses = kept.vitals.unpacked(), kept.batch_losses.tolist()
        self._early = kept.early.allowing(self._early.allowed)
        self._plateau = kept.plateau.allowing(self._plateau.allowed)
        self.plateau_factor = self.plateau_factor if self._watches else 1.0
        self.checkpoint = kept.checkpoint
        self.history = grown.history.until(kept.progress)
        self.film = grown.film.until(kept.frames) if grown.film else None

    def mark(self, step: int, what: str, text: str) -> None:
        """Remember that something happened; of the same thing at the same step, the last."""
        kept = [one for one in self.marks if (one.step, one.what) != (step, what)]
        self.marks = (*kept, Mark(step, what, text))[-MOST_MARKS:]

    def batch_loss(self, step: int, loss: float) -> bool:
        """Note the data loss of a batch; False where it is not finite."""
        self._batch_losses.append(loss)
        self.vitals.loss(step, loss)
        return math.isfinite(loss)

    def mean_batch_loss(self) -> float:
        """The mean data loss of the batches since the last point, NaN where there was none."""
        losses = self._batch_losses
        return sum(losses) / len(losses) if losses else math.nan

    def point(
        self,
        point: Point,
        model: nn.Module,
        layers: LayerValues | None = None,
        *,
        scheduled: bool,
    ) -> None:
        """Add a point; a scheduled one counts for the best, early stopping and the plateau."""
        self.history.append(point, layers, scheduled=scheduled)
        self.last = point
        if not scheduled:
            return
        if self.film:
            self.film.append(point.step, model)
        self._batch_losses.clear()
        self._evaluations += 1
        if self._early.improves(point.validation_loss, point.step):
            self.best = point
            self.checkpoint = checkpoint(model, point.step, self.precision)
        if self._early.exhausted:
            best_at = point.step - self._early.waited
            self.end(
                Status.STOPPED_EARLY,
                point.step,
                later("The validation loss has not been lower than at step {step}.", step=best_at),
            )
        self._watch(point)

    def diverged(self, step: int, what: str, rate: float, strengths: dict[str, float]) -> None:
        """End the run because `what` was not finite at `step`, and say why."""
        given = Conditions(
            guessing=self._guessing,
            learning_rate=rate,
            l2=strengths["l2"],
            weight_decay=strengths["weight_decay"],
            initialisation=self._recipe.network.initialisation,
        )
        self.end(Status.DIVERGED, step, self.vitals.explain(step, what, given))

    def failed(self, step: int, error: Exception) -> None:
        """End the run, unless it has ended, because what comes after `step` raised `error`."""
        if self.active:
            self.end(Status.FAILED, step, failure(step, error))

    def end(self, status: Status, step: int, explanation: str = "") -> None:
        """End the run."""
        self.status, self.explanation = status, explanation
        if status is not Status.FINISHED:
            self.mark(step, status.value, later(status.value))

    def _watch(self, point: Point) -> None:
        if not self._watches:
            return
        self._plateau.improves(point.validation_loss, self._evaluations)
        if self._plateau.exhausted:
            self.plateau_factor *= PLATEAU_FACTOR
            self._plateau.renew(self._evaluations)
            self.mark(
                point.step,
                "plateau",
                later("learning rate × {factor}", factor=f"{self.plateau_factor:g}"),
            )
