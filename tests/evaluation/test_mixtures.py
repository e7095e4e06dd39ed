"""What helps against a worse camera: over seeds that the page does not show."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explainer.evaluation.cameras import CAMERAS, Camera
from explainer.evaluation.gaps import largest, measured
from explainer.evaluation.mismatch import DEV, SHARP, TEST, TRAIN, TRAIN_DEV
from explainer.evaluation.mixtures import (
    AUGMENTED,
    MORE_OF_IT,
    SHARES,
    WRONGLY,
    Mixtures,
    chosen_by,
    mixtures,
)
from explainer.training.instruments.student import interval


@cache
def mixed() -> Mixtures:
    return mixtures(CAMERAS["blur"], (31, 32, 33), steps=120)


def test_a_mixture_is_measured_on_its_own_source_and_on_the_target() -> None:
    found = mixed()
    assert (found.instead[0] == found.added[0]).all()
    np.testing.assert_array_equal(found.instead[0, TRAIN_DEV], found.instead[0, SHARP])
    assert abs(interval((found.instead[-1, TRAIN_DEV] - found.instead[-1, DEV]).tolist())[0]) < 0.04


def claims(found: Mixtures) -> None:
    """What the page says of every camera."""
    target = found.instead[:, TEST].mean(-1)
    assert target[0] - target[1] > target[1] - target.min()
    tenth, imitated = found.gain(found.instead[1])[0], found.gain(found.others[AUGMENTED])[0]
    assert found.gain(found.others[MORE_OF_IT])[0] < 0.35 * tenth
    more = (found.instead[0, SHARP] - found.others[MORE_OF_IT][SHARP]).mean()
    assert more > 0
    assert imitated > found.gain(found.instead[5])[0] - 0.03
    assert found.gain(found.others[WRONGLY])[0] < 0.5 * imitated


def test_a_little_of_the_target_pays_most_and_more_of_the_source_does_not() -> None:
    claims(mixed())


def test_blurred_digits_are_harder_themselves_and_to_learn() -> None:
    errors = mixed().instead.mean(-1)
    assert errors[-1, TEST] > errors[0, SHARP]
    assert errors[-1, TRAIN] > errors[5, TRAIN] > errors[0, TRAIN]


def test_whoever_chooses_by_sharp_digits_takes_too_few_of_the_target() -> None:
    by_sharp, by_dev = (chosen_by(part, mixed().instead) for part in (SHARP, DEV))
    assert set(by_sharp.shares) <= set(SHARES)
    assert (by_dev.chosen_on == mixed().instead[:, DEV].min(0)).all()
    assert by_sharp.shares.mean() < by_dev.shares.mean()
    assert by_sharp.test.mean() > by_dev.test.mean() + 0.01


@pytest.mark.parametrize("way", ["instead", "added"])
def test_the_share_is_chosen_among_the_mixtures_of_its_way(way: str) -> None:
    errors = getattr(mixed(), way)
    chosen = chosen_by(DEV, errors)
    for seed, share in enumerate(chosen.shares):
        place = SHARES.index(share)
        assert chosen.chosen_on[seed] == errors[:, DEV, seed].min()
        assert chosen.test[seed] == errors[place, TEST, seed]


def test_the_first_share_is_seen_alone_and_each_is_what_it_is_at_last() -> None:
    seen: list[np.ndarray] = []
    found = mixtures(CAMERAS["haze"], (31, 32), steps=3, seen_so_far=seen.append)
    assert len(seen[0]) == 1
    for one in seen:
        np.testing.assert_array_equal(one, found.instead[: len(one)])


@pytest.mark.slow
@pytest.mark.parametrize("camera", CAMERAS, ids=lambda one: one.slug)
def test_what_is_said_of_mixtures_holds_for_every_camera(camera: Camera) -> None:
    found = mixtures(camera, (20, 21, 22, 23, 24, 25))
    claims(found)
    by_sharp, by_dev = (chosen_by(part, found.instead) for part in (SHARP, DEV))
    assert by_sharp.shares.mean() < by_dev.shares.mean()
    if camera.slug == "blur":
        beside, by_target = (chosen_by(part, found.added) for part in (SHARP, DEV))
        dearer = (by_sharp.test - by_dev.test) - (beside.test - by_target.test)
        assert dearer.mean() > 0.01
    assert found.gain(found.instead[1])[1] > 0
    harder = (found.instead[-1, TEST] - found.instead[0, SHARP]).mean()
    assert (harder > 0.02) == (camera.slug != "haze")
    clearest = largest(measured(found.instead[0, :4]))
    assert clearest is not None
    assert clearest.gap.slug == "mismatch"
