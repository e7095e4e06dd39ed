"""Permuting the pixels costs a CNN, and costs an MLP nothing but noise."""

from __future__ import annotations

import pytest

from explainer.charts.why_convolution.moved_digits import (
    PERMUTED,
    PLAIN,
    learning_points,
    slope_points,
)
from explainer.networks.digits.permuted_race import Arm, PermutedRace
from explainer.ui.why_convolution.permuted import _verdict

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def arms() -> tuple[Arm, ...]:
    """All four, trained to the end from three seeds."""
    race = PermutedRace()
    assert not race.has_work
    race.play()
    shares = [race.snapshot.share]
    while race.has_work:
        race.run_slice(1.0)
        shares.append(race.snapshot.share)
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 1
    assert all(not one.snapshot.runs for one in race.races)  # networks and data are let go of
    seen = race.snapshot
    assert seen.finished
    assert not seen.playing
    assert seen.history_bytes == seen.checkpoint_bytes == 0
    return seen.arms


def test_the_arms_are_in_the_order_that_is_told(arms: tuple[Arm, ...]) -> None:
    wanted = [("MLP", False), ("MLP", True), ("CNN", False), ("CNN", True)]
    assert [(arm.network, arm.permuted) for arm in arms] == wanted


def test_the_cnn_loses_in_every_seed_and_the_mlp_only_wavers(arms: tuple[Arm, ...]) -> None:
    mlp, mlp_permuted, cnn, cnn_permuted = (arm.accuracies for arm in arms)
    assert min(mlp) > 0.93
    for before, after in zip(cnn, cnn_permuted, strict=True):
        assert before - after > 0.02
    for before, after in zip(mlp, mlp_permuted, strict=True):
        assert abs(before - after) < 0.03
    assert sorted(cnn)[1] > sorted(mlp)[1]
    assert sorted(cnn_permuted)[1] < sorted(mlp_permuted)[1]


def test_the_charts_hold_every_seed_and_the_medians(arms: tuple[Arm, ...]) -> None:
    slopes = slope_points(arms)
    assert len(slopes) == 12
    one = slopes[(slopes.network == "CNN") & (slopes.pixels == PERMUTED) & (slopes.seed == 1)]
    assert one.accuracy.item() == pytest.approx(100 * arms[3].accuracies[1])
    learning = learning_points(arms)
    last = learning[(learning.network == "MLP") & (learning.pixels == PLAIN)].iloc[-1]
    assert last.step == 300
    assert last.accuracy == pytest.approx(100 * sorted(arms[0].accuracies)[1])


def test_the_slopes_compare_equal_steps_while_one_race_is_behind() -> None:
    ahead = Arm("MLP", False, (0.8,), (0, 8, 16), ((0.1, 0.4, 0.8),))
    behind = Arm("MLP", True, (0.5,), (0, 8), ((0.1, 0.5),))
    assert slope_points((ahead, behind)).accuracy.tolist() == [40, 50]
    begun = Arm("MLP", True, (), (), ((),))
    assert slope_points((ahead, begun)).empty


def test_the_verdict_tells_medians_and_what_the_seeds_say() -> None:
    plain = Arm("CNN", False, (0.97, 0.98, 0.96), (0,), ((0.1,),) * 3)
    permuted = Arm("CNN", True, (0.92, 0.99, 0.95), (0,), ((0.1,),) * 3)
    said = _verdict((plain, permuted))
    assert "97.0 % as they are, 95.0 % permuted" in said
    assert "(seed by seed −5.0 to +1.0 points)" in said
