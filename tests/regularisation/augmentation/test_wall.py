"""The wall: draws that stay while strengths and orders change, and pipelines in links."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor
from torchvision.transforms.v2 import functional as F

from explainer.images.gallery import gallery_picture
from explainer.regularisation.augmentation.transformation import SIDE
from explainer.regularisation.augmentation.wall import (
    DEFAULT,
    MOST_STEPS,
    NONE,
    SAMPLES,
    TRANSFORMATIONS,
    Pipeline,
    Sample,
    Wall,
    begun,
    continued,
    ordered,
    read,
    square,
    step,
    written,
)

SEED = 41
PHOTO, SECOND = square(gallery_picture("chelsea").codes), square(gallery_picture("coffee").codes)
WHITE = torch.full((3, SIDE, SIDE), 255, dtype=torch.uint8)
ENDS = [step(one.slug, **{p.name: p.maximum for p in one.settings}) for one in TRANSFORMATIONS]


def samples(steps: Pipeline, photo: Tensor = PHOTO, seed: int = SEED) -> list[Sample]:
    return continued(begun(photo), steps, seed, SECOND)


def angles(found: list[Sample]) -> list[float]:
    words = (one.told[-1].removeprefix("turned by ").removesuffix("°") for one in found)
    return [float(text.replace("−", "-")) for text in words]


def test_a_stronger_step_draws_the_same_and_only_goes_further() -> None:
    weak, strong = (samples((step("rotation", degrees=size),)) for size in (40, 80))
    assert angles(strong) == pytest.approx([2 * angle for angle in angles(weak)], abs=1.01)
    assert len(set(angles(weak))) > 5


def test_what_stands_before_a_step_does_not_change_its_draws() -> None:
    alone = samples((step("rotation"),))
    for before in (("horizontal_flip",), ("noise", "elastic"), ("autoaugment",)):
        steps = (*(step(slug, p=1) for slug in before), step("rotation"))
        assert angles(samples(steps)) == angles(alone)


def test_a_step_with_probability_zero_leaves_all_and_one_of_a_half_some() -> None:
    assert all(torch.equal(one.codes, PHOTO) for one in samples((step("invert", p=0),)))
    kept = [not one.told for one in samples((step("invert", p=0.5),))]
    assert 0 < sum(kept) < SAMPLES


def black(found: list[Sample]) -> list[float]:
    return [float((one.codes == 0).all(0).float().mean()) for one in found]


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_a_crop_after_a_turn_cuts_corners_away_and_a_turn_after_it_makes_new_ones(
    seed: int,
) -> None:
    turn, crop = step("rotation", degrees=45), step("resized_crop", least=0.3)
    cut, left = (
        continued(begun(WHITE), steps, seed, SECOND) for steps in ((turn, crop), (crop, turn))
    )
    assert sum(black(cut)) < sum(black(left))


def test_what_was_clipped_does_not_come_back() -> None:
    bright = F.adjust_brightness(PHOTO, 2.0)
    assert (F.adjust_brightness(bright, 0.5).int() - PHOTO.int()).abs().max() > 20


def test_a_wall_makes_what_is_new_and_keeps_what_was() -> None:
    wall = Wall(PHOTO, SECOND, SEED)
    steps = (step("rotation"), step("blur"))
    first = wall.samples(steps)
    assert wall.samples(steps) is first
    for one, expected in zip(wall.samples(steps[:1]), samples(steps[:1]), strict=True):
        assert torch.equal(one.codes, expected.codes)
    sheet = wall.sheet(first)
    assert sheet.shape == (3 * SIDE, 4 * SIDE, 3)
    assert np.array_equal(sheet[:SIDE, :SIDE], PHOTO.permute(1, 2, 0))
    last = first[-1].codes.permute(1, 2, 0)
    assert np.array_equal(sheet[-SIDE:, -SIDE:], last)


def test_another_seed_draws_others() -> None:
    one = (step("rotation"),)
    assert angles(samples(one)) != angles(samples(one, seed=SEED + 1))


def test_a_pipeline_comes_back_from_its_link() -> None:
    for every in ([step(entry.slug) for entry in TRANSFORMATIONS], ENDS):
        for start in range(0, len(every), MOST_STEPS):
            steps = ordered(every[start : start + MOST_STEPS])
            assert read(written(steps)) == steps
    assert read(written(())) == ()
    assert written(DEFAULT) == "horizontal_flip~rotation:degrees=15~brightness"


@pytest.mark.parametrize(
    "text", ["", "abc", "~~", ":::", "rotation2", "x" * 5000, "none~", "~".join("abc" * 40)]
)
def test_a_link_without_sense_is_none(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rotation:degrees=nan:p=0.5", (step("rotation", p=0.5),)),
        ("rotation:degrees=1e9", (step("rotation"),)),
        ("rotation:colour=3~abc~blur", (step("rotation"), step("blur"))),
        ("posterise:bits=2.5", (step("posterise"),)),
        ("rotation~rotation:degrees=9", (step("rotation", degrees=9),)),
        ("mixup~rotation", (step("rotation"), step("mixup"))),
        (NONE, ()),
    ],
)
def test_a_link_is_read_as_far_as_it_makes_sense(text: str, expected: Pipeline) -> None:
    assert read(text) == expected


def test_too_long_a_pipeline_is_cut() -> None:
    found = read("~".join(TRANSFORMATIONS.slugs))
    assert found is not None
    assert len(found) == MOST_STEPS
