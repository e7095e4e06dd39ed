from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
import pytest
from torch import Tensor, nn

from explainer.training.augmentation.pipeline import step
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import train
from explainer.training.engine.stacked import Stack, train_stacked
from explainer.training.instruments.next_step import Dropped, label, next_batch, next_drops
from explainer.training.recipe.layers import Dropout
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

# Tanh and no penalties: then a gradient is 0 where something was dropped and nowhere else.
CNN = Network(channels=6, dense_layers=1, width=20, activation="tanh", pooling="average")
MLP = Network("mlp", 2, 24, activation="tanh")
HAND_MADE = Network("mlp", 2, 24, activation="sigmoid")
ONE = Training(batch_size=1, learning_rate=1e-3)


@pytest.fixture(params=["alone", "stacked"])
def engine(request: pytest.FixtureRequest) -> Callable[[list[Run]], Iterator[int]]:
    """What moves runs on, the first of which is looked at."""
    if request.param == "stacked":
        return lambda runs: train_stacked(Stack(runs))
    return lambda runs: train(runs[0])


def by_layer(found: tuple[Dropped, ...]) -> dict[str, Dropped]:
    return {one.layer: one for one in found}


def gradient(run: Run, name: str) -> Tensor:
    found = run.model.get_parameter(name).grad
    assert found is not None
    return found


@pytest.mark.parametrize("network", [MLP, HAND_MADE], ids=["tanh", "sigmoid"])
def test_units_named_as_dropped_have_no_part_in_the_next_step(
    network: Network, digits: Prepared, engine: Callable[[list[Run]], Iterator[int]]
) -> None:
    recipe = Recipe(network, Regularisation(dropout=0.5), ONE)
    runs = [Run(recipe, seed, digits) for seed in (0, 1)]
    loop = engine(runs)
    for _ in islice(loop, 7):
        pass
    for _ in range(3):
        drops = by_layer(next_drops(runs[0]))
        next(loop)
        for layer, after in (("dense1_dropout", "dense2"), ("dense2_dropout", "out")):
            # One example: the gradient of a weight is 0 where its input was dropped.
            used = (gradient(runs[0], f"{after}.weight") != 0).any(0).numpy()
            assert drops[layer].kind == "units"
            np.testing.assert_array_equal(drops[layer].kept, used[None])
            assert 0 < used.sum() < 24


def test_maps_and_weights_named_as_dropped_have_no_part_in_the_next_step(
    digits: Prepared, engine: Callable[[list[Run]], Iterator[int]]
) -> None:
    recipe = Recipe(CNN, Regularisation(map_dropout=0.4, dropconnect=0.3), ONE)
    runs = [Run(recipe, seed, digits) for seed in (0, 1)]
    loop = engine(runs)
    for _ in islice(loop, 5):
        pass
    drops = by_layer(next_drops(runs[0], most_rows=20))
    next(loop)
    assert list(drops) == ["conv1_dropout", "conv2_dropout", "dense1", "out"]
    used = (gradient(runs[0], "conv2.weight") != 0).any((0, 2, 3))
    maps, weights = drops["conv1_dropout"], drops["out"]
    assert (maps.kind, weights.kind) == ("maps", "weights")
    np.testing.assert_array_equal(maps.kept[0], used.numpy())
    np.testing.assert_array_equal(weights.kept, (gradient(runs[0], "out.weight") != 0).numpy())


def test_masks_are_those_that_the_layers_apply(
    digits: Prepared, noisy_recipe: Recipe, trained: Callable[..., Run]
) -> None:
    run = trained(noisy_recipe, digits, 6)
    drops, seen = by_layer(next_drops(run)), dict[str, tuple[Tensor, Tensor]]()

    def note(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def hook(module: nn.Module, inputs: tuple[Tensor, ...], outputs: Tensor) -> None:
            seen[name] = inputs[0].detach(), outputs.detach()

        return hook

    for name, module in run.model.named_modules():
        if isinstance(module, Dropout):
            module.register_forward_hook(note(name))
    next(train(run))
    assert sorted(seen) == sorted(name for name, one in drops.items() if one.kind != "weights")
    for name, (inputs, outputs) in seen.items():
        values = inputs.flatten(2).mean(2) if inputs.dim() == 4 else inputs
        passed = (outputs != 0).flatten(2).any(2) if outputs.dim() == 4 else outputs != 0
        alive = (values != 0)[:12].numpy()  # units of a dropped map are 0 before their own mask
        np.testing.assert_array_equal(drops[name].kept & alive, passed[:12].numpy())
        assert alive.mean() > 0.5
        np.testing.assert_allclose(drops[name].values, values[:12].numpy(), rtol=1e-4, atol=1e-5)


def test_weights_that_dropconnect_drops_come_with_their_values(digits: Prepared) -> None:
    run = Run(Recipe(Network("mlp", 1, 30), Regularisation(dropconnect=0.5)), 0, digits)
    first, last = next_drops(run, 7)
    assert (first.layer, first.kept.shape, last.kept.shape) == ("dense1", (7, 64), (7, 30))
    weight = run.model.get_parameter("dense1.weight").detach().numpy()
    np.testing.assert_array_equal(first.values, weight[:7])


def test_a_recipe_that_drops_nothing_has_no_drops(digits: Prepared) -> None:
    assert next_drops(Run(Recipe(Network(pooling="stochastic")), 0, digits)) == ()


def test_asking_twice_gives_the_same(digits: Prepared, noisy_recipe: Recipe) -> None:
    run = Run(noisy_recipe, 0, digits)
    for one, other in zip(next_drops(run), next_drops(run), strict=True):
        np.testing.assert_array_equal(one.kept, other.kept)
    first, second = next_batch(run), next_batch(run)
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(first.augmented, second.augmented)


@pytest.mark.parametrize("steps", [3, 9])  # 300 digits, 32 in a batch: the second crosses an epoch
def test_the_next_batch_is_what_the_next_step_learns_from(
    steps: int,
    digits: Prepared,
    engine: Callable[[list[Run]], Iterator[int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    augmentation = (step("shift"), step("noise", sigma=0.3), step("cutmix"))
    recipe = Recipe(MLP, Regularisation(dropout=0.2), augmentation=augmentation)
    runs = [Run(recipe, seed, digits) for seed in (0, 1)]
    loop = engine(runs)
    for _ in islice(loop, steps):
        pass
    found, seen = next_batch(runs[0], 5), list[tuple[Tensor, Tensor]]()
    real = runs[0].batch

    def watched(number: int) -> tuple[Tensor, Tensor]:
        seen.append(real(number))
        return seen[-1]

    monkeypatch.setattr(runs[0], "batch", watched)
    next(loop)
    ((inputs, targets),) = seen
    raw = digits.normaliser.invert(inputs).clamp(0, 1).permute(0, 2, 3, 1)
    assert found is not None
    assert found.augmented.shape == (5, 8, 8, 1)
    np.testing.assert_array_equal(found.augmented, raw[:5].numpy())
    assert found.labels == tuple(label(one, digits.classes) for one in targets[:5].tolist())


def test_originals_are_the_pictures_before_augmentation(colourful: Prepared) -> None:
    plain = next_batch(Run(Recipe(), 0, colourful), 4)
    run = Run(Recipe(augmentation=(step("noise", sigma=0.4),)), 0, colourful)
    noisy = next_batch(run, 4)
    assert plain is not None
    assert noisy is not None
    np.testing.assert_array_equal(plain.originals, noisy.originals)
    np.testing.assert_allclose(plain.originals, plain.augmented, atol=1e-6)
    assert np.abs(noisy.originals - noisy.augmented).mean() > 0.1
    assert 0 <= noisy.augmented.min() <= noisy.augmented.max() <= 1
    rows = run.batches.at(0)[:4]
    expected = [colourful.classes[one] for one in colourful.train_labels[rows].tolist()]
    assert list(noisy.labels) == expected


def test_labels_of_mixtures_name_the_shares() -> None:
    classes = ("cat", "dog", "owl")
    assert label([0.7, 0.3, 0.0], classes) == "cat 70 % + dog 30 %"
    assert label([0.0, 0.25, 0.75], classes) == "owl 75 % + dog 25 %"
    assert label([0.998, 0.0, 0.002], classes) == "cat"
    assert label([0.0, 1.0, 0.0], classes) == "dog"


def test_points_are_shown_with_their_class_or_number_and_masks(moons: Prepared) -> None:
    recipe = Recipe(MLP, Regularisation(dropout=0.5), augmentation=(step("mixup"),))
    for data in (moons, prepare(load("plane"), Split())):
        run = Run(recipe, 0, data)
        found = next_batch(run, 5)
        rows = run.batches.at(0)[:5]
        raw = data.normaliser.invert(data.train_inputs[rows])
        np.testing.assert_allclose(found.originals, raw.numpy(), rtol=1e-5, atol=1e-6)
        assert found.augmented.shape == (5, 2)
        assert not np.allclose(found.originals, found.augmented)
        if data.classes:
            assert all("moon" in one for one in found.labels)
        else:
            mixed = run.batch(0)[1][:5, 0].tolist()
            assert [float(one) for one in found.labels] == pytest.approx(mixed, abs=1e-4)
    run = Run(Recipe(MLP, Regularisation(dropout=0.5)), 0, moons)
    assert [one.kept.shape for one in next_drops(run, 3)] == [(3, 24), (3, 24)]


def test_a_run_that_has_ended_shows_what_one_step_more_would_use(
    digits: Prepared, trained: Callable[..., Run]
) -> None:
    training = dataclasses.replace(ONE, steps=3)
    run = trained(Recipe(MLP, Regularisation(dropout=0.5), training), digits, 9)
    assert not run.active
    assert next_batch(run).labels
    assert len(next_drops(run)) == 2


@pytest.mark.parametrize("function", [next_batch, next_drops])
def test_none_at_all_is_refused(function: Callable[[Run, int], object], digits: Prepared) -> None:
    with pytest.raises(ValueError, match="is 0, but it starts at 1"):
        function(Run(Recipe(), 0, digits), 0)
