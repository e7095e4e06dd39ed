"""What the networks of this topic are shown: digits, or patches of one photo.

Both come as one normalised batch with labels, so that there is a loss whose gradient can flow back.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.training.data.shipped import digits
from explainer.training.data.splits import normaliser_of
from explainer.training.seeds import generator

PATCH, PHOTO_SIDE = 8, 256
QUARTERS = ("top left", "top right", "bottom left", "bottom right")


@dataclass(frozen=True, eq=False)
class Batch:
    """Inputs float32 `(N, C, H, W)`, each channel with mean 0 and spread 1, and labels `(N,)`."""

    inputs: Tensor
    labels: Tensor
    classes: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape `(C, H, W)` of one input."""
        return tuple(self.inputs.shape[1:])

    @property
    def features(self) -> int:
        """How many numbers one input has: C · H · W."""
        return self.inputs[0].numel()


def digit_batch(count: int, seed: int) -> Batch:
    """`count` of the 1,797 handwritten digits of 8 × 8 pixels, drawn by `seed`."""
    examples = digits()
    rows = torch.randperm(len(examples), generator=generator(seed, "digits"))[:count]
    return _normalised(examples.inputs[rows], examples.labels[rows], examples.classes)


def patch_batch(codes: NDArray[np.uint8], count: int, seed: int) -> Batch:
    """`count` patches of 8 × 8 pixels from a photo `(H, W, 3)` shown 256 pixels large.

    The label is the quarter of the photo that the patch comes from. A photo of one colour gives
    patches that are all zero.
    """
    side = PHOTO_SIDE
    photo = cv2.resize(codes, (side, side), interpolation=cv2.INTER_AREA)
    pixels = torch.from_numpy(photo).permute(2, 0, 1).float() / 255
    places = torch.randint(0, side - PATCH + 1, (count, 2), generator=generator(seed, "patches"))
    patches = torch.stack([pixels[:, y : y + PATCH, x : x + PATCH] for y, x in places.tolist()])
    lower, right = ((places + PATCH // 2) >= side // 2).long().unbind(1)
    return _normalised(patches, 2 * lower + right, QUARTERS)


def _normalised(inputs: Tensor, labels: Tensor, classes: tuple[str, ...]) -> Batch:
    return Batch(normaliser_of(inputs).apply(inputs), labels, classes)
