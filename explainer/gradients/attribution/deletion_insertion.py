"""Whether the pixels of a map matter to the network: deletion and insertion (Petsiuk et al. 2018).

Deletion takes pixels away, the one the map puts first, first: the sooner the probability falls, the
better the map. Insertion brings them back onto an empty picture: the sooner it rises, the better.
Neither means much without what a random order does on the same picture, so that stands beside it.

The score is asked of pictures unlike any the network has seen; a curve judges map and network both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from explainer.gradients.attribution.baselines import baseline_picture
from explainer.gradients.attribution.method import Map
from explainer.gradients.attribution.methods import as_pixel, checked_picture
from explainer.gradients.attribution.passes import logits, private_copy
from explainer.gradients.attribution.progress import Progress, in_batches, within
from explainer.gradients.attribution.target import Score, Target, resolve

Shuffle = Callable[[Map, np.random.Generator], Map]


@dataclass(frozen=True)
class Curve:
    """What the target does while pixels change: each array `(steps + 1,)`, from none to all.

    `shares` are the pixels changed so far, 0 to 1; `scores` the logits (or their difference);
    `probabilities` the class's probability, of a difference as if its two classes were all.
    """

    shares: Map
    scores: Map
    probabilities: Map

    @property
    def area(self) -> float:
        """The area under the probabilities, 0 to 1, by trapezoids."""
        return float(np.trapezoid(self.probabilities, self.shares))


@dataclass(frozen=True)
class Comparison:
    """The curve of a map, and those of orders that know nothing, on the same picture."""

    curve: Curve
    chance: tuple[Curve, ...]

    @property
    def chance_areas(self) -> tuple[float, ...]:
        """The area under each of the chance curves."""
        return tuple(curve.area for curve in self.chance)

    def chance_band(self) -> tuple[Map, Map, Map]:
        """The lowest, the mean and the highest probability of the chance curves at each share."""
        found = np.stack([curve.probabilities for curve in self.chance])
        return found.min(axis=0), found.mean(axis=0), found.max(axis=0)


@dataclass(frozen=True)
class DeletionInsertion:
    """Deletion and insertion of one map.

    A map is better than chance where it beats every order of chance: one that knows nothing gets
    there once in as many tries as there are orders and one.
    """

    deletion: Comparison
    insertion: Comparison

    @property
    def deletion_beats(self) -> float:
        """The share of the chance orders that lower the probability later than the map's."""
        area = self.deletion.curve.area
        return float(np.mean([area < other for other in self.deletion.chance_areas]))

    @property
    def insertion_beats(self) -> float:
        """The share of the chance orders that raise the probability later than the map's."""
        area = self.insertion.curve.area
        return float(np.mean([area > other for other in self.insertion.chance_areas]))

    @property
    def deletes_better(self) -> bool:
        """Whether deleting in the map's order beats all of chance."""
        return self.deletion_beats == 1

    @property
    def inserts_better(self) -> bool:
        """Whether inserting in the map's order beats all of chance."""
        return self.insertion_beats == 1


def shuffled_pixels(values: Map, draw: np.random.Generator) -> Map:
    """A random order, pixel by pixel.

    Holes all over the picture fool a network like noise: on the small VGG and ResNet-20 this order
    deleted sooner than most maps did. It shows how brittle a network is, more than what a map is
    worth.
    """
    return draw.permutation(values.size).astype(np.float32).reshape(values.shape)


def shifted_map(values: Map, draw: np.random.Generator) -> Map:
    """The same map elsewhere: moved round the edges, by a quarter of a side at least.

    So it is as coarse as the map, and only its knowledge of where to look is gone.
    """
    shift = draw.integers(values.shape)
    axis = int(draw.integers(2))
    side = values.shape[axis]
    shift[axis] = draw.integers(side // 4, side - side // 4)
    return np.roll(values, (int(shift[0]), int(shift[1])), axis=(0, 1))


CHANCES: dict[str, Shuffle] = {"shifted": shifted_map, "pixels": shuffled_pixels}


def deletion_insertion(
    network: nn.Module,
    inputs: Tensor,
    target: Target,
    values: Map,
    *,
    steps: int = 32,
    orders: int = 9,
    chance: str = "shifted",
    deleted_to: str = "mean",
    inserted_on: str = "blur",
    black: Tensor | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> DeletionInsertion:
    """Deletion and insertion of the map `values` `(H, W)`, each beside `orders` of chance.

    A curve has `steps` steps; `chance` is one of `CHANCES`, `deleted_to` and `inserted_on` are
    slugs of baselines; the rest as in :func:`attribute`. Raises `ValueError` for a map that does
    not fit the picture, and `CancelledError` where `progress` answers False.
    """
    if chance not in CHANCES or orders < 1 or steps < 1:
        raise ValueError(
            f"chance {chance!r} is one of {', '.join(CHANCES)}; orders {orders} and steps {steps}"
            " are at least 1"
        )
    picture, copy = checked_picture(inputs), private_copy(network)
    ask = _Ask(copy, resolve(target, logits(copy, picture)), steps, seed)
    draw, pixel = np.random.default_rng(seed), as_pixel(black, picture)
    tried = [values, *(CHANCES[chance](values, draw) for _ in range(orders))]
    emptied = baseline_picture(deleted_to, picture, pixel)
    begun = baseline_picture(inserted_on, picture, pixel)
    return DeletionInsertion(
        deletion=ask.compare(picture, emptied, tried, within(progress, 0, 0.5)),
        insertion=ask.compare(begun, picture, tried, within(progress, 0.5, 1)),
    )


@dataclass(frozen=True)
class _Ask:
    """A private copy of a network, and what it is asked on the way from one picture to another."""

    network: nn.Module
    score: Score
    steps: int
    seed: int

    def compare(
        self, start: Tensor, end: Tensor, tried: list[Map], progress: Progress | None
    ) -> Comparison:
        found = [
            self.curve(start, end, each, within(progress, at / len(tried), (at + 1) / len(tried)))
            for at, each in enumerate(tried)
        ]
        return Comparison(found[0], tuple(found[1:]))

    def curve(self, start: Tensor, end: Tensor, values: Map, progress: Progress | None) -> Curve:
        places = order(values, start, self.seed)
        counts = torch.linspace(0, places.numel(), self.steps + 1).round()
        given = []
        for part in in_batches(len(counts), start, progress):
            changed = places < counts[part, None, None]
            given.append(logits(self.network, torch.where(changed[:, None], end, start)))
        found = torch.cat(given)
        return Curve(
            shares=(counts / places.numel()).numpy(),
            scores=self.score.of(found).numpy(),
            probabilities=self.score.probability(found).numpy(),
        )


def order(values: Map, picture: Tensor, seed: int) -> Tensor:
    """The place `(H, W)` of each pixel when the highest value comes first; ties by chance.

    By chance, so that a blank map counts as one that knows nothing. Raises `ValueError` for a map
    that is not of the picture's size or not finite.
    """
    if values.shape != tuple(picture.shape[-2:]) or not np.isfinite(values).all():
        size = tuple(picture.shape[-2:])
        raise ValueError(f"the map of {values.shape} must be finite and of the size {size}")
    mixed = np.random.default_rng(seed).permutation(values.size)
    sequence = mixed[np.argsort(-values.ravel()[mixed], kind="stable")]
    places = np.empty(values.size, dtype=np.int64)
    places[sequence] = np.arange(values.size)
    return torch.from_numpy(places.reshape(values.shape))
