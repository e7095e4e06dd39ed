"""A patch on the picture: what is covered, and what the network says then."""

from __future__ import annotations

import torch
from torch import Tensor

from explainer.gradients.attribution.patch import covered, probabilities
from tests.gradients.attribution.conftest import Awake


def test_a_square_is_covered_with_the_mean_colour_and_nothing_else(picture: Tensor) -> None:
    found = covered(picture, 4, 10, 8)
    inside = torch.zeros(picture.shape[-2:], dtype=torch.bool)
    inside[4:12, 10:18] = True
    assert torch.equal(found[..., ~inside], picture[..., ~inside])
    mean = picture.mean(dim=(2, 3))[0]
    for colour, value in zip(found[0], mean, strict=True):
        torch.testing.assert_close(colour[inside], value.expand(64))


def test_a_square_at_the_rim_is_cut(picture: Tensor) -> None:
    side = picture.shape[-1]
    found = covered(picture, -4, side - 3, 8)
    assert torch.equal(found[..., 4:, :], picture[..., 4:, :])
    assert not torch.equal(found[..., :4, side - 3 :], picture[..., :4, side - 3 :])


def test_the_probabilities_are_the_networks_own(awake: Awake, picture: Tensor) -> None:
    network = awake("vgg")
    with torch.no_grad():
        wanted = network(covered(picture, 0, 0, 16)).softmax(1)[0]
    found = probabilities(network, covered(picture, 0, 0, 16))
    torch.testing.assert_close(torch.from_numpy(found), wanted)
