"""One run: the state of a recipe that is trained from a seed.

Everything random in it follows from the seed: initial weights and the order of the batches are
those of every recipe with that seed; masks and augmentation have a generator of their own for each
run. How it is trained: :func:`explainer.training.engine.run_group.train`, or in a stack.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from explainer.powers import short
from explainer.training.augmentation.pipeline import augment_normalised
from explainer.training.data.splits import Prepared
from explainer.training.engine.batches import Batches
from explainer.training.engine.flat_parameters import Clip, Memory, Strengths, layer_names
from explainer.training.measurement.checkpoint import Checkpoint
from explainer.training.measurement.run_record import RunRecord
from explainer.training.measurement.snapshot import RunView
from explainer.training.measurement.weight_frames import WeightFrames
from explainer.training.recipe.build_network import build, build_initialised
from explainer.training.recipe.layers import channels_last, set_generator
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.training.recipe.penalties import PENALTIES
from explainer.training.recipe.recipe import Recipe
from explainer.training.recipe.schedules import SCHEDULES
from explainer.training.seeds import generator
from explainer.training.task import Score, evaluate
from explainer.words import later

STEP_OVERHEAD = 64  # a step costs about as much as this many examples more than it has


@dataclass(frozen=True)
class Evaluation:
    """How often, and on how many examples, a run is measured while it trains.

    At most `train_examples` and `validation_examples`, the first of each part; so often that it
    costs about `share` of the training. Steps that are powers of two are measured as well, until
    the even rhythm begins.
    """

    train_examples: int = 256
    validation_examples: int = 512
    share: float = 0.05

    def every(self, data: Prepared, batch: int) -> int:
        """The number of steps from one evaluation to the next."""
        examples = min(self.train_examples, len(data.train_labels))
        examples += min(self.validation_examples, len(data.validation_labels))
        return max(1, math.ceil(examples / (self.share * (3 * batch + STEP_OVERHEAD))))


@dataclass
class Dials:
    """What may be turned while a run trains: learning rate and strength of each penalty."""

    learning_rate: float
    strengths: Strengths = field(default_factory=dict)

    @classmethod
    def of(cls, recipe: Recipe) -> Dials:
        """The dials as the recipe sets them."""
        strengths = {entry.slug: getattr(recipe.regularisation, entry.slug) for entry in PENALTIES}
        return cls(recipe.training.learning_rate, strengths)

    def copy(self) -> Dials:
        """Dials of one's own, at the same positions."""
        return Dials(self.learning_rate, dict(self.strengths))

    def with_changes(self, before: Dials, after: Dials) -> Dials:
        """These, but where `after` is set otherwise than `before`."""

        def now(turned: float, old: float, new: float) -> float:
            return turned if new == old else new

        return Dials(
            now(self.learning_rate, before.learning_rate, after.learning_rate),
            {
                slug: now(value, before.strengths[slug], after.strengths[slug])
                for slug, value in self.strengths.items()
            },
        )


class Run:
    """The state of one run: model, optimiser's memory, place in the data, and what was measured.

    `data` lies on the device that the run trains on. `precision` is that of its checkpoint.
    `filmed` runs keep pictures of their first layer. A run that is `alone` joins no stack. The
    optimiser remembers what was since step `optimiser_begun`.
    """

    def __init__(
        self,
        recipe: Recipe,
        seed: int,
        data: Prepared,
        *,
        evaluation: Evaluation | None = None,
        precision: torch.dtype = torch.float32,
        filmed: bool = False,
    ) -> None:
        self.recipe, self.seed, self.data, self.filmed = recipe, seed, data, filmed
        self.evaluation, self.precision = evaluation or Evaluation(), precision
        self.device = data.train_inputs.device
        examples = len(data.train_labels)
        batch = recipe.training.batch(examples)
        self.batches = Batches(seed, examples, batch, self.device)
        self.total_steps = recipe.training.total_steps(examples)
        self.every = self.evaluation.every(data, batch)
        self.optimiser = OPTIMISERS[recipe.training.optimiser]
        self.schedule = SCHEDULES[recipe.training.schedule]
        self.reset()

    def reset(self) -> None:
        """Back to step 0: the very same initial weights, batches, masks and dials."""
        recipe, data = self.recipe, self.data
        self.alone = False
        self.generator = generator(self.seed, "masks", device=self.device)
        self.augmenting = generator(self.seed, "augmentation", device=self.device)
        self.model: nn.Sequential = build_initialised(
            recipe.network,
            data.shape,
            data.outputs,
            recipe.regularisation,
            self.seed,
            self.generator,
        ).to(self.device)
        self.memory: Memory = {}
        self.optimiser_begun = 0
        self.dials = Dials.of(recipe)
        film = WeightFrames() if self.filmed else None
        layers = layer_names(self.model)
        self.record = RunRecord(
            recipe, data.task.guessing(data.outputs), self.precision, layers, film
        )
        self.step = 0

    def move(self, data: Prepared) -> None:
        """Go on where `data` lie, which are the run's own on another device.

        Generators of one device cannot go on another: masks and augmentation are drawn anew.
        """
        self.data, self.device = data, data.train_inputs.device
        self.batches = Batches(self.seed, len(data.train_labels), self.batches.size, self.device)
        self.generator = generator(self.seed, "masks", self.step, device=self.device)
        self.augmenting = generator(self.seed, "augmentation", self.step, device=self.device)
        self.model.to(self.device)
        set_generator(self.model, self.generator)
        for held in self.memory.values():
            held.update({name: values.to(self.device) for name, values in held.items()})
        if self.record.checkpoint:
            self.record.checkpoint = self.record.checkpoint.on(self.device)

    @property
    def active(self) -> bool:
        """Whether the run goes on."""
        return self.record.active and self.step < self.total_steps

    @property
    def rate(self) -> float:
        """The learning rate of the next step; 0 once the run has ended."""
        if not self.active:
            return 0.0
        return self.dials.learning_rate * self.factor(self.step) * self.record.plateau_factor

    def factor(self, step: int) -> float:
        """What the schedule makes of the learning rate of `step`, counted from 0."""
        return self.schedule.factor(step, self.total_steps)

    @property
    def clip(self) -> Clip:
        """How the gradient of a step is clipped."""
        return Clip(self.recipe.training.clip_norm, self.recipe.training.clip_value)

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets of `step`, counted from 0, augmented."""
        return self.augmented(self.batches.at(step))

    def augmented(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """These `rows` of the training part `(N,)`, with the changes that come next."""
        inputs, targets = self.data.train_inputs[rows], self.data.train_labels[rows]
        inputs, targets = augment_normalised(
            inputs,
            targets,
            self.data.outputs,
            self.recipe.augmentation,
            self.augmenting,
            self.data.normaliser,
        )
        return channels_last(inputs), targets

    def set_learning_rate(self, value: float) -> None:
        """Turn the learning rate, from the next step on; the change is marked."""
        if value != self.dials.learning_rate:
            self.dials.learning_rate = value
            self.record.mark(
                self.step, "learning_rate", later("learning rate {rate}", rate=short(value))
            )

    def set_strength(self, penalty: str, value: float) -> None:
        """Turn the strength of a penalty, from the next step on; the change is marked."""
        if value != self.dials.strengths[penalty]:
            self.dials.strengths[penalty] = value
            name = later(PENALTIES[penalty].title)
            text = later("{penalty}, λ {value}", penalty=name, value=short(value))
            self.record.mark(self.step, penalty, text)


def run_view(recipe: int, run: Run) -> RunView:
    """The view of `run`, whose recipe has that index."""
    record = run.record
    return RunView(
        recipe=recipe,
        seed=run.seed,
        step=run.step,
        status=record.status,
        explanation=record.explanation,
        curves=record.history.curves(),
        last=record.last,
        best=record.best,
        test=record.test,
        untested=record.untested,
        marks=record.marks,
        learning_rate=run.dials.learning_rate,
        strengths=tuple(run.dials.strengths.items()),
        film=record.film.frames if record.film else (),
    )


def score_on_test(run: Run) -> Score | None:
    """The score on the test part of the best checkpoint; None where either is missing."""
    kept: Checkpoint | None = run.record.checkpoint
    if kept is None or not len(run.data.test_labels):
        return None
    recipe, data = run.recipe, run.data
    model = build(recipe.network, data.shape, data.outputs, recipe.regularisation)
    kept.restore(model)
    with torch.no_grad():
        return evaluate(model.to(run.device), data.test_inputs, data.test_labels, data.task)
