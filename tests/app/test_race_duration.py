"""How long a race takes is said once a race of its kind was run, and what is left while it runs."""

from __future__ import annotations

from dataclasses import replace

from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare
from explainer.training.engine.race import Race
from explainer.training.recipe.recipe import Network, Recipe, Training
from explainer.ui.training_lab.duration import learn_cost, left, needed


def test_the_next_race_of_a_kind_says_how_long_it_needs() -> None:
    digits = load("digits")
    recipe = Recipe(Network(kind="mlp", depth=1, width=19), training=Training(steps=100))
    twin = replace(recipe, network=replace(recipe.network, initialisation="xavier"))
    race = Race([recipe, twin], prepare(digits, Split()), seeds=(0, 1))
    assert needed([recipe], 3, digits, 1000) == ""
    assert left(race.snapshot, 1.0) == ""
    race.step(60)
    while race.has_work:
        race.run_slice()
    at_work = replace(race.snapshot, steps_per_second=10.0)
    assert left(at_work, 1.0) == "about 4 s left"
    assert left(at_work, 0.5) == "about 8 s left"
    assert left(at_work, 0.01) == "about 7 min left"
    learn_cost(at_work, digits)  # four runs of ten steps a second: 1/40 s a step of one
    assert needed([recipe, twin], 2, digits, 1000) == "about 10 s"
    long = replace(recipe, training=replace(recipe.training, steps=1000))
    assert needed([long], 1, digits, 1000) == "about 25 s"
    wider = replace(recipe, network=replace(recipe.network, width=20))
    assert needed([recipe, wider], 1, digits, 1000) == ""
