"""What was measured of one run and what follows from it: curves, best checkpoint, how it ended."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import nn

from explainer.training.measurement.checkpoint import Checkpoint, checkpoint
from explainer.training.measurement.divergence import Conditions, Vitals
from explainer.training.measurement.early_stopping import Patience
from explainer.training.measurement.evaluation import Score
from explainer.training.measurement.failure import failure
from explainer.training.measurement.history import History, LayerValues, Point
from explainer.training.measurement.weight_frames import WeightFrames
from explainer.training.recipe.recipe import Recipe
from explainer.training.recipe.schedules import PLATEAU_FACTOR, PLATEAU_PATIENCE, SCHEDULES
from explainer.words import N_, later

MOST_MARKS = 100


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
    """Something that happened at a step: `what` is a field's name, or a status; `text` says it."""

    step: int
    what: str
    text: str


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
