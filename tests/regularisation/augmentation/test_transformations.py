"""The transformations of the wall are torchvision's under the same draws; so is its script."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zlib import crc32

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F

from explainer.images.gallery import gallery_picture
from explainer.regularisation.augmentation.policies import operation
from explainer.regularisation.augmentation.transformation import SIDE, Transformation, run
from explainer.regularisation.augmentation.wall import (
    DEFAULT,
    TRANSFORMATIONS,
    Pipeline,
    Sample,
    Step,
    begun,
    continued,
    square,
    step,
    written,
)
from explainer.regularisation.augmentation.wall_script import script

SEED = 41
ALONE = [one for one in TRANSFORMATIONS if not one.mixes]
MIXING = [one for one in TRANSFORMATIONS if one.mixes]
QUICK_LEVELS = {one.slug: 1 for one in TRANSFORMATIONS if one.quick and not one.whole}
"""Those made in another way, and by how many of 255 levels a pixel may differ for it."""


def ends(entry: Transformation) -> list[Step]:
    """The step as usual, and with each parameter at both of its ends."""
    found = [step(entry.slug, p=1)]
    for one in entry.settings:
        found += [step(entry.slug, **{"p": 1, one.name: end}) for end in (one.minimum, one.maximum)]
    return found


def odd_pictures() -> dict[str, Tensor]:
    codes = gallery_picture("chelsea").codes
    return {
        "grey": square(np.repeat(codes[..., :1], 3, 2)),
        "tiny": square(codes[:1, :1]),
        "black": torch.zeros(3, SIDE, SIDE, dtype=torch.uint8),
        "white": torch.full((3, SIDE, SIDE), 255, dtype=torch.uint8),
    }


PHOTO, SECOND = square(gallery_picture("chelsea").codes), square(gallery_picture("coffee").codes)


def samples(steps: Pipeline, photo: Tensor = PHOTO, seed: int = SEED) -> list[Sample]:
    return continued(begun(photo), steps, seed, SECOND)


def of_torchvision(steps: Pipeline, tile: int, photo: Tensor) -> tuple[Tensor, Tensor]:
    """A sample and its labels by the lines of code, with torch's own seed."""
    picture, labels = photo, torch.eye(2)
    batch = None
    with torch.random.fork_rng(devices=[]):
        for one in steps:
            torch.manual_seed(crc32(f"{SEED} {tile} {one.slug}".encode()))
            if one.entry.mixes:
                if batch is None:
                    batch = F.to_dtype(torch.stack([picture, SECOND]), torch.float32, scale=True)
                batch, labels = run(one.code)(batch, labels)
            else:
                picture = run(one.code)(picture)
    if batch is not None:
        picture = F.to_dtype(batch[0], torch.uint8, scale=True)
    return picture, labels[0]


def compare(found: Tensor, expected: Tensor, levels: int) -> None:
    assert found.dtype == torch.uint8
    assert found.shape == (3, SIDE, SIDE)
    apart = (found.int() - expected.int()).abs()
    if not levels:
        assert torch.equal(found, expected)
    else:
        assert (apart > levels).float().mean() < 0.002
        assert apart.float().mean() < 0.2


@pytest.mark.parametrize("entry", ALONE, ids=lambda entry: entry.slug)
def test_each_is_torchvisions_under_the_same_draws_at_both_ends(entry: Transformation) -> None:
    for one in ends(entry):
        for tile, found in enumerate(continued(begun(PHOTO, 2), (one,), SEED, SECOND), 1):
            expected, _ = of_torchvision((one,), tile, PHOTO)
            compare(found.codes, expected, QUICK_LEVELS.get(entry.slug, 0))


@pytest.mark.parametrize("entry", ALONE, ids=lambda entry: entry.slug)
def test_so_it_is_for_grey_tiny_black_and_white_pictures(entry: Transformation) -> None:
    for photo in odd_pictures().values():
        for one in (ends(entry)[0], ends(entry)[-1]):
            (found,) = continued(begun(photo, 1), (one,), SEED, SECOND)
            expected, _ = of_torchvision((one,), 1, photo)
            compare(found.codes, expected, QUICK_LEVELS.get(entry.slug, 0))


@pytest.mark.parametrize("entry", MIXING, ids=lambda entry: entry.slug)
def test_mixing_is_torchvisions_and_so_are_its_labels(entry: Transformation) -> None:
    for one in ends(entry):
        steps = (step("horizontal_flip"), one)
        for tile, found in enumerate(continued(begun(PHOTO, 3), steps, SEED, SECOND), 1):
            expected, labels = of_torchvision(steps, tile, PHOTO)
            assert torch.equal(found.codes, expected)
            assert found.share == pytest.approx(float(labels[0]))


def test_the_share_of_the_label_is_that_of_the_area_or_of_the_light() -> None:
    white, black = odd_pictures()["white"], odd_pictures()["black"]
    for slug in ("mixup", "cutmix"):
        for one in continued(begun(white), (step(slug),), SEED, black):
            assert float(one.codes.float().mean()) / 255 == pytest.approx(one.share, abs=0.01)


def test_nothing_but_the_wall_is_disturbed_by_its_draws() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        expected = torch.rand(4)
        torch.manual_seed(3)
        every = [step(entry.slug, p=1) for entry in TRANSFORMATIONS]
        continued(begun(PHOTO, 1), every, SEED, SECOND)
        assert torch.equal(torch.rand(4), expected)


def test_the_policies_are_what_is_said_of_them() -> None:
    def share(policy: v2.AutoAugmentPolicy) -> float:
        names = [name for pair in v2.AutoAugment(policy)._policies for name, *_ in pair]
        return sum(name in ("ShearX", "ShearY", "Invert") for name in names) / len(names)

    assert share(v2.AutoAugmentPolicy.SVHN) > 3 * share(v2.AutoAugmentPolicy.IMAGENET)
    assert len(v2.RandAugment._AUGMENTATION_SPACE) == 14
    assert len(v2.TrivialAugmentWide._AUGMENTATION_SPACE) == 14
    assert v2.AugMix().mixture_width == 3


def test_every_operation_of_a_policy_has_its_words() -> None:
    for policy in (v2.AutoAugment, v2.RandAugment, v2.TrivialAugmentWide, v2.AugMix):
        for name in policy._AUGMENTATION_SPACE:
            assert "{" not in operation(name, 0.25)
    assert operation("Rotate", -12.0) == "turned by −12°"
    assert operation("TranslateX", SIDE / 4) == "moved across by +25 %"


@pytest.mark.parametrize("entry", ALONE, ids=lambda entry: entry.slug)
def test_what_was_drawn_is_said_in_words(entry: Transformation) -> None:
    (found,) = continued(begun(PHOTO, 1), (step(entry.slug, p=1),), SEED, SECOND)
    assert found.told
    assert "{" not in found.told[0]


def run_script(
    steps: Pipeline, folder: Path, codes: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    monkeypatch.chdir(folder)
    for name, one in (("picture", codes), ("second", gallery_picture("coffee").codes)):
        cv2.imwrite(f"{name}.png", cv2.cvtColor(np.ascontiguousarray(one), cv2.COLOR_RGB2BGR))
    names: dict[str, Any] = {}
    with torch.random.fork_rng(devices=[]):
        exec(compile(script(steps, SEED), "script", "exec"), names)
    return names


@pytest.mark.parametrize(
    "steps",
    [
        DEFAULT,
        (),
        (step("elastic", alpha=200), step("hue"), step("blur"), step("erasing", p=0.3)),
        (step("randaugment"), step("mixup"), step("cutmix", p=0.5)),
    ],
    ids=written,
)
def test_the_script_makes_the_wall(
    steps: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    codes = gallery_picture("astronaut").codes
    wall = run_script(steps, tmp_path, codes, monkeypatch)["wall"]
    quick = any(one.slug in QUICK_LEVELS for one in steps)
    found = samples(steps, square(codes))
    assert torch.equal(wall[0], square(codes))
    for one, expected in zip(found, wall[1:], strict=True):
        compare(one.codes, expected, 4 if quick else 0)
    assert (tmp_path / "wall.png").is_file()
    said = capsys.readouterr().out.splitlines()
    for one, line in zip(found, said[:-1] if len(said) > 1 else (), strict=False):
        assert f"{one.share:.2f} of the photo" in line


def test_every_script_of_one_step_is_code_that_runs() -> None:
    for entry in TRANSFORMATIONS:
        for one in ends(entry):
            assert f"    {one.code},\n" in script((one,), 0)
            compile(script((one,), 0), "script", "exec")
            assert max(map(len, script((one,), 0).splitlines())) <= 100
