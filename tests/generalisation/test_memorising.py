"""Networks that may learn by heart: torch is the oracle of a step; pairs differ in one thing."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d, cross_entropy

from explainer.generalisation.memorising import (
    LEARNING_RATE,
    NOTHING,
    PICTURES,
    STRIDE,
    VALIDATED,
    Architecture,
    Networks,
    Remedy,
    Task,
    right,
    shifted,
    task,
    train,
)

SMALL = Architecture((5,))


@pytest.mark.parametrize("remedy", [NOTHING, Remedy(l2=0.1), Remedy(l1=0.01), Remedy(drop=0.4)])
def test_a_stacked_step_is_a_step_of_each_network_by_itself(remedy: Remedy) -> None:
    networks = Networks((1, 2), SMALL, remedy)
    start = [one.detach().clone() for one in networks.parameters]
    draw = torch.Generator().manual_seed(0)
    inputs = torch.rand(2, 6, 196, generator=draw)
    labels = torch.randint(10, (2, 6), generator=draw)
    noise = torch.rand(2, 6, 5, generator=draw)
    networks.step(inputs, labels, [noise] if remedy.drop else [])
    for place in range(2):
        own = [one[place].clone().requires_grad_() for one in start]
        hidden = torch.relu(inputs[place] @ own[0] + own[1])
        if remedy.drop:
            hidden = hidden * (noise[place] < 1 - remedy.drop) / (1 - remedy.drop)
        loss = cross_entropy(hidden @ own[2] + own[3], labels[place])
        for weights in own[::2]:
            penalty = remedy.l2 / 2 * (weights**2).sum() + remedy.l1 * weights.abs().sum()
            loss = loss + penalty
        optimiser = torch.optim.Adam(own, LEARNING_RATE)
        torch.autograd.backward(loss)
        optimiser.step()
        for one, expected in zip(networks.parameters, own, strict=True):
            torch.testing.assert_close(one[place].detach(), expected.detach(), atol=2e-5, rtol=0)


def test_a_convolution_is_that_of_torch() -> None:
    networks = Networks((3,), Architecture((), channels=4))
    kernels, bias, out, last = (one[0].detach() for one in networks.parameters)
    pictures = torch.rand(7, 196, generator=torch.Generator().manual_seed(1))
    maps = conv2d(
        pictures.reshape(7, 1, 14, 14), kernels.T.reshape(4, 1, 5, 5), bias[0], stride=STRIDE
    )
    wanted = torch.relu(maps).permute(0, 2, 3, 1).flatten(1) @ out + last
    torch.testing.assert_close(networks.logits(pictures[None])[0], wanted)


@pytest.mark.parametrize(
    "architecture",
    [SMALL, Architecture((7, 6)), Architecture((), channels=3), Architecture((4,), coarse=True)],
)
def test_parameters_are_counted(architecture: Architecture) -> None:
    networks = Networks((0,), architecture)
    assert architecture.parameters == sum(one[0].numel() for one in networks.parameters)
    assert networks.logits(torch.rand(1, 3, 196)).shape == (1, 3, 10)


def test_a_share_of_labels_is_drawn_and_the_rest_left_alone() -> None:
    half, whole = task(5, 0.5), task(5, 1.0)
    changed = (half.labels != half.truth).double().mean()
    assert 0.35 < changed <= 0.5
    assert (whole.labels == whole.truth).double().mean() < 0.2
    kept = half.labels == half.truth
    assert torch.equal(task(5, 0.0).labels[kept], half.labels[kept])
    assert torch.equal(half.inputs, whole.inputs)
    assert torch.equal(half.validation_labels, task(5, 0.0).validation_labels)


def test_shuffled_pictures_have_the_same_pixels_elsewhere() -> None:
    plain, mixed = task(5, 0.0), task(5, 0.0, pixels=True)
    assert torch.equal(plain.labels, mixed.labels)
    assert not torch.equal(plain.inputs, mixed.inputs)
    torch.testing.assert_close(plain.inputs.sort(-1).values, mixed.inputs.sort(-1).values)
    orders = {tuple(one.argsort(stable=True).tolist()[-5:]) for one in mixed.inputs[0]}
    assert len(orders) > PICTURES / 2


def test_the_digits_to_stop_by_are_others() -> None:
    ours, others = task(5, 0.0).validation_inputs, task(5, 0.0, others=True).validation_inputs
    assert ours.shape[1] == others.shape[1] == VALIDATED
    assert not (ours[0, :, None] == others[0, None, :50]).all(-1).any()


def test_a_picture_is_moved_by_every_whole_number_of_pixels() -> None:
    picture = torch.arange(196.0).reshape(14, 14)
    copies = shifted(picture.reshape(1, 1, 196), 1).reshape(9, 14, 14)
    assert torch.equal(copies[4], picture)
    assert torch.equal(copies[0][1:, 1:], picture[:-1, :-1])
    assert torch.equal(copies[5][:, :-1], picture[:, 1:])
    assert not copies[0][0].any()


def test_labels_change_nothing_in_the_start_or_in_the_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batches: list[torch.Tensor] = []
    monkeypatch.setattr(Networks, "step", lambda self, inputs, *_: batches.append(inputs))
    given = Task.joined([task(4, 0.0), task(4, 1.0)])
    networks = Networks((4, 4), SMALL)
    train(networks, given, 2, 1, lambda step: None)
    assert all(torch.equal(one[0], one[1]) for one in networks.parameters)
    assert all(torch.equal(one[0], one[1]) for one in batches)
    plain = batches.copy()
    batches.clear()
    train(Networks((4, 4), SMALL, Remedy(drop=0.5)), given, 2, 1, lambda step: None)
    assert all(torch.equal(*two) for two in zip(plain, batches, strict=True))


def test_what_is_right_is_a_share() -> None:
    logits = torch.tensor([[[0.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]])
    np.testing.assert_array_equal(right(logits, torch.tensor([[1, 0, 0, 1]])), [0.75])
