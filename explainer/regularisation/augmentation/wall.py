"""A pipeline of transformations, its text in a link, and the samples that it makes of one photo.

A step of a sample draws from a seed of its own, whatever stands before it: an order or a strength
changes, and the draws do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F

from explainer.images.thumbnails import centred_square
from explainer.kept import MEGABYTE, Kept
from explainer.registry import Registry
from explainer.regularisation.augmentation import appearance, geometry, mixing, policies
from explainer.regularisation.augmentation.transformation import (
    SIDE,
    DrawnFrom,
    Transformation,
    changed,
)
from explainer.words import N_

TRANSFORMATIONS = Registry[Transformation](
    N_("transformation"),
    *geometry.TRANSFORMATIONS,
    *appearance.TRANSFORMATIONS,
    *policies.TRANSFORMATIONS,
    *mixing.TRANSFORMATIONS,
)
SAMPLES = 11
MOST_STEPS = 8
COLUMNS = 4
MOST_BYTES = 16 * MEGABYTE
NONE = "none"
"""What a link says for a pipeline without steps."""


@dataclass(frozen=True)
class Step:
    """A transformation with its values, the probability `p` among them."""

    slug: str
    values: tuple[tuple[str, float], ...]

    @property
    def entry(self) -> Transformation:
        """The registered transformation."""
        return TRANSFORMATIONS[self.slug]

    @property
    def code(self) -> str:
        """Its line in a pipeline."""
        return self.entry.code(**dict(self.values))


Pipeline = tuple[Step, ...]


def step(slug: str, **values: float) -> Step:
    """A step; what is left out is as usual. Raises `ValueError` for what there is not."""
    settings = {one.name: one for one in TRANSFORMATIONS[slug].settings}
    for name in values:
        if name not in settings:
            raise ValueError(f"{slug} has no parameter {name!r}; it has {', '.join(settings)}")
    pairs = ((name, one.check(values.get(name, one.default))) for name, one in settings.items())
    return Step(slug, tuple(pairs))


def ordered(steps: Sequence[Step]) -> Pipeline:
    """At most `MOST_STEPS`, each transformation once, and what mixes pictures after the others."""
    once = list({one.slug: one for one in steps}.values())[:MOST_STEPS]
    return tuple(sorted(once, key=lambda one: one.entry.mixes))


DEFAULT: Pipeline = (step("horizontal_flip"), step("rotation", degrees=15), step("brightness"))


def written(steps: Pipeline) -> str:
    """The pipeline in a link: `rotation:degrees=30~brightness:v=0.2:p=0.5`."""
    texts = []
    for one in steps:
        usual = dict(step(one.slug).values)
        said = (f":{name}={value:g}" for name, value in one.values if value != usual[name])
        texts.append(one.slug + "".join(said))
    return "~".join(texts) or NONE


def read(text: str) -> Pipeline | None:
    """The pipeline that a link says, as far as it makes sense; None where none of it does."""
    if text == NONE:
        return ()
    found = [one for part in text.split("~")[:50] if (one := _read_step(part)) is not None]
    return ordered(found) or None


def _read_step(text: str) -> Step | None:
    slug, *pairs = text.split(":")
    if slug not in TRANSFORMATIONS:
        return None
    found = step(slug)
    for pair in pairs:
        name, _sign, number = pair.partition("=")
        try:
            found = step(slug, **{**dict(found.values), name: float(number)})
        except ValueError:
            continue
    return found


def square(codes: NDArray[np.uint8]) -> Tensor:
    """The middle of a photo `(H, W, 3)` at the size of a sample: uint8 `(3, SIDE, SIDE)`.

    A small picture is enlarged with hard edges.
    """
    middle = centred_square(codes)
    larger = middle.shape[0] < SIDE
    kind = cv2.INTER_NEAREST if larger else cv2.INTER_AREA
    reduced = cv2.resize(np.ascontiguousarray(middle), (SIDE, SIDE), interpolation=kind)
    return torch.from_numpy(np.asarray(reduced, np.uint8)).permute(2, 0, 1).contiguous()


@dataclass(frozen=True, eq=False)
class Sample:
    """One sample, so far: the picture `(3, SIDE, SIDE)`, uint8, and what was drawn, in words.

    Once pictures are mixed, `batch` are it and the second one, float32 `(2, 3, SIDE, SIDE)`, and
    `labels` the shares of both labels in each, `(2, 2)`.
    """

    picture: Tensor
    told: tuple[str, ...] = ()
    batch: Tensor | None = None
    labels: Tensor | None = None

    @property
    def codes(self) -> Tensor:
        """The picture to show, uint8 `(3, SIDE, SIDE)`."""
        if self.batch is None:
            return self.picture
        shown: Tensor = F.to_dtype(self.batch[0], torch.uint8, scale=True)
        return shown

    @property
    def share(self) -> float:
        """How much of the label is that of the photo itself."""
        return 1.0 if self.labels is None else float(self.labels[0, 0])


def generator(seed: int, tile: int, slug: str) -> torch.Generator:
    """What a step of one sample draws from."""
    return torch.Generator().manual_seed(crc32(f"{seed} {tile} {slug}".encode()))


def begun(photo: Tensor, count: int = SAMPLES) -> list[Sample]:
    """The samples before the first step: the photo itself."""
    return [Sample(photo)] * count


def continued(
    samples: Sequence[Sample], steps: Sequence[Step], seed: int, second: Tensor
) -> list[Sample]:
    """The samples after these steps as well; `second` is the picture that is mixed in."""
    found = list(samples)
    for one in steps:
        values = dict(one.values)
        p = values.pop("p")
        transform = one.entry.built(**values)
        for place, sample in enumerate(found):
            drawn = generator(seed, place + 1, one.slug)
            if one.entry.mixes:
                found[place] = _mixed(one.entry, transform, p, sample, second, drawn)
            else:
                picture, told = changed(one.entry, transform, p, sample.picture, drawn)
                found[place] = Sample(picture, (*sample.told, told) if told else sample.told)
    return found


def _mixed(
    entry: Transformation,
    transform: v2.Transform,
    p: float,
    sample: Sample,
    second: Tensor,
    drawn: torch.Generator,
) -> Sample:
    """The sample and the second picture as a batch, mixed."""
    batch, labels = sample.batch, sample.labels
    if batch is None or labels is None:
        batch = F.to_dtype(torch.stack([sample.picture, second]), torch.float32, scale=True)
        labels = torch.eye(2)
    if torch.rand(1, generator=drawn) >= p:
        return replace(sample, batch=batch, labels=labels)
    with DrawnFrom(drawn):
        batch, labels = transform(batch, labels)
    return Sample(sample.picture, (*sample.told, entry.told({})), batch, labels)


class Wall:
    """The samples of one photo, `(3, SIDE, SIDE)`, with one seed, for any pipeline.

    What a pipeline has in common with those before it is not made again. `second` is mixed in.
    """

    def __init__(self, photo: Tensor, second: Tensor, seed: int) -> None:
        self.photo, self._second, self._seed = photo, second, seed
        self._kept: Kept[Pipeline, list[Sample]] = Kept(MOST_BYTES, _bytes)
        self._kept.put((), begun(photo))

    def samples(self, steps: Pipeline) -> list[Sample]:
        """The samples of that pipeline."""
        found = self._kept.get(steps)
        if found is None:
            if not steps:
                found = begun(self.photo)
            else:
                before = self.samples(steps[:-1])
                found = continued(before, steps[-1:], self._seed, self._second)
            self._kept.put(steps, found)
        return found

    def sheet(self, samples: Sequence[Sample]) -> NDArray[np.uint8]:
        """The photo and its samples in rows of four: `(3 · SIDE, 4 · SIDE, 3)`."""
        tiles = torch.stack([self.photo, *(one.codes for one in samples)])
        rows = tiles.reshape(-1, COLUMNS, 3, SIDE, SIDE).permute(0, 3, 1, 4, 2)
        found: NDArray[np.uint8] = rows.reshape(-1, COLUMNS * SIDE, 3).numpy()
        return found


def _bytes(samples: list[Sample]) -> int:
    return sum(
        one.picture.nbytes + (0 if one.batch is None else one.batch.nbytes) for one in samples
    )
