"""What a preset is: a race that tells a story, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from explainer.parameters import Value
from explainer.story import Story
from explainer.training.augmentation.pipeline import AugmentationStep
from explainer.training.data.splits import Split
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

Judged = Literal["accuracy", "loss", "zeros", "shifted"]
"""What a story turns on: the last accuracy or loss on validation, the share of weights that are
exactly zero at the end, or the accuracy of the best checkpoint on the shifted test part."""


@dataclass(frozen=True, kw_only=True)
class Preset(Story):
    """A story with its race. What to watch begins with "**Watch**"; one sentence each.

    `data` is the slug of a registered data set and `data_settings` are its settings by name, where
    they are not the defaults. `split` divides it, with a seed of its own for each of the `seeds`.
    `shift` is the slug of the shifted test part to score at the end, empty for none, and `judged`
    what decides. `question` asks for a prediction, where "Which recipe will end ahead on
    validation?" is not the one to ask.
    """

    data: str
    recipes: tuple[Recipe, ...]
    split: Split = field(default_factory=Split)
    seeds: int = 3
    data_settings: tuple[tuple[str, Value], ...] = ()
    shift: str = ""
    judged: Judged = "accuracy"
    question: str = ""


def entrant(
    name: str,
    network: Network,
    training: Training,
    held: Regularisation | None = None,
    augmentation: tuple[AugmentationStep, ...] = (),
) -> Recipe:
    """A recipe of a story, its name first; by default nothing holds it back."""
    return Recipe(network, held or Regularisation(), training, augmentation, name)
