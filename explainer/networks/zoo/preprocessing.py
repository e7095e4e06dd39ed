"""A photo on its way into a network: at the size it is looked at, and at the size it answers for.

The convolutional part of most networks takes any size, so their maps can be looked at in detail;
what the network was trained to answer for is a small square.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.accelerator import computed, replica
from explainer.images.thumbnails import centred_square, fit
from explainer.networks.drill.sums import SoftmaxDrill, softmax
from explainer.networks.recording.graph import Layer, layer_named, maps
from explainer.networks.recording.recording import Recording, measured, record_fast
from explainer.networks.zoo.entry import Takes

Codes = NDArray[np.uint8]
# Red, green and blue in a grey, as ITU-R BT.601 has it, and Pillow with it.
LUMA = (0.299, 0.587, 0.114)
USUAL_SHARE, SAMPLED = 99.5, 4096


@dataclass(frozen=True, eq=False)
class SeenPicture:
    """What one layer gave for a photo: `values` `(C, H, W)`, and the recording it is taken from."""

    layer: Layer
    values: NDArray[np.float32]
    recording: Recording


def for_maps(codes: Codes, entry: Takes, side: int) -> Codes:
    """The photo (H, W, 3) reduced to `side` pixels at most; where the size is fixed, the square.

    A side below what the network can be shown has its pixels repeated.
    """
    if not entry.any_size:
        return for_answer(codes, entry)
    small = fit(codes, side, side)
    return _repeated(small, *(max(length, entry.smallest) for length in small.shape[:2]))


def for_answer(codes: Codes, entry: Takes) -> Codes:
    """The square that the network answers for, at its own size, by area: `(S, S, 3)`.

    It is cut from the middle of the photo, whose shorter side counts `resize` pixels for that.
    """
    small = fit(square_for_answer(codes, entry), entry.input_size, entry.input_size)
    return _repeated(small, entry.input_size, entry.input_size)


def square_for_answer(codes: Codes, entry: Takes) -> Codes:
    """The part of the photo that :func:`for_answer` makes its square of, in the photo's pixels."""
    square = centred_square(codes)
    side = max(1, round(len(square) * entry.input_size / entry.resize))
    margin = (len(square) - side) // 2
    return square[margin : margin + side, margin : margin + side]


def _repeated(codes: Codes, height: int, width: int) -> Codes:
    """`codes` with pixels repeated, evenly, to that height and width."""
    if codes.shape[:2] == (height, width):
        return codes
    rows, columns = (
        np.linspace(0, have - 1, want).round().astype(int)
        for have, want in zip(codes.shape[:2], (height, width), strict=True)
    )
    return np.ascontiguousarray(codes[np.ix_(rows, columns)])


def as_input(codes: Codes, entry: Takes) -> Tensor:
    """Codes (H, W, 3) as the normalised batch `(1, C, H, W)`, grey where the network takes that."""
    picture = torch.from_numpy(np.array(codes, order="C")).permute(2, 0, 1).float() / 255
    if entry.channels == 1:
        picture = (torch.tensor(LUMA)[:, None, None] * picture).sum(0, keepdim=True)
    return entry.normalise(picture[None]).contiguous(memory_format=torch.channels_last)


def see(network: nn.Module, inputs: Tensor, found: tuple[Layer, ...], name: str) -> SeenPicture:
    """What the layer called `name` gives for `inputs` `(1, C, H, W)`."""
    layer = layer_named(found, name)
    names = {name, *(source for source in layer.inputs if source in {one.name for one in found})}
    recording = record_fast(network, inputs, sorted(names), whole=False)
    return SeenPicture(layer, maps(recording, layer).contiguous().numpy(), recording)


@torch.no_grad()
def usual_reach(network: nn.Module, inputs: Tensor) -> float:
    """How far from zero the values of a whole network usually are: one scale for all its layers.

    The 99.5th percentile of the absolute values, each layer counting as much as any other; of every
    layer a few thousand values, evenly spread, are looked at. What is no finite number is left out.
    Positive.
    """
    with measured(replica(network), _sampled) as samples:
        computed(network, inputs)
    sizes = np.concatenate(samples)
    sizes = sizes[np.isfinite(sizes)]
    return (float(np.percentile(sizes, USUAL_SHARE)) if sizes.size else 0.0) or 1.0


def _sampled(output: Tensor) -> NDArray[np.float32]:
    """Absolute values from all over a layer, as many of each, repeated where it has fewer."""
    flat = output.detach()[0].permute(*range(1, output.dim() - 1), 0).reshape(-1)
    places = torch.linspace(0, len(flat) - 1, SAMPLED, device=flat.device).long()
    return np.asarray(flat[places].abs().cpu().numpy(), np.float32)


@torch.no_grad()
def answer(network: nn.Module, codes: Codes, entry: Takes) -> SoftmaxDrill:
    """Logits and probabilities for the square that :func:`for_answer` makes of the photo."""
    return softmax(computed(network, as_input(for_answer(codes, entry), entry))[0].numpy())
