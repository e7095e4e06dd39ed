from __future__ import annotations

import statistics
from functools import cache

import pytest

from explainer.training.data.registry import load
from explainer.training.data.splits import prepare
from explainer.training.devices import device
from explainer.training.presets import PRESETS, Preset, preset
from explainer.training.race import Race
from explainer.training.recipe import from_text, to_text
from explainer.training.snapshot import Snapshot


@cache
def outcome(slug: str) -> Snapshot:
    chosen = preset(slug)
    data = prepare(load(chosen.data), chosen.split)
    race = Race(chosen.recipes, data, seeds=range(chosen.seeds), device=device("cpu"))
    race.play()
    while race.has_work:
        race.run_slice(0.2)
    return race.snapshot


def median(snapshot: Snapshot, recipe: int, name: str, *, best: bool = False) -> float:
    runs = snapshot.of_recipe(recipe)
    points = [run.best if best else run.last for run in runs]
    return float(statistics.median(getattr(point, name) for point in points))


@pytest.mark.parametrize("entry", PRESETS, ids=lambda entry: entry.slug)
def test_a_preset_has_three_sentences_and_named_recipes_that_fit_a_link(entry: Preset) -> None:
    for sentence in (entry.watch, entry.usually, entry.why):
        assert sentence.endswith(".")
        assert "!" not in sentence
    assert len({recipe.name for recipe in entry.recipes}) == len(entry.recipes)
    for recipe in entry.recipes:
        assert from_text(to_text(recipe)) == recipe


def test_l1_or_l2_tells_the_truth() -> None:
    snapshot = outcome("l1-or-l2")
    nothing, subgradient, proximal, l2 = range(4)
    assert median(snapshot, proximal, "zero_share") > 0.5
    for recipe in (nothing, subgradient, l2):
        assert median(snapshot, recipe, "zero_share") == 0
    free = median(snapshot, nothing, "weight_norm")
    for recipe in (subgradient, proximal, l2):
        assert median(snapshot, recipe, "weight_norm") < free / 2


def test_dropout_or_nothing_tells_the_truth() -> None:
    snapshot = outcome("dropout-or-nothing")
    nothing, dropout = 0, 1
    assert median(snapshot, nothing, "train_accuracy") == 1
    assert median(snapshot, dropout, "train_accuracy") == 1
    ahead = median(snapshot, dropout, "validation_accuracy")
    assert ahead > median(snapshot, nothing, "validation_accuracy")
    lowest = median(snapshot, dropout, "validation_loss", best=True)
    assert lowest < median(snapshot, nothing, "validation_loss", best=True)
    assert median(snapshot, dropout, "validation_loss") > lowest
