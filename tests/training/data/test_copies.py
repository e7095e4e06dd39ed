"""Copies are found, exact and near ones; different pictures are not taken for copies."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from explainer.training.data.copies import copied, copies, exact, joined, near
from explainer.training.data.data_set import Examples
from explainer.training.data.own.square_worker import square
from explainer.training.data.registry import load
from explainer.training.data.splits import Split, most_for_training, split

Codes = NDArray[np.uint8]


def as_own(pictures: list[Codes]) -> torch.Tensor:
    """Pictures (H, W, 3) as one's own become: float32 (N, 3, 32, 32)."""
    codes = np.stack([square(one) for one in pictures])
    return torch.from_numpy(codes).permute(0, 3, 1, 2).float() / 255


def photos() -> list[Codes]:
    """Crops of photographs that do not overlap, 96 × 96."""
    import skimage.data

    names = ("astronaut", "coffee", "rocket")
    whole: list[Codes] = [getattr(skimage.data, name)() for name in names]
    return [
        np.ascontiguousarray(one[y : y + 96, x : x + 96])
        for one in whole
        for y in range(0, one.shape[0] - 96, 96)
        for x in range(0, one.shape[1] - 96, 96)
        if one[y : y + 96, x : x + 96].std() > 20
    ]


def jpeg(picture: Codes) -> Codes:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", picture, [1, 75])[1], 1), np.uint8)


def smaller(picture: Codes) -> Codes:
    return np.asarray(cv2.resize(picture, (60, 60), interpolation=cv2.INTER_AREA), np.uint8)


def larger(picture: Codes) -> Codes:
    return np.asarray(cv2.resize(picture, (150, 150), interpolation=cv2.INTER_CUBIC), np.uint8)


def brighter(picture: Codes) -> Codes:
    return np.asarray(np.clip(picture.astype(int) + 15, 0, 255), np.uint8)


def darker(picture: Codes) -> Codes:
    return np.asarray(picture * 0.85, np.uint8)


@pytest.mark.parametrize("change", [jpeg, smaller, larger, brighter, darker])
def test_what_is_done_to_a_photo_on_its_way_leaves_a_near_copy(change) -> None:  # type: ignore[no-untyped-def]
    pictures = photos()
    count = len(pictures)
    inputs = as_own([*pictures, *(change(one) for one in pictures)])
    groups = near(inputs, torch.arange(2 * count))
    found = (groups[count:] == groups[:count]).float().mean()
    assert count > 25
    assert found >= 0.97
    assert torch.equal(groups[:count], torch.arange(count))


@pytest.mark.parametrize(
    ("slug", "settings"), [("digits", {}), ("faces", {}), ("shapes", {"count": 1000})]
)
def test_no_two_pictures_of_the_data_sets_here_are_taken_for_copies(
    slug: str, settings: dict[str, float]
) -> None:
    codes = (load(slug, **settings).inputs * 255).round().byte().permute(0, 2, 3, 1).numpy()
    inputs = as_own([np.repeat(one, 3, 2) if one.shape[2] == 1 else one for one in codes])
    groups = near(inputs, exact(inputs))
    assert torch.equal(groups, torch.arange(len(inputs)))


def test_even_pictures_are_copies_only_where_they_are_the_same() -> None:
    inputs = torch.tensor([0.2, 0.21, 0.2, 0.8])[:, None, None, None].expand(-1, 3, 32, 32)
    assert near(inputs, exact(inputs)).tolist() == [0, 1, 0, 3]


def test_exact_copies_are_found_in_every_data_set_and_counted_across_the_parts() -> None:
    inputs = torch.tensor([[1.0, 2], [3, 4], [1, 2], [3, 4], [1, 2], [5, 6]])
    examples = Examples("x", "X", inputs, torch.zeros(6, dtype=torch.int64), ("a",), None, "")
    assert copies(examples).tolist() == [0, 1, 0, 1, 0, 5]
    assert copies(examples) is copies(examples)
    found = copied(copies(examples), torch.tensor([0]), torch.tensor([2, 3]), torch.tensor([4, 5]))
    assert (found.validation, found.test) == (1, 1)


@given(
    count=st.integers(1, 12),
    pairs=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=15),
)
def test_groups_are_the_connected_components_of_the_pairs(
    count: int, pairs: list[tuple[int, int]]
) -> None:
    inside = [(a, b) for a, b in pairs if a < count and b < count]
    rows = torch.tensor(inside, dtype=torch.int64).view(-1, 2)
    groups = joined(torch.arange(count), rows).tolist()
    table = coo_array((np.ones(len(inside)), tuple(rows.T.numpy())), (count, count))
    number, labels = connected_components(table, directed=False)
    assert len(set(groups)) == number
    assert groups == [list(labels).index(label) for label in labels]


def doubled(count: int = 40, *, test_from: int | None = None) -> Examples:
    """Noise of two classes: every picture twice, a few three times."""
    numbers = torch.Generator().manual_seed(0)
    once = torch.rand(count, 3, 32, 32, generator=numbers)
    labels = torch.arange(count) % 2
    rows = torch.cat([torch.arange(count), torch.arange(count), torch.arange(4)])
    return Examples("own", "Own", once[rows], labels[rows], ("a", "b"), test_from, "", origin="own")


@pytest.mark.parametrize("test_from", [None, 60])
@pytest.mark.parametrize("seed", range(5))
def test_copies_kept_together_are_in_one_part_and_no_score_is_on_what_was_learned(
    seed: int, test_from: int | None
) -> None:
    examples, apart = doubled(test_from=test_from), Split(seed=seed)
    groups = copies(examples)
    parts = split(examples, apart)
    assert copied(groups, parts.train, parts.validation, parts.test).validation > 0
    together = replace(apart, keep_copies_together=True)
    size = most_for_training(examples, together)
    for config in (together, replace(together, train_size=size), replace(together, train_size=5)):
        parts = split(examples, config)
        found = copied(groups, parts.train, parts.validation, parts.test)
        assert (found.validation, found.test) == (0, 0)
        rows = torch.cat([parts.train, parts.validation, parts.test])
        assert len(set(rows.tolist())) == len(rows)
        assert len(parts.train) >= (config.train_size or size)
        assert len(parts.validation) >= 4


def test_where_nothing_is_a_copy_keeping_them_together_changes_nothing() -> None:
    digits = load("digits")
    for config in (Split(seed=3, train_size=100), Split(validation_share=0.33, label_noise=0.2)):
        apart, together = (
            split(digits, replace(config, keep_copies_together=kept)) for kept in (False, True)
        )
        assert all(
            torch.equal(a, b)
            for a, b in zip(vars(apart).values(), vars(together).values(), strict=True)
        )
