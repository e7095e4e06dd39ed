"""What a script is to do: recipe, examples and their division, and the numbers that follow."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from explainer.training.augmentation.pipeline import AugmentationStep
from explainer.training.data.data_set import Examples
from explainer.training.data.splits import Parts, Split, split
from explainer.training.engine.run import STEP_OVERHEAD, Evaluation
from explainer.training.recipe.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Task:
    """One run, before it is written down. Raises `ValueError` where it cannot be run."""

    recipe: Recipe
    examples: Examples
    split: Split
    seed: int
    evaluation: Evaluation = field(default_factory=Evaluation)
    parts: Parts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", split(self.examples, self.split))
        if not len(self.parts.validation):
            raise ValueError("there are no examples to validate on: give validation a share")

    @property
    def outputs(self) -> int:
        """The outputs of the network."""
        return self.examples.outputs

    @property
    def classes(self) -> int:
        """The number of classes; 0 where the targets are numbers."""
        return len(self.examples.classes)

    @property
    def batch(self) -> int:
        """The examples in a step."""
        return self.recipe.training.batch(len(self.parts.train))

    @property
    def steps(self) -> int:
        """The steps of the whole run."""
        return self.recipe.training.total_steps(len(self.parts.train))

    @property
    def every(self) -> int:
        """The steps from one measurement to the next, as :meth:`Evaluation.every` has it."""
        settings = self.evaluation
        examples = min(settings.train_examples, len(self.parts.train))
        examples += min(settings.validation_examples, len(self.parts.validation))
        return max(1, math.ceil(examples / (settings.share * (3 * self.batch + STEP_OVERHEAD))))

    @property
    def augmentation(self) -> tuple[AugmentationStep, ...]:
        """The steps of the recipe's augmentation that change inputs of this kind."""
        pictures = self.examples.pictures
        steps = self.recipe.augmentation
        return tuple(one for one in steps if pictures or not one.record.pictures_only)
