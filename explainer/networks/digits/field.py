"""A field in which a digit can move: larger than the digit, so that next to nothing is cut off.

Pictures are float32 `(N, 1, 36, 36)` in [0, 1], ink bright on black. MNIST's digits fill at most
20 × 20 of their 28 × 28 pixels, their centre of mass in the middle; with four black pixels more on
every side, those moved by `REACH` = 8 pixels both ways still have 97 % of their ink.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from explainer.training.data.data_set import Examples
from explainer.training.seeds import generator

PUBLISHED, MARGIN = 28, 4
FIELD = PUBLISHED + 2 * MARGIN
REACH = 8


def in_field(pictures: Tensor) -> Tensor:
    """Pictures `(N, 1, 28, 28)` in the middle of the field."""
    return F.pad(pictures, [MARGIN] * 4)


def field_examples(examples: Examples) -> Examples:
    """The same examples, their pictures `(N, 1, 28, 28)` in the middle of the field."""
    return Examples(
        name=examples.name,
        title=examples.title,
        inputs=in_field(examples.inputs),
        labels=examples.labels,
        classes=examples.classes,
        test_from=examples.test_from,
        credit=examples.credit,
        settings=examples.settings,
    )


def moved(pictures: Tensor, down: int, right: int) -> Tensor:
    """Pictures `(N, C, H, W)` moved by whole pixels; black comes in, what leaves is gone.

    Raises `ValueError` where nothing of the picture would be left.
    """
    height, width = pictures.shape[-2:]
    if abs(down) >= height or abs(right) >= width:
        raise ValueError(f"a field of {height} × {width} cannot move by {down}, {right}")
    shifted = F.pad(pictures, [max(right, 0), max(-right, 0), max(down, 0), max(-down, 0)])
    top, left = max(-down, 0), max(-right, 0)
    return shifted[..., top : top + height, left : left + width]


def pixel_order(count: int, seed: int) -> Tensor:
    """The places of `count` pixels in an order that follows from `seed`: int64 `(count,)`."""
    return torch.randperm(count, generator=generator(seed, "pixels", count))


def permuted(pictures: Tensor, seed: int = 0) -> Tensor:
    """Pictures `(N, C, H, W)` with their pixels in another order, the same for all of them."""
    order = pixel_order(pictures[0, 0].numel(), seed)
    return pictures.flatten(2)[..., order].view_as(pictures)
