"""What a race is built from, apart from the examples themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from explainer.training.data.data_set import Examples
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.recipe.recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class RacePlan:
    """The recipes, how the data are divided, and the seeds."""

    recipes: tuple[Recipe, ...]
    split: Split
    seeds: tuple[int, ...]

    def source(self, examples: Examples) -> Callable[[int], Prepared]:
        """The data of each seed, which divides them anew: the same for every recipe."""

        @cache
        def prepared(seed: int) -> Prepared:
            return prepare(examples, replace(self.split, seed=seed))

        return prepared
