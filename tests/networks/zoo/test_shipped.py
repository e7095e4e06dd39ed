from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from explainer.networks.digits.networks import DIGIT_NETWORKS
from explainer.networks.zoo.shipped import (
    SHIPPED,
    WEIGHTS,
    Shipped,
    count_parameters,
    load,
    probe_picture,
    save_weights,
)
from explainer.training.data.real import available
from explainer.training.data.root import data_root
from scripts.weights.pictures import Pictures, read_pictures
from scripts.weights.shipping import accuracy, probe_logits

LARGEST = 8_000_000
LEAST_ACCURACY = {"vgg": 0.85, "resnet20": 0.88}
EVERY = 20  # the test pictures lie class after class, so that is 50 of each
# Four standard deviations of the accuracy on 500 pictures.
TOLERANCE = 0.09

each = pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.slug)


def trained(entry: Shipped) -> Shipped:
    """The entry, where its weights are there."""
    if not entry.weights().is_file():
        pytest.skip(f"{entry.slug} has not been trained yet")
    return entry


@pytest.fixture(scope="module")
def some_pictures() -> Pictures:
    """500 fixed test pictures of CIFAR-10."""
    if not available("cifar-10"):
        pytest.skip("CIFAR-10 is not there")
    test = read_pictures(data_root())[1]
    return Pictures(test.codes[::EVERY], test.labels[::EVERY])


def test_every_slug_is_unique() -> None:
    assert len({entry.slug for entry in SHIPPED}) == len(SHIPPED)


@each
def test_an_entry_describes_itself_in_one_sentence(entry: Shipped) -> None:
    assert SHIPPED[entry.slug] is entry
    assert entry.description.endswith(".")
    assert entry.description.count(".") == 1


def test_an_unknown_network_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no network 'alexnet'; there are lenet, vgg"):
        load("alexnet")


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"the weights of ResNet-20 are not there: .*resnet20\."):
        load("resnet20", tmp_path)


@pytest.mark.parametrize("data", [b"", b"no weights", None], ids=["empty", "text", "another's"])
def test_weights_that_do_not_fit_are_refused(tmp_path: Path, data: bytes | None) -> None:
    path = SHIPPED["vgg"].weights(tmp_path)
    if data is None:
        save_weights(path, SHIPPED["lenet"].build())
    else:
        path.write_bytes(data)
    with pytest.raises(ValueError, match=r"vgg\.safetensors does not hold the weights of Small"):
        load("vgg", tmp_path)


@each
def test_weights_read_back_as_their_half_precision(entry: Shipped, tmp_path: Path) -> None:
    network = entry.build()
    save_weights(entry.weights(tmp_path), network)
    again = load(entry.slug, tmp_path)
    assert not again.training
    for name, tensor in again.state_dict().items():
        assert tensor.dtype in (torch.float32, torch.int64)
        assert torch.equal(tensor, network.state_dict()[name].half().to(tensor.dtype))


def test_normalising_subtracts_the_mean_and_divides_by_the_deviation() -> None:
    entry = SHIPPED["vgg"]
    ones = entry.normalise(torch.ones(2, 3, 4, 5))
    assert ones.shape == (2, 3, 4, 5)
    expected = [(1 - m) / d for m, d in zip(entry.mean, entry.deviation, strict=True)]
    assert ones[1, :, 2, 3].tolist() == pytest.approx(expected)


def test_the_probe_picture_lies_in_the_unit_range() -> None:
    picture = probe_picture()
    assert picture.shape == (1, 3, 32, 32)
    assert 0 <= picture.min() <= 0.1
    assert 0.9 <= picture.max() <= 1
    assert picture[0, :, 0, 0].tolist() == [0.5, 0.5, 0.5]


@each
def test_the_card_fits_its_network(entry: Shipped) -> None:
    card = trained(entry).card()
    assert (card.slug, card.title, card.source) == (entry.slug, entry.title, entry.source)
    assert card.parameters == count_parameters(load(entry.slug))
    assert (card.epochs, card.batch) == (entry.plan.epochs, entry.plan.batch)
    assert card.optimiser == entry.plan.optimiser()
    assert (card.training_pictures, card.test_pictures) == (50_000, 10_000)
    assert len(card.losses) == card.epochs
    assert card.losses[-1] < card.losses[0]


@each
def test_the_network_gives_the_logits_of_its_card(entry: Shipped) -> None:
    found = probe_logits(load(trained(entry).slug), entry)
    assert found == pytest.approx(entry.card().probe, abs=2e-3)


@each
def test_the_accuracy_is_as_high_as_promised(entry: Shipped) -> None:
    assert trained(entry).card().accuracy >= LEAST_ACCURACY.get(entry.slug, 0.5)


@each
def test_the_accuracy_is_that_of_the_card(entry: Shipped, some_pictures: Pictures) -> None:
    found = accuracy(load(trained(entry).slug), entry, some_pictures)
    assert found == pytest.approx(entry.card().accuracy, abs=TOLERANCE)


@each
def test_weights_are_stored_in_half_precision(entry: Shipped) -> None:
    state = load_file(trained(entry).weights())
    assert {tensor.dtype for tensor in state.values()} <= {torch.float16, torch.int64}


def test_all_weights_together_stay_small_and_belong_to_a_network() -> None:
    files = list(WEIGHTS.glob("*")) if WEIGHTS.is_dir() else []
    digits = {entry.slug for entry in DIGIT_NETWORKS}
    known = {entry.slug for entry in SHIPPED} | digits | {f"{slug}-moved" for slug in digits}
    assert {file.stem for file in files} <= known
    assert sum(file.stat().st_size for file in files) <= LARGEST
