"""What a worse camera costs, and what helps: over seeds that the page does not show."""

from __future__ import annotations

from functools import cache

from explainer.evaluation.cameras import CAMERAS
from explainer.evaluation.gaps import largest, measured
from explainer.evaluation.mismatch import (
    DEV,
    SHOWN,
    STRENGTHS,
    TRAIN,
    TRAIN_DEV,
    Distances,
    distances,
    drawn,
)

BLUR = CAMERAS["blur"]


@cache
def looked() -> Distances:
    return distances(BLUR, (31, 32, 33))


def test_no_digit_is_in_two_parts_of_a_seed() -> None:
    parts = drawn(31)
    whole = [parts.train, parts.more, parts.train_dev, parts.dev, parts.test]
    digits = {one.tobytes() for part in whole for one in part.pictures}
    assert len(digits) == sum(len(part.labels) for part in whole)


def test_only_the_gap_to_dev_grows_with_the_camera() -> None:
    errors = looked().errors
    assert (errors[:, (TRAIN, TRAIN_DEV)] == errors[0, (TRAIN, TRAIN_DEV)]).all()
    assert (errors[:, TRAIN] < 0.05).all()
    means = errors.mean(-1)
    assert abs(means[0, DEV] - means[0, TRAIN_DEV]) < 0.03
    assert means[-1, DEV] > means[STRENGTHS.index(0.7), DEV] > means[0, DEV] + 0.15
    clearest = largest(measured(errors[STRENGTHS.index(BLUR.usual), :4]))
    assert clearest is not None
    assert clearest.gap.slug == "mismatch"


def test_the_shown_answers_are_those_of_the_first_network() -> None:
    assert looked().answers.shape == (len(STRENGTHS), SHOWN)
    right = (looked().answers == drawn(31).dev.labels[:SHOWN]).mean(1)
    assert right[0] > right[-1]
