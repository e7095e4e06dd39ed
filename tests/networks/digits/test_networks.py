"""The networks that read digits: they are what their cards say, and so is what moves do to them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from torch import nn

from explainer.networks.digits.answers import answers, everywhere, glyph_answers
from explainer.networks.digits.field import (
    FIELD,
    REACH,
    in_field,
    moved,
    permuted,
    pixel_order,
)
from explainer.networks.digits.networks import (
    DIGIT_NETWORKS,
    DigitNetwork,
    load_reader,
    probabilities,
    read_moved,
    shared_reader,
)
from explainer.networks.digits.strokes import GLYPHS, curve, drawn, glyph_picture
from explainer.networks.zoo.shipped import count_parameters
from explainer.training.data.data_set import Examples
from explainer.training.data.real import available
from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare
from explainer.training.recipe.recipe import Training
from scripts.weights.digit_shipping import (
    EVERY,
    TEST_PICTURES,
    accuracy,
    probe_logits,
    ship,
    trained,
)
from scripts.weights.train_digits import main

LARGEST = 1_000_000
MLP, CNN, MEANS = DIGIT_NETWORKS
each = pytest.mark.parametrize("entry", DIGIT_NETWORKS, ids=lambda entry: entry.slug)


@each
def test_the_shipped_weights_give_the_probe_logits_of_their_card(entry: DigitNetwork) -> None:
    torch.testing.assert_close(
        torch.tensor(probe_logits(shared_reader(entry.slug))),
        torch.tensor(entry.card().probe),
        rtol=1e-3,
        atol=2e-3,
    )
    assert entry.card().parameters == count_parameters(entry.build())
    assert entry.description.endswith(".")


@each
def test_every_glyph_is_read_in_the_middle(entry: DigitNetwork) -> None:
    pictures = torch.cat([glyph_picture(glyph.label) for glyph in GLYPHS])
    assert probabilities(entry.slug, pictures).argmax(1).tolist() == list(range(10))


@pytest.fixture(scope="module")
def some_digits() -> Examples:
    """500 fixed test digits of MNIST in the field, every twentieth."""
    if not available("mnist"):
        pytest.skip("MNIST is not there")
    whole = load("mnist", count=1000, test_count=TEST_PICTURES)
    rows = slice(whole.test_from, None, TEST_PICTURES // 500)
    return dataclasses.replace(
        whole, inputs=in_field(whole.inputs[rows]), labels=whole.labels[rows], test_from=None
    )


@each
def test_500_digits_are_read_as_the_card_says(entry: DigitNetwork, some_digits: Examples) -> None:
    reader = shared_reader(entry.slug)
    pictures, labels = some_digits.inputs, some_digits.labels
    assert len(labels) == 500
    assert accuracy(reader, pictures, labels) == pytest.approx(entry.card().accuracy, abs=0.03)
    for down, right in ((0, 4), (-3, 0), (8, 8)):
        found = accuracy(reader, moved(pictures, down, right), labels)
        assert found == pytest.approx(entry.moved().at(down, right), abs=0.09)
    assert accuracy(reader, permuted(pictures), labels) < 0.2


def test_in_the_corners_97_percent_of_the_ink_is_left(some_digits: Examples) -> None:
    pictures = some_digits.inputs
    for down in (-REACH, REACH):
        for right in (-REACH, REACH):
            kept = moved(pictures, down, right).sum((1, 2, 3)) / pictures.sum((1, 2, 3))
            assert kept.mean() > 0.97


def test_what_the_page_says_of_the_three_networks_holds() -> None:
    mlp, cnn, means = (entry.moved() for entry in DIGIT_NETWORKS)
    cards = [entry.card() for entry in DIGIT_NETWORKS]
    assert min(card.accuracy for card in cards) > 0.96
    assert abs(cards[0].parameters - cards[1].parameters) < 1000
    assert mlp.at(0, 4) < 0.35 < 0.5 < cnn.at(0, 4) < 0.6 < 0.9 < means.at(0, 4)
    assert mlp.at(0, 8) < 0.1 < cnn.at(0, 8) < 0.2 < 0.8 < means.at(0, 8)
    assert max(one.permuted for one in (mlp, cnn, means)) < 0.15
    assert mlp.pictures == TEST_PICTURES // EVERY


def test_the_weights_stay_small() -> None:
    assert sum(entry.weights().stat().st_size for entry in DIGIT_NETWORKS) < LARGEST


def test_the_maps_of_the_cnn_move_one_place_for_every_four_pixels() -> None:
    network = load_reader("digit-cnn")
    maps = nn.Sequential(*list(network.network)[:6])
    picture = (glyph_picture(9) - network.mean) / network.deviation
    still, shifted = maps(picture), maps(torch.roll(picture, 4, dims=-1))
    inner = (..., slice(2, -2), slice(3, -2))  # what the border does not reach
    torch.testing.assert_close(
        shifted[inner], torch.roll(still, 1, -1)[inner], rtol=1e-4, atol=1e-4
    )
    between = maps(torch.roll(picture, 2, dims=-1))
    for places in (0, 1):
        assert (between - torch.roll(still, places, -1))[inner].abs().max() > 0.1


def test_an_mlp_with_its_weights_permuted_cannot_tell_that_the_pixels_are() -> None:
    reader = load_reader("digit-mlp")
    picture = glyph_picture(4)
    wanted = reader(picture)
    first = reader.network.dense1
    assert isinstance(first, nn.Linear)
    first.weight.copy_(first.weight[:, pixel_order(FIELD * FIELD, 0)])
    torch.testing.assert_close(reader(permuted(picture)), wanted, rtol=1e-4, atol=1e-4)


def test_an_unknown_network_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="no digit network 'vgg'; there are digit-mlp, digit-cnn"):
        DIGIT_NETWORKS["vgg"]


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"the weights of CNN are not there: .*digit-cnn\."):
        load_reader("digit-cnn", tmp_path)
    with pytest.raises(ValueError, match=r"x\.json is missing, or not JSON"):
        read_moved(tmp_path / "x.json")
    (tmp_path / "y.json").write_text("[]")
    with pytest.raises(ValueError, match=r"y\.json does not hold what was measured"):
        read_moved(tmp_path / "y.json")


def test_a_training_by_the_engine_ships_what_it_found(tmp_path: Path) -> None:
    chance = torch.Generator().manual_seed(0)
    labels = torch.arange(600) % 10
    pictures = torch.rand(600, 1, FIELD, FIELD, generator=chance) * 0.2
    pictures[torch.arange(600), 0, 3 * labels] += 0.8  # a bright row for each class
    examples = Examples("rows", "Rows", pictures, labels, tuple("0123456789"), 500, "ours")
    recipe = dataclasses.replace(
        MLP.recipe, training=Training(optimiser="adam", learning_rate=2e-3, epochs=3)
    )
    entry = dataclasses.replace(MLP, recipe=recipe)
    data = prepare(examples, Split(train_size=400))
    shares: list[float] = []
    network, curves = trained(entry, data, 0, shares.append)
    card = ship(entry, network, curves, examples, data, 0, tmp_path)
    assert shares[-1] == 1
    assert card.accuracy > 0.9
    assert card.losses[-1] < card.losses[0]
    assert entry.card(tmp_path) == card
    found = entry.moved(tmp_path)
    assert found.at(0, 0) > 0.9
    assert found.at(3, 0) < 0.2  # the row of the next class
    assert found.mean == pytest.approx(float(examples.inputs[data.parts.train].mean()))


def test_the_command_says_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EXPLAINER_DATA", str(tmp_path))
    assert main(["digit-mpl", "--data", str(tmp_path), "--out", str(tmp_path)]) == 1
    assert "no digit network 'digit-mpl'" in capsys.readouterr().err
    assert main(["--data", str(tmp_path), "--out", str(tmp_path)]) == 1
    assert "MNIST is not there yet" in capsys.readouterr().err


def test_everywhere_is_every_move_once() -> None:
    picture = glyph_picture(2)
    pictures = everywhere(picture, reach=2)
    assert pictures.shape == (25, 1, FIELD, FIELD)
    torch.testing.assert_close(pictures[12:13], picture)
    torch.testing.assert_close(pictures[0:1], moved(picture, -2, -2))
    torch.testing.assert_close(pictures[13:14], moved(picture, 0, 1))


@pytest.mark.parametrize("scrambled", [False, True])
def test_the_answers_are_those_of_each_network_for_each_move(scrambled: bool) -> None:
    picture = glyph_picture(7)
    found = answers(picture, scrambled=scrambled)
    assert found.shape == (3, 17, 17, 10)
    shown = moved(picture, -3, 5)
    shown = permuted(shown) if scrambled else shown
    for place, entry in enumerate(DIGIT_NETWORKS):
        wanted = torch.softmax(shared_reader(entry.slug)(shown), 1)[0]
        torch.testing.assert_close(
            torch.from_numpy(found[place, REACH - 3, REACH + 5]), wanted, rtol=1e-3, atol=1e-4
        )
    torch.testing.assert_close(
        torch.from_numpy(glyph_answers(7, scrambled=scrambled).copy()), torch.from_numpy(found)
    )


def test_moving_there_and_back_gives_the_picture_again() -> None:
    picture = torch.zeros(1, 1, 9, 9)
    picture[..., 3:6, 3:6] = torch.arange(1.0, 10).view(3, 3)
    there = moved(picture, 2, -3)
    assert there[0, 0, 5, 0] == 1
    torch.testing.assert_close(moved(there, -2, 3), picture)
    with pytest.raises(ValueError, match="a field of 9 × 9 cannot move by 9, 0"):
        moved(picture, 9, 0)


def test_a_permutation_loses_nothing_and_is_the_same_for_all() -> None:
    pictures = torch.rand(3, 1, 6, 6, generator=torch.Generator().manual_seed(0))
    changed = permuted(pictures)
    order = pixel_order(36, 0)
    assert order.sort().values.tolist() == list(range(36))
    torch.testing.assert_close(changed.flatten(1), pictures.flatten(1)[:, order])
    assert not torch.equal(changed, pictures)


def test_drawn_ink_fills_its_box_and_lies_in_the_middle() -> None:
    picture = drawn([[(0.1, 0.1), (0.3, 0.1), (0.3, 0.5)]])[0, 0]
    rows, _ = torch.nonzero(picture > 0.05, as_tuple=True)
    assert 18 <= int(rows.max() - rows.min()) + 1 <= 21
    centre = (picture.sum(1) * torch.arange(FIELD)).sum() / picture.sum()
    assert float(centre) == pytest.approx((FIELD - 1) / 2, abs=0.6)
    assert 0 <= float(picture.min()) <= float(picture.max()) <= 1


def test_an_empty_board_is_black_and_a_dot_is_a_dot() -> None:
    assert drawn([]).sum() == 0
    assert 1 < float(drawn([[(0.5, 0.5)]]).sum()) < 12


@pytest.mark.parametrize(
    ("strokes", "message"),
    [
        ([[(0.5, 1.2)]], r"lie in \[0, 1\]"),
        ([[(0.5, float("nan"))]], "a list of points"),
        ([[(0.1, 0.1)] * 5000], "at most 4000 points"),
    ],
)
def test_strokes_that_are_none_are_refused(
    strokes: list[list[tuple[float, float]]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        drawn(strokes)


def test_a_curve_goes_through_its_points() -> None:
    stroke = ((0.1, 0.2), (0.5, 0.9), (0.8, 0.3))
    line = curve(stroke)
    for point in stroke:
        assert min(abs(x - point[0]) + abs(y - point[1]) for x, y in line) < 1e-9


def test_a_digit_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="the digit is 10"):
        glyph_picture(10)
