"""Patches of photographs: no part sees a pixel of another, and what pays on them."""

from __future__ import annotations

import statistics
from functools import partial

import numpy as np
import pytest
import skimage.data
import torch
from numpy.typing import NDArray

from explainer.training.augmentation.pipeline import AugmentationStep, step
from explainer.training.data.copies import copies
from explainer.training.data.patches import GAP, SIDE, SURFACES, patches
from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare, split
from explainer.training.engine.devices import device
from explainer.training.engine.race import Race
from explainer.training.recipe.recipe import Network, Recipe, Training

CNN, MLP = Network(kind="cnn", blocks=3, channels=8), Network(kind="mlp", depth=2, width=64)
MIRROR = step("flip")
BRIGHTNESS = step("colour", brightness=0.4, contrast=0, saturation=0)


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> NDArray[np.int64]:
    """Where each pixel of every patch comes from, `(N, 24, 24)`: 2,048 · row + column.

    Each photograph is replaced by one whose codes tell it.
    """
    for surface in SURFACES:
        height, width = getattr(skimage.data, surface.photo)().shape[:2]
        where = np.arange(height)[:, None] * 2048 + np.arange(width)
        codes = np.stack([where >> 16, where >> 8 & 255, where & 255], -1).astype(np.uint8)
        monkeypatch.setattr(skimage.data, surface.photo, partial(np.copy, codes))
    read = (load("textures", light="own").inputs * 255).round().long()
    return np.asarray((read * torch.tensor([65536, 256, 1])[:, None, None]).sum(1))


def apart(one: NDArray[np.int64], other: NDArray[np.int64]) -> int:
    """The fewest pixels between two patches, on the axis where they are further apart."""
    corners = [np.stack(np.divmod(part[:, 0, 0], 2048), -1) for part in (one, other)]
    return int(np.abs(corners[0][:, None] - corners[1]).max(-1).min() - SIDE)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_no_pixel_of_validation_or_test_lies_in_a_patch_to_learn_from(
    places: NDArray[np.int64], seed: int
) -> None:
    examples = load("textures")
    parts = split(examples, Split(seed=seed))
    for label in range(len(SURFACES)):
        train, validation, test = (
            places[rows[examples.labels[rows] == label]]
            for rows in (parts.train, parts.validation, parts.test)
        )
        pixels = np.concatenate([train, validation, test]).flatten()
        assert len(np.unique(pixels)) == len(pixels)
        assert apart(validation, train) >= GAP
        assert apart(test, np.concatenate([train, validation])) >= SIDE
        assert test.min() // 2048 - max(train.max(), validation.max()) // 2048 > SIDE


def test_each_class_is_there_equally_often_in_learning_and_in_the_test() -> None:
    examples = load("textures")
    assert examples.inputs.shape == (1120, 3, 24, 24)
    assert examples.test_from == 896
    assert torch.bincount(examples.labels[:896]).tolist() == [112] * 8
    assert torch.bincount(examples.labels[896:]).tolist() == [28] * 8
    assert torch.equal(copies(examples), torch.arange(1120))


def test_as_photographed_a_patch_is_what_the_photograph_shows() -> None:
    examples = load("textures", light="own")
    cat = next(place for place, one in enumerate(SURFACES) if one.name == "cat")
    first = examples.inputs[examples.labels == cat][0]
    photograph = getattr(skimage.data, SURFACES[cat].photo)()
    assert torch.equal(first, torch.from_numpy(photograph[:SIDE, :SIDE]).permute(2, 0, 1) / 255)
    assert len(patches(SURFACES[cat])) == 160


def mean_colours(light: str) -> float:
    """How many test patches the nearest mean colour of a class gets right, as a share."""
    examples = load("textures", light=light)
    colours, border = examples.inputs.mean((2, 3)), examples.test_from
    means = torch.stack([colours[:border][examples.labels[:border] == k].mean(0) for k in range(8)])
    guesses = torch.cdist(colours[border:], means).argmin(1)
    return (guesses == examples.labels[border:]).float().mean().item()


def test_the_light_takes_away_what_colour_gives_away() -> None:
    assert mean_colours("own") > mean_colours("any") + 0.15


def scores(recipes: dict[str, Recipe], seeds: tuple[int, ...]) -> dict[str, list[float]]:
    """The accuracy on validation at the end, for each seed, by the names of the recipes."""
    examples = load("textures")
    race = Race(
        tuple(recipes.values()),
        lambda seed: prepare(examples, Split(train_size=200, seed=seed)),
        seeds=seeds,
        device=device("cpu"),
    )
    race.play()
    while race.has_work:
        race.run_slice(0.5)
    snapshot = race.snapshot
    race.close()
    return {
        name: [run.last.validation_measure for run in snapshot.of_recipe(index) if run.last]
        for index, name in enumerate(recipes)
    }


def recipe(network: Network, steps: int, *augmentation: AugmentationStep) -> Recipe:
    return Recipe(network, training=Training("adam", 0.002, steps=steps), augmentation=augmentation)


def test_after_a_few_steps_already_a_cnn_is_ahead_of_an_mlp() -> None:
    found = scores({"mlp": recipe(MLP, 120), "cnn": recipe(CNN, 120)}, (0,))
    assert found["cnn"][0] > found["mlp"][0] + 0.03


@pytest.mark.slow
def test_a_cnn_is_ahead_of_an_mlp_and_augmentation_helps_it() -> None:
    """Over seeds that had no say in how the set was made."""
    found = scores(
        {
            "mlp": recipe(MLP, 400),
            "cnn": recipe(CNN, 400),
            "mirrored": recipe(CNN, 400, MIRROR),
            "lit": recipe(CNN, 400, BRIGHTNESS),
            "both": recipe(CNN, 400, MIRROR, BRIGHTNESS),
        },
        (5, 6, 7, 8, 9),
    )
    means = {name: statistics.mean(values) for name, values in found.items()}
    assert all(cnn > mlp for cnn, mlp in zip(found["cnn"], found["mlp"], strict=True))
    assert means["cnn"] > means["mlp"] + 0.1
    assert means["mirrored"] > means["cnn"] + 0.03
    assert means["lit"] > means["cnn"] + 0.02
    assert means["both"] > means["cnn"] + 0.03
