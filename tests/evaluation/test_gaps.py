"""The gaps between levels of error, by hand, and the script that shows them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explainer.evaluation.gaps import REACHABLE, largest, measured
from explainer.evaluation.mismatch_script import script
from explainer.training.instruments.student import interval

EVEN = np.array([-0.002, 0.0, 0.002])
ERRORS = np.stack([0.012 + EVEN, 0.05 - EVEN, 0.35 + 3 * EVEN, 0.352 - 5 * EVEN])


def test_gaps_are_the_steps_between_the_levels_and_sum_to_the_last() -> None:
    found = measured(ERRORS)
    sizes = [one.size for one in found]
    np.testing.assert_allclose(sizes, [0.012 - REACHABLE, 0.038, 0.3, 0.002], atol=1e-12)
    assert REACHABLE + sum(sizes) == pytest.approx(0.352)
    np.testing.assert_allclose(
        (found[2].low, found[2].high), interval((ERRORS[2] - ERRORS[1]).tolist())[1:]
    )


def test_where_nobody_knows_what_is_reachable_there_is_no_avoidable_bias() -> None:
    known, found = measured(ERRORS), measured(ERRORS, None)
    assert [one.gap.slug for one in found] == ["variance", "mismatch", "chosen"]
    assert found == known[1:]
    hard = ERRORS + np.array([0.5, 0.47, 0.2, 0.2])[:, None]
    for reachable, slug in ((REACHABLE, "bias"), (None, "mismatch")):
        clearest = largest(measured(hard, reachable))
        assert clearest is not None
        assert clearest.gap.slug == slug


def test_the_largest_is_named_and_none_where_all_is_noise() -> None:
    clearest = largest(measured(ERRORS))
    assert clearest is not None
    assert clearest.gap.slug == "mismatch"
    noise = np.random.default_rng(0).normal(REACHABLE, 1e-4, (4, 5))
    noise -= noise.mean(1, keepdims=True) - REACHABLE
    assert largest(measured(noise)) is None


def test_the_script_finds_the_same_gaps() -> None:
    errors = np.round(np.random.default_rng(1).random((4, 6)), 3)
    names: dict[str, Any] = {}
    exec(script(errors), names)
    found = measured(errors)
    np.testing.assert_allclose(names["sizes"], [one.size for one in found], atol=1e-9)
    np.testing.assert_allclose(names["lows"], [one.low for one in found], atol=1e-9)
    clearest = largest(found)
    assert names["largest"] == (clearest.gap.slug if clearest else "none")
