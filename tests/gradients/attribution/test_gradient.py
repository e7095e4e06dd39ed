from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explainer.gradients.attribution.baselines import baseline_picture
from explainer.gradients.attribution.methods import attribute
from explainer.gradients.attribution.target import PREDICTED, RUNNER_UP, ClassLogit, Difference
from tests.gradients.attribution.conftest import Awake


def through_autograd(network: nn.Module, picture: Tensor, index: int) -> Tensor:
    """The gradient `(C, H, W)` of one logit, as PyTorch gives it."""
    leaf = picture.clone().requires_grad_()
    return torch.autograd.grad(network(leaf)[0, index], leaf)[0][0]


def test_the_gradient_is_that_of_autograd_summed_over_the_channels(
    awake: Awake, picture: Tensor
) -> None:
    network = awake("resnet20")
    found = attribute(network, picture, ClassLogit(3), "gradient")
    expected = through_autograd(network, picture, 3).sum(dim=0).numpy()
    np.testing.assert_allclose(found.values, expected, rtol=1e-4, atol=1e-6)
    assert found.score == pytest.approx(network(picture)[0, 3].item(), rel=1e-5)
    assert found.logits == pytest.approx(network(picture)[0].detach().numpy(), rel=1e-4, abs=1e-5)


def test_gradient_times_input_of_a_linear_network_adds_up_to_its_logit(picture: Tensor) -> None:
    dense = nn.Linear(3 * 32 * 32, 2)
    network = nn.Sequential(nn.Flatten(), dense)
    found = attribute(network, picture, ClassLogit(1), "gradient-times-input")
    without_bias = found.score - dense.bias[1].item()
    assert found.values.sum() == pytest.approx(without_bias, abs=1e-5)


def test_the_difference_of_two_classes_is_the_difference_of_their_gradients(
    awake: Awake, picture: Tensor
) -> None:
    network = awake("vgg")
    first, second, difference = (
        attribute(network, picture, target, "gradient")
        for target in (PREDICTED, RUNNER_UP, Difference(PREDICTED, RUNNER_UP))
    )
    assert difference.score == pytest.approx(first.score - second.score, abs=1e-5)
    np.testing.assert_allclose(difference.values, first.values - second.values, atol=1e-5)


def test_smoothgrad_without_noise_is_the_gradient(awake: Awake, picture: Tensor) -> None:
    network = awake("vgg")
    plain = attribute(network, picture, PREDICTED, "gradient")
    smooth = attribute(network, picture, PREDICTED, "smoothgrad", settings={"noise": 0})
    np.testing.assert_allclose(smooth.values, plain.values, rtol=1e-4, atol=1e-6)


def test_smoothgrad_depends_on_its_own_seed_alone(awake: Awake, picture: Tensor) -> None:
    network = awake("lenet")

    def smooth(seed: int) -> np.ndarray:
        settings = {"seed": seed, "samples": 5}
        return attribute(network, picture, PREDICTED, "smoothgrad", settings=settings).values

    before = torch.random.get_rng_state()
    np.testing.assert_array_equal(smooth(1), smooth(1))
    assert not np.array_equal(smooth(1), smooth(2))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_smoothgrad_of_a_square_is_the_gradient_of_the_mean() -> None:
    class Square(nn.Module):
        def forward(self, pictures: Tensor) -> Tensor:
            return (pictures**2).sum(dim=(1, 2, 3))[:, None]

    picture = torch.arange(4.0).reshape(1, 1, 2, 2)
    settings = {"samples": 200, "noise": 0.1}
    found = attribute(Square(), picture, ClassLogit(0), "smoothgrad", settings=settings)
    # The noise has a deviation of 0.3, the gradient twice that, its mean over 200 a 14th of that.
    np.testing.assert_allclose(found.values, [[0, 2], [4, 6]], atol=5 * 0.6 / 200**0.5)


@pytest.mark.parametrize(
    ("slug", "baseline", "steps"),
    [
        ("lenet", "black", 256),
        ("lenet", "mean", 256),
        ("vgg", "black", 256),
        ("vgg", "blur", 256),
        ("vgg-sigmoid", "mean", 256),
        ("resnet20", "blur", 256),
        # The gradient of a deep network with random weights jumps at every ReLU on a long way.
        pytest.param("resnet20", "black", 1024, marks=pytest.mark.slow),
    ],
)
def test_integrated_gradients_add_up_to_what_the_score_gained_within_one_percent(
    awake: Awake, picture: Tensor, slug: str, baseline: str, steps: int
) -> None:
    network, black = awake(slug), torch.tensor([-2.0, -1.9, -1.8])
    empty = baseline_picture(baseline, picture, black[None, :, None, None])
    # The class that gains most: one percent of a gain near 0 would be nothing.
    gained = ClassLogit(int((network(picture) - network(empty)).argmax()))
    found = attribute(
        network,
        picture,
        gained,
        "integrated-gradients",
        settings={"baseline": baseline, "steps": steps},
        black=black,
    )
    assert found.gap is not None
    assert found.gap < 0.01


def test_what_integrated_gradients_should_add_up_to_is_the_score_less_the_baselines(
    awake: Awake, picture: Tensor
) -> None:
    network, black = awake("vgg"), torch.tensor([-2.0, -1.9, -1.8])
    found = attribute(network, picture, ClassLogit(4), "integrated-gradients", black=black)
    dark = network(black[None, :, None, None].expand_as(picture))[0, 4].item()
    assert found.total == pytest.approx(found.score - dark, abs=1e-4)


def test_integrated_gradients_of_a_product_are_shared_by_hand() -> None:
    class Product(nn.Module):
        def forward(self, pictures: Tensor) -> Tensor:
            return (pictures[:, 0, 0, 0] * pictures[:, 0, 0, 1])[:, None]

    # From 0: x1 x2 / 2 for each factor.
    picture = torch.tensor([[[[3.0, 4.0]]]])
    found = attribute(Product(), picture, ClassLogit(0), "integrated-gradients")
    np.testing.assert_allclose(found.values, [[6, 6]], rtol=1e-5)
    assert found.total == 12
