"""A race as the page on depth runs it, to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from explainer.gradients.depth.races import OFTEN, SPLIT
from explainer.training.data.data_set import Examples
from explainer.training.data.registry import load
from explainer.training.data.splits import prepare
from explainer.training.engine.race import Race, Settings
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.recipe.recipe import Recipe


@cache
def digits() -> Examples:
    """The data of every story."""
    return load("digits")


def raced(recipes: Sequence[Recipe], seeds: int = 1, *, first: int = 0) -> Snapshot:
    """What is known of the race with so many seeds, from `first` on, when it has ended."""
    race = Race(
        recipes,
        lambda seed: prepare(digits(), replace(SPLIT, seed=seed)),
        seeds=range(first, first + seeds),
        settings=Settings(evaluation=OFTEN, test_at_end=False),
    )
    race.play()
    while race.has_work:
        race.run_slice(1.0)
    return race.snapshot
