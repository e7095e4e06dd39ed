"""Heavy ball in closed form against 500 real steps, NumPy's eigenvalues and torch's optimiser."""

from typing import Any

import numpy as np
import pytest

from explainer.descent.digit_bowl import bowl
from explainer.descent.heavy_ball import (
    Best,
    Region,
    closed_form,
    measured_rate,
    rate,
    real_steps,
    region,
)
from explainer.descent.limit_script import ball_script

STEPS = 500


def pairs(seed: int, count: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    found = generator.uniform([0, 0], [4, 1], (count, 2))
    edge = found[: count // 4]
    edge[:, 0] = (1 - np.sqrt(edge[:, 1])) ** 2 * (1 + generator.choice([0, 1e-12, -1e-9, 1e-6]))
    return found


def test_the_closed_form_agrees_with_real_steps_to_rounding() -> None:
    for pull, momentum in pairs(71, 300):
        if rate(pull, momentum) < 1:
            steps = real_steps(pull, momentum, STEPS)
            off = np.abs(closed_form(pull, momentum, STEPS) - steps).max() / np.abs(steps).max()
            assert off < 5e-13, (pull, momentum)


def test_the_rate_is_the_larger_eigenvalue_of_the_step() -> None:
    for pull, momentum in pairs(72, 300):
        step = np.array([[1 - pull, -momentum], [pull, momentum]])
        largest = np.abs(np.linalg.eigvals(step)).max()
        np.testing.assert_allclose(rate(pull, momentum), largest, atol=1e-5)  # double roots


def test_what_is_measured_over_real_steps_is_the_formula() -> None:
    for pull, momentum in pairs(73, 150)[40:]:
        if 0.05 < (found := float(rate(pull, momentum))) < 1:
            assert abs(measured_rate(real_steps(pull, momentum, STEPS)) - found) < 0.01


def test_each_region_does_what_its_name_says() -> None:
    seen = set()
    for pull, momentum in pairs(74, 400)[100:]:
        kind, path = region(pull, momentum), real_steps(pull, momentum, 300)
        seen.add(kind)
        near = path[np.abs(path) > 1e-100]
        signs = np.sign(near)
        if kind is Region.MONOTONE:
            assert (signs > 0).all()
            assert (np.diff(near) <= 1e-12).all()
        elif kind is Region.ZIGZAG:
            assert (signs[1:] != signs[:-1])[3:].all()
        elif kind is Region.DIVERGES:
            assert rate(pull, momentum) >= 1
        else:
            assert (signs < 0).any() or np.sqrt(momentum) < 0.05
    assert seen == set(Region) - {Region.STAYS, Region.FOREVER}


@pytest.mark.parametrize("momentum", [0.0, 0.3, 0.9, 0.999])
def test_on_its_borders_it_stays_or_swings_for_ever(momentum: float) -> None:
    limit = 2 * (1 + momentum)
    for pull, kind in ((0.0, Region.STAYS), (limit, Region.FOREVER)):
        assert region(pull, momentum) is kind
        assert region(float(f"{pull:.9g}"), momentum) is kind  # as a browser sends it
        np.testing.assert_allclose(rate(pull, momentum), 1)
    assert (real_steps(0, momentum, 50) == 1).all()
    late = real_steps(limit, momentum, 20_000)[-50:]
    np.testing.assert_allclose(late[1:], -late[:-1], rtol=1e-3)
    np.testing.assert_allclose(np.abs(late), (1 + momentum) / (1 - momentum), rtol=1e-3)
    assert region(limit + 1e-3, momentum) is Region.DIVERGES
    assert region(limit - 1e-3, momentum) is not Region.DIVERGES


def test_momentum_makes_swing_what_would_not_and_damps_a_zigzag() -> None:
    assert region(0.1, 0) is Region.MONOTONE
    assert region(0.1, 0.9) is Region.SWINGS
    assert real_steps(0.1, 0, 100).min() > 0
    assert real_steps(0.1, 0.9, 100).min() < -0.5
    assert region(1.8, 0) is Region.ZIGZAG
    np.testing.assert_allclose([rate(1.8, 0), rate(1.8, 0.3)], [0.8, np.sqrt(0.3)])


def test_the_best_momentum_is_the_best_and_above_it_the_rate_is_its_root() -> None:
    tried = np.linspace(0, 0.999, 2000)
    for pull in (0.02, 0.3, 0.9, 1.7, 3.1):
        best = float((1 - np.sqrt(pull)) ** 2)  # where the two roots are one
        assert abs(tried[rate(pull, tried).argmin()] - best) < 1e-3
        above = tried[tried > best + 1e-9]
        np.testing.assert_allclose(rate(pull, above), np.sqrt(above))


@pytest.mark.parametrize("penalty", [1e-3, 1e-2, 1.0])
def test_the_best_of_both_methods_is_what_no_other_setting_beats(penalty: float) -> None:
    curvatures = bowl().curvatures + penalty
    best = Best(curvatures[-1] / curvatures[0])
    shares = curvatures / curvatures[-1]
    found = [rate(pull * shares, momentum).max()
             for pull, momentum in zip(best.pulls, (0, best.momentum), strict=True)]  # fmt: skip
    np.testing.assert_allclose(found, best.rates, atol=1e-6)
    pulls, momenta = np.linspace(0.05, 3.99, 90), 1 - np.geomspace(1, 1e-3, 90)
    both = rate(pulls[:, None, None] * shares, momenta[None, :, None]).max(-1)
    assert both.min() > best.rates[1] - 1e-9
    assert both[:, 0].min() > best.rates[0] - 1e-9


def test_a_floor_reached_at_once_has_the_rate_nought_and_what_overflows_is_infinite() -> None:
    assert measured_rate(real_steps(1, 0, 20)) == 0
    assert closed_form(1, 0, 3).tolist() == [1, 0, 0, 0]
    assert not np.isfinite(closed_form(4, 0.1, 2000)[-1])


@pytest.mark.parametrize(("pull", "momentum"), [(0.1, 0.9), (1.8, 0.0), (0.2, 0.2)])
def test_the_script_gives_the_same_path_and_rate(pull: float, momentum: float) -> None:
    names: dict[str, Any] = {}
    exec(compile(ball_script(pull, momentum, 60), "script", "exec"), names)
    np.testing.assert_allclose(names["path"], real_steps(pull, momentum, 60), atol=1e-12)
    np.testing.assert_allclose(names["rate"], rate(pull, momentum))
