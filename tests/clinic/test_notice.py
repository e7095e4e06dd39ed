"""What the page tells its reader to notice, on runs that it was not written for."""

from __future__ import annotations

import math

import pytest

from explainer.clinic.case import STEPS, case_with
from explainer.clinic.run import run


@pytest.mark.parametrize("fault", ["dead", "vanishing", "shifted"])
def test_faults_that_let_nothing_be_learned_lie_at_ln_10_alike(fault: str) -> None:
    found = run(case_with(fault, 831), steps=31)
    assert found.validation_loss[-1] == pytest.approx(math.log(10), abs=0.12)


def test_a_healthy_run_leaves_it_at_once() -> None:
    found = run(case_with("healthy", 831), steps=31)
    assert found.validation_loss[-1] < math.log(10) - 0.4


def test_with_many_wrong_labels_validation_lies_above_training() -> None:
    found = run(case_with("noise", 831), steps=81)
    assert (found.validation_accuracy - found.train_accuracy)[-8:].mean() > 0.12


def test_without_a_fault_it_does_not() -> None:
    found = run(case_with("healthy", 832), steps=81)
    assert abs((found.validation_accuracy - found.train_accuracy)[-8:].mean()) < 0.06


@pytest.mark.slow
def test_a_leak_looks_about_thirteen_points_better_than_fresh_pictures_say() -> None:
    gaps = []
    for seed in range(20_833, 20_839):
        looks = run(case_with("leak", seed), steps=STEPS).looks
        assert looks is not None
        gaps.append(looks.batched_accuracy - looks.fresh_accuracy)
    assert 0.11 < sum(gaps) / len(gaps) < 0.15
    assert min(gaps) > 0.06
