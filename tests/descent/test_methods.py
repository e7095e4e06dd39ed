"""The seven methods on the plane: against the registry, and what is claimed of their steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from explainer.descent.methods import (
    SLUGS,
    Floats,
    Knobs,
    Settings,
    convnetjs_first_step,
    descend,
    row,
)
from explainer.training.recipe.optimisers import OPTIMISERS

PLAIN = Knobs(weight_decay=0.0)


def drawn(step: int, count: int = len(SLUGS)) -> Floats:
    return np.tile(np.random.default_rng(step).standard_normal(2), (count, 1))


@pytest.mark.parametrize("slug", SLUGS)
def test_a_path_is_that_of_the_registry(slug: str) -> None:
    """But for AdaGrad's ε, which is the one of all here."""
    method, rate = OPTIMISERS[slug], 0.05
    history = descend(
        lambda points, step: drawn(step, 1), np.array([0.3, -2.0]), 30,
        Settings((rate,), PLAIN, (slug,)),
    )  # fmt: skip
    values = torch.tensor([[0.3, -2.0]], dtype=torch.float64)
    slots = {name: torch.zeros_like(values) for name in method.slots}
    for step in range(1, 31):
        method.update(values, torch.from_numpy(drawn(step, 1)), slots, step, rate, 0.9)
        np.testing.assert_allclose(history.places[step], values.numpy(), rtol=1e-6)


def test_methods_side_by_side_go_as_each_alone() -> None:
    start, rates = np.array([1.0, 2.0]), tuple(0.01 * (1 + at) for at in range(len(SLUGS)))
    together = descend(lambda points, step: np.sin(3 * points), start, 20, Settings(rates))
    for at, slug in enumerate(SLUGS):
        alone = descend(
            lambda points, step: np.sin(3 * points), start, 20,
            Settings((rates[at],), slugs=(slug,)),
        )  # fmt: skip
        np.testing.assert_allclose(together.places[:, at], alone.places[:, 0], rtol=1e-12)


def test_the_history_adds_up_and_says_what_was_used() -> None:
    rates = (0.1,) * len(SLUGS)
    history = descend(lambda points, step: drawn(step), np.zeros(2), 12, Settings(rates))
    np.testing.assert_allclose(np.diff(history.places, axis=0), history.steps, atol=1e-12)
    at, times = SLUGS.index("adam"), np.arange(1, 13)[:, None]
    np.testing.assert_allclose(
        history.first_used[:, at], history.first[:, at] / (1 - 0.9**times), rtol=1e-12
    )
    np.testing.assert_allclose(
        history.second_used[:, at], history.second[:, at] / (1 - 0.999**times), rtol=1e-9
    )


def test_adamw_shrinks_the_weights_apart_from_the_step() -> None:
    history = descend(
        lambda points, step: np.zeros_like(points), np.array([2.0, -1.0]), 5,
        Settings((0.1,), Knobs(weight_decay=0.5), ("adamw",)),
    )  # fmt: skip
    np.testing.assert_allclose(history.places[-1, 0], np.array([2.0, -1.0]) * 0.95**5, rtol=1e-12)


def test_what_blows_up_ends_no_other_method() -> None:
    history = descend(
        lambda points, step: 10 * points, np.array([1.0, 1.0]), 500,
        Settings((1.0, 0.01), slugs=("sgd", "adam")),
    )  # fmt: skip
    assert not np.isfinite(history.places[-1, 0]).any()
    assert np.abs(history.places[-1, 1]).max() < 1


@pytest.mark.parametrize("seed", range(20, 24))
def test_adams_first_step_is_its_rate_in_each_direction_and_convnetjs_takes_ten(seed: int) -> None:
    gradient = np.random.default_rng(seed).standard_normal(2)
    history = descend(
        lambda points, step: gradient[None], np.zeros(2), 1, Settings((0.1,), PLAIN, ("adam",))
    )
    right = history.steps[0, 0]
    np.testing.assert_allclose(right, -0.1 * np.sign(gradient), rtol=1e-6)
    np.testing.assert_allclose(convnetjs_first_step(gradient, 0.1, PLAIN), 10 * right, rtol=1e-4)
    other = replace(PLAIN, mean_decay=0.5)
    np.testing.assert_allclose(convnetjs_first_step(gradient, 0.1, other), 250 * right, rtol=1e-4)


def test_adagrads_steps_on_a_slope_that_stays_shrink_as_one_over_the_root_of_their_number() -> None:
    history = descend(
        lambda points, step: np.ones((2, 2)), np.zeros(2), 100,
        Settings((0.5, 0.5), slugs=("adagrad", "rmsprop")),
    )  # fmt: skip
    np.testing.assert_allclose(-history.steps[:, 0, 0], 0.5 / np.sqrt(np.arange(1, 101)), rtol=1e-6)
    assert -history.steps[-1, 1, 0] > 0.5  # who forgets goes on


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(KeyError):
        row("lion", PLAIN)
