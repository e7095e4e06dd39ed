"""Noises and what is drawn of them: derivatives, areas, and handles."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.integrate import quad

from explainer.likelihood.drawn import GRID, KNOTS, NONE, SIDE, SPAN, Drawn, Heights
from explainer.likelihood.noise import NOISES, Noise

SCALE = 0.6
PROPER = [one for one in NOISES if one.slug != "biweight"]
OUTER: Heights = (5.2, 4.9, *(None,) * 9, 4.9, 5.2)


def drawn_of(noise: Noise, heights: Heights = NONE, scale: float = SCALE) -> Drawn:
    return Drawn(noise, scale, noise.own.default if noise.own else 0.0, heights)


def parabola(scale: float) -> Heights:
    return tuple(float(one) for one in KNOTS**2 / (2 * scale**2))


@pytest.mark.parametrize("noise", NOISES, ids=NOISES.slugs)
def test_the_pull_and_its_slope_are_autograds(noise: Noise) -> None:
    own = (
        {noise.own.name: torch.tensor(noise.own.default, dtype=torch.float64)} if noise.own else {}
    )
    r = torch.linspace(-4.03, 4.01, 200, dtype=torch.float64).requires_grad_()
    names = {"torch": torch, "math": math, "u": r / SCALE, **own}
    loss = eval(noise.code, names)
    (pull,) = torch.autograd.grad(loss.sum(), r)
    drawn, places, near = drawn_of(noise), r.detach().numpy(), 1e-6
    ours = drawn.parts(places)
    for mine, theirs in zip(ours, (loss, pull), strict=False):
        np.testing.assert_allclose(mine, theirs.detach(), rtol=1e-9, atol=1e-9)
    slope = (drawn.parts(places + near)[1] - drawn.parts(places - near)[1]) / (2 * near)
    np.testing.assert_allclose(ours[2], slope, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("noise", PROPER, ids=[one.slug for one in PROPER])
@pytest.mark.parametrize("heights", [NONE, OUTER], ids=["bare", "drawn"])
def test_the_area_under_a_density_is_one(noise: Noise, heights: Heights) -> None:
    drawn = drawn_of(noise, heights)

    def density(r: float) -> float:
        return float(np.exp(-drawn.losses(np.array([r]))[0]))

    breaks = [-1e4, -60, -12, -SPAN, *KNOTS, SPAN, 12, 60, 1e4]
    area = sum(quad(density, *ends, limit=200)[0] for ends in pairwise(breaks))
    assert drawn.is_proper
    assert area == pytest.approx(1, abs=2e-4)


def test_areas_known_in_closed_form() -> None:
    r = np.linspace(-6, 6, 25)
    for slug, wanted in (
        ("gaussian", stats.norm(scale=SCALE)), ("laplace", stats.laplace(scale=SCALE)),
        ("student", stats.t(2, scale=SCALE)), ("log_cosh", None),
    ):  # fmt: skip
        found = np.exp(-drawn_of(NOISES[slug]).losses(r))
        if wanted is None:
            np.testing.assert_allclose(found, 1 / (np.cosh(r / SCALE) * np.pi * SCALE), rtol=1e-5)
        else:
            np.testing.assert_allclose(found, wanted.pdf(r), rtol=1e-5)


def test_flat_tails_belong_to_no_density() -> None:
    assert not drawn_of(NOISES["biweight"]).is_proper
    flat: Heights = (*OUTER[:-2], 5.0, 5.0)
    drawn = drawn_of(NOISES["gaussian"], flat)
    assert not drawn.is_proper
    assert drawn.beyond == 1
    rising = replace(drawn, heights=(*flat[:-1], 3.0))
    pull = rising.parts(np.array([3.5, 4.0, 6.0, 40.0]))[1]
    assert pull[0] < 0
    np.testing.assert_allclose(pull[1:], 0, atol=1e-12)


@pytest.mark.parametrize("noise", NOISES, ids=NOISES.slugs)
def test_a_handle_stands_where_it_is_put_and_its_mirror_with_it(noise: Noise) -> None:
    drawn = drawn_of(noise)
    index, loss = 8, 2.25
    for symmetric in (True, False):
        moved = drawn.with_handle(index, loss, symmetric=symmetric)
        inside = np.log(np.trapezoid(np.exp(-moved.parts(GRID)[0]), GRID))
        assert moved.parts(KNOTS)[0][index] + inside == pytest.approx(loss, abs=5e-3)
        assert (moved.heights[len(KNOTS) - 1 - index] is not None) is symmetric
        assert moved.without_handle(index, symmetric=symmetric) == drawn


def test_beside_handles_that_nobody_moved_the_loss_is_the_noises() -> None:
    bare, drawn = (drawn_of(NOISES["student"], one) for one in (NONE, OUTER))
    inner = GRID[np.abs(GRID) < 2]
    for one, other in zip(bare.parts(inner), drawn.parts(inner), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("slug", ["gaussian", "laplace", "student"])
def test_what_is_drawn_is_smooth_and_its_derivatives_are_its_own(slug: str) -> None:
    random = np.random.default_rng(7)
    heights: Heights = tuple(random.uniform(0, 6, len(KNOTS)).tolist())
    drawn = drawn_of(NOISES[slug], heights)
    np.testing.assert_allclose(np.asarray(drawn.parts(KNOTS)[0]), np.array(heights, float))
    places = random.uniform(-4.8, 4.8, 400)
    places = places[np.abs(places[:, None] - KNOTS).min(axis=1) > 1e-3]
    near = 1e-5
    low, high = (drawn.parts(places + side) for side in (-near, near))
    here = drawn.parts(places)
    for order in (0, 1):
        slope = (high[order] - low[order]) / (2 * near)
        np.testing.assert_allclose(slope, here[order + 1], rtol=1e-4, atol=1e-4)


def test_between_two_handles_a_drawn_loss_goes_nowhere_beyond_them() -> None:
    random = np.random.default_rng(11)
    for _ in range(30):
        heights: Heights = tuple(random.uniform(0, 8, len(KNOTS)).tolist())
        drawn = drawn_of(NOISES["gaussian"], heights)
        for low, high in pairwise(KNOTS):
            loss = drawn.parts(np.linspace(low, high, 21))[0]
            ends = sorted((loss[0], loss[-1]))
            assert loss.min() >= ends[0] - 1e-9
            assert loss.max() <= ends[1] + 1e-9


SMOOTH = [one for one in PROPER if not one.corner]


@pytest.mark.parametrize("noise", SMOOTH, ids=[one.slug for one in SMOOTH])
def test_a_parabola_through_handles_is_met_exactly(noise: Noise) -> None:
    wanted, drawn = drawn_of(NOISES["gaussian"], scale=0.9), drawn_of(noise, parabola(0.9))
    inner = np.linspace(-SIDE[-2], SIDE[-2], 121)
    np.testing.assert_allclose(drawn.parts(inner)[:2], wanted.parts(inner)[:2], atol=1e-9)
