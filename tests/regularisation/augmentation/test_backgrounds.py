"""Other backgrounds: the same shapes before them; only an exchange takes the short cut away."""

from __future__ import annotations

import pytest
import torch

from explainer.regularisation.augmentation.backgrounds import ARMS, backgrounds, shapes_before

SEEDS = (81, 82, 83)


def test_the_shapes_are_the_same_before_either_background() -> None:
    own, other = shapes_before("class"), shapes_before("random")
    assert torch.equal(own.labels, other.labels)
    assert torch.equal(own.validation_labels, other.validation_labels)
    same = (own.inputs - other.inputs).abs().amax(1) < 0.02
    assert 0.02 < float(same.double().mean()) < 0.5
    assert (same.flatten(1).sum(1) > 0).double().mean() > 0.9


@pytest.mark.slow
def test_turning_and_moving_leave_the_short_cut_and_an_exchange_takes_it_away() -> None:
    found = backgrounds(SEEDS)
    own, other = found.accuracy[0].mean(-1)
    assert own - other > 0.2
    exchanged = found.gain(len(ARMS) - 1)
    assert exchanged.verdict == 1
    for place in (1, 2):
        assert found.gain(place).mean < exchanged.mean - 0.1
    assert found.gain(1).mean < 0
    assert found.accuracy[-1, 0].mean() < own
