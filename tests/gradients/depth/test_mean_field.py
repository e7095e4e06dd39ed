"""The theory of depth against integrals by SciPy, and against networks as wide as 512 units."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.integrate import quad

from explainer.activations.registry import ACTIVATIONS
from explainer.gradients.depth.batch import digit_batch
from explainer.gradients.depth.mean_field import Theory, moments, predicted
from explainer.gradients.depth.settings import setting
from explainer.gradients.depth.untrained_pass import UntrainedPass, at_depth, pass_through, traced

SEEDS = range(3)


def both(
    activation_slug: str, initialisation: str, seed: int, **more: bool
) -> tuple[UntrainedPass, Theory]:
    """A pass through ten layers of 512 units, and the theory of it."""
    batch = digit_batch(64, seed)
    network = at_depth(setting(activation_slug, initialisation, **more), 10, 512)
    passage = pass_through(network, batch, seed)
    theory = predicted(passage, batch)
    assert theory is not None
    return passage, theory


@pytest.mark.parametrize(
    ("activation_slug", "initialisation"),
    [("sigmoid", "xavier"), ("tanh", "xavier"), ("tanh", "he"), ("relu", "he"), ("relu", "xavier")],
)
def test_theory_is_within_a_tenth_of_each_layer_of_512_units(
    activation_slug: str, initialisation: str
) -> None:
    pairs = [both(activation_slug, initialisation, seed) for seed in SEEDS]
    measured = np.mean([passage.factors for passage, _ in pairs], axis=0)
    wanted = np.mean([theory.factors for _, theory in pairs], axis=0)
    np.testing.assert_allclose(measured, wanted, rtol=0.1)
    sums = np.mean([passage.sums for passage, _ in pairs], axis=0)
    np.testing.assert_allclose(
        sums, np.mean([np.sqrt(theory.variance) for _, theory in pairs], axis=0), rtol=0.1
    )


@pytest.mark.parametrize("slug", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("more", [{"layer_norm": True}, {"residual": True}, {"bias": False}])
def test_theory_knows_layer_norm_and_skips(slug: str, more: dict[str, bool]) -> None:
    pairs = [both(slug, "xavier", seed, **more) for seed in SEEDS]
    measured = np.mean([passage.factors for passage, _ in pairs], axis=0)
    wanted = np.mean([theory.factors for _, theory in pairs], axis=0)
    np.testing.assert_allclose(measured, wanted, rtol=0.1)


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("norm", [False, True])
def test_the_factor_is_what_the_page_writes_out(skip: bool, norm: bool) -> None:
    _, theory = both("tanh", "xavier", 0, residual=skip, layer_norm=norm)
    slope, above = theory.slope[5] ** 2, theory.slope[6] ** 2
    weights = (theory.weights[5] / theory.scale[6]) ** 2
    squared = slope / above * (1 + above * weights) if skip else slope * weights
    assert theory.factors[5] == pytest.approx(squared**0.5, rel=0.01)


def test_theory_of_orthogonal_weights_is_closer_still() -> None:
    passage, theory = both("tanh", "orthogonal", 0)
    np.testing.assert_allclose(passage.factors, theory.factors, rtol=0.03)


def test_where_dots_and_line_part_the_weights_are_not_independent_of_the_slopes() -> None:
    """Fifty ReLU layers with skips: on the way back with other weights the theory holds."""
    batch, width = digit_batch(64, 0), 100
    network = at_depth(setting("relu", "he", residual=True), 50, width)
    passage, traces = pass_through(network, batch, 0), traced(network, batch, 0)
    theory = predicted(passage, batch)
    assert theory is not None
    draw = torch.Generator().manual_seed(1)
    slope = [(sums > 0).double() for sums in traces.sums]
    start = torch.randn(traces.sums[0].shape, generator=draw, dtype=torch.float64)
    carried = start
    for here in reversed(slope[1:]):
        weights = torch.randn(width, width, generator=draw, dtype=torch.float64)
        carried = carried + (here * carried) @ weights * (2 / width) ** 0.5
    other = float((slope[0] * carried).norm() / (slope[-1] * start).norm())
    line = float(theory.gradient[0] / theory.gradient[-1])
    assert passage.gradient[0] / passage.gradient[-1] > 100 * line
    assert other == pytest.approx(line, rel=0.6)


@pytest.mark.parametrize("slug", ["sigmoid", "tanh", "relu", "gelu", "elu", "leaky-relu"])
@pytest.mark.parametrize("variance", [0.01, 1.0, 20.0])
def test_the_moments_are_scipys_integrals(slug: str, variance: float) -> None:
    function = ACTIVATIONS[slug].module().double()
    found = moments(function, torch.tensor([variance], dtype=torch.float64))

    def value(x: float) -> float:
        return float(function(torch.tensor(x * variance**0.5, dtype=torch.float64)))

    def slope(x: float) -> float:
        z = torch.tensor(x * variance**0.5, dtype=torch.float64, requires_grad=True)
        function(z).backward()
        assert z.grad is not None
        return float(z.grad)

    def mean(of: object, power: int) -> float:
        density = 1 / np.sqrt(2 * np.pi)
        total, _ = quad(
            lambda x: of(x) ** power * density * np.exp(-x * x / 2),  # type: ignore[operator]
            -12, 12, points=[0.0], limit=200,
        )  # fmt: skip
        return float(total)

    assert float(found.value) == pytest.approx(mean(value, 1), rel=1e-4, abs=1e-6)
    assert float(found.square) == pytest.approx(mean(value, 2), rel=1e-4)
    assert float(found.slope) == pytest.approx(mean(slope, 2), rel=1e-4)


def test_the_slope_of_relu_is_on_for_exactly_half_of_a_normal() -> None:
    found = moments(torch.nn.ReLU(), torch.tensor([0.3, 3.0, 300.0], dtype=torch.float64))
    torch.testing.assert_close(found.slope, torch.full((3,), 0.5, dtype=torch.float64))
    torch.testing.assert_close(found.square, torch.tensor([0.15, 1.5, 150.0]).double())


def test_he_keeps_the_gradient_through_relu_and_xavier_halves_its_square() -> None:
    _, he = both("relu", "he", 0)
    _, xavier = both("relu", "xavier", 0)
    np.testing.assert_allclose(he.factors, 1.0, rtol=0.01)
    np.testing.assert_allclose(xavier.factors, 0.5**0.5, rtol=0.01)


def test_there_is_no_such_theory_of_batch_norm() -> None:
    batch = digit_batch(32, 0)
    network = at_depth(setting("sigmoid", "xavier", batch_norm=True), 3, 32)
    assert predicted(pass_through(network, batch, 0), batch) is None
