"""The small networks of the cloud: their gradient is PyTorch's, and they have no peak."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from explainer.generalisation import cloud_network
from explainer.generalisation.cloud import GRID, Setting, errors, samples
from explainer.generalisation.cloud_models import MODELS, Model
from explainer.generalisation.cloud_network import begun, gradients
from explainer.generalisation.cloud_script import script


def test_the_gradient_is_that_of_pytorch() -> None:
    drawn = samples(Setting(points=9, seed=40))
    x, y = drawn.x.astype(np.float32), drawn.y.astype(np.float32)[:, None]
    networks = begun(4, 1, len(y))
    networks.offsets[:] = 0.1
    found = gradients(networks, x, y, 0.3)
    names = ("slopes", "shifts", "outputs", "offsets")
    weights = [torch.tensor(getattr(networks, one), requires_grad=True) for one in names]
    a, b, v, c = weights
    said = v.transpose(1, 2) @ torch.tanh(a * torch.tensor(x) + b) + c
    squares = (said - torch.tensor(y)).square().sum() + 0.3 * (a.square().sum() + v.square().sum())
    torch.autograd.backward(squares / len(x))
    for one, gradient in zip(weights, found, strict=True):
        assert one.grad is not None
        np.testing.assert_allclose(gradient, one.grad.numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(networks.at(drawn.x), said.detach()[:, 0].numpy(), atol=1e-5)


def test_all_begin_alike_and_are_parted_by_the_noise_alone() -> None:
    networks = begun(5, 2, 50)
    assert (networks.slopes == networks.slopes[0]).all()
    assert errors(*parts(Setting(noise=0.0, seed=41), 5)).variance == pytest.approx(0, abs=1e-8)


def parts(setting: Setting, width: int, ridge: float = 0.0) -> Any:
    return setting, samples(setting), cloud_network.fitted(setting, ridge, width)


def test_what_they_miss_is_bias_and_variance() -> None:
    setting, drawn, fits = parts(Setting(seed=42), 5)
    found = errors(setting, drawn, fits)
    missed = np.mean((fits.on_grid - setting.truth_at(GRID)) ** 2)
    assert found.bias + found.variance == pytest.approx(missed, rel=1e-12)


@pytest.mark.parametrize("seed", [42, 43])
def test_they_have_no_peak_where_there_are_as_many_parameters_as_points(seed: int) -> None:
    few, even, many = (errors(*parts(Setting(seed=seed), width)) for width in (1, 5, 30))
    assert few.bias > 5 * max(even.bias, many.bias)
    assert even.bias + even.variance < 1.2 * (many.bias + many.variance)
    assert many.variance < 3 * even.variance


def test_a_ridge_makes_them_smoother() -> None:
    plain, held = (errors(*parts(Setting(seed=42), 5, ridge)) for ridge in (0.0, 1.0))
    assert held.variance < plain.variance
    assert held.training > plain.training


PINNED = Setting("hill", "random", 12, 0.2, 43, ((2, 0.3, -0.7), (50, 0.0, 1.0)))


@pytest.mark.parametrize("setting", [Setting(seed=42), PINNED])
@pytest.mark.parametrize("ridge", [0.0, 0.1])
@pytest.mark.parametrize(("model", "capacity"), [(one, 5) for one in MODELS])
def test_the_script_finds_what_the_page_shows(
    setting: Setting, ridge: float, model: Model, capacity: int
) -> None:
    text = script(model.program, setting, ridge, f"{model.capacity.name.upper()} = {capacity}")
    scope: dict[str, Any] = {}
    exec(compile(text, "script", "exec"), scope)
    found = errors(setting, samples(setting), model.fitted(setting, ridge, capacity))
    near = 1e-9 if model.quick else 0.02  # float32, and sums in another order
    assert scope["variance"] == pytest.approx(found.variance, rel=near)
    assert scope["bias"] == pytest.approx(found.bias, rel=near, abs=near / 10)
