"""Double descent of networks: what is counted and compared; slowly, what the page says."""

from __future__ import annotations

import numpy as np
import pytest

from explainer.generalisation.descent_network import (
    BEFORE,
    MOMENTS,
    STEPS,
    WIDTHS,
    Networks,
    by_step,
    by_width,
    networks,
    parameters,
    threshold,
)
from explainer.generalisation.stacked import Stacked


def test_parameters_are_counted_as_they_are() -> None:
    import torch

    stacked = Stacked(49, 13, [torch.Generator()])
    assert sum(one.numel() for one in stacked.parameters) == parameters(13)
    assert parameters(int(threshold())) < 1500 < parameters(int(threshold()) + 1)


def test_moments_go_from_the_first_step_to_the_last() -> None:
    assert MOMENTS[0] == 1
    assert MOMENTS[-1] == STEPS
    assert list(MOMENTS) == sorted(set(MOMENTS))


def test_networks_learn_and_are_shown_width_by_width() -> None:
    shares: list[float] = []
    seen: list[tuple[int, ...]] = []
    found = networks(
        (4, 8), (1, 2), (1, 30), told=shares.append, seen=lambda one: seen.append(one.widths)
    )
    assert shares == [0.5, 1]
    assert seen == [(4,), (4, 8)]
    assert found.error.shape == found.wrong.shape == found.training.shape == (2, 2, 2, 2)
    assert (found.training[:, :, 1] < found.training[:, :, 0]).all()
    assert (found.wrong <= 1).all()


def made_up(error: np.ndarray) -> Networks:
    return Networks(WIDTHS, (1, 10, 100), error, error, error)


def test_a_change_is_the_mean_over_seeds_of_fixed_widths() -> None:
    error = np.zeros((2, len(WIDTHS), 3, 3))
    at = WIDTHS.index(24)
    error[0, at, 2] = 5.0, 6.0, 7.0
    error[0, WIDTHS.index(BEFORE), 2] = 1.0, 1.0, 1.0
    error[0, 1, 1] = 9.0
    up, down = by_width(made_up(error), "error", 0, 2)
    assert (up.start, up.end, down.start, down.end) == (BEFORE, 24, 24, WIDTHS[-1])
    assert (up.mean, down.mean) == (5, -6)
    assert up.low < 5 < up.high
    assert by_width(made_up(error), "error", 1, 2)[0].mean == 0


def test_a_change_over_steps_begins_at_the_least() -> None:
    error = np.ones((2, len(WIDTHS), 3, 2))
    error[1, 4, 1] = 0.25
    found = by_step(made_up(error), "error", 1, 4)
    assert (found.start, found.end, found.mean) == (10, 100, 0.75)


@pytest.mark.slow
def test_the_squared_error_has_a_peak_that_l2_and_stopping_early_do_not_have() -> None:
    found = networks((BEFORE, 16, 24, 256), (51, 52, 53, 54), (55, 400, STEPS))
    up, down = by_width(found, "error", 0, 2)
    assert up.low > 0 > down.high
    up, down = by_width(found, "wrong", 0, 2)
    assert up.high < 0
    assert down.high < 0
    for measure in ("error", "wrong"):
        up, down = by_width(found, measure, 1, 2)
        assert up.high < 0
        assert down.mean < 0
    up, _down = by_width(found, "error", 0, 0)
    assert up.high < 0
    early, later, late = found.error[0].mean(-1).T
    assert early[1:].max() < late.min()
    assert (late > 0.95 * later).all()
