"""Short checks of runs: what each measures by hand, and which fault rings which of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestCentroid
from torch.nn.functional import cross_entropy

from explainer.clinic.case import case_with
from explainer.clinic.checks import (
    CHECKS,
    LN_TEN,
    MEASURED,
    SHORT,
    Bench,
    alarms,
    checked,
    counted,
)
from explainer.clinic.faults import FAULTS
from explainer.clinic.network import Network
from explainer.clinic.pictures import batch_rows
from explainer.clinic.run import run

SEED = 31_007
FREE = ("order", "labels", "inputs", "copies", "alone", "start", "moves")
RINGS = {
    "sorted": "order", "noise": "labels", "shifted": "labels", "scaled": "inputs",
    "leak": "copies", "batch-norm": "alone", "saturated": "start", "ascent": "moves",
    "frozen": "moves", "dead": "moves", "summed": "moves",
}  # fmt: skip


def measured(slug: str, bench: Bench) -> tuple[float, bool]:
    value = CHECKS[slug].measured(bench)
    return value, CHECKS[slug].alarm(value)


@pytest.mark.parametrize("slug", FREE)
def test_a_healthy_run_passes_what_needs_no_training(slug: str) -> None:
    assert not measured(slug, Bench(case_with("healthy", SEED)))[1]


@pytest.mark.parametrize(("fault", "slug"), RINGS.items())
def test_a_fault_rings_the_check_that_is_made_for_it(fault: str, slug: str) -> None:
    assert measured(slug, Bench(case_with(fault, SEED)))[1]


@pytest.mark.parametrize("slug", ["scaled", "leak", "batch-norm", "frozen", "noise", "sorted"])
def test_the_loss_begins_near_ln_ten_in_spite_of_these_faults(slug: str) -> None:
    assert abs(measured("start", Bench(case_with(slug, SEED)))[0] - LN_TEN) < 0.5


def test_the_first_loss_is_torchs_of_the_first_batch() -> None:
    bench = Bench(case_with("healthy", SEED))
    network, rows = Network(bench.case), batch_rows(bench.case, 0)
    with torch.no_grad():
        logits = network.forward(bench.pictures.inputs[rows], training=True)[-1]
    wanted = cross_entropy(logits, bench.pictures.labels[rows]).item()
    assert measured("start", bench)[0] == pytest.approx(wanted)


def test_a_plain_step_goes_straight_down_and_ascent_straight_up() -> None:
    found = [measured("moves", Bench(case_with(one, SEED)))[0] for one in ("healthy", "ascent")]
    np.testing.assert_allclose(found, [1, -1], atol=1e-3)
    assert measured("moves", Bench(case_with("frozen", SEED)))[0] == 0


def test_the_baseline_is_scikit_learns_nearest_centroid() -> None:
    case = replace(case_with("healthy", SEED), training=500)
    bench = Bench(case)
    bench.__dict__["short"] = type("Short", (), {"validation_accuracy": np.zeros(1)})
    given = bench.pictures
    theirs = NearestCentroid().fit(given.inputs.numpy(), given.labels.numpy())
    right = theirs.score(given.validation_inputs.numpy(), given.validation_labels.numpy())
    assert measured("baseline", bench)[0] == pytest.approx(-right, abs=0.003)


def test_copies_are_the_share_that_leaked() -> None:
    case = case_with("leak", SEED)
    assert measured("copies", Bench(case))[0] == pytest.approx(case.leaked, abs=0.002)


def test_what_is_no_number_is_an_alarm_wherever_a_run_may_leave_them() -> None:
    ends = {check.slug: check for check in CHECKS}
    for slug in ("start", "moves", "ten", "falls", "baseline", "gap"):
        assert ends[slug].alarm(math.nan)
        ends[slug].written(math.nan)


def test_checks_are_counted_seed_by_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = np.array([10, 0.9, 0, 0, 0, 2.3, 1, 0.1, 1e-3, 1, 0, 0.2, 0.05, 0.05])
    loud = np.where(np.arange(len(CHECKS)) == CHECKS.slugs.index("copies"), 1.0, quiet)
    monkeypatch.setattr("explainer.clinic.checks.checked",
                        lambda fault, seed: tuple(loud if fault == "leak" else quiet))  # fmt: skip
    seen: list[tuple[int, int]] = []
    told: list[float] = []
    table = counted((1, 2, 3), told.append, lambda one, runs: seen.append((int(one.sum()), runs)))
    assert seen == [(1, 1), (2, 2), (3, 3)]
    assert told[-1] == 1
    assert table[FAULTS.slugs.index("leak"), CHECKS.slugs.index("copies")] == 3


def test_a_run_is_trained_once_for_all_checks() -> None:
    bench, alone = (Bench(case_with("healthy", SEED)) for _ in range(2))
    assert bench.short.steps[-1] == SHORT
    assert measured("moves", bench) == measured("moves", alone)
    wanted = run(case_with("healthy", SEED), SHORT + 1, every=MEASURED)
    np.testing.assert_array_equal(bench.short.train_loss, wanted.train_loss)


@pytest.mark.slow
def test_which_check_catches_which_fault() -> None:
    """What the prose says of the checks, over seeds that the page has not."""
    seeds = range(32_000, 32_006)
    table = counted(seeds)
    share = {
        (fault, check): table[row, column] / len(seeds)
        for row, fault in enumerate(FAULTS.slugs) for column, check in enumerate(CHECKS.slugs)
    }  # fmt: skip
    assert table[FAULTS.slugs.index("healthy")].sum() <= 2
    assert all(share[one] >= 0.8 for one in RINGS.items())
    for fault in ("frozen", "leak", "scaled", "batch-norm"):
        assert share[fault, "falls"] == 0
    assert share["noise", "ten"] == 0
    assert share["shifted", "ten"] == 0
    assert share["frozen", "ten"] < 0.5
    assert share["ascent", "ten"] == 1
    starts = [fault for fault in FAULTS.slugs if fault != "healthy" and share[fault, "start"] == 0]
    assert len(starts) >= 16
    assert all(table[:, column].max() < len(seeds) or table[:, column].min() == 0
               for column in range(len(CHECKS)))  # fmt: skip


@pytest.mark.slow
def test_checks_of_a_run_are_those_of_its_bench() -> None:
    found = checked("few", SEED)
    assert len(found) == len(CHECKS)
    assert alarms(found)[CHECKS.slugs.index("gap")]
