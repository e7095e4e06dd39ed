"""Squared error on classes: the stack against torch.optim, gradients by layer, the ends."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from explainer.likelihood.squared_race import (
    CHOSEN,
    DEPTHS,
    HIDDEN,
    LEARNED,
    LOSSES,
    Asked,
    DeepStack,
    eight_by_eight,
    race,
    start_gradients,
)

FRESH = (31, 32, 33)
CROSS_ENTROPY, SOFTMAX, SIGMOID, LINEAR = range(4)
TORCHS: tuple[Callable[[Tensor, Tensor], Tensor], ...] = (
    lambda outputs, labels: functional.cross_entropy(outputs, labels),
    lambda outputs, labels: _squared(outputs.softmax(1), labels),
    lambda outputs, labels: _squared(outputs.sigmoid(), labels),
    lambda outputs, labels: _squared(outputs, labels),
)


def _squared(said: Tensor, labels: Tensor) -> Tensor:
    return functional.mse_loss(said, functional.one_hot(labels, 10).float()) * 10 / 2


def alone(asked: Asked, seed: int) -> nn.Sequential:
    """One of the networks as an ordinary module, with the weights of the stack."""
    stack, layers = DeepStack(asked, [seed], 1), list[nn.Module]()
    for weights, biases in zip(stack.weights, stack.biases, strict=True):
        layer = nn.Linear(weights.shape[1], weights.shape[2])
        layer.weight.data = weights[0].detach().T.clone()
        layer.bias.data = biases[0, 0].detach().clone()
        layers += [layer, nn.Tanh()]
    return nn.Sequential(*layers[:-1])


@pytest.mark.parametrize("place", range(4))
def test_a_network_of_the_stack_learns_as_one_by_torch_optim(place: int) -> None:
    asked, steps, rate = Asked(2, "tanh"), 10, 0.1
    found = race(asked, (7,), rates=(rate,), steps=steps)
    model, (inputs, labels) = alone(asked, 7), eight_by_eight()
    optimiser = torch.optim.SGD(model.parameters(), rate)
    random = torch.Generator().manual_seed(~7 & 0xFFFF)
    for _ in range(steps):
        rows = torch.randperm(LEARNED, generator=random)[:32]
        loss = TORCHS[place](model(inputs[rows]), labels[rows])
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    fresh = slice(LEARNED + CHOSEN, None)
    wrong = (model(inputs[fresh]).argmax(1) != labels[fresh]).double().mean().item()
    assert found.wrong[place, -1, 0] == pytest.approx(wrong, abs=2.5 / 497)


@pytest.mark.parametrize("place", range(4))
def test_gradients_by_layer_are_those_of_the_module(place: int) -> None:
    asked = Asked(2, "tanh", sure=True)
    model, (inputs, labels) = alone(asked, 5), eight_by_eight()
    loss = TORCHS[place](model(inputs[:50]), labels[:50])
    layers = [one.weight for one in model if isinstance(one, nn.Linear)]
    wanted = [one.square().mean().sqrt() for one in torch.autograd.grad(loss, layers)]
    found = start_gradients(asked, (5,), 50)[place, 0]
    np.testing.assert_allclose(found, wanted, rtol=1e-3)


def ratios(asked: Asked) -> np.ndarray:
    """The first layer's gradient over the last one's for each loss, the mean of the seeds."""
    logs = np.log10(start_gradients(asked, FRESH)).mean(1)
    return np.asarray(10 ** (logs[:, 0] - logs[:, -1]))


def test_layers_bend_the_gradients_of_all_losses_alike() -> None:
    tanh, sigmoid = ratios(Asked(6, "tanh")), ratios(Asked(6, "sigmoid"))
    assert (tanh > 0.2).all()
    assert (sigmoid < 1e-4).all()
    small = start_gradients(Asked(6, "small"), FRESH)
    assert (ratios(Asked(6, "small")) > 0.2).all()
    assert (small < 0.05 * start_gradients(Asked(6, "tanh"), FRESH)).all()


@pytest.mark.parametrize("hidden", ["tanh", "relu"])
def test_squared_error_behind_softmax_is_smaller_tenfold_and_from_a_sure_start_hopeless(
    hidden: str,
) -> None:
    usual, sure = (
        np.log10(start_gradients(Asked(3, hidden, one), FRESH)).mean((1, 2))
        for one in (False, True)
    )
    assert usual[CROSS_ENTROPY] - usual[SOFTMAX] == pytest.approx(1, abs=0.3)
    assert sure[CROSS_ENTROPY] - sure[SOFTMAX] > 4


def ends(asked: Asked, *rates: float, steps: int = 120) -> np.ndarray:
    return np.asarray(race(asked, FRESH, rates=rates, steps=steps).wrong[:, -1].mean(-1))


def test_from_a_usual_start_a_rate_of_its_own_makes_up_for_the_small_gradient() -> None:
    found = ends(Asked(1, "tanh"), 0.3, 3.0)
    assert (found[[CROSS_ENTROPY, SOFTMAX, SIGMOID]] < 0.08).all()
    assert found[LINEAR] < 0.15
    assert found[LINEAR] > found[CROSS_ENTROPY] + 0.01


def test_from_a_wrong_and_sure_start_cross_entropy_learns_and_softmax_squared_does_not() -> None:
    found = ends(Asked(1, "tanh", sure=True), 0.1, 3.0, 10.0)
    assert found[CROSS_ENTROPY] < 0.08
    assert found[SOFTMAX] > 0.85
    assert found[SIGMOID] < 0.1
    assert found[LINEAR] > found[CROSS_ENTROPY] + 0.02


def test_six_layers_of_sigmoids_learn_with_no_loss() -> None:
    assert (ends(Asked(6, "sigmoid"), 0.3, 3.0, steps=60) > 0.8).all()


def test_linear_outputs_with_relu_are_close_to_cross_entropy() -> None:
    found = ends(Asked(1, "relu"), 0.3, 1.0)
    assert abs(found[LINEAR] - found[CROSS_ENTROPY]) < 0.03


@pytest.mark.slow
@pytest.mark.parametrize("depth", DEPTHS)
def test_whole_races_end_as_the_page_says(depth: int) -> None:
    def whole(hidden: str, *, sure: bool = False) -> np.ndarray:
        return np.asarray(race(Asked(depth, hidden, sure), FRESH).wrong[:, -1].mean(-1))

    for hidden in ("tanh", "relu"):
        usual = race(Asked(depth, hidden), FRESH)
        assert usual.rates[SOFTMAX] < (4 if depth <= 3 else 11) * usual.rates[CROSS_ENTROPY]
        found = usual.wrong[:, -1].mean(-1)
        assert found[CROSS_ENTROPY] < 0.1
        assert found[SOFTMAX] < found[CROSS_ENTROPY] + 0.06
        sure = whole(hidden, sure=True)
        assert sure[SOFTMAX] > 0.8
        assert sure[CROSS_ENTROPY] < 0.15
        assert sure[LINEAR] > sure[CROSS_ENTROPY]
        if depth == 1:
            assert sure[SIGMOID] < sure[CROSS_ENTROPY] + 0.02
        else:
            assert sure[CROSS_ENTROPY] + 0.05 < sure[SIGMOID] < sure[SOFTMAX] - 0.05
    if depth <= 3:
        assert abs(found[LINEAR] - found[CROSS_ENTROPY]) < 0.03
    if depth == 6:
        assert (whole("small") > 0.5).all()
        assert (whole("sigmoid") > 0.85).all()


def test_every_kind_and_every_loss_has_a_title_of_its_own() -> None:
    assert len({one.title for one in (*LOSSES, *HIDDEN)}) == len(LOSSES) + len(HIDDEN)
