"""Softmax, sigmoids and their losses against autograd, SciPy and closed forms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from torch.nn import functional

from explainer.likelihood.logits import (
    Head,
    least_loss_of_two_softmaxes,
    losses,
    pulls,
    three_ways,
    times_stronger,
)
from explainer.likelihood.logits_script import script, unit_script

HEADS = st.builds(
    Head,
    st.lists(st.floats(-8, 8), min_size=4, max_size=4).map(tuple),
    st.integers(0, 3), st.floats(0.2, 5), st.floats(0, 0.5),
)  # fmt: skip


@given(HEADS)
def test_loss_and_gradient_are_those_of_torch(head: Head) -> None:
    logits = torch.tensor(head.logits, dtype=torch.float64, requires_grad=True)
    loss = functional.cross_entropy(
        logits / head.temperature, torch.tensor(head.true), label_smoothing=head.smoothing
    )
    (gradient,) = torch.autograd.grad(loss, logits)
    assert head.loss == pytest.approx(loss.item(), abs=1e-12)
    np.testing.assert_allclose(head.gradient, gradient.numpy(), atol=1e-12)
    assert head.gradient.sum() == pytest.approx(0, abs=1e-12)
    assert head.loss >= head.least_loss - 1e-12


@given(HEADS, st.floats(-5, 5))
def test_the_same_added_to_all_changes_the_sigmoids_and_not_softmax(
    head: Head, more: float
) -> None:
    before = Head(head.logits, head.true)
    moved = Head(tuple(one + more for one in head.logits), head.true)
    np.testing.assert_allclose(moved.probabilities, before.probabilities, atol=1e-12)
    if abs(more) > 0.1:
        assert (np.sign(moved.sigmoids - before.sigmoids) == np.sign(more)).all()


@given(st.floats(-30, 30), st.floats(-30, 30))
def test_softmax_over_two_is_the_sigmoid_of_the_difference(first: float, second: float) -> None:
    softmax, sigmoid = Head((first, second), 0).probabilities, Head((first - second,), 0).sigmoids
    assert softmax[0] == pytest.approx(sigmoid[0], abs=1e-14)


@pytest.mark.parametrize(("smoothing", "temperature"), [(0.1, 1.0), (0.3, 2.0), (0.02, 0.5)])
def test_the_best_gap_is_where_the_smoothed_loss_is_least(
    smoothing: float, temperature: float
) -> None:
    def loss(gap: float) -> float:
        return Head((gap, 0.0, 0.0, 0.0), 0, temperature, smoothing).loss

    found = minimize_scalar(loss, bounds=(0, 40), method="bounded", options={"xatol": 1e-9})
    best = Head((0.0,) * 4, 0, temperature, smoothing)
    assert found.x == pytest.approx(best.best_gap, abs=1e-4)
    assert loss(best.best_gap) == pytest.approx(best.least_loss, abs=1e-12)
    assert math.isinf(Head((0.0, 0.0), 0).best_gap)


@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_two_softmaxes_come_as_near_to_their_floor_as_one_likes_and_never_below(
    classes: int,
) -> None:
    floor = least_loss_of_two_softmaxes(classes)
    assert floor == pytest.approx(-math.log(math.e / (math.e + classes - 1)))
    sure = torch.zeros(1, classes, dtype=torch.float64)
    sure[0, 0] = 50
    truth = torch.tensor([0])
    assert functional.cross_entropy(sure.softmax(1), truth).item() == pytest.approx(floor)
    drawn = 9 * torch.randn(500, classes, generator=torch.Generator().manual_seed(3))
    each = functional.cross_entropy(drawn.double().softmax(1), truth.expand(500), reduction="none")
    assert each.min() >= floor - 1e-12


@pytest.mark.parametrize("scale", [1, 20, 34, 36, 45, 100])
def test_the_third_way_in_float32_is_exact_where_the_others_are_lost(scale: int) -> None:
    logits = np.array([2.0, 0.5, -1.0, 0.0]) * scale
    naive, stable, kept = three_ways(logits, 2)
    exact = Head(tuple(logits), 2).loss
    torches = functional.cross_entropy(torch.tensor(logits).float(), torch.tensor(2)).item()
    assert kept.loss == pytest.approx(exact, rel=1e-6)
    assert kept.loss == pytest.approx(torches, rel=1e-6)
    assert math.isinf(stable.loss) == (3 * scale > 104)
    assert math.isfinite(naive.loss) == (3 * scale <= 104)
    assert not math.isnan(stable.loss)


def test_exponentials_as_they_stand_are_no_number_from_88_7_on() -> None:
    assert three_ways([88.7, 0.0], 0)[0].loss == 0
    assert math.isnan(three_ways([88.8, 0.0], 0)[0].loss)
    assert three_ways([88.8, 0.0], 0)[2].loss == 0


@pytest.mark.parametrize("logit", [-20.0, -6.0, -0.7, 0.0, 2.0, 9.0])
def test_pulls_and_losses_of_a_unit_are_those_of_torch(logit: float) -> None:
    z = torch.tensor(logit, dtype=torch.float64, requires_grad=True)
    one = torch.ones((), dtype=torch.float64)
    both = (
        functional.binary_cross_entropy_with_logits(z, one),
        0.5 * functional.mse_loss(z.sigmoid(), one),
    )
    for place, loss in enumerate(both):
        (slope,) = torch.autograd.grad(loss, z)
        assert losses(logit)[place] == pytest.approx(loss.item(), rel=1e-9)
        assert pulls(logit)[place] == pytest.approx(slope.item(), rel=1e-9)
    cross, squared = pulls(logit)
    assert times_stronger(logit) == pytest.approx(cross / squared, rel=1e-9)


def test_the_squared_error_pulls_hardest_where_a_third_is_right() -> None:
    found = minimize_scalar(
        lambda z: float(pulls(z)[1]), bounds=(-10, 10), method="bounded", options={"xatol": 1e-9}
    )
    assert found.x == pytest.approx(math.log(1 / 2), abs=1e-6)  # p = 1/3
    assert found.fun == pytest.approx(-4 / 27)
    assert pulls(-6)[0] == pytest.approx(-1, abs=0.01)
    assert abs(pulls(-6)[1]) < 0.003


def test_the_scripts_give_the_same_numbers() -> None:
    head, names = Head((2.0, 0.5, -1.0, 0.0), 1, 1.5, 0.1), dict[str, Any]()
    exec(script(head), names)
    np.testing.assert_allclose(names["softmax"].detach(), head.probabilities, atol=1e-12)
    np.testing.assert_allclose(names["sigmoids"].detach(), head.sigmoids, atol=1e-12)
    np.testing.assert_allclose(names["gradient"], head.gradient, atol=1e-12)
    assert names["loss"].item() == pytest.approx(head.loss)
    exec(unit_script(-6), names)
    assert (names["cross_entropy"].item(), names["squared"].item()) == pytest.approx(pulls(-6))
