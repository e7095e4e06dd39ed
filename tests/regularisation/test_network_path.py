"""The first layer of networks over λ: exact zeros under L1, none under L2, and the step itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explainer.regularisation import network_path as paths
from explainer.regularisation.decay_maps import pictures
from explainer.regularisation.network_path import POWERS, NetworkPath, network_path
from explainer.regularisation.stacked_networks import Sizes


@pytest.fixture(scope="module")
def found() -> NetworkPath:
    """Networks of a seed that the page does not show."""
    return network_path(5)


def test_l1_sets_ever_more_weights_to_zero_and_then_whole_units(found: NetworkPath) -> None:
    zeros, idle = found.zeros[0], found.idle[0]
    assert (np.diff(zeros) >= -10).all()
    assert zeros[8] > 0.8 * zeros[-1]  # at 0.01
    assert 0 == idle[0] < idle[8] < paths.HIDDEN == idle[-1]
    assert found.accuracy[0, 8] > 0.75


def test_l2_sets_none_to_zero_while_the_network_tells_digits(found: NetworkPath) -> None:
    told = found.accuracy[1] > 0.5
    assert told.sum() > len(POWERS) // 2
    assert (found.zeros[1][told] == 0).all()
    assert (found.idle[1] == 0).all()


def test_lengths_shrink_as_the_penalty_grows(found: NetworkPath) -> None:
    whole = found.norms.sum(-1)
    assert (np.diff(whole, axis=1) < 0.05 * whole[:, :1]).all()
    assert (whole[:, -1] < 0.05 * whole[:, 0]).all()


@pytest.mark.parametrize("penalty", [0, 1])
def test_steps_are_those_of_a_network_alone(penalty: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "STEPS", 3)
    row, strength = 8, 10.0 ** POWERS[8]
    found = network_path(4).weights[penalty, row]
    inputs, labels = pictures()
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(4))
    learned = order[: paths.TRAINING]
    sizes = Sizes(64, paths.HIDDEN, 10)
    parts = [one[0].clone() for one in sizes.views(sizes.start(4))]
    before = parts
    for _ in range(3):
        parts = [one.requires_grad_() for one in parts]
        logits = (inputs[learned] @ parts[0] + parts[1]).relu() @ parts[2] + parts[3]
        loss = torch.nn.functional.cross_entropy(logits, labels[learned])
        slopes = torch.autograd.grad(loss, parts)
        after = []
        for place, (one, slope, old) in enumerate(zip(parts, slopes, before, strict=True)):
            now, held = one.detach(), strength * (place % 2 == 0)
            step = slope + (held * now if penalty else 0)
            moved = now - paths.RATE * step + paths.MOMENTUM * (now - old)
            bound = 0 if penalty else paths.RATE * held
            after.append(torch.sign(moved) * torch.clamp(moved.abs() - bound, min=0))
        before, parts = [one.detach() for one in parts], after
    assert np.allclose(found, parts[0].mT.numpy(), atol=1e-6)
