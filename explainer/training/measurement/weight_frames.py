"""The first layer's weights over time: a film of at most so many frames, evenly spread.

Half precision is enough for pictures. When the film is full every other frame goes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import nn

MOST_FRAMES = 24
MOST_KERNELS = 16
LARGEST = 60_000.0  # half precision ends a little further on

Frame = NDArray[np.float16]


class WeightFrames:
    """Frames `(n, ...)` of the first n ≤ 16 kernels of a network, each with its step.

    `seen` counts the frames that were offered.
    """

    def __init__(self, most: int = MOST_FRAMES) -> None:
        self._most, self.seen, self._stride = most, 0, 1
        self._frames: list[tuple[int, Frame]] = []

    @property
    def nbytes(self) -> int:
        """The bytes held."""
        return sum(frame.nbytes for _, frame in self._frames)

    @property
    def frames(self) -> tuple[tuple[int, Frame], ...]:
        """Steps and frames so far."""
        return tuple(self._frames)

    def append(self, step: int, model: nn.Module) -> None:
        """Take a frame of `model` where it is the turn of one."""
        if self.seen % self._stride == 0:
            if len(self._frames) == self._most:
                self._frames = self._frames[::2]
                self._stride *= 2
            if self.seen % self._stride == 0:
                self._frames.append((step, frame_of(model)))
        self.seen += 1

    def until(self, seen: int) -> WeightFrames:
        """The film as it was when so many frames had been offered, with the gaps it has since."""
        other = WeightFrames(self._most)
        other.seen, other._stride = seen, self._stride
        other._frames = self._frames[: -(-seen // self._stride)]
        return other


def frame_of(model: nn.Module) -> Frame:
    """The weights of the first layer that has any, of its first 16 kernels or units."""
    weights = next(one for one in model.parameters() if one.dim() >= 2)
    kept = weights.detach()[:MOST_KERNELS].clamp(-LARGEST, LARGEST)
    return np.asarray(kept.cpu().numpy(), np.float16)


def frame_bytes(model: nn.Module) -> int:
    """The most bytes that a film of `model` takes."""
    return MOST_FRAMES * frame_of(model).nbytes
