"""What stops a network: derivatives against autograd, the rules, and what is said of each problem.

The seeds are not those of the page.
"""

from __future__ import annotations

import contextlib
import io
from functools import cache

import numpy as np
import pytest
import torch
from torch.autograd.functional import hessian

from explainer.descent.stop_kinds import (
    KINDS,
    KINK,
    LOWEST,
    MINIMUM,
    PLATEAU,
    SADDLE,
    WAY,
    flat_share,
    kinds,
    negative_share,
)
from explainer.descent.stop_networks import Networks
from explainer.descent.stop_problems import ALIKE, RANDOM, RELU, TANH, TASKS, script
from explainer.descent.stops import GRID, SEEDS, Stops, by_width, stops

FRESH = tuple(range(200, 208))


@cache
def stood(slug: str, width: int, unit: str = TANH, start: str = RANDOM, steps: int = 0) -> Stops:
    return stops(TASKS[slug].problem(), width, unit, start, FRESH, steps=steps)


def slow_bends(slug: str, width: int, unit: str) -> np.ndarray:
    """Of each network that left a slow place whether that curves down."""
    slow = stood(slug, width, unit).slowest
    return np.asarray(negative_share(slow.spectra)[slow.step > 0] > 0)


def a_loss(networks: Networks, flat: torch.Tensor) -> torch.Tensor:
    """The loss of one network as a function of all its numbers, in another way."""
    shapes = (networks.first[0].shape, networks.last[0].shape)
    first, last = (
        one.view(shape)
        for one, shape in zip(torch.tensor_split(flat, (shapes[0].numel(),)), shapes, strict=True)
    )
    problem = networks.problem
    unit = torch.relu if networks.unit == RELU else torch.tanh
    outputs = unit(problem.inputs @ first[:-1] + first[-1]) @ last[:-1] + last[-1]
    loss: torch.Tensor = ((outputs - problem.targets) ** 2).sum() / (2 * len(outputs))
    return loss


@pytest.mark.parametrize(("slug", "unit"), [("moons", RELU), ("moons", TANH), ("digits", TANH)])
def test_gradient_and_hessian_are_those_of_torch(slug: str, unit: str) -> None:
    networks = Networks(TASKS[slug].problem(), 2, unit, RANDOM, (3, 4))
    losses, inner, outer = networks.gradients(networks.first, networks.last)
    whole = networks.hessian(networks.first, networks.last)
    for one in range(2):
        flat = torch.cat([networks.first[one].flatten(), networks.last[one].flatten()])
        flat = flat.requires_grad_()
        loss = a_loss(networks, flat)
        slope = torch.autograd.grad(loss, flat)[0]
        torch.testing.assert_close(losses[one], loss.detach())
        torch.testing.assert_close(torch.cat([inner[one].flatten(), outer[one].flatten()]), slope)
        oracle = hessian(  # type: ignore[no-untyped-call]
            lambda weights: a_loss(networks, weights), flat.detach()
        )
        torch.testing.assert_close(whole[one], oracle, atol=1e-9, rtol=1e-7)


def test_each_rule_names_what_it_says_and_the_first_that_fits() -> None:
    up, down, flat = [0.0, 1.0, 2.0], [-0.1, 1.0, 2.0], [0.0, 0.0, 2.0]
    cases = [
        (1e-4, 1.0, down, 0.5, 1.0, LOWEST), (0.5, 1.0, down, 0.02, 1.0, WAY),
        (0.5, 0.1, up, 0.0, 1e-3, KINK), (0.5, 1e-9, down, 0.0, 1e-3, SADDLE),
        (0.5, 0.1, down, 0.0, 1.0, SADDLE), (0.5, 1e-3, flat, 0.0, 1.0, PLATEAU),
        (0.5, 1e-9, flat, 0.0, 1.0, MINIMUM), (0.2, 1e-9, up, 0.0, 1.0, MINIMUM),
    ]  # fmt: skip
    columns = [np.array(one) for one in zip(*cases, strict=True)]
    np.testing.assert_array_equal(kinds(*columns[:5]), columns[5])
    same = kinds(np.array([0.2, 0.205]), np.zeros(2), np.array([up, up]), np.zeros(2), np.ones(2))
    np.testing.assert_array_equal(same, [LOWEST, LOWEST])
    # As low as the lowest, each in another way: still falling, at a saddle, at a kink, on a slope.
    near = kinds(
        np.array([0.2, 0.2, 0.2, 0.205]), np.array([0.1, 1e-9, 0.1, 0.1]),
        np.array([up, down, up, flat]), np.array([0.5, 0, 0, 0]), np.array([1, 1, 1e-3, 1]),
    )  # fmt: skip
    np.testing.assert_array_equal(near, [WAY, SADDLE, LOWEST, LOWEST])
    np.testing.assert_allclose(negative_share(np.array([up, down])), [0, 1 / 3])
    np.testing.assert_allclose(flat_share(np.array([up, flat])), [1 / 3, 2 / 3])
    assert len(KINDS) == 6


def test_no_number_is_lower_at_the_end_than_at_any_slow_place_before() -> None:
    one = stood("moons", 3, steps=300)
    left = one.slowest.step > 0
    assert left.any()
    assert (one.end.loss[left] < 0.9 * one.slowest.loss[left]).all()
    assert one.end.drawn.shape == (len(FRESH), GRID**2)
    assert (np.diff(one.end.spectra, axis=1) >= 0).all()


def test_two_relu_units_get_caught_on_xor_and_eight_do_not() -> None:
    two, eight = (stood("xor", width, RELU, steps=600).end for width in (2, 8))
    caught = two.kind == MINIMUM
    assert caught.sum() >= len(FRESH) / 4
    assert (two.loss[caught] > 0.2).all()
    assert (two.slope[caught] < 1e-5).all()
    assert (negative_share(two.spectra)[caught] == 0).all()
    assert (eight.kind == LOWEST).sum() >= len(FRESH) - 1


def test_what_was_slow_on_the_way_curves_down_somewhere() -> None:
    slow = stood("xor", 4, steps=250).slowest
    left = slow.step > 0
    assert left.sum() >= len(FRESH) / 2
    assert (negative_share(slow.spectra)[left] > 0).mean() > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("unit", [RELU, TANH])
@pytest.mark.parametrize("slug", ["xor", "digits"])
def test_almost_every_slow_place_curves_down_on_xor_and_digits(slug: str, unit: str) -> None:
    bent = np.concatenate([slow_bends(slug, width, unit) for width in (2, 4)])
    assert len(bent) >= len(FRESH)
    assert bent.mean() > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("width", [3, 4])
def test_a_third_of_the_tanh_networks_stand_at_a_saddle_on_digits(width: int) -> None:
    one = stood("digits", width)
    saddles = one.end.kind == SADDLE
    assert saddles.mean() > 0.25
    assert (one.pushed[saddles] < 0.99 * one.end.loss[saddles]).mean() > 0.8


@pytest.mark.slow
def test_digits_stand_at_saddles_and_a_push_lets_them_fall_again() -> None:
    one = stood("digits", 3, steps=250)
    saddles = one.end.kind == SADDLE
    assert saddles.any()
    assert (one.pushed[saddles] < 0.99 * one.end.loss[saddles]).mean() > 0.8
    assert np.isnan(one.pushed[~saddles]).all()


def test_units_that_begin_alike_are_worth_one() -> None:
    alike = stood("xor", 4, TANH, ALIKE, 300)
    assert (alike.end.loss > 1 / 3 - 1e-3).all()
    assert np.median(stood("xor", 4, TANH, RANDOM, 300).end.loss) < 1e-3


def test_widths_come_in_order_and_are_seen_as_they_come() -> None:
    task = TASKS["xor"]
    seen: list[int] = []
    short = type(task)(task.slug, task.title, task.make, 40, (1, 2, 3))
    found = by_width(short, seeds=(201, 202), seen=lambda so_far: seen.append(len(so_far)))
    assert [one.width for one in found] == [1, 2, 3]
    assert seen == [1, 2, 3]


@pytest.mark.parametrize(("slug", "unit", "start"), [("xor", RELU, RANDOM), ("moons", TANH, ALIKE)])
def test_the_script_gives_the_same_numbers(slug: str, unit: str, start: str) -> None:
    task = TASKS[slug]
    short = type(task)(task.slug, task.title, task.make, 200, task.widths, task.script)
    one = stops(short.problem(), 2, unit, start, (SEEDS[1], 9))
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(script(short, 2, unit, start, SEEDS[1]), {})
    first, second = said.getvalue().splitlines()
    assert first.startswith(f"loss {one.end.loss[0]:.6f}, ")
    values = [float(number) for number in second.removeprefix("curvatures [")[:-1].split(",")]
    np.testing.assert_allclose(values, one.end.spectra[0], atol=2e-4)


@pytest.mark.slow
@pytest.mark.parametrize("unit", [RELU, TANH])
@pytest.mark.parametrize("slug", TASKS.slugs)
def test_no_network_of_the_largest_width_is_caught_in_a_worse_minimum(slug: str, unit: str) -> None:
    one = stood(slug, TASKS[slug].widths[-1], unit)
    assert (one.end.kind != MINIMUM).all()


@pytest.mark.slow
@pytest.mark.parametrize(("unit", "kind"), [(TANH, WAY), (RELU, KINK)])
@pytest.mark.parametrize("slug", ["moons", "spirals"])
def test_wide_networks_are_slow_with_tanh_and_at_kinks_with_relu(
    slug: str, unit: str, kind: int
) -> None:
    one = stood(slug, 8, unit)
    assert ((one.end.kind == kind) | (one.end.kind == LOWEST)).mean() > 0.5


@pytest.mark.slow
def test_on_moons_and_spirals_some_slow_places_curve_down_and_some_do_not() -> None:
    bent = [slow_bends(slug, 8, unit) for slug in ("moons", "spirals") for unit in (RELU, TANH)]
    assert 0.3 < np.concatenate(bent).mean() < 0.9
