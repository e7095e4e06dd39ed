"""Patches of photographs that come inside scikit-image, to be told apart by their texture.

A photograph is laid out in cells, one patch in each, with a gap between any two of them, so no
pixel is in two patches however they are divided. What a network learns from and is validated on
lies in the upper part of a photograph, what it is tested on in the lower, a row of cells apart.

scikit-image is imported when the patches are first cut, not before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from explainer.parameters import Choice, Option
from explainer.training.data.data_set import WHITE, DataSet, Examples
from explainer.words import N_

SIDE, GAP = 24, 4
LEARNED, TESTED = 112, 28  # patches of each class
BRIGHTNESS, TINT = 1.0, 0.4  # how much is taken away at most, as a logarithm

LIGHT = Choice(
    "light",
    N_("Light"),
    "any",
    (Option("any", N_("Another for each patch")), Option("own", N_("As photographed"))),
    N_("As photographed, colour and brightness give much of the class away."),
)


@dataclass(frozen=True)
class Surface:
    """A class: the photograph `skimage.data.<photo>()` without a border of `inset` pixels.

    Of what is left, every `step`-th pixel is taken, both ways.
    """

    name: str
    photo: str
    inset: int = 0
    step: int = 1


SURFACES: tuple[Surface, ...] = (
    Surface("brick", "brick"),
    Surface("grass", "grass"),
    Surface("gravel", "gravel"),
    Surface("cat", "chelsea"),
    Surface("coffee", "coffee"),
    Surface("tissue", "immunohistochemistry"),
    Surface("retina", "retina", inset=220, step=2),  # the disc, and vessels that fit in
    Surface("galaxies", "hubble_deep_field"),
)


def textures(*, light: str) -> Examples:
    """1,120 patches, float32 `(1120, 3, 24, 24)` in [0, 1], each class equally often.

    In any light, each patch has a brightness and a tint of its own, always the same: a factor of at
    most 1 for all channels, and one for each.
    """
    cut = [patches(surface) for surface in SURFACES]
    codes = np.concatenate([*(one[:LEARNED] for one in cut), *(one[-TESTED:] for one in cut)])
    pictures = torch.from_numpy(codes).permute(0, 3, 1, 2).float().div_(WHITE).contiguous()
    if light == "any":
        draws = torch.rand(len(codes), 4, 1, 1, generator=torch.Generator().manual_seed(0))
        pictures *= (-BRIGHTNESS * draws[:, :1] - TINT * draws[:, 1:]).exp()
    labels = torch.arange(len(SURFACES))
    return Examples(
        name="textures",
        title="Textures, 24 × 24",
        inputs=pictures,
        labels=torch.cat([labels.repeat_interleave(count) for count in (LEARNED, TESTED)]),
        classes=tuple(surface.name for surface in SURFACES),
        test_from=LEARNED * len(SURFACES),
        credit="CC0Textures, linolafett, S. van der Walt, R. Michetti, CMMI, M. Häggström, NASA; "
        "from scikit-image",
        settings=(("light", light),),
        origin="shipped",
    )


def patches(surface: Surface) -> NDArray[np.uint8]:
    """All patches of a class, codes `(N, 24, 24, 3)`, row by row from the top."""
    import skimage.data

    codes = np.asarray(getattr(skimage.data, surface.photo)(), np.uint8)
    codes = codes if codes.ndim == 3 else np.repeat(codes[..., None], 3, axis=2)
    kept = slice(surface.inset, -surface.inset or None, surface.step)
    codes = codes[kept, kept]
    tops, lefts = (range(0, length - SIDE + 1, SIDE + GAP) for length in codes.shape[:2])
    return np.stack([codes[y : y + SIDE, x : x + SIDE] for y in tops for x in lefts])


PATCHES: tuple[DataSet, ...] = (
    DataSet(
        slug="textures",
        title=N_("Textures, 24 × 24"),
        group="Shipped",
        meaning=N_(
            "1,120 patches of eight photographs, in colour: a pattern tells them apart, no shape. "
            "The test part is from another region of each photograph."
        ),
        load=textures,
        parameters=(LIGHT,),
    ),
)
