"""The hand-written gradient against autograd, and every fault against what a check says of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from explainer.gradients.check.backward import backward
from explainer.gradients.check.checking import Setting, check, subject
from explainer.gradients.check.differences import (
    CENTRAL,
    ONE_SIDED,
    SCHEMES,
    Scheme,
    numeric_gradient,
    relative_error,
    relative_errors,
)
from explainer.gradients.check.faults import FAULTS, Fault
from explainer.gradients.check.network import (
    B1,
    B2,
    NONLINEARITIES,
    PARAMETERS,
    RELU,
    SIGMOID,
    TANH,
    TENSORS,
    W1,
    W2,
    Nonlinearity,
    dropout_mask,
    forward,
    loss,
    problem,
    start,
)
from explainer.gradients.check.theory import autograd, torch_loss
from explainer.gradients.check.verdict import BUG, GOOD, LOOK_AGAIN, factor_error, verdict
from tests.drawing import examples

each_nonlinearity = pytest.mark.parametrize("kind", NONLINEARITIES, ids=NONLINEARITIES.slugs)
BUGS = [one for one in FAULTS if one.wrong and not one.deceives]


@each_nonlinearity
@pytest.mark.parametrize("penalty", [0.0, 0.1])
def test_the_gradient_by_hand_is_autograds(kind: Nonlinearity, penalty: float) -> None:
    setting = Setting(nonlinearity=kind, penalty=penalty, seed=3)
    found = subject(setting).backprop
    np.testing.assert_allclose(found, autograd(setting), rtol=1e-12, atol=1e-15)


@each_nonlinearity
def test_the_loss_is_pytorchs(kind: Nonlinearity) -> None:
    made = subject(Setting(nonlinearity=kind))
    wanted = float(torch_loss(torch.from_numpy(made.theta), made.given))
    assert float(made.loss(made.theta)) == pytest.approx(wanted, rel=1e-14)


def test_the_gradient_with_a_fixed_dropout_mask_is_autograds() -> None:
    digits, theta = problem(TANH, 0.01, np.float64), start(1).astype(np.float64)
    mask = dropout_mask(digits, np.random.default_rng(5))
    assert set(np.unique(mask)) == {0.0, 1.25}
    weights = [torch.from_numpy(one.of(theta).copy()).requires_grad_() for one in TENSORS]
    hidden = torch.tanh(torch.from_numpy(digits.x) @ weights[0] + weights[1])
    logits = (hidden * torch.from_numpy(mask)) @ weights[2] + weights[3]
    value = torch.nn.functional.cross_entropy(logits, torch.from_numpy(digits.targets))
    value = value + 0.01 * ((weights[0] ** 2).sum() + (weights[2] ** 2).sum())
    value.backward()  # type: ignore[no-untyped-call]
    assert float(loss(theta, digits, mask)) == pytest.approx(value.item(), rel=1e-14)
    gradient = backward(theta, digits, forward(theta, digits, mask))
    for tensor, wanted in zip(TENSORS, weights, strict=True):
        assert wanted.grad is not None
        np.testing.assert_allclose(tensor.of(gradient), wanted.grad.numpy(), atol=1e-14)


@each_nonlinearity
def test_gradcheck_of_pytorch_passes_where_ours_says_good(kind: Nonlinearity) -> None:
    made = subject(Setting(nonlinearity=kind))
    theta = torch.from_numpy(made.theta).requires_grad_()
    assert torch.autograd.gradcheck(lambda moved: torch_loss(moved, made.given), theta, eps=1e-6)
    found = check(Setting(nonlinearity=kind))
    assert verdict(found.error) is GOOD
    assert all(verdict(found.error_of(tensor)) is GOOD for tensor in TENSORS)


def test_the_numbers_of_a_float32_check_are_float32_all_the_way() -> None:
    made = subject(Setting(dtype=np.float32))
    found = check(Setting(dtype=np.float32), 1e-2, places=range(5))
    kinds = {made.theta.dtype, made.backprop.dtype, found.numeric.dtype}
    assert kinds == {np.dtype(np.float32)}
    assert made.loss(made.theta).dtype == np.float32
    assert autograd(Setting(dtype=np.float32)).dtype == np.float64


@pytest.mark.parametrize("one", BUGS, ids=lambda one: one.slug)
def test_a_bug_is_found_at_the_default_step(one: Fault) -> None:
    assert verdict(check(Setting(fault=one)).error) is BUG


@pytest.mark.parametrize(
    ("slug", "tensors"),
    [
        ("sign", "W1 b1 W2 b2"),
        ("mean", "W1 b1 W2 b2"),
        ("twice", "W1 b1 W2 b2"),
        ("axis", "b1"),
        ("transposed", "W2"),
        ("slope", "W1 b1"),
        ("penalty", "W1"),
        ("kink", "W1 b1"),
        ("dropout", "W1 b1 W2 b2"),
        ("none", ""),
    ],
)
def test_a_fault_is_seen_in_the_tensors_it_touches_and_nowhere_else(
    slug: str, tensors: str
) -> None:
    found = check(Setting(fault=FAULTS[slug]))
    verdicts = {tensor.name: verdict(found.error_of(tensor)) for tensor in TENSORS}
    assert verdicts == {one.name: BUG if one.name in tensors else GOOD for one in TENSORS}


def test_a_wrong_sign_gives_exactly_one_where_there_is_no_penalty() -> None:
    found = check(Setting(fault=FAULTS["sign"], penalty=0.0))
    assert found.error == pytest.approx(1, abs=1e-9)
    assert found.error_of(B2) == pytest.approx(1, abs=1e-9)


def test_twice_the_gradient_gives_one_third() -> None:
    found = check(Setting(fault=FAULTS["twice"]))
    assert found.error == pytest.approx(1 / 3, abs=1e-8)
    assert factor_error(2) == pytest.approx(1 / 3)
    assert factor_error(-1) == 1


def test_a_forgotten_mean_over_ten_pictures_gives_nine_elevenths_without_penalty() -> None:
    found = check(Setting(fault=FAULTS["mean"], penalty=0.0))
    assert found.error == pytest.approx(factor_error(10), abs=1e-8)


def test_of_a_transposed_matrix_the_diagonal_alone_is_right() -> None:
    errors = W2.of(check(Setting(fault=FAULTS["transposed"])).errors)
    assert np.diag(errors).max() < 1e-6
    assert errors[~np.eye(10, dtype=bool)].min() > 1e-3


def test_a_wrong_axis_in_a_small_bias_hides_in_the_whole_but_not_in_the_bias() -> None:
    found = check(Setting(fault=FAULTS["axis"], nonlinearity=SIGMOID))
    assert found.error < 0.1 < found.error_of(B1)
    assert found.worst is B1


def test_a_forgotten_penalty_passes_a_bound_of_one_tenth_and_shrinks_with_it() -> None:
    errors = [
        check(Setting(fault=FAULTS["penalty"], penalty=strength)).error
        for strength in (1e-2, 1e-3, 1e-4)
    ]
    assert all(1e-4 < error < 1e-1 for error in errors)
    assert errors[0] > 5 * errors[1] > 25 * errors[2]


def test_the_slope_at_the_wrong_place_makes_no_difference_to_relu() -> None:
    assert verdict(check(Setting(fault=FAULTS["slope"], nonlinearity=RELU)).error) is GOOD


def test_a_kink_deceives_a_wide_step_and_not_a_narrow_one() -> None:
    setting = Setting(fault=FAULTS["kink"])
    wide, narrow = check(setting, 1e-5), check(setting, 1e-6)
    assert verdict(wide.error) is BUG
    assert verdict(narrow.error) is GOOD
    assert set(np.nonzero(wide.errors > 1e-3)[0]) <= {*range(0, 640, 10), B1.start}


def test_dropout_makes_it_worse_the_smaller_the_step() -> None:
    errors = [check(Setting(fault=FAULTS["dropout"]), 10.0**-power) for power in (2, 4, 6)]
    sizes = [float(np.linalg.norm(one.numeric)) for one in errors]
    assert sizes[0] < 0.05 * sizes[1] < 0.0025 * sizes[2]
    assert all(one.error > 0.9 for one in errors)


def test_pixels_that_are_black_in_all_pictures_have_gradients_of_exactly_zero() -> None:
    found = check(Setting(penalty=0.0))
    black = ~(subject(Setting()).given.x != 0).any(axis=0)
    assert np.array_equal(W1.of(found.both_zero), np.repeat(black[:, None], 10, axis=1))
    assert black.sum() == 17
    assert found.errors[found.both_zero].max() == 0
    assert verdict(found.error) is GOOD


def test_the_relative_error_of_nothing_and_nothing_is_zero() -> None:
    nothing = np.zeros(3)
    assert relative_error(nothing, nothing) == 0
    assert np.array_equal(relative_errors(nothing, nothing), nothing)
    assert np.array_equal(relative_errors(nothing, np.array([0.0, 1e-300, -2.0])), [0, 1, 1])


@pytest.mark.parametrize("unit", [5e-324, 1e-310, 1e-200, 3.4e-165, 1.0, 1e200, 1e308])
def test_a_wrong_gradient_is_wrong_however_tiny_or_huge_it_is(unit: float) -> None:
    nothing, one = np.zeros(2), np.array([unit, 0.0])
    assert relative_error(nothing, one) == 1
    assert relative_error(one, -one) == 1
    assert relative_error(one, one) == 0
    assert np.array_equal(relative_errors(nothing, one), [1, 0])
    assert np.array_equal(relative_errors(one, -one), [1, 0])
    assert verdict(relative_error(nothing, one)) is BUG


@pytest.mark.parametrize("unit", [1e-30, 1e30])
def test_a_wrong_gradient_in_float32_is_wrong_too(unit: float) -> None:
    one = np.array([unit, 2 * unit], np.float32)
    assert relative_error(2 * one, one) == pytest.approx(1 / 3)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_no_finite_number_is_a_bug(value: float) -> None:
    error = relative_error(np.array([1.0, value]), np.array([1.0, 2.0]))
    assert np.isnan(error)
    assert verdict(error) is BUG


@example(pairs=[(0.0, 3.4e-165)], unit=459.0)
@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=8),
    st.floats(1e-3, 1e3),
)
def test_the_relative_error_is_between_zero_and_one_symmetric_and_knows_no_unit(
    pairs: list[tuple[float, float]], unit: float
) -> None:
    a, b = np.array(pairs).T
    error = relative_error(a, b)
    assert 0 <= error <= 1 + 1e-12
    assert error == relative_error(b, a)
    assert relative_error(unit * a, unit * b) == pytest.approx(error, rel=1e-9, abs=1e-12)


@examples(20)
@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3), st.sampled_from(SCHEMES.entries))
def test_a_difference_is_exact_for_a_polynomial_of_its_order(
    a: float, b: float, c: float, scheme: Scheme
) -> None:
    at = np.array([0.7])
    square = c if scheme is CENTRAL else 0.0
    found = numeric_gradient(
        lambda x: np.float64(a + b * x[0] + square * x[0] ** 2), at, 1e-2, [0], scheme
    )
    assert found[0] == pytest.approx(b + 2 * square * 0.7, abs=1e-10)


def test_a_difference_leaves_the_parameters_as_they_were() -> None:
    made = subject(Setting())
    before = made.theta.copy()
    numeric_gradient(made.loss, made.theta, 1e-3, range(0, PARAMETERS, 50), ONE_SIDED)
    assert np.array_equal(made.theta, before)


@pytest.mark.parametrize(
    ("error", "wanted"),
    [(0, GOOD), (3e-10, GOOD), (1e-7, GOOD), (1e-5, LOOK_AGAIN), (1e-3, BUG), (1, BUG)],
)
def test_a_verdict_is_the_nearest_mark(error: float, wanted: object) -> None:
    assert verdict(error) is wanted


@given(st.floats(-100, 100).filter(lambda k: k not in (0, -1)))
def test_the_error_of_a_factor_is_that_of_any_gradient_times_it(factor: float) -> None:
    gradient = np.array([0.3, -2.0, 1e-3])
    assert relative_error(factor * gradient, gradient) == pytest.approx(factor_error(factor))


def test_the_same_point_is_checked_in_both_precisions() -> None:
    single, double = (subject(replace(Setting(), dtype=kind)) for kind in (np.float32, np.float64))
    assert np.array_equal(single.theta.astype(np.float64), double.theta)
    assert np.array_equal(single.given.x.astype(np.float64), double.given.x)
