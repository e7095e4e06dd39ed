"""Changes over their strength: what they do, and what the page says of the networks' answers."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor
from torchvision.transforms.v2 import functional as tv

from explainer.networks.digits.field import in_field
from explainer.regularisation.augmentation.judges import (
    DIGIT_JUDGES,
    MATERIALS,
    as_picture,
    in_turn,
    photo_windows,
)
from explainer.regularisation.augmentation.judges import test_digits as digits_of_the_test
from explainer.regularisation.augmentation.survival import (
    CHANGES,
    Survival,
    share_interval,
    survived,
)
from explainer.training.data.shipped import mnist_sample

TRAINING = 4000


@cache
def other_digits() -> tuple[Tensor, Tensor]:
    """The 1,000 digits of the validation part, which the page does not use, classes in turn."""
    data = mnist_sample()
    inputs, labels = (
        one[TRAINING : data.test_from] for one in (data.inputs, data.labels)
    )  # fmt: skip
    order = in_turn(labels)
    return in_field(inputs[order]), labels[order]


@cache
def measured(slug: str) -> Survival:
    change = CHANGES[slug]
    return survived(other_digits()[0][:100], DIGIT_JUDGES, change, change.strengths())


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.slug)
@pytest.mark.parametrize("shape", [(5, 1, 36, 36), (2, 3, 32, 32), (1, 1, 36, 36)])
def test_a_change_keeps_shape_and_range_and_at_no_strength_changes_nothing(
    change: object, shape: tuple[int, ...]
) -> None:
    entry = CHANGES[change.slug]  # type: ignore[attr-defined]
    pictures = torch.rand(shape, generator=torch.Generator().manual_seed(1))
    before = pictures.clone()
    assert torch.equal(entry.changed(pictures, 0.0), pictures)
    for strength in entry.strengths()[1:]:
        found = entry.changed(pictures, float(strength))
        assert found.shape == pictures.shape
        assert 0 <= float(found.min()) <= float(found.max()) <= 1
    assert torch.equal(pictures, before)
    assert not torch.equal(entry.changed(pictures, entry.strength.maximum), pictures)


def test_a_quarter_turn_is_exact_and_every_second_goes_the_other_way() -> None:
    pictures = other_digits()[0][:2]
    found = CHANGES["rotation"].changed(pictures, 90)
    for one, way in ((0, 1), (1, -1)):
        expected = torch.rot90(pictures[one], way, (-2, -1))
        torch.testing.assert_close(found[one], expected, atol=1e-4, rtol=0)


def test_shift_and_noise_and_erasing_are_as_strong_as_they_say() -> None:
    pictures = other_digits()[0][:4]
    found = CHANGES["shift"].changed(pictures, 25)
    torch.testing.assert_close(found[0, :, :, 9:], pictures[0, :, :, :-9], atol=1e-5, rtol=0)
    torch.testing.assert_close(found[3, :, :-9], pictures[3, :, 9:], atol=1e-5, rtol=0)
    grey = torch.full((60, 1, 36, 36), 0.5)
    assert float((CHANGES["noise"].changed(grey, 0.1) - grey).std()) == pytest.approx(0.1, rel=0.02)
    gone = (CHANGES["erasing"].changed(grey, 25) == 0).flatten(1).float().mean(1)
    assert gone.tolist() == pytest.approx([0.25] * 60)


def test_blur_and_contrast_are_torchvisions() -> None:
    pictures = photo_windows()[:3]
    blurred = CHANGES["blur"].changed(pictures, 1.5)
    torch.testing.assert_close(blurred, tv.gaussian_blur(pictures, [11, 11], [1.5, 1.5]))
    flat = CHANGES["contrast"].changed(pictures, 60)
    torch.testing.assert_close(flat, tv.adjust_contrast(pictures, 0.4).clamp(0, 1))


def test_half_lost_is_where_the_line_between_two_strengths_crosses_one_half() -> None:
    found = Survival(np.array([0.0, 10, 20]), np.array([[1, 0.8, 0.3], [1, 0.9, 0.5]]), 10)
    assert found.half(0) == pytest.approx(16)
    assert found.half(1) is None


@pytest.mark.parametrize("successes", [0, 7, 20])
def test_the_interval_of_a_share_is_wilsons(successes: int) -> None:
    from scipy.stats import binomtest

    expected = binomtest(successes, 20).proportion_ci(0.95, method="wilson")
    assert share_interval(successes, 20) == pytest.approx((expected.low, expected.high))


def test_place_matters_to_the_mlp_and_little_to_the_network_with_a_global_mean() -> None:
    found = measured("shift")
    mlp, __, mean = (found.half(row) for row in range(3))
    assert mlp is not None
    assert mlp / 100 * 36 < 4
    assert mean is not None
    assert 25 < mean < 45


def test_noise_confuses_first_the_network_that_bears_shifts_best() -> None:
    halves = [measured("noise").half(row) for row in range(3)]
    assert halves[2] == min(halves, key=lambda one: one or np.inf)
    assert halves[2] is not None
    assert halves[2] < 0.75 * min(one for one in halves[:2] if one is not None)


def test_brightness_costs_no_digit_network_half_of_its_answers() -> None:
    assert [measured("brightness").half(row) for row in range(3)] == [None] * 3


def test_pictures_are_those_that_the_page_names() -> None:
    pictures, labels = digits_of_the_test()
    assert pictures.shape == (1000, 1, 36, 36)
    assert labels[:10].tolist() == list(range(10))
    assert len(photo_windows()) == 42
    assert not MATERIALS["digits"].judges[0].logits(pictures[:0]).numel()


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 700, 3), (32, 32, 3)])
def test_tiny_and_long_photos_become_what_a_network_reads(shape: tuple[int, int, int]) -> None:
    assert as_picture(np.full(shape, 128, np.uint8)).shape == (1, 3, 32, 32)
