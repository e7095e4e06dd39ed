"""A field is said to have no effect exactly where changing it changes nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch

from explainer.parameters import Parameter
from explainer.training.augmentation import AUGMENTATIONS, AugmentationStep, augment, step
from explainer.training.augmentation.augmentation import Augmentation
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import train
from explainer.training.recipe.fields import Field
from explainer.training.recipe.recipe import (
    FIELDS,
    Network,
    Recipe,
    Training,
    idle,
    value_of,
    with_value,
)
from tests.training.engine.test_extremes import any_recipe, ends

MLP = Recipe(Network(kind="mlp", depth=2, width=8), training=Training(steps=6))
CNN = Recipe(Network(blocks=1, channels=2, dense_layers=1, width=8), training=Training(steps=6))
BASES = {"": MLP, "mlp": MLP, "cnn": CNN}
SLOW = {"patience", "epochs", "steps"}  # what decides on the length of a run alone


def trained(recipe: Recipe, data: Prepared) -> tuple[list[Any], int]:
    """What two steps leave of the weights and the losses, and how long the run was to be."""
    run = Run(replace(recipe, name=""), 0, data)
    for steps in train(run):
        if steps == 2:
            break
    weights = [value.sum() for value in run.model.state_dict().values()]
    return [*weights, run.record.last], run.total_steps


def others(recipe: Recipe, field: Field) -> Iterator[Recipe]:
    """`recipe` with other values of one field, where they go together with the rest."""
    setting = field.setting
    small = [setting.minimum + setting.step] if isinstance(setting, Parameter) else []
    for value in [*ends(field), *small]:
        if value != value_of(recipe, field):
            try:
                yield with_value(recipe, field.name, value)
            except ValueError:
                continue


@pytest.mark.parametrize("seed", range(4))
def test_what_is_said_to_have_no_effect_has_none(seed: int, few_digits: Prepared) -> None:
    draw = random.Random(seed)
    recipe = any_recipe(draw)
    recipe = replace(
        recipe,
        network=replace(recipe.network, depth=draw.choice((0, 1)), blocks=1, batch_norm=False),
        training=replace(recipe.training, batch_size=4),
    )
    expected = trained(recipe, few_digits)
    for field in FIELDS:
        if idle(recipe, field):
            for other in list(others(recipe, field))[:2]:
                assert repr(trained(other, few_digits)) == repr(expected), field.name


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_what_is_not_said_to_have_no_effect_has_one(field: Field, few_digits: Prepared) -> None:
    recipe, data = BASES[field.only], few_digits
    if field.plane:
        assert idle(recipe, field) == "No effect: the data are no points in the plane."
        data = prepare(load("moons"), Split(train_size=20))
    found = idle(recipe, field, plane=field.plane)
    if field.name == "init_sigma":
        recipe = with_value(recipe, "initialisation", "normal")
    assert not idle(recipe, field, plane=field.plane) or field.name in SLOW
    if field.name not in SLOW:
        expected = repr(trained(recipe, data))
        assert any(repr(trained(one, data)) != expected for one in others(recipe, field))
    assert bool(found) == (field.name == "init_sigma")


@pytest.mark.parametrize(
    ("patience", "training", "reason"),
    [
        (6, Training(steps=6), "No effect: the run ends after 6 steps."),
        (5, Training(steps=6), ""),
        (6, Training(steps=6, epochs=4), ""),
    ],
)
def test_early_stopping_that_waits_past_the_end_has_no_effect(
    patience: int, training: Training, reason: str
) -> None:
    recipe = with_value(replace(MLP, training=training), "patience", patience)
    assert idle(recipe, next(one for one in FIELDS if one.name == "patience")) == reason


def corners(entry: Augmentation) -> Iterator[AugmentationStep]:
    """An augmentation with each of its values at an end or at its default."""
    grids = [(p.minimum, p.default, p.maximum) for p in entry.parameters]
    for values in torch.cartesian_prod(*(torch.tensor(one, dtype=torch.float64) for one in grids)):
        named = zip(entry.parameters, values.flatten().tolist(), strict=True)
        yield step(entry.slug, **{parameter.name: value for parameter, value in named})


@pytest.mark.parametrize("entry", AUGMENTATIONS, ids=lambda entry: entry.slug)
def test_an_augmentation_has_no_effect_exactly_where_it_says_so(entry: Augmentation) -> None:
    pictures = torch.rand(8, 3, 12, 12, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(8) % 4
    for one in corners(entry):
        generator = torch.Generator().manual_seed(1)
        changed, targets = augment(pictures, labels, 4, (one,), generator)
        same = torch.allclose(changed, pictures, atol=1e-6)
        same = same and not targets.is_floating_point()
        assert same == one.idle, one
