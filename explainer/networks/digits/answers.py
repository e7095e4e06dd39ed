"""What every digit network says of one picture, wherever it stands in the field."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.networks.digits.field import REACH, moved, permuted
from explainer.networks.digits.networks import DIGIT_NETWORKS, probabilities
from explainer.networks.digits.strokes import glyph_picture

Floats = NDArray[np.float32]


def everywhere(picture: Tensor, reach: int = REACH) -> Tensor:
    """`picture` `(1, 1, H, W)` at every place within reach: `((2r + 1)², 1, H, W)`, row by row."""
    offsets = range(-reach, reach + 1)
    return torch.cat([moved(picture, down, right) for down in offsets for right in offsets])


def answers(picture: Tensor, *, scrambled: bool = False) -> Floats:
    """Probabilities `(networks, 2r + 1, 2r + 1, 10)`: network, moved down, moved right, class.

    With `scrambled` the pixels are permuted after the move, as the networks never saw them.
    """
    pictures = everywhere(picture)
    if scrambled:
        pictures = permuted(pictures)
    side = 2 * REACH + 1
    found = [probabilities(entry.slug, pictures) for entry in DIGIT_NETWORKS]
    return torch.stack(found).view(len(found), side, side, -1).numpy()


@cache
def glyph_answers(label: int, *, scrambled: bool = False) -> Floats:
    """:func:`answers` for our own digit `label`, found once for the whole process; read-only."""
    found = answers(glyph_picture(label), scrambled=scrambled)
    found.setflags(write=False)
    return found
