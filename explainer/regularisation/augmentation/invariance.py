"""How far a changed picture is from the original, layer by layer, against another picture.

Everything moves by bilinear reading, mirrored at the edges, so that no black border is seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import affine_grid, grid_sample

from explainer.images.samples import SAMPLES, sample
from explainer.networks.recording.recording import record
from explainer.networks.zoo.preprocessing import for_answer
from explainer.networks.zoo.shared import shared_network
from explainer.networks.zoo.shipped import SHIPPED
from explainer.parameters import Parameter
from explainer.registry import Registry
from explainer.training.augmentation.pixels import brightened, contrasted, noised, saturated
from explainer.training.data.shifted import blurred
from explainer.training.engine.devices import cores, workers
from explainer.words import N_

Codes = NDArray[np.uint8]
Floats64 = NDArray[np.float64]
NETWORKS = tuple(SHIPPED[slug] for slug in ("resnet20", "vgg", "lenet"))
SIDE, SMALLEST = 32, 1e-12
MEASURES = ("cosine", "l2")
KINDS = (nn.ReLU, nn.Tanh, nn.AvgPool2d, nn.MaxPool2d, nn.AdaptiveAvgPool2d)
Matrix = tuple[tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True)
class Change:
    """A change of pictures by name, with one strength.

    `apply(pictures, strength)` takes `(N, C, H, W)` in [0, 1]. A geometric one has `matrix`, from
    output to input coordinates in [-1, 1], by which maps of any size move as pictures do.
    """

    slug: str
    title: str
    strength: Parameter
    apply: Callable[[Tensor, float], Tensor]
    matrix: Callable[[float], Matrix] | None = None

    @property
    def strengths(self) -> Floats64:
        """Every place at which the slider can stand."""
        least, most, step = self.strength.minimum, self.strength.maximum, self.strength.step
        return np.linspace(least, most, round((most - least) / step) + 1)


def moved(maps: Tensor, matrix: Matrix) -> Tensor:
    """Maps `(N, C, H, W)` read where the matrix says, mirrored beyond the edges."""
    rows = torch.tensor(matrix, dtype=maps.dtype).expand(len(maps), 2, 3)
    grid = affine_grid(rows, list(maps.shape), align_corners=False)
    return grid_sample(maps, grid, padding_mode="reflection", align_corners=False)


def _turn(degrees: float) -> Matrix:
    angle = math.radians(degrees)
    cosine, sine = math.cos(angle), math.sin(angle)
    return (cosine, -sine, 0.0), (sine, cosine, 0.0)


def _by_matrix(slug: str, title: str, strength: Parameter,
               matrix: Callable[[float], Matrix]) -> Change:  # fmt: skip
    return Change(slug, title, strength, lambda maps, value: moved(maps, matrix(value)), matrix)


def _by_factor(change: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, float], Tensor]:
    return lambda pictures, factor: change(pictures, torch.full((len(pictures),), float(factor)))


def _factor(default: float, most: float, label: str) -> Parameter:
    return Parameter("strength", label, default, 0, most, 0.1, "×")


CHANGES = Registry[Change](
    N_("change"),
    _by_matrix(
        "shift", N_("Shift"), Parameter("strength", N_("to the right by"), 4, 0, 16, 1, "px"),
        lambda pixels: ((1.0, 0.0, -2 * pixels / SIDE), (0.0, 1.0, 0.0)),
    ),
    _by_matrix(
        "rotation", N_("Rotation"), Parameter("strength", N_("turned by"), 30, 0, 180, 10, "°"),
        _turn,
    ),
    _by_matrix(
        "scale", N_("Scale"), Parameter("strength", N_("enlarged"), 1.5, 1, 3, 0.1, "×"),
        lambda factor: ((1 / factor, 0.0, 0.0), (0.0, 1 / factor, 0.0)),
    ),
    _by_matrix(
        "flip", N_("Mirror"), Parameter("strength", N_("mirrored: 0 or 1"), 1, 0, 1, 1),
        lambda on: ((1 - 2 * on, 0.0, 0.0), (0.0, 1.0, 0.0)),
    ),
    Change(
        "brightness", N_("Brightness"), _factor(0.5, 2, N_("brightness")), _by_factor(brightened)
    ),
    Change("contrast", N_("Contrast"), _factor(0.5, 2, N_("contrast")), _by_factor(contrasted)),
    Change("colour", N_("Colour"), _factor(0, 2, N_("saturation")), _by_factor(saturated)),
    Change(
        "blur", N_("Blur"), Parameter("strength", "σ", 1, 0, 4, 0.2, "px"),
        lambda pictures, sigma: blurred(pictures, sigma=sigma),
    ),
    Change(
        "noise", N_("Noise"), Parameter("strength", "σ", 0.1, 0, 0.5, 0.02),
        lambda pictures, sigma: noised(
            pictures, torch.Generator().manual_seed(0), sigma=sigma
        ),
    ),
)  # fmt: skip


def layer_names(network: nn.Module) -> tuple[str, ...]:
    """The layers that are compared: behind each bend, pooling and block, and the logits."""
    return tuple(
        name
        for name, module in network.named_modules()
        if name == "out" or (isinstance(module, KINDS) and name.count(".") < 2)
    )


def small(codes: Codes, slug: str) -> Tensor:
    """A photo `(H, W, 3)` as the network's square `(1, 3, 32, 32)` in [0, 1], not normalised."""
    square = np.ascontiguousarray(for_answer(codes, SHIPPED[slug]))
    return torch.from_numpy(square).permute(2, 0, 1)[None].float() / 255


@torch.no_grad()
def features(slug: str, pictures: Tensor) -> list[Tensor]:
    """What each layer gives for `(N, 3, 32, 32)` in [0, 1], the pixels themselves first."""
    network = shared_network(slug)
    names = layer_names(network)
    found = record(network, SHIPPED[slug].normalise(pictures), names, keep_inputs=False)
    return [pictures, *(found.activations[name] for name in names)]


def distances(originals: Tensor, others: Tensor) -> Floats64:
    r"""Cosine distance $1 - \cos$ and relative $\|a - b\| / \|a\|$ of rows: `(2, N)`.

    `originals` `(N, ...)` or `(1, ...)` are a; `others` `(N, ...)` are b.
    """
    a, b = originals.flatten(1).double(), others.flatten(1).double()
    size = a.norm(dim=1).clamp_min(SMALLEST)
    cosine = (a * b).sum(1) / (size * b.norm(dim=1).clamp_min(SMALLEST))
    return torch.stack([1 - cosine, (a - b).norm(dim=1) / size]).numpy()


@dataclass(frozen=True, eq=False)
class Followed:
    """One photo through one change: `(2 measures, strengths, layers)`, `yard` `(2, layers)`.

    `distance` is that of the changed photo's features, `back` that of the same maps after the
    original's maps were moved as the photo was (NaN where there is no map or no moving), and `yard`
    the median distance to the photos that come with the app. `read` are the classes that the
    network reads, `(1 + strengths,)`, the original's first.
    """

    distance: Floats64
    back: Floats64
    yard: Floats64
    read: tuple[int, ...]

    @property
    def share(self) -> Floats64:
        """The distance as a share of that to another picture; NaN where that is none."""
        return _share(self.distance, self.yard)

    @property
    def share_back(self) -> Floats64:
        """The same of `back`."""
        return _share(self.back, self.yard)


def _share(values: Floats64, yard: Floats64) -> Floats64:
    return values / np.where(yard > SMALLEST, yard, np.nan)[:, None]


@cache
def bundled(slug: str) -> tuple[Tensor, ...]:
    """The features of the photos that come with the app, layer by layer, for that network."""
    pictures = torch.cat([small(sample(one.slug).codes, slug) for one in SAMPLES])
    return tuple(features(slug, pictures))


def followed(slug: str, photo: Tensor, change: Change, *, back: bool = True) -> Followed:
    """All strengths of `change` on the photo `(1, 3, 32, 32)`, for the network `slug`.

    Unless maps are to be moved along, to compare them, `back` is NaN.
    """
    changed = torch.cat([change.apply(photo, float(one)) for one in change.strengths])
    pairs = list(zip(features(slug, photo), features(slug, changed), strict=True))
    matrix = change.matrix if back else None
    expected = [distances(_along(a, change.strengths, matrix), b) for a, b in pairs]
    yards = [_median(a, others) for (a, _), others in zip(pairs, bundled(slug), strict=True)]
    read = torch.cat(pairs[-1]).argmax(1).tolist()
    return Followed(
        np.stack([distances(*one) for one in pairs], -1), np.stack(expected, -1),
        np.stack(yards, -1), tuple(read),
    )  # fmt: skip


def _along(
    original: Tensor, strengths: Floats64, matrix: Callable[[float], Matrix] | None
) -> Tensor:
    """The original's maps `(1, C, H, W)`, moved as a photo is by each strength; else NaN."""
    if matrix is None or original.dim() < 4 or original.shape[-1] < 2:
        return torch.full((len(strengths), *original.shape[1:]), math.nan)
    return torch.cat([moved(original, matrix(float(one))) for one in strengths])


def _median(original: Tensor, others: Tensor) -> Floats64:
    """The median distance to them; of fifteen photos one may be the photo itself."""
    return np.asarray(np.median(distances(original, others), axis=1))


def of_bundled(
    slug: str, change: Change, told: Callable[[float], None] = lambda share: None
) -> Floats64:
    """The median of the shares over the photos that come with the app: `(2, strengths, layers)`."""
    workers(cores())  # for what it sets: operators as small as these run in one thread
    found = []
    for done, one in enumerate(SAMPLES, start=1):
        photo = small(sample(one.slug).codes, slug)
        found.append(followed(slug, photo, change, back=False).share)
        told(done / len(SAMPLES))
    return np.asarray(np.nanmedian(np.stack(found), axis=0))


def halvings(sides: Sequence[int]) -> list[int]:
    """The layers at which maps become smaller, by place."""
    return [place for place in range(1, len(sides)) if sides[place] < sides[place - 1]]


@cache
def sides(slug: str) -> tuple[int, ...]:
    """The side of each layer's maps, 1 for what has none."""
    return tuple(one.shape[-1] if one.dim() == 4 else 1 for one in bundled(slug))
