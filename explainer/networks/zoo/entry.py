"""What every network says of itself, wherever it comes from: shipped, torchvision's, one's own."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor


class Takes(Protocol):
    """What a photo has to become for a network."""

    @property
    def any_size(self) -> bool:
        """Whether it takes pictures of any size."""

    @property
    def input_size(self) -> int:
        """The side of the pictures that it was trained on, in pixels."""

    @property
    def resize(self) -> int:
        """The shorter side of a photo before the square of `input_size` is cut from its middle."""

    @property
    def smallest(self) -> int:
        """The shortest side that it can be shown."""

    @property
    def channels(self) -> int:
        """3 where it takes colours, 1 where it takes grey pictures."""

    def normalise(self, pictures: Tensor) -> Tensor:
        """Pictures `(..., C, H, W)` in [0, 1] as the network wants them."""


class Entry(Takes, Protocol):
    """A network by name; `knows` is the slug of what it has learned: a part of the pages' prose."""

    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def classes(self) -> tuple[str, ...]: ...
    @property
    def knows(self) -> str: ...
