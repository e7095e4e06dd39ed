"""Several digits in one picture: how pictures are made, and what each kind of output can say."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from explainer.likelihood.several_digits import (
    CLASSES,
    Learned,
    learned,
    pictures,
    sigmoid_loss,
    softmax_loss,
)
from explainer.training.instruments.student import interval


@pytest.fixture(scope="module")
def found() -> Learned:
    return learned((51, 52), steps=200)


def test_a_third_of_pictures_holds_no_class_a_third_one_and_a_third_two() -> None:
    made = pictures(300, 9, fresh=True)
    assert np.bincount(made.counts).tolist() == [100, 100, 100]
    sides = made.inputs.reshape(300, 14, 2, 14).sum((1, 3)) > 0  # which places have ink
    assert (sides.sum(1) >= made.counts).all()
    assert sides[made.counts == 2].all()
    empty = (~sides[made.counts == 0]).mean()
    assert 0.4 < empty < 0.6
    again = pictures(300, 9, fresh=True)
    np.testing.assert_array_equal(made.inputs, again.inputs)


def test_digits_that_are_learned_from_are_in_no_fresh_picture() -> None:
    def sides(*, fresh: bool) -> set[bytes]:
        rows = pictures(900, 4, fresh=fresh).inputs.reshape(-1, 14, 2, 14).swapaxes(1, 2)
        return {one.tobytes() for one in rows.reshape(-1, 196) if one.any()}

    assert not sides(fresh=True) & sides(fresh=False)


def test_losses_are_those_of_torch_and_a_picture_without_classes_asks_softmax_for_nothing() -> None:
    outputs = torch.randn(3, 10, generator=torch.Generator().manual_seed(1)).double()
    codes = torch.tensor([0, 0b100, 0b1000001])
    flags = torch.zeros(3, CLASSES, dtype=torch.float64)
    flags[1, 2] = flags[2, 0] = flags[2, 6] = 1
    kept = outputs[:, :CLASSES]
    wanted = functional.binary_cross_entropy(kept.sigmoid(), flags, reduction="sum")
    assert sigmoid_loss(outputs, codes).item() == pytest.approx(wanted.item())
    shares = flags[1:] / flags[1:].sum(1, keepdim=True)
    wanted = functional.cross_entropy(kept[1:], shares, reduction="sum")
    assert softmax_loss(outputs, codes).item() == pytest.approx(wanted.item())


def test_two_classes_of_a_softmax_are_never_both_sure_and_two_sigmoids_are(found: Learned) -> None:
    sigmoids, softmax = found.both_above(0.9)
    assert (sigmoids > 0.02).all()
    assert (softmax == 0).all()
    assert (found.both_above(0.51)[1] == 0).all()
    np.testing.assert_allclose(found.softmax.sum(-1), 1, atol=1e-5)


def test_softmax_gives_its_1_to_something_where_nothing_is(found: Learned) -> None:
    sigmoids, softmax = found.largest_of_none()
    assert (softmax > 1.5 * sigmoids).all()
    assert (softmax >= 1 / CLASSES).all()


def test_one_threshold_does_not_serve_all_counts_and_sigmoids_say_more_whole_sets(
    found: Learned,
) -> None:
    sigmoids, softmax = found.exact()
    assert (sigmoids.mean(0) > softmax.mean(0) + 0.05).all()
    assert (sigmoids[2] > softmax[2] + 0.1).all()


@pytest.mark.slow
def test_of_one_class_both_are_right_about_as_often() -> None:
    sigmoids, softmax = learned((61, 62, 63, 64, 65)).exact()
    __, low, high = interval((sigmoids[1] - softmax[1]).tolist())
    assert low < 0 < high
