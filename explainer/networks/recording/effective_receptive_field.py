"""How much of its receptive field a pixel of a map uses: the gradient, held against the box.

Every pixel of the box can move the value; those in its middle do so along many more paths, so most
of the gradient lies there (Luo et al. 2016). Luo et al. average over many pictures, this is of one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.networks.recording.graph import Layer, layer_named
from explainer.networks.recording.receptive_field import Box, box, effective, unbounded_box

MOST = 0.95


@dataclass(frozen=True, eq=False)
class EffectiveField:
    """What one pixel of a map sees of a picture, in theory and as measured.

    `strength` `(H, W)`, at least 0, is how strongly each pixel of the picture moves it. `box` is
    all that it can see of the picture, `whole` the same where the picture had no end.
    """

    strength: NDArray[np.float32]
    box: Box
    whole: Box

    @property
    def silent(self) -> bool:
        """Whether nothing moves it: the unit is off here."""
        return not bool(self.strength.any())

    def share_within(self, height: int, width: int) -> float:
        """The share of the gradient in the middle `height` × `width` pixels of `whole`."""
        rows, columns = self._distances()
        inside = np.logical_and.outer(rows <= (height - 1) / 2, columns <= (width - 1) / 2)
        total = float(self.strength.sum(dtype=np.float64))
        return float(self.strength[inside].sum(dtype=np.float64)) / total if total else 0.0

    @property
    def middle(self) -> tuple[int, int]:
        """Half the height and width of `whole`, rounded so that its pixels lie evenly around."""
        return _half(self.whole.height), _half(self.whole.width)

    @property
    def side_of_most(self) -> int:
        """The side of the smallest square in the middle of `whole` with 95 % of the gradient."""
        rows, columns = self._distances()
        reach = np.maximum.outer(rows, columns).ravel()
        order = np.argsort(reach, kind="stable")
        sums = np.cumsum(self.strength.ravel()[order], dtype=np.float64)
        place = int(np.searchsorted(sums, MOST * sums[-1]))
        return int(2 * reach[order[min(place, len(order) - 1)]]) + 1

    def _distances(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How far each row and each column of the picture is from the middle of `whole`."""
        height, width = self.strength.shape
        row, column = (
            (self.whole.top + self.whole.bottom - 1) / 2,
            (self.whole.left + self.whole.right - 1) / 2,
        )
        return np.abs(np.arange(height) - row), np.abs(np.arange(width) - column)


def _half(length: int) -> int:
    """About half of `length`, odd where it is odd and even where it is even."""
    half = length // 2
    return max(1, half + (half - length) % 2)


def effective_field(
    network: nn.Module,
    inputs: Tensor,
    found: tuple[Layer, ...],
    name: str,
    channel: int,
    y: int,
    x: int,
) -> EffectiveField:
    """What pixel (y, x) of map `channel` of the layer called `name` sees of `inputs` (1, C, H, W).

    Raises `ValueError` for a layer or pixel that is not there.
    """
    layer = layer_named(found, name)
    strength = effective(network, inputs, layer, y, x, channel)
    picture = (int(inputs.shape[2]), int(inputs.shape[3]))
    return EffectiveField(strength, box(found, name, y, x, picture), unbounded_box(layer, y, x))
