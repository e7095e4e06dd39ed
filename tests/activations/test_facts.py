"""Curves, corners and facts of activations: the numbers that the page states."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from explainer.activations.chosen import Own, Registered, curves_of, facts_of, places
from explainer.activations.curves import Corner, corners, derivatives
from explainer.activations.facts import Facts
from explainer.activations.formula import parse
from explainer.activations.registry import ACTIVATIONS
from explainer.ui.activations.facts import greatest_slope, monotone, not_differentiable, told

CENTRED = {"linear", "tanh", "hard-tanh", "softsign", "selu"}
DIPPING = {"gelu", "silu", "mish", "hardswish"}
CORNERS = {
    "step": [(0, 0)], "hard-tanh": [(-1, 1), (1, 1)], "relu": [(0, 1)], "leaky-relu": [(0, 1)],
    "prelu": [(0, 1)], "rrelu": [(0, 1)], "selu": [(0, 1)], "hardswish": [(-3, 1), (3, 1)],
}  # fmt: skip


def known(slug: str, **values: float) -> Facts:
    """The facts of an activation."""
    return facts_of(Registered(slug, tuple(ACTIVATIONS[slug].check(**values).values())))


def test_the_sigmoid_is_steepest_at_zero_with_a_quarter() -> None:
    found = known("sigmoid")
    assert found.steepest == pytest.approx(0.25, abs=1e-12)
    assert found.steepest_where == ((0, 0),)
    assert (found.low, found.high) == (0, 1)
    edge = 4.584863  # σ(z)(1 − σ(z)) = 0.01
    assert found.flat == ((-math.inf, -edge), (edge, math.inf))
    assert found.mean == pytest.approx(0.5)
    assert not found.centred
    share = 1 / (1 + math.exp(edge))
    assert share * (1 - share) == pytest.approx(0.01, rel=1e-5)


@pytest.mark.parametrize("entry", ACTIVATIONS, ids=lambda entry: entry.slug)
def test_which_are_centred_monotone_and_differentiable(entry: object) -> None:
    slug = entry.slug  # type: ignore[attr-defined]
    found = known(slug)
    assert found.centred == (slug in CENTRED)
    assert bool(found.falling) == (slug in DIPPING)
    bends = [(one.place, one.order) for one in found.corners if one.order < 2]
    assert bends == CORNERS.get(slug, [])


@pytest.mark.parametrize("slug", ["gelu", "silu", "mish", "hardswish", "selu"])
def test_some_slopes_go_above_one(slug: str) -> None:
    assert known(slug).steepest > 1.05


@pytest.mark.parametrize(("slug", "place"), [("gelu", -0.751792), ("silu", -1.278465)])
def test_where_a_dip_ends_its_slope_is_zero(slug: str, place: float) -> None:
    ((low, high),) = known(slug).falling
    assert (low, high) == (-math.inf, place)
    slope = derivatives(ACTIVATIONS[slug].module().double(), [place])[1, 0]
    assert slope == pytest.approx(0, abs=1e-6)


def test_pytorch_takes_the_left_slope_of_relu_and_the_mean_is_known() -> None:
    found = known("relu")
    (corner,) = found.corners
    assert corner == Corner(0.0, 1, 0.0, 1.0, 0.0)
    assert found.mean == pytest.approx(1 / math.sqrt(2 * math.pi), rel=1e-6)
    assert found.slope_square == pytest.approx(0.5)
    assert known("step").mean == pytest.approx(0.5)


def test_softplus_only_nears_its_greatest_slope_and_elu_has_it() -> None:
    assert greatest_slope(known("softplus")) == "1, approached as x grows"
    assert not known("elu").approached
    assert known("elu").steepest_where == ((0, math.inf),)


def test_elu_has_a_corner_unless_alpha_is_one_and_celu_never() -> None:
    for alpha in (0.5, 2.0):
        slopes = [one for one in known("elu", alpha=alpha).corners if one.order == 1]
        assert [one.place for one in slopes] == [0.0]
        assert slopes[0].left == pytest.approx(alpha)
        assert all(one.order == 2 for one in known("celu", alpha=alpha).corners)
    assert all(one.order == 2 for one in known("elu").corners)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x^2", ("without bound", "-0.005 to 0.005", "0 to ∞", "1: not centred", "falls x < 0")),
        ("3", ("0 everywhere", "everywhere", "3 to 3", "3: not centred", "never falls")),
    ],
)
def test_facts_of_ones_own_formula_in_words(text: str, wanted: tuple[str, ...]) -> None:
    found = told(facts_of(Own(text)))
    assert tuple(one.replace("−", "-") for one in found[:-1]) == wanted
    assert found[-1] == "nowhere"


def test_a_formula_without_values_has_no_mean_and_an_endless_slope_is_said() -> None:
    found = facts_of(Own("sqrt(x)"))
    assert math.isnan(found.mean)
    assert greatest_slope(found) == "without bound"
    assert found.high == math.inf


def test_many_corners_are_counted_not_listed() -> None:
    found = facts_of(Own("sign(sin(5*x))"))
    assert len(found.corners) == 40
    assert not_differentiable(found).endswith("and 37 more")
    assert monotone(facts_of(Own("sin(x)"))).startswith("falls in ")


def test_corners_of_max_and_of_a_step_are_found_where_they_are() -> None:
    (kink,) = corners(parse("max(x, 1/3)"), -2, 2)
    assert kink.place == pytest.approx(1 / 3, abs=1e-9)
    assert (kink.order, kink.left, kink.right) == (1, 0.0, 1.0)
    assert corners(parse("tanh(3*x)"), -2, 2) == ()


def test_curves_hold_torchs_own_numbers_and_zero_is_among_the_places() -> None:
    found, x = curves_of(Registered("tanh"), 6.0), places(6.0)
    assert 0.0 in x
    np.testing.assert_array_equal(found.values[0], torch.tanh(torch.tensor(x)).numpy())
    np.testing.assert_allclose(found.values[1], 1 - np.tanh(x) ** 2, atol=1e-15)


def test_what_has_no_value_has_no_slope() -> None:
    found = derivatives(parse("log(x)"), [-1.0, 1.0])
    assert np.isnan(found[:, 0]).all()
    np.testing.assert_allclose(found[:, 1], [0, 1, -1])
