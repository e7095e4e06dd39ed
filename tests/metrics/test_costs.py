"""Rare cases and costs against scikit-learn, and what the page says of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

from explainer.metrics.costs import (
    BELIEFS,
    Case,
    Costs,
    area,
    average_precision,
    case,
    hull,
    people,
    platt,
    precision,
    roc,
    single,
    spared,
)
from explainer.metrics.costs_script import FILE, bayes_script, costs_data, costs_script
from explainer.metrics.scores import Scored, of_linear
from explainer.metrics.scores import pool as pool_of_digits
from explainer.ui.metrics.cost import FIRST_DIGIT, SPANS, START
from tests.drawing import examples

FEW = examples(15)
Scene = tuple[np.ndarray, np.ndarray]
shares = st.floats(0.001, 0.5)
ratios = st.floats(-2, 2).map(lambda one: 10.0**one)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Scores with ties, of at least one ill and one healthy."""
    rows = draw(st.lists(st.tuples(st.integers(-4, 4), st.booleans()), min_size=2, max_size=40))
    scores, ill = np.array([one[0] for one in rows], float), np.array([one[1] for one in rows])
    assume(ill.any() and not ill.all())
    return scores, ill


def weights_of(ill: np.ndarray, prevalence: float) -> np.ndarray:
    return np.asarray(np.where(ill, prevalence / ill.mean(), (1 - prevalence) / (1 - ill.mean())))


@FEW
@given(scenes(), shares, st.sampled_from(["points", "precision", "area", "average"]))
def test_points_and_areas_are_scikit_learns_at_any_prevalence(
    scene: Scene, prevalence: float, what: str
) -> None:
    scores, ill = scene
    found, weights = roc(scores, ill), weights_of(ill, prevalence)
    if what == "points":
        fall, hit, thresholds = metrics.roc_curve(
            ill, scores, drop_intermediate=False, sample_weight=weights
        )
        np.testing.assert_allclose(found.fall, fall, atol=1e-12)
        np.testing.assert_allclose(found.hit, hit, atol=1e-12)
        np.testing.assert_array_equal(found.thresholds, thresholds)
    elif what == "precision":
        wanted = metrics.precision_recall_curve(ill, scores, sample_weight=weights)[0]
        np.testing.assert_allclose(precision(found, prevalence)[1:], wanted[:-1][::-1])
    elif what == "area":
        assert area(found) == pytest.approx(metrics.roc_auc_score(ill, scores))
    else:
        wanted = metrics.average_precision_score(ill, scores, sample_weight=weights)
        assert average_precision(found, prevalence) == pytest.approx(wanted)
    assert np.isnan(precision(found, prevalence)[0])
    assert np.isnan(spared(found, prevalence)[-1])


@FEW
@given(scenes(), st.floats(-5, 5))
def test_a_threshold_has_the_point_of_who_scores_at_least_that(
    scene: Scene, threshold: float
) -> None:
    scores, ill = scene
    found = roc(scores, ill)
    place = found.at(threshold)
    assert found.hit[place] == pytest.approx((scores[ill] >= threshold).mean())
    assert found.fall[place] == pytest.approx((scores[~ill] >= threshold).mean())


@FEW
@given(scenes(), shares, ratios)
def test_the_cheapest_point_is_where_a_line_of_equal_cost_touches_the_hull(
    scene: Scene, prevalence: float, ratio: float
) -> None:
    found, costs = roc(*scene), Costs(ratio)
    expected, corners = costs.expected(found, prevalence), hull(found)
    best = costs.best(found, prevalence)
    assert expected[best] == pytest.approx(expected[corners].min(), abs=1e-12)
    slope = costs.slope(prevalence)
    line = found.hit[best] + slope * (found.fall - found.fall[best])
    assert (found.hit <= line + 1e-9 * (1 + slope)).all()
    across, up = np.diff(found.fall[corners]), np.diff(found.hit[corners])
    assert (across[1:] * up[:-1] - across[:-1] * up[1:] > 0).all()  # ever less steep
    above = np.interp(found.fall, found.fall[corners], found.hit[corners])
    inner = found.fall > 0
    assert (found.hit[inner] <= above[inner] + 1e-12).all()


def test_expected_costs_are_the_mean_cost_of_each_person() -> None:
    ill = np.random.default_rng(3).random(400) < 0.3
    scores = np.random.default_rng(4).standard_normal(400) + ill
    for ratio in (0.1, 1, 8):
        costs, found = Costs(ratio), roc(scores, ill)
        assert min(costs.miss, costs.alarm) == 1
        assert costs.miss / costs.alarm == pytest.approx(ratio)
        alarms = scores >= 0.4
        each = np.where(ill & ~alarms, costs.miss, 0) + np.where(~ill & alarms, costs.alarm, 0)
        assert costs.expected(found, ill.mean())[found.at(0.4)] == pytest.approx(each.mean())


@FEW
@given(shares, ratios)
def test_an_alarm_for_all_is_cheaper_than_none_where_a_miss_costs_more_than_the_odds_against(
    prevalence: float, ratio: float
) -> None:
    assume(abs(ratio * prevalence / (1 - prevalence) - 1) > 1e-6)
    none, __, everybody = Costs(ratio).expected(single(0.5, 0.5), prevalence)
    assert (everybody < none) == (ratio > (1 - prevalence) / prevalence)


def test_scores_that_are_right_log_odds_are_best_cut_where_the_rule_says() -> None:
    random = np.random.default_rng(5)
    scores = random.normal(0, 2, 200_000)
    ill = random.random(len(scores)) < expit(scores)
    found, learned = roc(scores, ill), float(ill.mean())
    for ratio in (0.2, 3, 10):
        for prevalence in (0.05, 0.4):
            costs = Costs(ratio)
            expected = costs.expected(found, prevalence)
            spent = expected[found.at(costs.believed(prevalence, learned))]
            assert spent <= 1.01 * expected.min()


def excess(one: Case, ratio: float, prevalence: float) -> float:
    """How much more than the least the rule for calibrated probabilities costs, as a share."""
    expected = Costs(ratio).expected(one.roc, prevalence)
    spent = expected[one.roc.at(Costs(ratio).believed(prevalence, one.learned))]
    return float(spent / expected.min() - 1)


def excesses(given: Scored) -> np.ndarray:
    """Of each digit, raw and calibrated, over all that the sliders reach: `(10, 2, prices)`."""
    ends = (SPANS["ratio"], SPANS["prevalence"])
    scales = [np.geomspace(low, high, 9) for low, high in ends]
    cases = [[case(digit, belief.slug, given) for belief in BELIEFS] for digit in range(10)]
    return np.array([
        [[excess(one, ratio, prevalence) for ratio in scales[0] for prevalence in scales[1]]
         for one in both] for both in cases
    ])  # fmt: skip


@pytest.mark.parametrize(
    "seed", [7, *[pytest.param(one, marks=pytest.mark.slow) for one in (8, 9)]]
)
def test_calibrated_the_rule_is_usually_much_closer_to_the_least(seed: int) -> None:
    given = pool_of_digits()
    rows = given.pictures.reshape(len(given.labels), -1)
    found = excesses(Scored(of_linear(rows, seed=seed), given.labels, given.pictures))
    raw, calibrated = found.mean(2).T
    assert (calibrated < raw).all()
    assert calibrated.mean() < raw.mean() / 2
    usually = (found[:, 1] <= found[:, 0]).mean()
    assert 0.85 < usually < 1


def test_what_the_page_says_of_the_rule_and_of_its_first_digit() -> None:
    raw, calibrated = 100 * excesses(pool_of_digits()).mean(2).T
    assert (raw.argmin(), raw.argmax()) == (9, 1)
    assert [round(raw.min()), round(raw.max(), -1)] == [7, pytest.approx(150, abs=10)]
    assert [round(calibrated.min()), round(calibrated.max(), -1)] == [3, 40]
    assert excess(case(4, "calibrated"), 100, 0.4) > 1  # far off at one price
    first = [excess(case(int(FIRST_DIGIT), one.slug), START.ratio, START.prevalence)
             for one in BELIEFS]  # fmt: skip
    assert first[0] > 0.25
    assert first[1] < 0.1


def test_precision_falls_as_cases_get_rare_and_the_roc_stays() -> None:
    found = case(3, "raw").roc
    areas = [average_precision(found, one) for one in (0.5, 0.1, 0.01)]
    assert areas == sorted(areas, reverse=True)
    often, rarely = (precision(found, one)[1:] for one in (0.1, 0.01))
    assert (rarely <= often).all()


def test_a_line_through_the_scores_is_scikit_learns() -> None:
    given = pool_of_digits()
    scores, truths = given.scores(4)[::7], given.truths(4)[::7]
    model = LogisticRegression(C=1e9, tol=1e-9).fit(scores[:, None], truths)
    wanted = float(model.coef_[0, 0]), float(model.intercept_[0])
    assert platt(scores, truths) == pytest.approx(wanted, rel=1e-3)


def test_no_line_is_found_where_there_is_none() -> None:
    ill = np.arange(20) > 9
    with pytest.raises(ValueError, match="no finite scale"):
        platt(np.arange(20), ill)
    with pytest.raises(ValueError, match="higher scores"):
        platt(np.random.default_rng(0).standard_normal(20) - ill, ill)
    for wrong in (np.ones(3, bool), np.zeros(3, bool)):
        with pytest.raises(ValueError, match="3 are ill"):
            roc([1, 2, 3], wrong)
    with pytest.raises(ValueError, match="no finite number"):
        roc([1, np.nan], [True, False])


@FEW
@given(shares, st.floats(0, 1), st.floats(0, 1))
def test_people_are_whole_and_a_thousand(prevalence: float, hit: float, fall: float) -> None:
    found = people(prevalence, hit, fall)
    every = (found.found, found.missed, found.alarmed, found.left)
    assert sum(every) == 1000
    assert min(every) >= 0
    assert found.found + found.missed == pytest.approx(1000 * prevalence, abs=0.5)


def test_eleven_of_twelve_alarms_are_false() -> None:
    assert precision(single(0.9, 0.9), 0.01)[1] == pytest.approx(1 / 12)
    found = people(0.01, 0.9, 0.1)
    assert (found.found, found.missed, found.alarmed, found.left) == (9, 1, 99, 891)


def test_the_scripts_give_the_same_numbers(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one: Case = case(5, "calibrated")
    (tmp_path / FILE).write_bytes(costs_data(one))
    names: dict[str, Any] = {}
    exec(costs_script(0.03, 12.0, -1.3), names)
    expected = 1000 * Costs(12).expected(one.roc, 0.03)
    place = one.roc.at(-1.3)
    assert names["now"] == pytest.approx(expected[place])
    np.testing.assert_allclose(names["costs"], expected)
    assert names["precision"] == pytest.approx(precision(one.roc, 0.03)[place])
    assert names["area"] == pytest.approx(area(one.roc))
    assert names["average_precision"] == pytest.approx(average_precision(one.roc, 0.03))
    exec(bayes_script(0.02, 0.25, 0.8, 0.95), names)
    test = single(0.8, 0.95)
    assert names["precision"] == pytest.approx(precision(test, 0.02)[1])
    wanted = 1000 * Costs(0.25).expected(test, 0.02)
    assert list(names["costs"].values()) == pytest.approx(wanted.tolist())
    exec(bayes_script(0.02, 0.25, 0.0, 1.0), names)
    assert names["precision"] is None
