"""Every preset is raced, most of them shortened, and held to what its sentences say."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import pytest

from explainer.parameters import checked
from explainer.training.data.data_set import Examples
from explainer.training.data.registry import DATA_SETS, load
from explainer.training.data.shifted import SHIFTS, suitable
from explainer.training.data.splits import Prepared, prepare
from explainer.training.engine.devices import device
from explainer.training.engine.race import Race
from explainer.training.instruments.shifted_score import shifted_scores
from explainer.training.instruments.student import interval
from explainer.training.measurement.snapshot import RunView, Status
from explainer.training.presets import PRESETS, Preset
from explainer.training.recipe.recipe import Recipe, from_text, to_text
from explainer.training.task import Score


@dataclass(frozen=True)
class Outcome:
    """How a race ended: the runs of each recipe by its name, seed by seed."""

    runs: dict[str, tuple[RunView, ...]]
    shifted: dict[str, list[float]]

    def last(self, name: str, what: str = "validation_measure") -> list[float]:
        return [getattr(run.last, what) for run in self.runs[name]]

    def best(self, name: str, what: str = "validation_measure") -> list[float]:
        return [getattr(run.best, what) for run in self.runs[name]]

    def lost(self, name: str) -> list[float]:
        """The accuracy that a recipe lost after its best moment, seed by seed."""
        return differences(self.best(name), self.last(name))

    def ahead(self, name: str, other: str, what: str = "validation_measure") -> list[float]:
        """How far a recipe is ahead of another at the end, seed by seed."""
        return differences(self.last(name, what), self.last(other, what))


def differences(ones: list[float], others: list[float]) -> list[float]:
    return [one - other for one, other in zip(ones, others, strict=True)]


@cache
def outcome(slug: str, *, steps: int | None = None, seeds: Sequence[int] = ()) -> Outcome:
    """The preset as the page races it: each seed with a split of its own.

    Perhaps with fewer `steps`, or other `seeds`.
    """
    chosen = PRESETS[slug]
    examples, seeds = examples_of(chosen), seeds or range(chosen.seeds)
    recipes = [shortened(recipe, steps) for recipe in chosen.recipes]
    data = {seed: prepare(examples, replace(chosen.split, seed=seed)) for seed in seeds}
    race = raced(recipes, data)
    shifted = shifted_accuracies(race, examples, chosen.shift) if chosen.shift else {}
    snapshot = race.snapshot
    race.close()
    runs = {recipe.name: snapshot.of_recipe(index) for index, recipe in enumerate(recipes)}
    return Outcome(runs, shifted)


@cache
def examples_of(chosen: Preset) -> Examples:
    return load(chosen.data, **dict(chosen.data_settings))


def shortened(recipe: Recipe, steps: int | None) -> Recipe:
    return replace(recipe, training=replace(recipe.training, steps=steps)) if steps else recipe


def raced(recipes: list[Recipe], data: dict[int, Prepared]) -> Race:
    race = Race(recipes, data.__getitem__, seeds=list(data), device=device("cpu"))
    race.play()
    while race.has_work:
        race.run_slice(0.2)
    return race


def shifted_accuracies(race: Race, examples: Examples, slug: str) -> dict[str, list[float]]:
    answer = race.ask(lambda runs: shifted_scores(runs, examples, slug))
    race.run_slice(0.1)
    scores = [score.measure for score in answer.result() if isinstance(score, Score)]
    count = len(race.snapshot.seeds)
    return {
        recipe.name: scores[index * count : (index + 1) * count]
        for index, recipe in enumerate(race.recipes)
    }


@pytest.mark.parametrize("entry", PRESETS, ids=lambda entry: entry.slug)
def test_a_preset_has_three_sentences_and_a_few_named_recipes_that_fit_a_link(
    entry: Preset,
) -> None:
    for sentence in (entry.watch, entry.seen, entry.why):
        assert sentence.endswith(".")
        assert "!" not in sentence
    assert entry.watch.startswith(("**Watch** ", "**Watch**, "))
    assert entry.question.endswith("?") or not entry.question
    assert 2 <= len({recipe.name for recipe in entry.recipes}) == len(entry.recipes) <= 5
    for recipe in entry.recipes:
        assert from_text(to_text(recipe)) == recipe


@pytest.mark.parametrize("entry", PRESETS, ids=lambda entry: entry.slug)
def test_the_data_of_a_preset_are_there_and_have_its_settings(entry: Preset) -> None:
    chosen = DATA_SETS[entry.data]
    assert not chosen.needs_download
    checked(chosen.title, chosen.parameters, dict(entry.data_settings))
    assert (entry.judged == "shifted") == bool(entry.shift)
    if entry.shift:
        assert SHIFTS[entry.shift] in suitable(examples_of(entry))


def test_slugs_and_titles_name_one_preset_each() -> None:
    assert len({entry.slug for entry in PRESETS}) == len(PRESETS)
    assert len({entry.title for entry in PRESETS}) == len(PRESETS)
    with pytest.raises(ValueError, match="no preset 'nonsense'"):
        PRESETS["nonsense"]


REMEDIES = ("L1, proximal", "L2", "Dropout 0.5", "Augmentation")


def remedies_hold(ended: Outcome) -> None:
    """What the first story says is seen, in so many words."""
    assert min(ended.last("Plain", "train_measure")) > 0.99
    plain = ended.last("Plain", "validation_loss")
    for name in REMEDIES:
        assert surely_above_zero(differences(plain, ended.last(name, "validation_loss")))
    mean = statistics.mean
    assert mean(ended.last("Augmentation", "validation_loss")) < 2 / 3 * mean(plain)
    assert surely_above_zero(ended.ahead("Augmentation", "Plain"))
    assert mean(ended.ahead("Dropout 0.5", "Plain")) > 0.005
    for name in ("L1, proximal", "L2"):
        assert abs(mean(ended.ahead(name, "Plain"))) < 0.015
    zeros = {name: ended.last(name, "zero_share") for name in ended.runs}
    assert all(0.25 < share < 0.4 for share in zeros.pop("L1, proximal"))
    assert max(share for shares in zeros.values() for share in shares) == 0


def surely_above_zero(values: list[float]) -> bool:
    """Whether Student's interval of the mean lies above 0, which the verdict calls *ahead*."""
    return interval(values)[1] > 0


def test_four_remedies_differ_from_the_first_seed_on() -> None:
    ended = outcome("four-remedies", seeds=range(1))
    (plain,) = ended.last("Plain", "validation_loss")
    assert all(ended.last(name, "validation_loss")[0] < plain for name in REMEDIES)
    assert 0.25 < ended.last("L1, proximal", "zero_share")[0] < 0.4


@pytest.mark.slow
def test_four_remedies_tells_the_truth() -> None:
    remedies_hold(outcome("four-remedies"))


def others(slug: str) -> Outcome:
    """Two races of ten seeds each that no story was written for."""
    parts = [outcome(slug, seeds=range(begin, begin + 10)) for begin in (100, 110)]
    runs = {name: tuple(run for part in parts for run in part.runs[name]) for name in parts[0].runs}
    return Outcome(runs, {})


@pytest.mark.slow
def test_four_remedies_tells_the_truth_of_seeds_it_was_not_written_for() -> None:
    remedies_hold(others("four-remedies"))


@pytest.mark.slow
def test_l1_or_l2_tells_the_truth() -> None:
    ended = outcome("l1-or-l2")
    assert min(ended.last("L1, proximal", "zero_share")) > 0.5
    for name in ("Plain", "L1, subgradient", "L2"):
        assert max(ended.last(name, "zero_share")) == 0
    held = ("L1, subgradient", "L1, proximal", "L2")
    free = ended.last("Plain", "weight_norm")
    for name in held:
        assert max(ended.last(name, "weight_norm")) < min(free) / 2
        assert statistics.mean(ended.ahead(name, "Plain")) < 0.005


def dropout_holds(ended: Outcome) -> None:
    none, half, most = ended.runs
    assert min(ended.last(none, "train_measure")) > 0.99
    assert statistics.mean(ended.last(half, "train_measure")) > 0.99
    assert statistics.mean(ended.last(most, "train_measure")) < 0.8
    losses = {name: ended.last(name, "validation_loss") for name in ended.runs}
    assert surely_above_zero(differences(losses[none], losses[half]))
    assert surely_above_zero(differences(losses[most], losses[none]))
    assert statistics.mean(losses[half]) < 0.75 * statistics.mean(losses[none])
    ahead = ended.ahead(half, none)
    assert surely_above_zero(ahead)
    assert 0.01 < statistics.mean(ahead) < 0.03


@pytest.mark.slow
def test_dropout_tells_the_truth() -> None:
    dropout_holds(outcome("dropout-or-nothing"))


@pytest.mark.slow
def test_dropout_tells_the_truth_of_seeds_it_was_not_written_for() -> None:
    dropout_holds(others("dropout-or-nothing"))


def augmentation_holds(ended: Outcome) -> None:
    assert all(min(ended.last(name, "train_measure")) > 0.95 for name in ended.runs)
    ahead = {name: ended.ahead(name, "Plain") for name in ended.runs}
    mean = {name: statistics.mean(ahead[name]) for name in ahead}
    for name in ("Moved", "Turned", "Turned and moved"):
        assert surely_above_zero(ahead[name])
    assert 0.07 < mean["Moved"] < 0.14
    assert mean["Turned"] < mean["Moved"] < mean["Turned and moved"]
    assert 0.12 < mean["Turned and moved"] < 0.18
    assert not surely_above_zero(ahead["Mirrored"])
    assert abs(mean["Mirrored"]) < 0.03


@pytest.mark.slow
def test_20_images_and_augmentation_tells_the_truth() -> None:
    augmentation_holds(outcome("20-images"))


@pytest.mark.slow
def test_20_images_and_augmentation_tells_the_truth_of_seeds_it_was_not_written_for() -> None:
    augmentation_holds(others("20-images"))


@pytest.mark.slow
def test_20_images_are_known_by_heart_and_moved_ones_carry_over_from_the_first_seed_on() -> None:
    ended = outcome("20-images", seeds=range(1))
    augmented = ("Moved", "Turned and moved")
    assert all(ended.ahead(name, "Plain")[0] > 0.03 for name in augmented)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [(), range(100, 110)])
def test_features_or_layers_tells_the_truth(seeds: Sequence[int]) -> None:
    ended = outcome("features-or-layers", seeds=seeds)
    edge, *rings = ended.runs
    assert 0.35 < statistics.mean(ended.last(edge)) < 0.55
    for name in rings:
        assert statistics.mean(ended.last(name)) > 0.95
        assert surely_above_zero(ended.ahead(name, edge))


@pytest.mark.slow
def test_too_big_a_network_tells_the_truth() -> None:
    ended = outcome("too-big")
    widths = [f"{width} units" for width in (4, 16, 64, 256, 512)]
    smallest, *able = widths
    assert statistics.mean(ended.last(smallest)) < 0.65
    for name in able:
        assert min(ended.last(name, "train_measure")) > 0.95
    assert min(ended.ahead("512 units", "16 units")) > 0.03
    means = [statistics.mean(ended.last(name)) for name in widths]
    assert all(wider > narrower - 0.01 for narrower, wider in pairwise(means))
    narrow, wide = (
        statistics.mean(lost for name in names for lost in ended.lost(name))
        for names in (able[:2], able[2:])
    )
    assert narrow > wide + 0.02


@pytest.mark.slow
def test_strength_tells_the_truth() -> None:
    ended = outcome("strength", steps=1000)
    assert abs(statistics.median(ended.ahead("λ = 0.001", "No penalty"))) < 0.02
    assert min(ended.ahead("λ = 0.05", "No penalty")) > 0.05
    assert all(0.65 < share < 0.87 for share in ended.last("λ = 0.05", "train_measure"))
    assert max(ended.last("λ = 1", "weight_norm")) < 0.05
    assert max(ended.last("λ = 1")) < 0.15


@pytest.mark.slow
def test_ten_layers_tells_the_truth() -> None:
    ended = outcome("ten-layers", steps=300)
    for name in ("ReLU", "Tanh", "Sigmoid, batch norm"):
        assert statistics.median(ended.last(name)) > 0.85
    assert statistics.mean(ended.ahead("Sigmoid, batch norm", "ReLU")) > -0.03
    for name in ("Sigmoid", "ReLU, small start"):
        assert max(ended.last(name)) < 0.2


@pytest.mark.slow
def test_batch_norm_tells_the_truth() -> None:
    ended = outcome("batch-norm")
    small, normed = "Rate 0.01", "Rate 0.01, batch norm"
    assert abs(statistics.mean(ended.ahead(normed, small))) < 0.02
    assert statistics.mean(ended.ahead(normed, small, "validation_loss")) > 0.02
    for run in ended.runs["Rate 2"]:
        assert run.status is Status.DIVERGED
        assert run.step <= 20
    for other in (small, normed, "Rate 2"):
        assert statistics.mean(ended.ahead("Rate 2, batch norm", other)) > 0
    longer = ended.ahead("Rate 2, batch norm", normed, "weight_norm")
    assert min(longer) > 0


@pytest.mark.slow
def test_optimisers_tells_the_truth() -> None:
    ended = outcome("optimisers")
    sgd, momentum, adam = (f"{name}, 0.001" for name in ("SGD", "Momentum", "Adam"))
    assert min(ended.ahead(momentum, sgd)) > 0.05
    assert 0 < statistics.mean(ended.ahead(adam, momentum)) < 0.06
    assert abs(statistics.mean(ended.ahead("SGD, 0.1", adam))) < 0.02
    assert max(ended.ahead("Adam, 0.1", "SGD, 0.1")) < -0.15


@pytest.mark.slow
def test_other_background_tells_the_truth() -> None:
    ended = outcome("other-background")
    assert statistics.mean(ended.ahead("CNN", "MLP")) > 0.08
    elsewhere = ended.shifted
    far_behind = differences(elsewhere["MLP"], elsewhere["CNN"])
    assert statistics.mean(far_behind) > 0.08
    helped = {
        name: differences(elsewhere[f"{name}, turned and moved"], elsewhere[name])
        for name in ("MLP", "CNN")
    }
    assert max(helped["MLP"]) < -0.05
    assert statistics.mean(helped["CNN"]) < 0.02


@pytest.mark.slow
def test_moment_to_stop_tells_the_truth() -> None:
    ended = outcome("moment-to-stop", steps=2000)
    to_the_end, first, second = "To the end", "Patience 100", "Patience 500"
    later = []
    for run in ended.runs[to_the_end]:
        assert run.best is not None
        assert run.last is not None
        accuracy = run.curves.validation_measure
        later.append(run.best.step - run.curves.step[accuracy.argmax()])
        assert accuracy.max() > run.last.validation_measure + 0.03
        assert run.last.validation_loss > run.best.validation_loss + 0.1
    assert statistics.mean(later) > 0
    assert statistics.mean(ended.ahead(first, second)) > 0.01
    assert statistics.mean(ended.ahead(first, to_the_end)) > 0.02
    tests = {
        name: statistics.mean(run.test.measure for run in runs if run.test)
        for name, runs in ended.runs.items()
    }
    assert abs(tests[first] - tests[to_the_end]) < 0.03
    assert abs(tests[second] - tests[to_the_end]) < 0.03
    for name in (to_the_end, first, second):
        assert min(ended.ahead("L2, to the end", name)) > 0.02
