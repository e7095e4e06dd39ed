"""What a reader sees of a race: frozen, complete, and replaced as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from explainer.training.measurement.history import Curves, Point
from explainer.training.measurement.run_record import Mark, Status
from explainer.training.measurement.weight_frames import Frame
from explainer.training.recipe.recipe import Recipe
from explainer.training.task import CLASSIFICATION, Score, Task

__all__ = ["Curves", "Fork", "KeptStep", "Mark", "Point", "RunView", "Score", "Snapshot", "Status"]


@dataclass(frozen=True, eq=False)
class RunView:
    """One run: the `recipe`-th recipe from `seed`.

    `last` and `best` (lowest validation loss) are None until the first measurement, and `test` is
    the score of the best checkpoint once it was asked for; where it could not be scored `untested`
    says why. `explanation` says why a run ended
    before its time, and is empty otherwise. `learning_rate` and `strengths` are where the dials
    stand; the schedule acts on top of them. `film` has frames of the first layer's weights, of the
    runs of the first seed alone.
    """

    recipe: int
    seed: int
    step: int
    status: Status
    explanation: str
    curves: Curves
    last: Point | None
    best: Point | None
    test: Score | None
    marks: tuple[Mark, ...]
    learning_rate: float
    strengths: tuple[tuple[str, float], ...]
    untested: str = ""
    film: tuple[tuple[int, Frame], ...] = ()


@dataclass(frozen=True)
class KeptStep:
    """A step at which the runs of a race are kept: `whole`, to go on from there, or for a look."""

    step: int
    whole: bool


@dataclass(frozen=True, eq=False)
class Fork:
    """Where a race left another after `step` steps.

    `parents` names for each of its recipes the one it goes on from, by index; `recipes` and `runs`
    are those of the other race as it was left, the runs without film and layers; there are none
    where they would take too much room.
    """

    step: int
    parents: tuple[int, ...]
    recipes: tuple[Recipe, ...]
    runs: tuple[RunView, ...]

    @property
    def nbytes(self) -> int:
        """The bytes of the curves."""
        return sum(run.curves.nbytes for run in self.runs)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A race at one moment.

    `runs` come recipe by recipe, and within a recipe seed by seed. `step` is the step of all runs
    that go on, `total_steps` that of the longest; `stop_at` is where the race pauses next, if
    anywhere, and `speed` the limit in steps per second. `steps_per_second` is what was reached
    lately, for each run; times the runs that go on it is `model_steps_per_second`. `groups` are
    the sizes of the stacks that train together. `device` is the name of what computes, of whose
    own memory `device_bytes` are in use (0 for the CPU), and `problem` one sentence where it should
    be another. The accuracies of its runs are what the `task` measures. `kept` are the steps that
    one can go back to; the bytes of checkpoints are theirs as well. `fork` says where the race
    began if that was not at step 0.
    """

    recipes: tuple[Recipe, ...]
    seeds: tuple[int, ...]
    runs: tuple[RunView, ...]
    step: int
    total_steps: int
    steps_per_epoch: float
    playing: bool
    finished: bool
    stop_at: int | None
    speed: float | None
    steps_per_second: float
    device: str
    groups: tuple[int, ...]
    history_bytes: int
    checkpoint_bytes: int
    device_bytes: int = 0
    problem: str = ""
    task: Task = CLASSIFICATION
    kept: tuple[KeptStep, ...] = ()
    fork: Fork | None = None

    def of_recipe(self, recipe: int) -> tuple[RunView, ...]:
        """The runs of one recipe, seed by seed."""
        return tuple(run for run in self.runs if run.recipe == recipe)

    @property
    def tested(self) -> bool:
        """Whether any run has a score on the test part."""
        return any(run.test is not None for run in self.runs)

    @property
    def model_steps_per_second(self) -> float:
        """Steps per second of all runs together."""
        active = sum(run.status is Status.TRAINING for run in self.runs)
        return self.steps_per_second * active
