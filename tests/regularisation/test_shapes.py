"""Penalties by their shape: values, and the exact step of one weight against a fine search."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explainer.regularisation.shapes import (
    LEAST_POWER,
    MOST_POWER,
    PENALTIES,
    Shape,
    soft_threshold,
)

SHAPES = [
    Shape(0.5), Shape(0.7), Shape(1.0), Shape(1.1), Shape(1.5), Shape(2.0), Shape(3.0), Shape(4.0),
    Shape(share=0.0), Shape(share=0.5), Shape(share=1.0),
]  # fmt: skip


def test_values_are_those_of_pytorch_s_norms() -> None:
    weights = np.random.default_rng(3).normal(size=(5, 2))
    tensor = torch.tensor(weights)
    assert np.allclose(PENALTIES["l1"].shape.values(weights), torch.linalg.norm(tensor, 1, dim=-1))
    assert np.allclose(PENALTIES["l2"].shape.values(weights), 0.5 * (tensor**2).sum(-1))
    for p in (0.5, 1.5, 3.0):
        assert np.allclose(Shape(p).values(weights), torch.linalg.norm(tensor, p, dim=-1) ** p / p)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@given(pull=st.floats(-2, 2), curvature=st.floats(0.2, 3), strength=st.floats(0, 2))
def test_no_weight_is_lower_than_the_one_that_it_shrinks_to(
    shape: Shape, pull: float, curvature: float, strength: float
) -> None:
    found = float(shape.shrunk(np.array(pull), curvature, np.array(strength)))

    def height(w: np.ndarray) -> np.ndarray:
        return curvature / 2 * w**2 - pull * w + strength * shape.values(np.asarray(w)[..., None])

    places = np.concatenate([np.linspace(-11, 11, 20_001), np.linspace(-1e-3, 1e-3, 2_001)])
    assert float(height(np.array(found))) <= float(height(places).min()) + 1e-6
    assert found * pull >= 0


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_the_soft_threshold_draws_towards_zero_and_no_further(precision: type) -> None:
    found = soft_threshold(np.array([-3, -0.5, 0, 0.5, 2], precision), np.ones(5, precision))
    np.testing.assert_array_equal(found, [-2, 0, 0, 0, 1])
    assert found.dtype == precision


def test_l1_is_the_soft_threshold_and_l2_a_division() -> None:
    pull, strength = np.linspace(-1, 1, 21), np.array(0.3)
    soft = torch.nn.functional.softshrink(torch.tensor(pull), 0.3).numpy()
    assert np.allclose(Shape(1.0).shrunk(pull, 1.0, strength), soft, atol=1e-15)
    assert np.allclose(Shape(2.0).shrunk(pull, 1.0, strength), pull / 1.3)


def test_only_a_shape_with_corners_makes_exact_zeros() -> None:
    pull = np.linspace(0.01, 0.25, 25)
    for shape in SHAPES:
        zeros = shape.shrunk(pull, 1.0, np.array(0.3)) == 0
        assert bool(zeros.any()) == shape.cornered, shape


@pytest.mark.parametrize("p", [LEAST_POWER - 0.1, MOST_POWER + 0.1, float("nan")])
def test_a_power_out_of_bounds_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match=r"p is .* from 0\.5 to 4"):
        Shape(p)


def test_so_is_a_share() -> None:
    with pytest.raises(ValueError, match=r"share is 1\.5"):
        Shape(share=1.5)


def test_sliders_set_the_shape_they_name() -> None:
    assert PENALTIES["power"].at(1.5, 0.2) == Shape(1.5)
    assert PENALTIES["elastic-net"].at(1.5, 0.2) == Shape(share=0.2)
    assert PENALTIES["l1"].at(1.5, 0.2) == Shape(1.0)
