"""All networks that dropout leaves: against PyTorch's own layers, and what is said of their means.

The claims are held over seeds that the page does not show.
"""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn

from explainer.regularisation.dropout.script import script
from explainer.regularisation.dropout.small_network import (
    KEEP,
    NOWHERE,
    PLACES,
    SEED,
    SLOPE,
    UNITS,
    Place,
    SmallNetwork,
    digits,
    trained,
)
from explainer.regularisation.dropout.subnetworks import (
    ALL,
    COUNT,
    Subnetworks,
    Survey,
    bits_of,
    mask_of,
    softmax,
)

SEEDS = (11, 12, 13)
SOME = slice(0, 120)


@cache
def tried(place: Place, seed: int, *, with_dropout: bool = True) -> tuple[Subnetworks, Survey]:
    networks = Subnetworks(trained(place if with_dropout else NOWHERE, seed), place)
    data = digits()
    found = networks.surveyed(data.validation_inputs[SOME], data.validation_labels[SOME])
    return networks, found


def furthest(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).max())


def in_torch(network: SmallNetwork) -> list[nn.Linear]:
    layers = [nn.Linear(*weight.shape[::-1]) for weight in network.weights]
    for layer, weight, bias in zip(layers, network.weights, network.biases, strict=True):
        layer.load_state_dict({"weight": torch.tensor(weight), "bias": torch.tensor(bias)})
    return layers


@pytest.mark.parametrize("place", [*PLACES, NOWHERE], ids=lambda one: one.slug)
def test_a_small_network_is_what_pytorch_makes_of_its_weights(place: Place) -> None:
    network = trained(place, SEEDS[0])
    layers, data = in_torch(network), digits()
    model = nn.Sequential()
    for layer in layers[:-1]:
        model.extend([layer, nn.LeakyReLU(SLOPE)])
    model.append(layers[-1])
    with torch.no_grad():
        expected = model(torch.from_numpy(data.validation_inputs)).numpy()
    np.testing.assert_allclose(network.logits(data.validation_inputs), expected, atol=2e-4)


def test_equal_seeds_train_equal_networks_and_leave_the_global_generator_alone() -> None:
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    first, second = (trained(PLACES["last"], 3) for __ in range(2))
    assert torch.equal(before, torch.random.get_rng_state())
    assert all(map(np.array_equal, first.weights, second.weights))
    assert not np.array_equal(first.weights[0], trained(PLACES["last"], 4).weights[0])


@pytest.mark.parametrize("place", PLACES, ids=lambda one: one.slug)
def test_each_network_is_pytorch_with_these_units_set_to_zero(place: Place) -> None:
    networks = Subnetworks(trained(place, SEEDS[0]), place)
    inputs = digits().validation_inputs[:7]
    rows = [0, 1, 77, COUNT - 1]
    found = networks.logits(inputs, networks.masks[rows])
    first, second, third, last = in_torch(networks.network)
    bend = nn.LeakyReLU(SLOPE)
    with torch.no_grad():
        for row, logits in zip(rows, found, strict=True):
            mask = torch.from_numpy(networks.masks[row].astype(np.float32)) / KEEP
            hidden = bend(second(bend(first(torch.from_numpy(inputs)))))
            if place.before:
                hidden = hidden * mask[:UNITS]
            hidden = bend(third(hidden))
            if place.last:
                hidden = hidden * mask[-UNITS:]
            np.testing.assert_allclose(logits, last(hidden).numpy(), atol=2e-4)


def test_masks_are_all_there_once_and_their_numbers_say_which() -> None:
    assert len(np.unique(ALL, axis=0)) == COUNT == 4096
    for bits in (0, 1, 2, 1365, COUNT - 1):
        assert np.array_equal(mask_of(bits, UNITS)[0], ALL[bits])
        assert bits_of(ALL[bits]) == bits
    assert bits_of(mask_of(2**24 - 2, 24)[0]) == 2**24 - 2


@pytest.mark.parametrize("keep", [0.05, 0.5, 0.8, 1.0])
def test_the_networks_are_as_probable_as_independent_coins_make_them(keep: float) -> None:
    networks = Subnetworks(trained(PLACES["last"]), PLACES["last"])
    each = (keep**ALL * (1 - keep) ** (~ALL)).prod(1)
    expected = np.bincount(ALL.sum(1), each)
    np.testing.assert_allclose(networks.shares(keep), expected, atol=1e-12)
    assert networks.shares(keep).sum() == pytest.approx(1)


@pytest.mark.parametrize(("seed", "keep"), list(product(SEEDS, (0.2, 0.5, 0.9))))
def test_after_the_last_layer_the_geometric_mean_is_the_scaled_network(
    seed: int, keep: float
) -> None:
    """To rounding, whether it was trained with dropout or not; the arithmetic mean is not."""
    for with_dropout in (True, False):
        networks, found = tried(PLACES["last"], seed, with_dropout=with_dropout)
        scaled = softmax(networks.scaled(digits().validation_inputs[SOME], keep))
        assert furthest(networks.geometric(found, keep), scaled) < 2e-6
        assert furthest(networks.arithmetic(found, keep), scaled) > 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_the_means_are_those_of_all_networks_one_by_one(seed: int) -> None:
    networks, found = tried(PLACES["before"], seed)
    logits = networks.logits(digits().validation_inputs[:5], ALL).astype(float)
    keep = 0.7
    each = (keep**ALL * (1 - keep) ** (~ALL)).prod(1)[:, None, None]
    arithmetic = (each * softmax(logits)).sum(0)
    logarithms = (each * np.log(softmax(logits))).sum(0)
    geometric = np.exp(logarithms) / np.exp(logarithms).sum(-1, keepdims=True)
    np.testing.assert_allclose(networks.arithmetic(found, keep)[:5], arithmetic, atol=1e-5)
    np.testing.assert_allclose(networks.geometric(found, keep)[:5], geometric, atol=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_layer_earlier_the_law_breaks(seed: int) -> None:
    for slug in ("before", "both"):
        networks, found = tried(PLACES[slug], seed)
        scaled = softmax(networks.scaled(digits().validation_inputs[SOME]))
        assert furthest(networks.geometric(found), scaled) > 0.02


@pytest.mark.parametrize("seed", SEEDS)
def test_the_scaled_network_is_better_than_nearly_every_one_that_is_left(seed: int) -> None:
    networks, found = tried(PLACES["last"], seed)
    data = digits()
    right = networks.scaled(data.validation_inputs[SOME]).argmax(-1) == data.validation_labels[SOME]
    assert (found.accuracy < right.mean()).mean() > 0.9
    assert right.mean() - found.accuracy.mean() > 0.08


@pytest.mark.parametrize("seed", SEEDS)
def test_without_dropout_in_training_few_of_the_networks_are_worth_anything(seed: int) -> None:
    with_dropout = tried(PLACES["last"], seed)[1].accuracy
    without = tried(PLACES["last"], seed, with_dropout=False)[1].accuracy
    assert np.median(without) < np.median(with_dropout) - 0.1


@pytest.mark.slow
def test_twelve_units_are_few_so_that_dropout_costs_accuracy() -> None:
    data = digits()
    right = {
        place.slug: np.mean(
            [
                (trained(place, seed).logits(data.validation_inputs).argmax(-1)
                 == data.validation_labels).mean()
                for seed in SEEDS
            ]
        )
        for place in (NOWHERE, PLACES["last"], PLACES["both"])
    }  # fmt: skip
    assert right["nowhere"] > right["last"] > right["both"]


def test_all_pairs_of_masks_have_the_mean_that_a_large_sample_has() -> None:
    networks, found = tried(PLACES["both"], SEED)
    inputs = digits().validation_inputs[:5]
    masks = np.random.default_rng(3).random((20_000, 2 * UNITS)) < KEEP
    parts = [networks.logits(inputs, part) for part in np.array_split(masks, 10)]
    drawn = np.concatenate(parts).astype(float)
    error = drawn.std(0) / np.sqrt(len(drawn))
    assert (np.abs(found.logits[0, :5] - drawn.mean(0)) < 4.5 * error + 1e-4).all()


@pytest.mark.parametrize("slug", ["last", "before"])
def test_the_script_finds_the_same(slug: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(script(PLACES[slug], with_dropout=True), "script", "exec"), {})
    average, scaled, geometric, arithmetic = capsys.readouterr().out.splitlines()
    assert float(scaled.split()[-1]) > float(average.split()[-1]) + 0.02
    assert (float(geometric.split()[-1]) < 1e-5) == (slug == "last")
    assert float(arithmetic.split()[-1]) > 0.05
