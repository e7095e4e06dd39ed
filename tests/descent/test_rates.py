"""A race of rates: the names follow their rule, and what the page says of them holds elsewhere."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from explainer.descent.rate_script import FILE, script, script_file
from explainer.descent.rates import (
    FINE,
    HIGH,
    LARGEST,
    LOW,
    METHODS,
    VERY_HIGH,
    Race,
    as_floats,
    lost,
    race,
)
from explainer.training.recipe.schedules import SCHEDULES

FRESH = (40, 41)
"""Seeds that the page does not show."""


def made_up(*ends: float, middle: float = 1.0) -> Race:
    losses = np.array([np.full(len(ends), 2.0), np.full(len(ends), middle), ends])[:, None]
    none = np.full((1, len(ends)), np.nan)
    return Race(METHODS["sgd"], np.logspace(0, 1, len(ends)), np.arange(3), losses, none, none)


@cache
def found(slug: str) -> Race:
    """A race of some of the page's rates."""
    method = METHODS[slug]
    places = {"sgd": [2, 4, 8, 9, 12], "adam": [0, 4, 8, 11, 12]}[slug]
    return race(method, FRESH, method.rates[places])


def test_names_follow_the_share_of_the_best_fall() -> None:
    of = made_up(1.9, 1.15, 1.05, 1.0, 1.06, 1.2, 1.96, 5.0, LARGEST)
    assert of.best == 3
    assert of.looks() == [LOW, LOW, FINE, FINE, HIGH, HIGH, VERY_HIGH, VERY_HIGH, VERY_HIGH]


def test_a_loss_that_is_no_number_is_as_bad_as_can_be() -> None:
    given = torch.tensor([math.nan, math.inf, 1e9, 0.5])
    assert as_floats(given).tolist() == [LARGEST, LARGEST, LARGEST, 0.5]
    of = race(METHODS["sgd"], FRESH[:1], np.array([0.1, 1e30]), steps=10)
    assert of.losses[-1, 0, 1] == of.validation[0, 1] == LARGEST
    assert of.wrong[0, 1] == 1
    assert of.looks()[1] is VERY_HIGH


def test_a_seed_is_lost_where_more_than_a_quarter_of_the_fall_is_missing() -> None:
    quarter = (np.log(10) - 0.2) / 4
    assert lost([0.0, -0.99 * quarter, 0.99 * quarter], 0.2) == 0
    assert lost([1.01 * quarter, 0.0, -1.01 * quarter, -LARGEST], 0.2) == 3


def test_the_race_is_seen_after_its_first_steps() -> None:
    early: list[Race] = []
    of = race(METHODS["sgd"], FRESH[:1], np.array([0.1]), steps=40, seen=early.append)
    assert early[0].steps.tolist() == [0, 10]
    np.testing.assert_array_equal(early[0].losses, of.losses[:2])
    assert np.isfinite(of.validation).all()


def test_a_line_has_half_of_its_fall_at_half_time() -> None:
    of = made_up(0.0, 1.0)
    np.testing.assert_allclose(of.half(), [0.5, 1.0])
    assert of.early(0) == of.early(1) == 1
    assert made_up(1.0, 1.9, middle=1.95).early(1) == -1


def test_sgd_needs_a_larger_rate_than_adam() -> None:
    assert found("sgd").rates[found("sgd").best] == pytest.approx(1)
    assert found("adam").rates[found("adam").best] == pytest.approx(10**-1.5)


def test_where_the_figure_of_the_notes_is_right_and_where_not() -> None:
    sgd, adam = found("sgd"), found("adam")
    assert sgd.looks() == [LOW, LOW, FINE, HIGH, VERY_HIGH]
    assert adam.looks() == [LOW, LOW, FINE, HIGH, HIGH]
    # Low: no line. Of the second lowest rate most of the fall is in the second half.
    assert sgd.half()[0] < 0.45
    assert adam.half()[0] < 0.45
    # High: after a few steps no faster than the best rate, at no time.
    for of in (sgd, adam):
        assert (of.means[1:, 3] > of.means[1:, 2]).all()
    # Very high: no climb, but a jump, and then the loss of who says of every class the same.
    assert np.abs(sgd.means[10:, 4] - np.log(10)).max() < 0.3


def test_on_other_digits_adams_best_rate_is_smaller() -> None:
    of = found("adam")
    assert of.validation.mean(0).argmin() < of.best


@pytest.mark.parametrize(("method", "rate"), [("sgd", 0.1), ("adam", 0.01)])
def test_the_script_trains_the_network_of_the_race(
    method: str, rate: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = run(tmp_path, script(method, rate, 40, seed=40), monkeypatch)
    of = race(METHODS[method], (40,), np.array([rate]), steps=40)
    assert values["training"] == pytest.approx(of.losses[-1, 0, 0], abs=2e-3)
    assert values["validation"] == pytest.approx(of.validation[0, 0], abs=2e-3)
    assert values["right"] == pytest.approx(1 - of.wrong[0, 0], abs=3e-3)


def run(folder: Path, text: str, patch: pytest.MonkeyPatch, seed: int = 40) -> dict[str, float]:
    """What a script leaves in its names, run in a folder with its digits."""
    (folder / FILE).write_bytes(script_file(seed))
    patch.chdir(folder)
    names: dict[str, float] = {}
    exec(compile(text, "script.py", "exec"), names)
    return names


def test_every_schedule_is_in_the_script() -> None:
    for one in SCHEDULES:
        assert "def factor(step):" in script("sgd", 0.1, 40, schedule=one.slug)
