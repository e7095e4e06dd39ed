"""The error over ε: slopes as the theory has them, and the theory's lines over the points."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explainer.gradients.check.checking import Setting, subject
from explainer.gradients.check.differences import CENTRAL, ONE_SIDED, Scheme
from explainer.gradients.check.faults import FAULTS
from explainer.gradients.check.network import SIGMOID, TANH, TENSORS, Nonlinearity
from explainer.gradients.check.sweep import EPSILONS, PRECISIONS, sample, sweep
from explainer.gradients.check.theory import derivatives, theory, unit_roundoff
from explainer.gradients.check.verdict import BUG, GOOD, verdict

STEPS = np.array(EPSILONS)


def slope(errors: np.ndarray, least: float, most: float) -> float:
    """The slope of a straight line through the points with ε in [least, most], on log-log axes."""
    inside = np.abs(np.log(STEPS) - np.log([least, most]).mean()) <= 0.51 * np.log(most / least)
    return float(np.polyfit(np.log(STEPS[inside]), np.log(errors[inside]), 1)[0])


@pytest.mark.parametrize(
    ("scheme", "smooth", "rough"),
    [(CENTRAL, (1e-3, 1e-1), (1e-9, 1e-6)), (ONE_SIDED, (1e-5, 1e-2), (1e-9, 1e-8))],
    ids=["central", "one-sided"],
)
@pytest.mark.parametrize("kind", [TANH, SIGMOID], ids=["tanh", "sigmoid"])
def test_truncation_and_rounding_have_the_slopes_of_the_theory(
    scheme: Scheme, smooth: tuple[float, float], rough: tuple[float, float], kind: Nonlinearity
) -> None:
    errors = sweep(Setting(nonlinearity=kind), np.float64, scheme).errors
    assert slope(errors, *smooth) == pytest.approx(scheme.order, abs=0.05)
    assert slope(errors, *rough) == pytest.approx(-1, abs=0.2)


@pytest.mark.parametrize("scheme", [CENTRAL, ONE_SIDED], ids=["central", "one-sided"])
def test_the_truncation_line_goes_through_the_points_and_the_rounding_line_is_near(
    scheme: Scheme,
) -> None:
    lines, found = theory(Setting(), scheme), sweep(Setting(), np.float64, scheme)
    by_step = dict(zip(EPSILONS, found.errors, strict=True))
    assert by_step[1e-2] == pytest.approx(lines.truncated(1e-2), rel=0.02)
    assert 0.2 < by_step[1e-9] / lines.rounded(1e-9, np.float64) < 1.5
    assert found.best == pytest.approx(lines.crossing(np.float64), rel=3)
    single = dict(zip(EPSILONS, sweep(Setting(), np.float32, scheme).errors, strict=True))
    assert 0.2 < single[1e-4] / lines.rounded(1e-4, np.float32) < 1.5


def test_float32_never_gets_good_and_float64_does() -> None:
    single, double = (sweep(Setting(), kind) for kind in PRECISIONS)
    assert 1e-3 <= single.best <= 0.05
    assert single.errors.min() > 1e-5
    assert verdict(single.errors.min()) is not GOOD
    assert 1e-6 < double.best < 1e-4
    steps = (1e-5, 1e-6, 1e-7)
    assert all(verdict(double.errors[EPSILONS.index(one)]) is GOOD for one in steps)


def test_a_step_that_float32_cannot_take_gives_an_error_of_one() -> None:
    assert sweep(Setting(), np.float32).errors[-1] == pytest.approx(1, abs=0.01)


def test_no_step_mends_a_bug() -> None:
    errors = sweep(Setting(fault=FAULTS["axis"]), np.float64).errors
    assert verdict(float(errors.min())) is BUG
    assert errors[4:].max() < 1.05 * errors[4:].min()


def test_the_two_lines_cross_where_they_are_equal() -> None:
    for scheme in (CENTRAL, ONE_SIDED):
        lines = theory(Setting(), scheme)
        for kind in PRECISIONS:
            there = lines.crossing(kind)
            assert lines.truncated(there) == pytest.approx(lines.rounded(there, kind))


def test_the_derivatives_along_a_parameter_are_those_of_differences_of_autograd() -> None:
    made = subject(Setting())
    theta = torch.from_numpy(made.theta)
    places, step = (3, 645, 700, 755), 1e-4
    for index, place in enumerate(places):
        moved = [theta.clone() for _ in range(2)]
        for one, sign in zip(moved, (1, -1), strict=True):
            one[place] += sign * step
        ahead, behind = (derivatives(one, made.given, places, 2) for one in moved)
        here = derivatives(theta, made.given, places, 3)
        for order in (1, 2, 3):
            wanted = float(ahead[order - 1][index] - behind[order - 1][index]) / (2 * step)
            assert float(here[order][index]) == pytest.approx(wanted, rel=1e-4, abs=1e-8)


def test_the_sample_has_some_of_every_tensor_and_stays_the_same() -> None:
    places = sample(4)
    assert places == sample(4) != sample(5)
    assert len(set(places)) == len(places) == 80
    for tensor in TENSORS:
        inside = [tensor.start <= place < tensor.start + tensor.size for place in places]
        assert sum(inside) == min(tensor.size, 30)


def test_one_rounding_is_half_the_distance_to_the_next_number() -> None:
    assert unit_roundoff(np.float32) == 2.0**-24
    assert unit_roundoff(np.float64) == 2.0**-53


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize(("scheme", "share"), [(CENTRAL, 0.79), (ONE_SIDED, 1.0)])
def test_the_sum_of_the_lines_is_least_near_their_crossing(
    scheme: Scheme, share: float, dtype: type[np.floating]
) -> None:
    lines = theory(Setting(), scheme)
    places = lines.crossing(dtype) * np.linspace(0.5, 2, 1501)
    sums = [lines.truncated(one) + lines.rounded(one, dtype) for one in places]
    best = float(places[int(np.argmin(sums))])
    assert best / lines.crossing(dtype) == pytest.approx(share, abs=0.005)
    assert lines.least(dtype) == pytest.approx(best, rel=2e-3)
