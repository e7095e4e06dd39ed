from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest
from sklearn.metrics import average_precision_score, roc_auc_score

from explainer.evaluation.intervals import wilson
from explainer.metrics import sampled
from explainer.metrics.covered import (
    METRICS,
    by_log_odds,
    coverage,
    delong,
    hanley_mcneil,
    percentiles,
    wald,
)
from explainer.metrics.covered_over import SIZES, over_sizes
from explainer.metrics.covered_script import script
from explainer.metrics.ranked import areas, average_precision
from explainer.metrics.sampled import Sets, World
from tests.drawing import examples

SEED = 31


def a_world(seed: int = 0, size: int = 2000) -> World:
    """Made-up scores of two classifiers, 12 % positives, the second a little better."""
    random = np.random.default_rng(seed)
    truths = random.random(size) < 0.12
    noise = random.standard_normal(size)
    scores, others = (gain * truths - 2 + noise for gain in (3.2, 3.8))
    return World(truths, scores, others, random.beta(6, 4, size))


def drawn(world: World, size: int, sets: int = 400, seed: int = SEED) -> Sets:
    random = np.random.default_rng(seed)
    places = random.integers(len(world.truths), size=(sets, size))
    return Sets(world, places, random.integers(len(world.ious), size=(sets, size)))


def pool_of(world: World) -> Sets:
    return Sets(world, np.arange(len(world.truths))[None], np.arange(len(world.ious))[None])


WORLD = a_world()


@examples(20)
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=25))
def test_areas_and_precision_are_those_of_scikit_learn_with_ties(
    pairs: list[tuple[int, bool]],
) -> None:
    scores, truths = (np.array(one) for one in zip(*pairs, strict=True))
    keys = np.sort(2 * scores + truths)[None].astype(np.uint16)
    found = areas(keys)
    if truths.any() and not truths.all():
        assert found.auc[0] == pytest.approx(roc_auc_score(truths, scores))
    else:
        assert np.isnan(found.auc[0])
    if truths.any():
        assert average_precision(keys)[0] == pytest.approx(average_precision_score(truths, scores))
    else:
        assert np.isnan(average_precision(keys)[0])


@examples(20)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=4, max_size=12))
def test_the_variance_is_delongs(pairs: list[tuple[int, bool]]) -> None:
    scores, truths = (np.array(one) for one in zip(*pairs, strict=True))
    found = areas(np.sort(2 * scores + truths)[None].astype(np.uint16))
    positives, negatives = scores[truths], scores[~truths]
    if min(len(positives), len(negatives)) < 2:
        assert np.isnan(found.variance[0])
        return
    gap = positives[:, None] - negatives
    wins = (gap > 0) + 0.5 * (gap == 0)
    wanted = wins.mean(1).var(ddof=1) / len(positives) + wins.mean(0).var(ddof=1) / len(negatives)
    assert found.variance[0] == pytest.approx(wanted)
    assert delong(found)[0][0] == pytest.approx(found.auc[0] - 1.959964 * wanted**0.5, abs=1e-6)


def test_hanley_and_mcneils_error_is_that_of_their_example() -> None:
    """Their formula by hand: AUC .9, 50 of each class."""
    half = len("x" * 50)
    random = np.random.default_rng(2)
    keys = np.sort(2 * random.permutation(2 * half) + np.repeat([0, 1], half))[None]
    found = areas(keys.astype(np.uint16))
    auc = found.auc[0]
    first, second = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    spread = (auc * (1 - auc) + 49 * (first - auc**2) + 49 * (second - auc**2)) / 2500
    low, high = hanley_mcneil(found)
    assert high[0] - low[0] == pytest.approx(2 * 1.959964 * spread**0.5, rel=1e-6)


@pytest.mark.parametrize("slug", ["accuracy", "precision", "recall"])
@pytest.mark.parametrize("size", [5, 60])
def test_intervals_of_shares_are_those_of_scipy(slug: str, size: int) -> None:
    given_ = drawn(WORLD, size, sets=12)
    tn, fp, fn, tp = given_.cells.T
    right, whole = {"accuracy": (tp + tn, tp + tn + fp + fn), "precision": (tp, tp + fp),
                    "recall": (tp, tp + fn)}[slug]  # fmt: skip
    for name in ("wilson", "exact"):
        low, high = METRICS[slug].ways[name].ends(given_)
        for place, (some, count) in enumerate(zip(right.tolist(), whole.tolist(), strict=True)):
            if not count:
                assert np.isnan([low[place], high[place]]).all()
                continue
            wanted = binomtest(some, count).proportion_ci(method=name)
            assert (low[place], high[place]) == pytest.approx((wanted.low, wanted.high), abs=1e-9)


def test_f1_is_that_of_the_counts_and_its_ends_are_of_a_share() -> None:
    given_ = drawn(WORLD, 80, sets=20)
    __, fp, fn, tp = given_.cells.T
    np.testing.assert_allclose(METRICS["f1"].value(given_), 2 * tp / (2 * tp + fp + fn))
    low, high = METRICS["f1"].ways["exact"].ends(given_)
    share = binomtest(int(tp[0]), int(tp[0] + fp[0] + fn[0])).proportion_ci(method="exact")
    assert (low[0], high[0]) == pytest.approx(
        tuple(2 * one / (1 + one) for one in (share.low, share.high))
    )


def test_cells_drawn_again_are_pictures_drawn_again() -> None:
    given_ = drawn(WORLD, 200, sets=40)
    fast = METRICS["accuracy"].ways["bootstrap"].ends(given_)
    random = np.random.default_rng(9)
    right = np.isin(given_.world.cells[given_.places], (0, 3))
    slow = []
    for row in right:
        again = row[random.integers(200, size=(400, 200))].mean(1)
        slow.append(np.quantile(again, [0.025, 0.975]))
    np.testing.assert_allclose(np.stack(fast, 1), slow, atol=0.02)
    assert np.abs(np.stack(fast, 1) - slow).mean() < 0.004


def test_percentiles_leave_out_what_is_not_defined() -> None:
    values = np.array([[3.0, np.nan, 1.0, 2.0], [np.nan] * 4])
    low, high = percentiles(values)
    assert (low[0], high[0]) == pytest.approx(tuple(np.quantile([1, 2, 3], [0.025, 0.975])))
    assert np.isnan([low[1], high[1]]).all()


@pytest.mark.parametrize("slug", METRICS.slugs)
@pytest.mark.parametrize("size", [1, 2, 400])
def test_every_metric_and_rule_does_with_any_size(slug: str, size: int) -> None:
    metric, given_ = METRICS[slug], drawn(WORLD, size, sets=8)
    true = float(metric.value(pool_of(WORLD))[0])
    assert 0 < true < 1
    for way in metric.ways:
        found = coverage(metric, way, given_, true)
        there = found.defined & ~np.isnan(found.value)
        assert (found.low[there] <= found.value[there] + 1e-9).all() or way.slug == "logit"
        assert (found.high[there] >= found.low[there]).all()
        assert there.any() or size < 3
        held, count = found.counted
        assert held <= count <= 8


def test_no_example_of_a_class_leaves_no_number() -> None:
    world = World(np.zeros(9, bool), np.full(9, -1.0), np.full(9, -1.0), np.full(9, 0.5))
    given_ = Sets(world, np.zeros((3, 4), int), np.zeros((3, 4), int))
    for slug in ("precision", "recall", "f1", "auc", "ap"):
        assert np.isnan(METRICS[slug].value(given_)).all()
        for way in METRICS[slug].ways:
            found = coverage(METRICS[slug], way, given_, 0.5)
            assert found.counted == (0, 0)
    assert coverage(METRICS["accuracy"], METRICS["accuracy"].ways["wilson"], given_, 1).counted[0]


def test_walds_interval_fails_for_98_of_50_and_wilsons_does_not() -> None:
    """By the binomial itself: Brown, Cai and DasGupta (2001)."""
    right = np.arange(51.0)
    chances = binom.pmf(right, 50, 0.98)

    def held(ends: tuple[np.ndarray, np.ndarray]) -> float:
        return float(chances[(ends[0] <= 0.98) & (ends[1] >= 0.98)].sum())

    size = np.full(51, 50.0)
    assert held(wald(right, size)) < 0.7
    assert held(wilson(right, size)) > 0.9
    shares = np.linspace(0.02, 0.98, 97)
    rows = binom.pmf(right[:, None], 50, shares)
    low, high = wilson(right, size)
    holds = (low[:, None] <= shares) & (high[:, None] >= shares)
    assert float((rows * holds).sum(0).mean()) == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("seed", [5, 6])
def test_the_bootstrap_fails_where_wald_does_and_the_exact_interval_holds(seed: int) -> None:
    metric, given_ = METRICS["accuracy"], sampled.sets(1, 50, seed)
    true = float(metric.value(sampled.whole(1))[0])
    shares = {}
    for way in metric.ways:
        held, count = coverage(metric, way, given_, true).counted
        shares[way.slug] = held / count
    assert shares["wald"] < 0.8
    assert shares["bootstrap"] < 0.8
    assert shares["exact"] > 0.95
    assert shares["wilson"] > 0.9


def share_held(slug: str, way: str, size: int, seed: int) -> float:
    """Of 400 sets for the question "is it a 1?"."""
    metric = METRICS[slug]
    true = float(metric.value(sampled.whole(1))[0])
    held, count = coverage(metric, metric.ways[way], sampled.sets(1, size, seed), true).counted
    return held / count


@pytest.mark.parametrize("seed", [5, 6])
def test_near_1_few_pictures_fool_every_rule_and_many_delongs_alone(seed: int) -> None:
    assert METRICS["auc"].value(sampled.whole(1))[0] == pytest.approx(0.99, abs=0.005)
    for way in ("delong", "hanley"):
        assert share_held("auc", way, 50, seed) < 0.5
    assert 0.75 < share_held("auc", "delong", 1000, seed) < 0.85
    assert share_held("auc", "hanley", 1000, seed) > 0.97
    assert share_held("ap", "logit", 50, seed) < 0.5
    assert share_held("ap", "logit", 1000, seed) > 0.98


@pytest.mark.parametrize("slug", ["auc", "ap"])
def test_near_1_few_pictures_fool_the_bootstrap_too(slug: str) -> None:
    assert share_held(slug, "bootstrap", 50, 5) < 0.5


@pytest.mark.parametrize("seed", [5, 6])
def test_rules_that_do_not_know_the_limits_pass_them_and_others_do_not(seed: int) -> None:
    passes = {"wald", "delong", "hanley", "student"}
    given_ = sampled.sets(1, 20, seed)
    for slug in ("accuracy", "auc", "ap", "iou"):
        for way in METRICS[slug].ways:
            if way.slug == "bootstrap":
                continue
            sets_ = sampled.sets(1, 2, seed) if way.slug == "student" else given_
            low, high = way.ends(sets_)
            beyond = bool((low < -1e-9).any() or (high > 1 + 1e-9).any())
            assert beyond == (way.slug in passes)


@pytest.mark.parametrize("seed", [5, 6])
def test_four_times_the_pictures_halve_the_width(seed: int) -> None:
    widths = []
    for size in (200, 800):
        low, high = METRICS["accuracy"].ways["wilson"].ends(sampled.sets(1, size, seed))
        widths.append(float((high - low).mean()))
    assert widths[0] / widths[1] == pytest.approx(2, abs=0.2)


def test_log_odds_have_no_width_at_the_ends() -> None:
    low, high = by_log_odds(np.array([1.0, 0.0, 0.5, np.nan]), np.array([4.0, 4.0, 16.0, 0.0]))
    assert (low[0], high[0]) == (1, 1)
    assert (low[1], high[1]) == (0, 0)
    assert low[2] == pytest.approx(1 - high[2])
    assert np.isnan([low[3], high[3]]).all()


def test_larger_sets_hold_the_smaller_and_the_pool_has_two_honest_classifiers() -> None:
    small, large = sampled.sets(3, 20, 1), sampled.sets(3, 60, 1)
    np.testing.assert_array_equal(large.places[:, :20], small.places)
    assert len(sampled.world(3).truths) == 5700
    right = sampled.world(3).rights
    assert right[1].mean() > right[0].mean()


def test_coverage_is_measured_at_every_size_by_every_formula() -> None:
    found = over_sizes("recall", 1, 5)
    assert set(found.shares) == {"wilson", "exact", "wald"}
    assert all(len(row) == len(SIZES) for row in found.shares.values())
    low = found.shares["wald"][0]
    assert low is not None
    assert low < 0.6


@pytest.mark.parametrize("size", [20, 120])
def test_the_script_gives_the_same_numbers(size: int) -> None:
    given_ = sampled.sets(1, size, 3).first(1)
    names: dict[str, object] = {}
    exec(script(given_), names)
    for slug in ("accuracy", "recall"):
        metric = METRICS[slug]
        value, *ends = names["shares"][slug]  # type: ignore[index]
        assert value == pytest.approx(metric.value(given_)[0])
        for way, (low, high) in zip(("wilson", "exact"), ends, strict=True):
            mine = metric.ways[way].ends(given_)
            assert (low, high) == pytest.approx((mine[0][0], mine[1][0]))
    assert names["auc"] == pytest.approx(METRICS["auc"].value(given_)[0])
    assert names["precision"] == pytest.approx(METRICS["ap"].value(given_)[0])
    low, high = METRICS["f1"].ways["wilson"].ends(given_)
    assert names["f1"] == pytest.approx((METRICS["f1"].value(given_)[0], low[0], high[0]))
