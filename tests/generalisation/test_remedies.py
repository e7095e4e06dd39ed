"""What the words say of remedies against learning by heart, on seeds the page does not show."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explainer.generalisation.remedies import (
    HALF,
    NONE,
    REMEDIES,
    STOPPING,
    TRUE,
    Floats,
    Measured,
    Remedies,
    remedies,
)
from explainer.training.instruments.student import AHEAD, BEHIND, judged

STRONGER = ("l2", "l1", "dropout", "shift", "units")
TRIED = (("dropout", 0), ("shift", 0), ("units", 2))


@cache
def found() -> Remedies:
    return remedies((61, 62), only=lambda slug, place: (slug, place) in TRIED)


def one(slug: str) -> Measured:
    return found().of(slug)[0]


def gains(slug: str, share: float) -> Floats:
    """The gain of each seed."""
    gained: Floats = one(slug).right(share) - one(NONE).right(share)
    return gained


def test_nothing_done_learns_random_labels_by_heart() -> None:
    assert (one(NONE).by_heart > 0.95).all()


@pytest.mark.parametrize("slug", ["shift", "units", STOPPING])
def test_these_keep_a_network_from_learning_by_heart(slug: str) -> None:
    assert (one(slug).by_heart < one(NONE).by_heart - 0.3).all()


def test_half_of_the_units_dropped_hinders_hardly() -> None:
    assert (one("dropout").by_heart > 0.88).all()


@pytest.mark.parametrize("slug", ["shift", STOPPING])
def test_with_half_random_labels_stopping_and_shifts_gain(slug: str) -> None:
    assert (gains(slug, HALF) > 0.02).all()


def test_on_true_labels_four_units_cost_and_neither_shifts_nor_stopping_does() -> None:
    assert (gains("units", TRUE) < -0.05).all()
    assert gains("shift", TRUE).mean() > -0.01
    assert abs(gains(STOPPING, TRUE).mean()) < 0.02


@pytest.mark.slow
def test_over_four_seeds_the_verdicts_are_those_that_the_page_speaks_of() -> None:
    whole = remedies((63, 64, 65, 66))

    def verdict(slug: str, place: int, share: float) -> str:
        return judged(*whole.gain(whole.of(slug)[place], share)[1:])

    assert verdict("shift", 0, TRUE) != BEHIND
    assert verdict("shift", 2, TRUE) == verdict("l2", 2, TRUE) == BEHIND
    assert verdict("units", 1, TRUE) == BEHIND
    assert verdict("shift", 0, HALF) == verdict(STOPPING, 0, HALF) == AHEAD
    assert verdict("dropout", 0, HALF) == verdict("dropout", 1, HALF) == AHEAD
    assert verdict("dropout", 0, TRUE) != BEHIND
    hindered = {slug: [each.by_heart.mean() for each in whole.of(slug)] for slug in STRONGER}
    for means in hindered.values():
        assert means == sorted(means, reverse=True)
    assert hindered["shift"][0] < min(hindered["dropout"])


def test_every_remedy_but_stopping_goes_from_weak_to_strong() -> None:
    for tried in REMEDIES:
        assert len(tried.settings) == {NONE: 1, STOPPING: 0}.get(tried.slug, 3)


def test_gains_are_paired() -> None:
    plain = np.array([[0.5, 0.7]] * 3)
    made_up = Remedies((Measured(NONE, "", plain, plain), Measured("l2", "", plain, plain + 0.1)))
    assert made_up.gain(made_up.of("l2")[0], TRUE) == pytest.approx((0.1, 0.1, 0.1))
    assert made_up.less(made_up.of("l2")[0])[0] == 0
