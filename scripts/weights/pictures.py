"""CIFAR-10 as one tensor of 8-bit pictures, and whole batches of it, augmented, as input.

The augmentation is that of He et al. 2016, section 4.2, on all pictures of a batch at once: each
is shifted by up to four pixels in both directions and flipped or not. What is shifted in from
outside mirrors the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from explainer.networks.zoo.shipped import Shipped
from explainer.training.data.cifar import CIFAR_LAYOUTS
from explainer.training.data.data_set import DataError
from explainer.training.data.stored import Stored

SHIFT = 4
AUGMENTATION = f"shifted by up to {SHIFT} pixels, mirrored at the border; flipped with chance 1/2"


@dataclass(frozen=True, eq=False)
class Pictures:
    """8-bit pictures `(N, H, W, 3)` and their labels, int64 `(N,)`."""

    codes: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


def read_pictures(root: Path) -> tuple[Pictures, Pictures]:
    """All training and all test pictures of CIFAR-10 below `root`.

    Raises :class:`DataError` where they are not there.
    """
    for layout in CIFAR_LAYOUTS:
        if layout.present(root):
            return _parts(layout.read(root))
    raise DataError(f"{root} holds no CIFAR-10: no cifar10/train/<class> and no published batches")


def _parts(stored: Stored) -> tuple[Pictures, Pictures]:
    codes = torch.from_numpy(stored.pictures)
    labels = torch.from_numpy(stored.labels.astype(np.int64))
    begin = stored.test_from
    return Pictures(codes[:begin], labels[:begin]), Pictures(codes[begin:], labels[begin:])


def inputs(entry: Shipped, codes: Tensor) -> Tensor:
    """8-bit pictures `(N, H, W, 3)` as the normalised input `(N, 3, H, W)` of a network."""
    scaled = codes.permute(0, 3, 1, 2).float().div_(255)
    return entry.normalise(scaled).contiguous(memory_format=torch.channels_last)


def shifted_and_flipped(codes: Tensor, generator: torch.Generator) -> Tensor:
    """Pictures `(N, H, W, 3)`, each shifted and flipped at random, in one look-up."""
    count, height, width = codes.shape[:3]
    offsets = torch.randint(-SHIFT, SHIFT + 1, (2, count, 1), generator=generator)
    rows = _mirrored(torch.arange(height) + offsets[0], height)
    columns = _mirrored(torch.arange(width) + offsets[1], width)
    flips = torch.rand(count, 1, generator=generator) < 0.5
    columns = torch.where(flips, columns.flip(1), columns)
    return codes[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]


def _mirrored(places: Tensor, size: int) -> Tensor:
    """Places outside 0..size-1, mirrored at the first and the last."""
    inside = places.abs()
    return torch.where(inside >= size, 2 * (size - 1) - inside, inside)
