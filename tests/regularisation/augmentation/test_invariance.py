"""Layers and their distances: moving by torch and torchvision, and what the page says of them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from torch.nn.functional import cosine_similarity
from torchvision.transforms.v2 import functional as vision

from explainer.images.patterns import PATTERNS
from explainer.images.samples import SAMPLES, sample
from explainer.networks.zoo.shared import shared_network
from explainer.regularisation.augmentation.invariance import (
    CHANGES,
    Followed,
    Matrix,
    distances,
    features,
    followed,
    layer_names,
    moved,
    sides,
    small,
)

PHOTOS = ("coffee", "astronaut", "rocket", "tissue", "coins")
NETWORKS = ("vgg", "lenet")


@cache
def through(slug: str, network: str, change: str) -> Followed:
    return followed(network, small(sample(slug).codes, network), CHANGES[change])


def matrix_of(slug: str, strength: float) -> Matrix:
    matrix = CHANGES[slug].matrix
    assert matrix is not None
    return matrix(strength)


def noise(side: int = 32) -> torch.Tensor:
    return torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))


def test_a_quarter_turn_a_mirror_and_a_shift_are_torchs() -> None:
    pictures = noise()
    quarter = moved(pictures, matrix_of("rotation", 90))
    rotated = [pictures.rot90(times, (2, 3)) for times in (1, 3)]
    assert min(float((quarter - one).abs().max()) for one in rotated) < 1e-4
    mirrored = moved(pictures, matrix_of("flip", 1))
    torch.testing.assert_close(mirrored, vision.horizontal_flip(pictures), atol=1e-5, rtol=0)
    right = moved(pictures, matrix_of("shift", 4))
    torch.testing.assert_close(right[..., 4:], pictures[..., :-4], atol=1e-4, rtol=0)


def test_maps_of_half_the_side_move_half_as_many_pixels() -> None:
    maps = noise(16)
    right = moved(maps, matrix_of("shift", 4))
    torch.testing.assert_close(right[..., 2:], maps[..., :-2], atol=1e-4, rtol=0)


@pytest.mark.parametrize("slug", ["brightness", "contrast", "colour"])
def test_factors_are_torchvisions(slug: str) -> None:
    library = {
        "brightness": vision.adjust_brightness,
        "contrast": vision.adjust_contrast,
        "colour": vision.adjust_saturation,
    }[slug]
    for factor in (0.0, 0.5, 1.0, 2.0):
        mine = CHANGES[slug].apply(noise(), factor)
        torch.testing.assert_close(mine, library(noise(), factor), atol=2e-5, rtol=0)


@pytest.mark.parametrize("change", list(CHANGES), ids=lambda one: one.slug)
def test_every_strength_gives_pictures_and_at_its_neutral_place_nothing_changes(
    change: object,
) -> None:
    assert isinstance(change, type(CHANGES["shift"]))
    neutral = 1.0 if change.strength.unit == "×" else 0.0
    torch.testing.assert_close(change.apply(noise(), neutral), noise(), atol=2e-5, rtol=0)
    for strength in (change.strength.minimum, change.strength.default, change.strength.maximum):
        found = change.apply(noise(), strength)
        assert found.shape == (1, 3, 32, 32)
        assert -1e-5 <= float(found.min()) <= float(found.max()) <= 1 + 1e-5
    assert np.isclose(change.strengths, change.strength.default).any()


def test_distances_are_one_less_the_cosine_and_a_relative_norm() -> None:
    a, b = torch.randn(5, 2, 3, 3), torch.randn(5, 2, 3, 3)
    cosine, relative = distances(a, b)
    expected = 1 - cosine_similarity(a.flatten(1), b.flatten(1))
    np.testing.assert_allclose(cosine, expected.numpy(), atol=1e-6)
    norms = (a - b).flatten(1).norm(dim=1) / a.flatten(1).norm(dim=1)
    np.testing.assert_allclose(relative, norms.numpy(), rtol=1e-5)
    assert np.isfinite(distances(torch.zeros(1, 4), torch.ones(1, 4))).all()


@pytest.mark.parametrize("slug", ["resnet20", "vgg", "lenet"])
def test_the_layers_end_with_the_logits_and_begin_with_the_pixels(slug: str) -> None:
    names = layer_names(shared_network(slug))
    assert names[-1] == "out"
    assert len(sides(slug)) == len(names) + 1
    assert sides(slug)[0] == 32
    found = features(slug, noise())
    assert torch.equal(found[0], noise())
    assert found[-1].shape == (1, 10)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("photo", PHOTOS)
def test_maps_of_a_shifted_photo_are_far_and_fit_when_they_are_moved_along(
    photo: str, network: str
) -> None:
    found = through(photo, network, "shift")
    first = 1  # the first layer of maps
    assert found.share_back[0, 4, first] < 0.5 * found.share[0, 4, first]


def median(network: str, change: str, values: str = "share") -> np.ndarray:
    """Over the photos, by cosine, at the strength that comes first: `(layers,)`."""
    entry = CHANGES[change]
    place = int(np.abs(entry.strengths - entry.strength.default).argmin())
    rows = [getattr(through(photo, network, change), values)[0, place] for photo in PHOTOS]
    return np.asarray(np.median(np.stack(rows), axis=0))


def test_the_mean_over_each_map_hardly_sees_a_shift_that_the_maps_see() -> None:
    share, maps = median("vgg", "shift"), sides("vgg").index(8)
    assert share[-2] < 0.2 * share[maps]
    assert median("vgg", "shift", "share_back")[maps] < 0.5 * share[maps]


def test_moving_along_explains_a_shift_and_no_mirror() -> None:
    back = median("vgg", "flip", "share_back")[1:4]
    assert (back > 0.8 * median("vgg", "flip")[1:4]).all()
    assert median("vgg", "flip")[-2] < 0.2 * median("vgg", "flip")[1]


@pytest.mark.parametrize("change", ["rotation", "blur", "noise"])
def test_what_was_not_in_training_is_left_at_the_end(change: str) -> None:
    shown = max(median("vgg", one)[-2] for one in ("shift", "flip"))
    assert median("vgg", change)[-2] > 2 * shown


def test_pictures_without_content_break_nothing() -> None:
    for codes in (
        np.zeros((1, 1, 3), np.uint8), np.full((40, 7, 3), 128, np.uint8),
        PATTERNS[0].picture().codes, SAMPLES[0].picture().codes,
    ):  # fmt: skip
        photo = small(codes, "lenet")
        assert photo.shape == (1, 3, 32, 32)
        found = followed("lenet", photo, CHANGES["scale"])
        assert np.isfinite(found.distance).all()
        assert len(found.read) == 1 + len(CHANGES["scale"].strengths)
