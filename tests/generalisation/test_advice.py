"""The walk of bias and variance: which comes first, and changes of that recipe and no more."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from explainer.generalisation.advice import BIAS, GAP, Standing, suggestions
from explainer.training.data.splits import Split
from explainer.training.recipe.recipe import (
    FIELDS,
    Network,
    Recipe,
    Regularisation,
    Training,
    from_text,
    to_text,
    value_of,
)

MLP = Recipe(Network("mlp", depth=1, width=32), name="mine")


def standing(recipe: Recipe, bias: float, gap: float, *, sure: float = 0.01) -> Standing:
    spread = [(mean, mean - sure, mean + sure) for mean in (bias, gap)]
    return Standing(recipe, 3, 0.1 + bias, 0.1 + bias + gap, *spread)


def changes(before: Recipe, after: Recipe) -> set[str]:
    fields = {one.name for one in FIELDS if value_of(before, one) != value_of(after, one)}
    return fields | ({"augmentation"} if before.augmentation != after.augmentation else set())


@pytest.mark.parametrize(
    ("bias", "gap", "first"),
    [(0.2, 0.1, BIAS), (0.1, 0.2, GAP), (-0.1, 0.2, GAP), (0.005, 0.005, ""), (-0.2, -0.2, "")],
)
def test_the_larger_that_is_above_zero_beyond_noise_comes_first(
    bias: float, gap: float, first: str
) -> None:
    assert standing(MLP, bias, gap).first == first


def test_one_seed_alone_is_taken_at_its_word() -> None:
    assert standing(MLP, 0.005, 0.001, sure=math.nan).first == BIAS


def test_every_suggestion_is_one_change_of_that_recipe_and_goes_into_a_link() -> None:
    cnn = Recipe()
    for recipe in (MLP, cnn, Recipe(Network("mlp", depth=0)), replace(MLP, name="x" * 40)):
        for bias, gap in ((0.2, 0.1), (0.1, 0.2)):
            ways = suggestions(standing(recipe, bias, gap), Split(train_size=100), 150)
            assert ways
            for way in ways:
                changed = changes(recipe, way.recipe)
                wanted = {"data": 0, "adam": 2}.get(way.slug, 1)
                assert len(changed) == wanted, way.slug
                assert from_text(to_text(way.recipe)) == way.recipe
                assert (way.train_size is not None) == (way.slug == "data")


def test_what_there_is_no_room_for_is_not_suggested() -> None:
    full = Recipe(
        Network("mlp", depth=1, width=1024),
        Regularisation(l2=0.1, dropout=0.5),
        Training("adam", steps=1_000_000),
    )
    assert suggestions(standing(full, 0.2, 0.1), Split(), 100) == ()
    assert suggestions(standing(full, 0.1, 0.2), Split(train_size=100), 100) == ()
    assert suggestions(standing(full, 0.0, 0.0), Split(train_size=50), 100) == ()
