"""A network at its limit: what the page says of it, over seeds that it does not begin with."""

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from explainer.descent.limit_script import network_script
from explainer.descent.live_descent import EVERY, LOST, STEPS, LiveDescent, Moment
from explainer.descent.tanh_network import problem, slope

RATE, EDGE = 0.15, 2 / 0.15
SEED, OTHERS = 1003, (1004, 1005)


def gone(run: LiveDescent, steps: int) -> LiveDescent:
    for _ in range(steps):
        run.advance()
    return run


@cache
def course(seed: int) -> tuple[LiveDescent, tuple[Moment, ...]]:
    """After 1,100 steps; and what other rates would lead to after 100, and beyond the line."""
    run, moments = LiveDescent(seed, RATE), []
    for steps in (100, 480):
        moment = gone(run, steps).moment()
        assert moment is not None
        moments.append(moment)
    return gone(run, 520), tuple(moments)


SEEDS = (SEED, *(pytest.param(seed, marks=pytest.mark.slow) for seed in OTHERS))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_sharpness_shoots_past_the_limit_long_before_the_loss_jumps(seed: int) -> None:
    """Past the line by about a sixth, the loss still falling; then a burst, and it returns."""
    run, __ = course(seed)
    steps, loss, sharp, __ = run.snapshot.points[: 1100 // EVERY].T
    crossed, top = int((sharp > EDGE).argmax()), int(sharp.argmax())
    assert 1.12 < sharp[top] / EDGE < 1.19
    assert steps[top] - steps[crossed] > 200
    assert (sharp[crossed:top] > EDGE).all()
    assert (np.diff(loss[crossed : top - 1]) < 0).all()
    burst = slice(top, top + 6)
    assert loss[burst].max() > 1.3 * loss[top - 2]
    assert sharp[burst].min() < EDGE


@pytest.mark.parametrize("seed", SEEDS)
def test_the_sharpness_climbs_to_the_limit_and_stays_there_while_the_loss_falls(seed: int) -> None:
    run, __ = course(seed)
    steps, loss, sharp, rate = run.snapshot.points[: 1100 // EVERY].T
    assert (rate == RATE).all()
    assert sharp[steps < 50].max() < 0.85 * EDGE
    at_edge = sharp[steps >= 700]
    assert 0.97 < at_edge.mean() / EDGE < 1.06
    assert at_edge.min() > 0.85 * EDGE
    assert at_edge.max() < 1.2 * EDGE
    assert (np.diff(loss[steps >= 400]) > 0).any()
    assert loss[-1] < 0.9 * loss[steps == 400][0]


@pytest.mark.parametrize("seed", SEEDS)
def test_two_over_the_sharpness_foretells_the_burst_and_not_what_becomes_of_it(seed: int) -> None:
    for moment in course(seed)[1]:
        below, above = moment.between
        assert 0.99 * moment.limit < below < above < 1.21 * moment.limit
        kept, lost = moment.lost
        assert 1.4 * moment.limit < kept < lost < 2.6 * moment.limit


@pytest.mark.parametrize("seed", SEEDS)
def test_a_little_across_is_a_catapult_and_threefold_the_end(seed: int) -> None:
    run, __ = course(seed)
    twin = LiveDescent(seed, RATE)
    twin._weights, twin._direction = run._weights.clone(), run._direction.clone()
    before = float(slope(twin._problem, twin._weights).loss)
    twin.rate = 1.35 * RATE
    points = gone(twin, 600).snapshot.points
    assert points[:, 1].max() > 2 * before
    assert np.median(points[-20:, 1]) < 1.1 * before
    assert np.median(points[-20:, 1]) < np.median(points[20:40, 1])
    assert 0.9 < points[-20:, 2].mean() / (2 / twin.rate) < 1.1
    twin.rate = 3.2 * RATE
    assert gone(twin, 100).snapshot.lost
    assert twin.snapshot.finished
    assert twin.moment() is None
    assert np.isfinite(twin.snapshot.points).all()
    assert twin.snapshot.points[-1, 1] < LOST


def test_the_measured_sharpness_is_near_the_exact_one() -> None:
    run = gone(LiveDescent(1006, RATE), 61)
    weights = LiveDescent(1006, RATE)._weights
    given = problem()
    for _ in range(60):
        weights = weights - RATE * slope(given, weights).gradient
    product = slope(given, weights).product
    vector = torch.ones_like(weights)
    for _ in range(150):
        vector = product(vector / vector.norm())
    np.testing.assert_allclose(run.snapshot.points[-1, 2], float(vector.norm()), rtol=0.01)


def test_trying_other_rates_changes_nothing_and_a_change_of_the_rate_is_kept() -> None:
    run, other = (gone(LiveDescent(1007, RATE), 30) for _ in range(2))
    assert LiveDescent(1007, RATE).moment() is None
    assert run.moment() is not None
    for one in (run, other):
        one.rate = 0.1
        gone(one, 30)
    np.testing.assert_array_equal(run.snapshot.points, other.snapshot.points)
    assert run.snapshot.changes == ((0, RATE), (30, 0.1))


def test_it_takes_its_steps_in_slices_stands_still_and_ends() -> None:
    run = LiveDescent(1008, 0.05)
    assert run.run_slice() == 0
    run.play()
    assert run.has_work
    assert run.run_slice(0.3) > 0
    run.pause()
    step = run.snapshot.step
    assert run.run_slice(0.3) == 0
    assert run.snapshot.step == step
    run._step = STEPS
    run.play()
    assert run.snapshot.finished
    assert not run.snapshot.playing
    assert not run.has_work
    run.close()
    assert run.moment() is None


def test_the_script_gives_the_same_loss_and_sharpness() -> None:
    run = LiveDescent(1009, RATE)
    gone(run, 40)
    run.rate = 0.1
    gone(run, 41)
    names: dict[str, Any] = {}
    step, loss, value, __ = run.snapshot.points[-1]
    text = network_script(1009, int(step), run.snapshot.changes)
    exec(compile(text, "script", "exec"), names)
    np.testing.assert_allclose(names["loss"].item(), loss, rtol=1e-9)
    np.testing.assert_allclose(names["sharpness"], value, rtol=5e-3)


@pytest.mark.slow
def test_rounding_is_kept_small_below_the_line_and_grows_beyond_it() -> None:
    run, other = LiveDescent(1010, RATE), LiveDescent(1010, RATE)
    other._weights = other._weights + 1e-12
    apart = []
    for steps in (150, 1350):
        gone(run, steps)
        gone(other, steps)
        apart.append(float((run._weights - other._weights).abs().max()))
    assert apart[0] < 1e-9
    assert apart[1] > 1e4 * apart[0]
