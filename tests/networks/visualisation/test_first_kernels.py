"""First-layer kernels: one pattern and one mixture, what is close, and both on a picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from explainer.convolution.bank import bank
from explainer.convolution.kernels import weights
from explainer.networks.recording.graph import layers
from explainer.networks.visualisation.first_kernels import (
    READINGS,
    compared,
    first_convolution,
    grey,
    principal,
    responses,
)
from explainer.networks.zoo.shared import shared_layers, shared_network
from tests.networks.random_networks import SMALL, any_network, pictures


def convolution_of(*kernels: np.ndarray) -> nn.Conv2d:
    """A convolution with these kernels `(3, k, k)`."""
    side = kernels[0].shape[-1]
    made = nn.Conv2d(3, len(kernels), side, padding=side // 2).requires_grad_(False)
    made.weight.copy_(torch.from_numpy(np.stack(kernels)))
    return made


def test_a_kernel_of_one_pattern_is_that_pattern_times_its_mixture() -> None:
    mixture = np.array([0.6, 0.0, 0.8])
    found = principal(mixture[:, None, None] * weights("sobel-x"))
    np.testing.assert_allclose(found.mixture, mixture, atol=1e-12)
    np.testing.assert_allclose(found.weights, weights("sobel-x"), atol=1e-12)
    assert found.share == pytest.approx(1)


def test_no_pattern_and_mixture_come_nearer_than_the_principal_ones() -> None:
    draw = np.random.default_rng(1)
    kernel = draw.standard_normal((3, 5, 5))
    found = principal(kernel)
    rest = np.square(kernel - found.mixture[:, None, None] * found.weights).sum()
    assert rest == pytest.approx((1 - found.share) * np.square(kernel).sum())
    for _ in range(50):
        mixture = found.mixture + 0.3 * draw.standard_normal(3)
        mixture /= np.linalg.norm(mixture)
        best = np.einsum("c,cij->ij", mixture, kernel)
        assert np.square(kernel - mixture[:, None, None] * best).sum() >= rest


def test_on_grey_a_kernel_is_the_sum_of_its_colours() -> None:
    kernel = np.random.default_rng(2).standard_normal((3, 3, 3))
    found, picture = grey(kernel), np.random.default_rng(3).standard_normal((3, 3))
    by_kernel = (kernel * picture).sum()
    by_pattern = found.mixture.sum() * (found.weights * picture).sum()
    assert by_pattern == pytest.approx(by_kernel)


def test_colours_that_cancel_leave_nothing_on_grey() -> None:
    opponent = np.array([1.0, -1.0, 0.0])[:, None, None] * weights("sobel-y")
    (one,) = compared(convolution_of(opponent), READINGS["grey"])
    assert one.match is None
    assert one.strength == 0
    (own,) = compared(convolution_of(opponent), READINGS["own-colours"])
    assert own.match is not None
    assert own.match.kernel.slug == "sobel-y"
    with pytest.raises(ValueError, match="kernel 0 has no pattern"):
        responses(convolution_of(opponent), pictures(8), one)


def test_kernels_come_sorted_by_their_likeness() -> None:
    draw = np.random.default_rng(4)
    made = [draw.standard_normal((3, 3, 3)) for _ in range(4)]
    made.append(np.ones((3, 1, 1)) * weights("laplacian"))
    found = compared(convolution_of(*made), READINGS["own-colours"])
    assert found[0].index == 4
    assert found[0].unlikely == pytest.approx(1, abs=1e-3)
    strengths = [one.strength for one in found]
    assert strengths == sorted(strengths, reverse=True)


def test_a_hand_made_kernel_gives_what_the_learned_one_gives() -> None:
    kernel = np.array([0.2, 0.5, 0.1])[:, None, None] * weights("scharr-x")
    convolution = convolution_of(-kernel)
    (one,) = compared(convolution, READINGS["own-colours"])
    given = responses(convolution, pictures(12), one)
    np.testing.assert_allclose(given.hand_made, given.learned, atol=1e-4)
    assert given.correlation == pytest.approx(1, abs=1e-6)


def test_the_learned_answer_is_the_networks_own_without_its_bias() -> None:
    network, found = shared_network("lenet"), shared_layers("lenet", (3, 32, 32))
    convolution = first_convolution(network, found)
    assert convolution is not None
    assert convolution.bias is not None
    for one in compared(convolution, READINGS["own-colours"])[:3]:
        given = responses(convolution, pictures(32), one)
        with torch.no_grad():
            wanted = convolution(pictures(32))[0, one.index] - convolution.bias[one.index]
        np.testing.assert_allclose(given.learned, wanted.numpy(), atol=1e-5)
        assert given.learned.shape == given.hand_made.shape


@pytest.mark.parametrize("name", SMALL)
def test_random_kernels_of_any_size_are_as_close_as_chance_has_it(name: str) -> None:
    network = any_network(name)
    convolution = first_convolution(network, layers(network, (3, 64, 64)))
    assert convolution is not None
    found = compared(convolution, READINGS["own-colours"])
    among = bank(convolution.kernel_size[0])
    close = sum(one.strength >= among.threshold for one in found)
    assert close <= 0.05 * len(found) + 4 * (0.05 * len(found)) ** 0.5
    assert np.isfinite(responses(convolution, pictures(64), found[0]).correlation)


@pytest.mark.parametrize(("slug", "least"), [("vgg", 20), ("resnet20", 10), ("lenet", 4)])
def test_trained_networks_have_more_hand_made_kernels_than_chance_has(
    slug: str, least: int
) -> None:
    network = shared_network(slug)
    convolution = first_convolution(network, shared_layers(slug, (3, 32, 32)))
    assert convolution is not None
    found = compared(convolution, READINGS["own-colours"])
    threshold = bank(convolution.kernel_size[0]).threshold
    assert sum(one.strength >= threshold for one in found) >= least


def test_a_network_without_a_first_convolution_has_none() -> None:
    dense = nn.Sequential(nn.Flatten(), nn.Linear(48, 2)).eval()
    assert first_convolution(dense, layers(dense, (3, 4, 4))) is None
    points = nn.Sequential(nn.Conv2d(3, 4, 1)).eval()
    assert first_convolution(points, layers(points, (3, 4, 4))) is None
    later = nn.Sequential(nn.ReLU(), nn.Conv2d(3, 4, 3)).eval()
    assert first_convolution(later, layers(later, (3, 4, 4))) is None
