from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from explainer.networks.zoo.shipped import SHIPPED
from explainer.training.data.data_set import DataError
from scripts.weights.pictures import (
    SHIFT,
    Pictures,
    inputs,
    read_pictures,
    shifted_and_flipped,
)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_pictures_come_with_their_labels(parts: tuple[Pictures, Pictures]) -> None:
    train, test = parts
    assert (len(train), len(test)) == (20, 20)
    assert train.codes.shape == (20, 32, 32, 3)
    assert train.codes.dtype == torch.uint8
    assert train.labels.bincount().tolist() == [2] * 10
    assert test.labels.bincount().tolist() == [2] * 10


def test_a_folder_without_the_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no CIFAR-10"):
        read_pictures(tmp_path)


def test_the_input_is_normalised_by_colour() -> None:
    entry = SHIPPED["vgg"]
    codes = torch.zeros(2, 4, 4, 3, dtype=torch.uint8)
    codes[1, ..., 1] = 255
    batch = inputs(entry, codes)
    assert batch.shape == (2, 3, 4, 4)
    assert batch.is_contiguous(memory_format=torch.channels_last)
    assert batch[1, 1, 0, 0].item() == pytest.approx((1 - entry.mean[1]) / entry.deviation[1])
    assert batch[0, 2, 3, 3].item() == pytest.approx(-entry.mean[2] / entry.deviation[2])


def test_an_augmented_picture_is_a_window_of_the_mirrored_one_or_its_flip() -> None:
    codes = torch.randint(0, 256, (30, 12, 12, 3), generator=generator(), dtype=torch.uint8)
    augmented = shifted_and_flipped(codes, generator(1))
    padded = F.pad(codes.permute(0, 3, 1, 2).float(), (SHIFT,) * 4, mode="reflect")
    for before, after in zip(padded, augmented.permute(0, 3, 1, 2).float(), strict=True):
        windows = before.unfold(1, 12, 1).unfold(2, 12, 1).permute(1, 2, 0, 3, 4).flatten(0, 1)
        candidates = torch.cat([windows, windows.flip(-1)])
        assert (candidates == after).flatten(1).all(1).any()


def test_every_shift_occurs_and_half_of_the_pictures_are_flipped() -> None:
    column = torch.arange(32, dtype=torch.uint8)[None, None, :, None]
    codes = column.expand(2000, 32, 32, 3)
    middle = shifted_and_flipped(codes, generator())[:, 0, 15:17, 0].int()
    flipped = middle[:, 0] > middle[:, 1]
    assert flipped.float().mean().item() == pytest.approx(0.5, abs=0.05)
    shifts = middle[~flipped][:, 0] - 15
    assert set(shifts.tolist()) == set(range(-SHIFT, SHIFT + 1))


def test_the_same_seed_augments_in_the_same_way() -> None:
    codes = torch.randint(0, 256, (5, 8, 8, 3), generator=generator(), dtype=torch.uint8)
    first, second, other = (shifted_and_flipped(codes, generator(seed)) for seed in (3, 3, 4))
    assert torch.equal(first, second)
    assert not torch.equal(first, other)
