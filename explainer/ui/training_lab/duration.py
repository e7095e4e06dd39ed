"""How long a race takes: what is left of one, and what the next one needs, as far as is known.

What a step of a run costs is known from the races that this server has trained, by what it depends
on: the network, the shape of an example and how many are in a batch.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import lru_cache

from explainer.training.data.data_set import Examples
from explainer.training.engine.run_measurement import CLOSE_WATCH
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.recipe.recipe import Network, Recipe
from explainer.words import _

MOST_KEPT = 256
_seconds: dict[Hashable, float] = {}  # a step of one run, by what it depends on


def left(snapshot: Snapshot, share: float) -> str:
    """How long a race that trains for that `share` of the time still needs, in words.

    Empty where a speed was chosen, and while there is none that tells: the first steps are
    measured one by one.
    """
    if not snapshot.steps_per_second or snapshot.speed or snapshot.step < CLOSE_WATCH:
        return ""
    steps = snapshot.total_steps - snapshot.step
    return _("about {time} left", time=_time(steps / share / snapshot.steps_per_second))


def learn_cost(snapshot: Snapshot, examples: Examples) -> None:
    """Remember what a step costs in this race, whose runs are all of one kind."""
    kinds = {_kind_of(recipe, examples) for recipe in snapshot.recipes}
    if len(kinds) == 1 and snapshot.model_steps_per_second and not snapshot.speed:
        while len(_seconds) >= MOST_KEPT:
            _seconds.pop(next(iter(_seconds)), None)
        _seconds[kinds.pop()] = 1 / snapshot.model_steps_per_second


def needed(recipes: Sequence[Recipe], seeds: int, examples: Examples, training: int) -> str:
    """How long a race of these would take alone, in words; empty where nothing like it was run."""
    known = [_seconds.get(_kind_of(recipe, examples)) for recipe in recipes]
    costs = [one for one in known if one is not None]
    if len(costs) < len(known):
        return ""
    steps = [recipe.training.total_steps(max(training, 1)) for recipe in recipes]
    whole = seeds * sum(cost * count for cost, count in zip(costs, steps, strict=True))
    return _("about {time}", time=_time(whole))


def _kind_of(recipe: Recipe, examples: Examples) -> Hashable:
    return _same_work(recipe.network), tuple(examples.shape), recipe.training.batch_size


@lru_cache(maxsize=MOST_KEPT)
def _same_work(network: Network) -> Network:
    """What stands for all networks that do as much as that one, however they begin."""
    return replace(network, initialisation="he", init_sigma=0.0)


def _time(seconds: float) -> str:
    if seconds < 100:
        return _("{seconds} s", seconds=f"{max(seconds, 1):.0f}")
    return _("{minutes} min", minutes=f"{seconds / 60:.0f}")
