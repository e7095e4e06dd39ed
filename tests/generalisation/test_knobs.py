"""Which knob moves what, over seeds that the page does not show."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explainer.generalisation.knobs import BASE, KNOBS, Turned, turned

SEEDS = (41, 42, 43, 44)
BY_SLUG = {one.slug: one for one in (BASE, *KNOBS)}


@cache
def found(slug: str) -> Turned:
    return turned(BY_SLUG[slug], SEEDS)


@pytest.mark.parametrize(
    ("slug", "fit", "gap"),
    [("longer", -1, 1), ("larger", -1, 1), ("l2", 1, -1), ("data", 1, -1), ("stopping", 1, -1)],
)
def test_every_knob_moves_training_error_and_gap_beyond_noise(
    slug: str, fit: int, gap: int
) -> None:
    training, difference, __ = found(slug).against(found("base"))
    for sign, (mean, low, high) in ((fit, training), (gap, difference)):
        assert np.sign(mean) == sign
        assert low * high > 0


def test_longer_training_costs_validation() -> None:
    __, low, __ = found("longer").against(found("base"))[2]
    assert low > 0
