"""A photo on its way into a network: at the size it is looked at, and at the size it answers for.

The convolutional part of most networks takes any size, so their maps can be looked at in detail;
what the network was trained to answer for is a small square.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.images.thumbnails import centred_square, fit
from explainer.networks.drill_sums import SoftmaxDrill, softmax
from explainer.networks.graph import Layer, layer_named, maps
from explainer.networks.recording import Recording, record

Codes = NDArray[np.uint8]


class Takes(Protocol):
    """What is asked of a network's entry."""

    @property
    def any_size(self) -> bool:
        """Whether it takes pictures of any size."""

    @property
    def input_size(self) -> int:
        """The side of the pictures that it was trained on, in pixels."""

    def normalise(self, pictures: Tensor) -> Tensor:
        """Pictures in [0, 1] as the network wants them."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What one layer gave for a photo: `values` `(C, H, W)`, and the recording it is taken from."""

    layer: Layer
    values: NDArray[np.float32]
    recording: Recording


def for_maps(codes: Codes, entry: Takes, side: int) -> Codes:
    """The photo (H, W, 3) reduced to `side` pixels at most; where the size is fixed, the square."""
    return fit(codes, side, side) if entry.any_size else for_answer(codes, entry)


def for_answer(codes: Codes, entry: Takes) -> Codes:
    """The centred square of the photo at the network's own size, by area. `(S, S, 3)`."""
    square = centred_square(codes)
    small = fit(square, entry.input_size, entry.input_size)
    if small.shape[0] == entry.input_size:
        return small
    repeats = np.linspace(0, len(square) - 1, entry.input_size).round().astype(int)
    return np.ascontiguousarray(square[np.ix_(repeats, repeats)])


def as_input(codes: Codes, entry: Takes) -> Tensor:
    """Codes (H, W, 3) as the normalised batch `(1, 3, H, W)`."""
    picture = torch.from_numpy(np.ascontiguousarray(codes)).permute(2, 0, 1).float() / 255
    return entry.normalise(picture[None]).contiguous(memory_format=torch.channels_last)


def see(network: nn.Module, inputs: Tensor, found: tuple[Layer, ...], name: str) -> Seen:
    """What the layer called `name` gives for `inputs` `(1, C, H, W)`."""
    layer = layer_named(found, name)
    names = {name, *(source for source in layer.inputs if source in {one.name for one in found})}
    recording = record(network, inputs, sorted(names))
    return Seen(layer, maps(recording, layer).contiguous().numpy(), recording)


@torch.no_grad()
def answer(network: nn.Module, codes: Codes, entry: Takes) -> SoftmaxDrill:
    """Logits and probabilities for the square that :func:`for_answer` makes of the photo."""
    return softmax(network(as_input(for_answer(codes, entry), entry))[0].numpy())
