"""A network taken over from a race: the same numbers, its own memory, every layer opened."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch

from explainer.activations.registry import TRAINED
from explainer.networks.drill.sums import softmax
from explainer.networks.recording.arithmetic import drill
from explainer.networks.recording.recording import record
from explainer.networks.visualisation.albums import album_for
from explainer.networks.visualisation.first_kernels import (
    READINGS,
    compared,
    first_convolution,
)
from explainer.networks.visualisation.maximise import Painting, middle_unit, paint_for
from explainer.networks.visualisation.top_activations import Search
from explainer.networks.zoo.own import OwnNetwork, taken_over
from explainer.networks.zoo.preprocessing import answer, as_input
from explainer.networks.zoo.shared import layers_of, network_of
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import train
from explainer.training.recipe.kinds import KINDS, Kind
from explainer.training.recipe.poolings import POOLINGS
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

pytestmark = pytest.mark.usefixtures("one_thread")
SMALL = Network(channels=3, width=8, blocks=1, dense_layers=1, batch_norm=True)
DROPS = Regularisation(dropout=0.3, map_dropout=0.2, dropconnect=0.1)


@pytest.fixture(scope="module")
def digits() -> Prepared:
    return prepare(load("digits"), Split(train_size=60))


def trained(data: Prepared, network: Network, drops: Regularisation | None = None) -> Run:
    """A run after a few steps."""
    recipe = Recipe(network, drops or Regularisation(), Training(steps=8, learning_rate=0.05))
    run = Run(recipe, 0, data)
    for _ in islice(train(run), 8):
        pass
    return run


def taken(data: Prepared, network: Network = SMALL) -> tuple[Run, OwnNetwork]:
    run = trained(data, network, DROPS)
    return run, taken_over(run, "Plain")


def test_it_says_what_the_best_checkpoint_says(digits: Prepared) -> None:
    run, own = taken(digits)
    assert run.record.checkpoint is not None
    assert own.step == run.record.checkpoint.step
    assert own.title == "Your network: Plain"
    run.record.checkpoint.restore(run.model)
    with torch.no_grad():
        logits = run.model.eval()(digits.validation_inputs[:24])
    for place in range(24):
        found = answer(network_of(own), own.pictures[place], own)
        wanted = softmax(logits[place].numpy())
        np.testing.assert_allclose(found.probabilities, wanted.probabilities, atol=0.02)


def test_it_is_a_copy_that_the_race_cannot_change(digits: Prepared) -> None:
    run, own = taken(digits)
    before = answer(own.network, own.pictures[0], own).probabilities
    run.reset()
    for parameter in run.model.parameters():
        parameter.data.fill_(0)
    assert run.record.checkpoint is None
    np.testing.assert_array_equal(answer(own.network, own.pictures[0], own).probabilities, before)


def test_its_pictures_are_some_it_was_validated_on(digits: Prepared) -> None:
    _, own = taken(digits)
    assert own.pictures.shape == (24, 8, 8, 3)
    assert own.labels == tuple(digits.validation_labels[:24].tolist())
    for place in (0, 23):
        inputs = as_input(own.pictures[place], own)
        wanted = digits.validation_inputs[place : place + 1]
        half_a_code = 0.5 / 255 / float(digits.normaliser.std.min())
        torch.testing.assert_close(inputs, wanted, rtol=0, atol=1.1 * half_a_code)


def test_a_photo_becomes_grey_as_pillow_makes_it_and_normalised_as_in_training(
    digits: Prepared,
) -> None:
    _, own = taken(digits)
    red = np.zeros((8, 8, 3), np.uint8)
    red[..., 0] = 200
    mean, deviation = float(digits.normaliser.mean[0]), float(digits.normaliser.std[0])
    inputs = as_input(red, own)
    assert inputs.shape == (1, 1, 8, 8)
    assert float(inputs[0, 0, 3, 3]) == pytest.approx((0.299 * 200 / 255 - mean) / deviation)


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.slug)
@pytest.mark.parametrize("slug", [one.slug for one in TRAINED])
def test_every_layer_of_every_kind_of_network_adds_up(
    digits: Prepared, slug: str, kind: Kind
) -> None:
    network = replace(SMALL, kind=kind.slug, activation=slug)
    check_every_layer(taken(digits, network)[1])


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.slug)
@pytest.mark.parametrize(
    "changes",
    [
        {"layer_norm": True, "batch_norm": False},
        {"residual": True, "dense_layers": 2, "depth": 3},
        {"mean_of_maps": True, "bias": False, "batch_norm": False},
    ],
    ids=["layer norm", "residual", "mean of maps"],
)
def test_every_layer_of_newer_networks_adds_up(
    digits: Prepared, changes: dict[str, Any], kind: Kind
) -> None:
    network = replace(SMALL, kind=kind.slug, **changes)
    _, own = taken(digits, network)
    check_every_layer(own)
    with torch.no_grad():
        assert own.network(digits.validation_inputs[:1]).shape == (1, 10)
    assert own.any_size == (network.mean_of_maps and network.kind == "cnn")


@pytest.mark.parametrize("slug", [one.slug for one in POOLINGS])
def test_every_pooling_adds_up(digits: Prepared, slug: str) -> None:
    check_every_layer(taken(digits, replace(SMALL, pooling=slug))[1])


def check_every_layer(own: OwnNetwork) -> None:
    """Hold the drill of one value of every layer to the network's own."""
    inputs = as_input(own.pictures[1], own)
    found = layers_of(own, (own.channels, own.input_size, own.input_size))
    recording = record(own.network, inputs)
    assert found[-1].shape == (len(own.classes), 1, 1)
    for layer in found:
        channel, y, x = (size // 2 for size in layer.shape)
        told = drill(own.network, recording, found, layer.name, channel, y, x)
        assert told.total == pytest.approx(told.place.value, abs=1e-5), layer.name


@pytest.mark.parametrize(("data", "channels", "side"), [("faces", 1, 25), ("shapes", 3, 32)])
def test_it_takes_the_pictures_of_its_data(data: str, channels: int, side: int) -> None:
    prepared = prepare(load(data), Split(train_size=40))
    _, own = taken(prepared)
    assert (own.channels, own.input_size) == (channels, side)
    photo = np.random.default_rng(0).integers(0, 256, (90, 60, 3), np.uint8)
    assert answer(own.network, photo, own).probabilities.sum() == pytest.approx(1)


def test_points_are_no_pictures(digits: Prepared) -> None:
    moons = prepare(load("moons"), Split(train_size=40))
    run = trained(moons, Network(kind="mlp", width=4))
    with pytest.raises(ValueError, match="points, not pictures"):
        taken_over(run, "Plain")


def test_there_is_nothing_to_take_before_the_first_measurement(digits: Prepared) -> None:
    run = Run(Recipe(SMALL), 0, digits)
    with pytest.raises(ValueError, match="before the first measurement"):
        taken_over(run, "Plain")


def test_what_a_unit_of_it_likes_is_searched_painted_and_compared(digits: Prepared) -> None:
    _, own = taken(digits)
    found, album = layers_of(own, (1, 8, 8)), album_for(own)
    assert album.pictures is own.pictures
    search = Search(own, found, "conv1", album)
    search.advance(own.network, 60)
    wanted = max(
        float(own.network.get_submodule("conv1")(as_input(codes, own))[0, 1].max())
        for codes in own.pictures
    )
    assert float(search.best(1).values[0]) == pytest.approx(wanted, abs=1e-5)
    unit = middle_unit(own.network, found, found[-1].name, 2, 8)
    settings = Painting(steps=20).for_field(8)
    steps = list(paint_for(lambda: own.network, own, found, unit, settings))
    assert (steps[-1].values > steps[0].values).all()
    assert steps[-1].pictures.shape == (3, 8, 8, 3)
    convolution = first_convolution(own.network, found)
    assert convolution is not None
    assert [len(one.kernel) for one in compared(convolution, READINGS["own-colours"])] == [1, 1, 1]


def test_two_seeds_of_one_recipe_have_two_titles(digits: Prepared) -> None:
    _, own = taken(digits)
    titles = {replace(own, seed=seed).title for seed in (0, 1, 2)}
    assert titles == {f"Your network: {own.name}{seed}" for seed in ("", ", seed 1", ", seed 2")}
