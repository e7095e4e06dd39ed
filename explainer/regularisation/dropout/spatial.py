"""Single values of feature maps dropped, or whole maps: how well what is dropped can be told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import avg_pool2d, dropout, dropout2d, relu

from explainer.networks.digits.field import in_field
from explainer.networks.digits.networks import shared_reader
from explainer.regularisation.pixel_weights import SIDE, of_ten

NETWORK = "digit-cnn"
PICTURES, SHOWN = 200, 8
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Spatial:
    """Maps of the first layer for one digit, `(C, H, W)`: `whole`, and with values dropped.

    `told_pixel` and `told_map` are the R² of the best linear guess at a dropped value: from the
    mean of its eight neighbours in the map, when single values are dropped; from the other maps at
    its place, when whole maps are, for then its neighbours are gone as well.
    """

    whole: Floats
    pixels: Floats
    maps: Floats
    told_pixel: float
    told_map: float


@cache
def spatial(drop: float, seed: int = 0) -> Spatial:
    """Both dropouts with probability `drop`, below 1, drawn by `seed`; R² over 200 digits."""
    whole = first_maps()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        pixels, maps = dropout(whole, drop), dropout2d(whole, drop)
        shown = 1 + seed % 10
        return Spatial(
            whole[shown].numpy(),
            pixels[shown].numpy(),
            maps[shown].numpy(),
            told_by_neighbours(whole, drop),
            told_by_maps(whole, drop),
        )


@cache
def first_maps() -> Tensor:
    """The maps `(200, 8, 36, 36)` of digits after the first convolution and ReLU."""
    reader = shared_reader(NETWORK)
    pictures = torch.from_numpy(of_ten(PICTURES).inputs).reshape(-1, 1, SIDE, SIDE)
    with torch.no_grad():
        return relu(reader.network[0]((in_field(pictures) - reader.mean) / reader.deviation))


def told_by_neighbours(maps: Tensor, drop: float) -> float:
    """R² of a line through the mean of the *kept* of the eight neighbours, at dropped values."""
    kept = (torch.rand_like(maps) >= drop).to(maps.dtype)
    around = [9 * avg_pool2d(one, 3, 1, 1) - one for one in (maps * kept, kept)]
    mean, there = around[0] / around[1].clamp(min=1), (kept == 0) & (around[1] > 0.5)
    found = [
        (mean[:, place][there[:, place]][:, None], one[there[:, place]])
        for place, one in enumerate(maps.unbind(1))
    ]
    return _explained(found)


def told_by_maps(maps: Tensor, drop: float) -> float:
    """R² of a line through what is kept of the other maps at the place of a dropped map's value."""
    kept = torch.rand(maps.shape[:2]) >= drop
    left = maps * kept[:, :, None, None]
    found = []
    for place, one in enumerate(maps.unbind(1)):
        gone = ~kept[:, place]
        others = torch.cat([left[gone, :place], left[gone, place + 1 :]], 1)
        found.append((others.movedim(1, -1).flatten(0, -2), one[gone].flatten()))
    return _explained(found)


def _explained(problems: list[tuple[Tensor, Tensor]]) -> float:
    """R² over all problems, each `(inputs, target)` with a line and a mean of its own."""
    left = total = 0.0
    for inputs, target in problems:
        if not len(target):
            continue
        design = np.column_stack([inputs.double().numpy(), np.ones(len(target))])
        wanted = target.double().numpy()
        weights = np.linalg.lstsq(design, wanted, rcond=None)[0]
        left += float(np.square(wanted - design @ weights).sum())
        total += float(np.square(wanted - wanted.mean()).sum())
    return 1 - left / total if total else float("nan")
