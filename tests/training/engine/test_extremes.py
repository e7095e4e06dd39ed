"""Recipes at the ends of their fields, on every kind of data: they train or say why not."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest

from explainer.parameters import Choice
from explainer.training.augmentation import AUGMENTATIONS, step
from explainer.training.data.registry import DATA_SETS, load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.devices import device
from explainer.training.engine.race import Race
from explainer.training.measurement.run_record import Status
from explainer.training.recipe.fields import Several, Switch, Wholes
from explainer.training.recipe.recipe import FIELDS, AugmentationStep, Field, Recipe, with_value

CPU = device("cpu")
loaded = cache(load)
STEPS = 2
CHEAP = {  # the upper ends of what would take seconds a step
    "depth": 12, "width": 16, "channels": 4, "dense_layers": 3, "steps": STEPS, "epochs": 1,
}  # fmt: skip
DATA = [entry for entry in DATA_SETS if not entry.needs_download]


def ends(field: Field) -> list[Any]:
    """The values at the ends of a field, its default, and what a batch size is refused for."""
    setting = field.setting
    if isinstance(setting, Switch):
        return [False, True]
    if isinstance(setting, Choice):
        return [option.value for option in setting.options]
    if isinstance(setting, Several):
        slugs = [option.value for option in setting.options]
        return [*([one] for one in slugs), slugs]
    if isinstance(setting, Wholes):
        return [(), (1, 16), (4,)]
    low, high = field.kind(setting.minimum), field.kind(CHEAP.get(field.name, setting.maximum))
    first = min(field.default, high)
    return [low, first, high, *([1, 2, 3] if field.name == "batch_size" else [])]


def any_recipe(draw: random.Random) -> Recipe:
    """A recipe with every field at one of its ends."""
    recipe = Recipe()
    for field in FIELDS:
        try:
            recipe = with_value(recipe, field.name, draw.choice(ends(field)))
        except ValueError as error:
            together = ("one norm at most", "these have other widths")
            assert any(one in str(error) for one in together)  # noqa: PT017
    steps = [any_step(draw) for _ in range(draw.choice((0, 0, 1, 3)))]
    return Recipe(recipe.network, recipe.regularisation, recipe.training, tuple(steps))


def any_step(draw: random.Random) -> AugmentationStep:
    entry = draw.choice(list(AUGMENTATIONS))
    bounds = {one.name: (one.minimum, one.default, one.maximum) for one in entry.parameters}
    return step(entry.slug, **{name: draw.choice(values) for name, values in bounds.items()})


def prepared(draw: random.Random) -> Prepared:
    examples = loaded(draw.choice(DATA).slug)
    size = draw.choice((1, 2, 3, 33, 40))
    return prepare(examples, Split(train_size=size, label_noise=draw.choice((0.0, 0.5))))


def raced(draw: random.Random) -> str:
    """How a race of three recipes ends: the sentence that refuses it, or nothing."""
    recipes, data = [any_recipe(draw) for _ in range(3)], prepared(draw)
    if draw.random() < 0.5:  # three of one shape, which make a stack
        first = recipes[0]
        recipes = [Recipe(first.network, one.regularisation, first.training) for one in recipes]
    try:
        race = Race(recipes, data, seeds=(0, 1), device=CPU)
    except ValueError as error:
        return str(error)
    race.step(STEPS)
    while race.has_work:
        race.run_slice(0.5)
    failed = [run.explanation for run in race.snapshot.runs if run.status is Status.FAILED]
    assert not failed, (failed, recipes)
    assert race.snapshot.step >= 1
    return ""


@pytest.mark.parametrize(("seed", "count"), [(0, 16), pytest.param(1, 300, marks=pytest.mark.slow)])
def test_recipes_at_their_extremes_train_or_are_refused_in_one_sentence(
    seed: int, count: int
) -> None:
    draw = random.Random(seed)
    ends = [raced(draw) for _ in range(count)]
    refused = [words for words in ends if words]
    assert all(words.startswith("Recipe ") and "\n" not in words for words in refused)
    assert 0.1 * count < len(refused) < 0.9 * count
