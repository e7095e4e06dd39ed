"""The landscapes and what runs on them: against torch.optim and autograd, and what is claimed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from explainer.descent import landscapes, plane_network
from explainer.descent.landscapes import ALL, bowl
from explainer.descent.marbles import FAR, KINDS, STEPS, Asked, batches, far, run
from explainer.descent.marbles_script import script
from explainer.descent.methods import SLUGS, Knobs
from explainer.descent.one_step import formula, lines
from explainer.training.recipe.optimisers import OPTIMISERS

KNOBS = Knobs(0.8, 0.85, 0.99, 0.95, 1e-6, 0.3)
SGD, MOMENTUM, NESTEROV, RMSPROP, ADAGRAD, ADAM, ADAMW = range(7)
NEVER = STEPS + 1
each_kind = pytest.mark.parametrize("slug", [kind.slug for kind in KINDS])


def asked_on(slug: str, **more: Any) -> Asked:
    found = Asked(slug, **more)
    return replace(found, degrees=25.0, condition=12.0) if slug == "bowl" else found


def starts(count: int, seed: int) -> list[tuple[float, float]]:
    """Starts on a circle about the bowl's least place."""
    angles = np.random.default_rng(seed).uniform(0, 2 * np.pi, count)
    return [(2 * float(np.cos(angle)), 2 * float(np.sin(angle))) for angle in angles]


def median_steps(seed: int, method: int, **more: Any) -> float:
    found = [run(Asked(start=one, **more)).settled[method] for one in starts(6, seed)]
    return float(np.median([NEVER if one is None else one for one in found]))


def executed(text: str) -> dict[str, Any]:
    scope: dict[str, Any] = {}
    exec(compile(text, "script", "exec"), scope)
    return scope


@each_kind
@pytest.mark.parametrize("method", SLUGS)
def test_a_path_is_that_of_torch_optim_as_the_script_says(slug: str, method: str) -> None:
    """Gradients by autograd; with settings of one's own, and minibatches."""
    asked = asked_on(slug, batch=12, factor=0.7, knobs=KNOBS, seed=3)
    scope = executed(script(asked, method, OPTIMISERS[method].title, 25))
    found, at = run(asked, 25), SLUGS.index(method)
    np.testing.assert_allclose(found.history.places[:, at], scope["places"], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found.losses[:, at], scope["losses"], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("slug", "steps"), [("bowl", STEPS), ("network", 20)])
def test_a_path_on_all_examples_as_the_page_opens(slug: str, steps: int) -> None:
    scope = executed(script(Asked(slug), "adam", "Adam", steps))
    found = run(Asked(slug), steps)
    assert len(scope["places"]) == steps + 1
    np.testing.assert_allclose(found.history.places[:, ADAM], scope["places"], atol=1e-6)
    np.testing.assert_allclose(found.losses[:, ADAM], scope["losses"], atol=1e-6)


@each_kind
def test_the_gradients_of_minibatches_have_that_of_all_as_their_mean(slug: str) -> None:
    found = asked_on(slug).landscape
    points = np.random.default_rng(1).standard_normal((5, 2))
    parts = np.random.default_rng(2).permutation(found.examples).reshape(-1, 4)
    few = [found.gradient(points, rows) for rows in parts]
    np.testing.assert_allclose(np.mean(few, 0), found.gradient(points, ALL), atol=1e-9)
    assert np.std(few, 0).min() > 0


@each_kind
def test_a_loss_is_never_below_the_least_and_its_slope_is_the_gradient(slug: str) -> None:
    found = asked_on(slug).landscape
    points = np.random.default_rng(3).standard_normal((40, 2))
    assert found.loss(points).min() >= 0
    for axis, small in enumerate(1e-5 * np.eye(2)):
        slope = (found.loss(points + small) - found.loss(points - small)) / 2e-5
        np.testing.assert_allclose(found.gradient(points, ALL)[:, axis], slope, atol=1e-5)


@pytest.mark.parametrize("degrees", [0.0, 37.0, 90.0])
def test_the_bowl_has_the_curvatures_that_it_says(degrees: float) -> None:
    hessian = bowl(50.0, degrees).gradient(np.eye(2), ALL)
    np.testing.assert_allclose(np.linalg.eigvalsh(hessian), [50**-0.5, 50**0.5], rtol=1e-9)


def test_at_the_saddle_and_at_the_best_weights_it_is_level() -> None:
    for slug, places in (("saddle", [(0, 0), (2, 0.5)]), ("ravine", [(1, 1)]),
                         ("minima", [(2, 0.5), (-2, np.pi - 0.5)])):  # fmt: skip
        points = np.array(places, float)
        np.testing.assert_allclose(KINDS[slug].make().gradient(points, ALL), 0, atol=1e-9)
    losses = KINDS["saddle"].make().loss(np.array([[0, 0], [0.3, 0.3], [0.3, -0.3]]))
    assert losses[1] < losses[0] < losses[2]


def test_the_networks_plane_goes_through_three_points_of_the_path() -> None:
    found, (inputs, labels) = plane_network.plane(), plane_network.digits()
    np.testing.assert_allclose(found.directions @ found.directions.T, np.eye(2), atol=1e-12)
    weights = plane_network.first_weights()
    np.testing.assert_allclose(found.origin + found.marks[0] @ found.directions, weights, atol=1e-9)
    for __ in range(plane_network.BETWEEN):
        gradient = plane_network.loss_and_gradient(weights, inputs, labels)[1]
        weights = weights - plane_network.PATH_RATE * gradient
    np.testing.assert_allclose(found.origin + found.marks[1] @ found.directions, weights, atol=1e-9)
    loss = plane_network.loss_and_gradient(weights, inputs, labels)[0]
    assert plane_network.network().loss(found.marks[1:2])[0] == pytest.approx(loss)


def test_each_example_comes_once_before_any_comes_again() -> None:
    rows = np.array(batches(64, 8, 20, seed=5))
    assert sorted(np.concatenate(rows[:8])) == list(range(64))
    assert sorted(np.concatenate(rows[8:16])) == list(range(64))
    assert not np.array_equal(rows[0], rows[8])
    assert not np.array_equal(rows[0], np.array(batches(64, 8, 1, seed=6))[0])
    assert np.array(batches(10, 4, 5, seed=0)).shape == (5, 4)
    assert batches(64, 64, 2, seed=0) == [ALL, ALL]


def test_fewer_steps_are_the_beginning_of_the_same_path() -> None:
    asked = Asked("minima", batch=8, seed=4)
    few, all_of_them = run(asked, 30).history.places, run(asked).history.places
    np.testing.assert_array_equal(few, all_of_them[:31])


def test_who_is_far_away_has_diverged_for_good() -> None:
    found = KINDS["saddle"].make()
    reach = FAR * 1.5 * found.box.half
    places = np.array([[0, 0], [reach + 1, 0], [0, 0], [np.nan, 0]])[:, None]
    assert far(found, places)[:, 0].tolist() == [False, True, True, True]


def test_plain_descent_and_nesterov_diverge_beyond_their_limits_nesterov_first() -> None:
    """2/λ, and (2 + 2β) / ((1 + 2β) λ): the usual rate is 0.1 and λ is √30."""
    limits = {SGD: 2 / 30**0.5, NESTEROV: 3.8 / (2.8 * 30**0.5), MOMENTUM: 3.8 / 30**0.5}
    assert limits[NESTEROV] < limits[SGD] < limits[MOMENTUM]
    for method, limit in limits.items():
        for start in starts(2, 50):
            assert run(Asked(start=start, factor=0.96 * limit / 0.1)).diverged[method] is None
            assert run(Asked(start=start, factor=1.06 * limit / 0.1)).diverged[method]


def test_the_steeper_the_sides_against_the_floor_the_longer_plain_descent_takes() -> None:
    found = [median_steps(60, SGD, condition=one) for one in (2.0, 6.0, 18.0)]
    assert found == sorted(found)
    assert found[-1] > 2 * found[0]


@pytest.mark.parametrize("start", starts(5, 70))
def test_momentum_swings_about_a_floor_to_which_plain_descent_goes_straight(
    start: tuple[float, float],
) -> None:
    places = run(Asked(start=start)).history.places
    swings = (np.sign(places[1:]) != np.sign(places[:-1])).sum(0)
    assert swings[SGD].tolist() == [0, 0]
    assert swings[MOMENTUM].min() > 4


def test_momentum_damps_the_swings_that_plain_descent_makes_close_to_its_limit() -> None:
    """The mode shrinks by ηλ − 1 a step, with momentum by √β."""
    close, calm = (run(Asked(start=(-1.0, 1.5), factor=one)) for one in (3.62, 1.0))
    last = np.abs(close.history.places[-20:, :2, 1]).max(0)
    assert last[MOMENTUM] < last[SGD] / 10
    last = np.abs(calm.history.places[-20:, :2, 1]).max(0)
    assert last[SGD] < last[MOMENTUM]


@pytest.mark.parametrize("batch", [8, 64])
def test_gradient_methods_are_the_same_however_the_bowl_is_turned(batch: int) -> None:
    """Start and examples turn with it; those that divide by coordinate do not."""
    upright, turned = (run(Asked(batch=batch, degrees=angle), 60).losses for angle in (0.0, 33.0))
    np.testing.assert_allclose(turned[:, :3], upright[:, :3], rtol=1e-8)
    assert (np.abs(np.log(turned[-1, 3:] / upright[-1, 3:])) > 0.1).all()


def test_turned_by_45_degrees_adam_and_its_like_lose_what_they_won() -> None:
    for method in (RMSPROP, ADAGRAD, ADAM):
        upright, turned = (median_steps(80, method, degrees=angle) for angle in (0.0, 45.0))
        assert turned > 1.5 * upright
    assert median_steps(80, ADAM) < median_steps(80, SGD) / 2
    steep = {"condition": 100.0}
    assert median_steps(80, ADAM, degrees=45.0, **steep) > 2 * median_steps(80, ADAM, **steep)
    assert median_steps(80, SGD, degrees=45.0) == median_steps(80, SGD)


def test_at_four_times_the_rates_adam_hardly_minds() -> None:
    upright, turned = (median_steps(81, ADAM, factor=4.0, degrees=one) for one in (0.0, 45.0))
    assert turned < 1.15 * upright


@each_kind
def test_no_step_of_adam_is_much_longer_than_its_rate_in_either_direction(slug: str) -> None:
    assert 0.09 < np.abs(run(Asked(slug), 80).history.steps[:, ADAM]).max() < 0.11


def test_on_the_network_adagrad_is_the_last_to_come_down() -> None:
    place, found = np.array(Asked("network").place), []
    for angle in (1.3, 4.0):
        start = place + 0.6 * np.array([np.cos(angle), np.sin(angle)])
        settled = run(Asked("network", start=(float(start[0]), float(start[1])))).settled
        found.append([NEVER if one is None else one for one in settled])
    assert (np.argmax(found, 1) == ADAGRAD).all()


@pytest.mark.parametrize("start", [None, (1.2, -1.3), (-1.4, 1.3), (0.3, 1.5)])
def test_adagrads_rate_can_only_shrink_and_its_step_may_grow(
    start: tuple[float, float] | None,
) -> None:
    history = run(Asked("saddle", start=start)).history
    rates = 1 / np.sqrt(history.second_used[:, ADAGRAD])
    assert (np.diff(rates, axis=0) <= 0).all()
    steps = np.hypot(*history.steps[:, ADAGRAD].T)
    assert (np.diff(steps) > 0).any()


def test_minibatches_free_some_from_a_poor_minimum_and_lead_others_astray() -> None:
    """At the batches of the page and at those that two presses lead to; then at others."""
    whole = run(Asked("minima")).losses[-1] < 0.05
    assert whole.tolist() == [True] * 4 + [False] * 3
    first, third = (run(Asked("minima", batch=8, seed=one)).losses[-1] < 0.05 for one in (0, 2))
    assert first.all()
    assert np.flatnonzero(third).tolist() == [ADAM]
    few = np.mean([run(Asked("minima", batch=8, seed=one)).losses[-1] < 0.05
                   for one in range(300, 312)], axis=0)  # fmt: skip
    assert few[ADAGRAD:].min() > 0.2
    assert few[[MOMENTUM, NESTEROV, RMSPROP]].min() < 1


def test_a_start_is_in_the_picture_and_turns_with_the_bowl() -> None:
    asked = Asked(degrees=30.0)
    start = asked.from_place(1.0, -0.5)
    np.testing.assert_allclose(replace(asked, start=start).place, [1.0, -0.5], atol=2e-3)
    assert np.hypot(*asked.from_place(99.0, -99.0)) < landscapes.bowl(30, 0).box.half
    low, high = KINDS["ravine"].make().box.up
    assert low < Asked("ravine").from_place(0.0, 1e9)[1] < high
    np.testing.assert_allclose(Asked(degrees=30.0).place, Asked(degrees=30.0).landscape.start)


@pytest.mark.parametrize("method", SLUGS)
def test_a_step_spelled_out_leads_from_the_weights_before_to_those_after(method: str) -> None:
    asked = Asked("ravine", batch=8, knobs=KNOBS)
    found = {one.symbol: one.values for one in lines(asked, run(asked, 20), method)}
    np.testing.assert_allclose(found["w"] + found["Δw"], found["w + Δw"], atol=1e-12)
    at = SLUGS.index(method)
    rate, before = asked.settings.rates[at], found["w"]
    step = {
        "sgd": lambda: -rate * found["g"],
        "momentum": lambda: -rate * found["u"],
        "nesterov": lambda: -rate * (found["g"] + 0.8 * found["u"]),
        "rmsprop": lambda: -rate * found["g"] / (np.sqrt(found["v"]) + 1e-6),
        "adagrad": lambda: -rate * found["g"] / (np.sqrt(found["v"]) + 1e-6),
        "adam": lambda: -rate * found["m̂"] / (np.sqrt(found["v̂"]) + 1e-6),
        "adamw": lambda: found["−ηλw"] - rate * found["m̂"] / (np.sqrt(found["v̂"]) + 1e-6),
    }[method]()
    np.testing.assert_allclose(found["Δw"], step, atol=1e-12)
    if method == "adamw":
        np.testing.assert_allclose(found["−ηλw"], -rate * 0.3 * before)
    assert "w" in formula(method)
    assert "0.99" not in formula(method)
