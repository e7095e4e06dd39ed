"""Three tests of one map, and the sentence that they come to."""

from __future__ import annotations

import numpy as np
import pytest

from explainer.gradients.attribution.deletion_insertion import Comparison, Curve, DeletionInsertion
from explainer.gradients.attribution.judgement import Judgement
from explainer.gradients.attribution.randomisation import Randomisation, Stage

NOTHING = np.zeros((8, 8), np.float32)


def comparison(own: float, moved: float) -> Comparison:
    """Curves that lie flat at these probabilities."""
    curves = [
        Curve(np.array([0, 1], np.float32), NOTHING[0, :2], np.full(2, value, np.float32))
        for value in (own, moved)
    ]
    return Comparison(curves[0], (curves[1],))


def judged(deletion: float, insertion: float, last: float, every: float) -> Judgement:
    """A judgement with these areas, against moved maps of 0.5, and these rank correlations."""
    pixels = DeletionInsertion(comparison(deletion, 0.5), comparison(insertion, 0.5))
    stages = tuple(
        Stage(name, layers, (rho,), (0.0,), NOTHING)
        for name, layers, rho in (("out", 1, last), ("conv", 9, every))
    )
    return Judgement(pixels, Randomisation(NOTHING, stages))


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((0.1, 0.9, 0.3, 0.1), "passes all 3 tests**, so these tests have nothing to say against"),
        ((0.1, 0.9, 0.86, 0.1), "passes 2 of 3 tests** (it fails: shuffled weights), so read it"),
        ((0.6, 0.9, 0.3, 0.8), "1 of 3 tests** (it fails: deletion, shuffled weights), so it is"),
        ((0.5, 0.5, 0.9, 0.9), "passes 0 of 3 tests** (it fails: deletion, insertion, shuffled"),
    ],
)
def test_the_verdict_counts_what_is_passed(
    numbers: tuple[float, float, float, float], said: str
) -> None:
    assert said in judged(*numbers).sentence("Grad-CAM")
