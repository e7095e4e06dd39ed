"""Learning by heart: one network on true labels, on random ones and on shuffled pixels.

The experiment of Zhang et al. (2017), section 2, at the size of this app: nothing about the network
or its training is changed, only what it is given to learn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.generalisation.memorising import Networks, Task, right, task, train
from explainer.training.engine.devices import cores, workers
from explainer.training.instruments.student import interval
from explainer.words import N_

SEEDS = (0, 1, 2, 3)
STEPS, EVERY = 280, 10
TILES = 24
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """What is learned: the share of labels drawn at random, in [0, 1], and whether pixels are."""

    slug: str
    title: str
    share: float
    pixels: bool = False


KINDS = (
    Kind("true", N_("true labels"), 0.0),
    Kind("fifth", N_("a fifth at random"), 0.2),
    Kind("half", N_("half at random"), 0.5),
    Kind("all", N_("all at random"), 1.0),
    Kind("pixels", N_("true labels, pixels shuffled"), 0.0, pixels=True),
)


@dataclass(frozen=True, eq=False)
class Tiles:
    """Digits `(M, 14, 14)` of the first seed whose label was drawn wrong, for one kind.

    `said` `(T, M, 10)` are the probabilities that the network gave each digit, step by step. Those
    whose true digit was once the most probable come first.
    """

    pictures: NDArray[np.float32]
    labels: NDArray[np.int64]
    truth: NDArray[np.int64]
    said: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ByHeart:
    """Accuracy by kind, seed and step `(K, S, T)`, on the labels learned and on new digits.

    `steps` `(T,)`. `tiles` are those of each kind that has wrong labels, by its slug.
    """

    steps: tuple[int, ...]
    training: Floats
    validation: Floats
    tiles: dict[str, Tiles]

    def reached(self, kind: int, share: float) -> list[float]:
        """The first step of each seed with that training accuracy; NaN where there is none."""
        found = self.training[kind] >= share
        steps = np.array(self.steps, float)
        return [float(steps[one.argmax()]) if one.any() else np.nan for one in found]

    def lost(self, kind: int) -> tuple[float, float, float]:
        """Validation accuracy at its best less that at the end: mean over seeds, low, high.

        The best step is that of the mean over seeds.
        """
        values = self.validation[kind]
        return interval((values[:, values.mean(axis=0).argmax()] - values[:, -1]).tolist())


def by_heart(
    seeds: tuple[int, ...] = SEEDS,
    *,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[ByHeart], None] = lambda found: None,
) -> ByHeart:
    """All kinds and seeds at once; `seen` gets what there is, four times on the way."""
    workers(cores())  # for what it sets: operators as small as these run in one thread
    given = Task.joined(
        [task(seed, kind.share, pixels=kind.pixels) for kind in KINDS for seed in seeds]
    )
    networks = Networks(seeds * len(KINDS))
    wrong = _wrong(given, len(seeds))
    rows: list[tuple[Floats, Floats]] = []
    said: dict[str, list[Tensor]] = {slug: [] for slug in wrong}

    def measure(step: int) -> None:
        logits = networks.logits(given.inputs)
        outside = networks.logits(given.validation_inputs)
        rows.append((
            right(logits, given.labels).numpy(),
            right(outside, given.validation_labels).numpy(),
        ))  # fmt: skip
        for slug, (network, places) in wrong.items():
            said[slug].append(torch.softmax(logits[network, places], -1))
        told(step / steps)
        if step and step % (2 * EVERY) == 0 and step < steps:
            seen(found())

    def found() -> ByHeart:
        training, validation = (
            np.stack(one, -1).reshape(len(KINDS), len(seeds), -1) for one in zip(*rows, strict=True)
        )
        reached = tuple(EVERY * place for place in range(len(rows)))
        tiles = {slug: _tiles(given, *where, said[slug]) for slug, where in wrong.items()}
        return ByHeart(reached, training, validation, tiles)

    train(networks, given, steps, EVERY, measure)
    return found()


def _wrong(given: Task, seeds: int) -> dict[str, tuple[int, Tensor]]:
    """For each kind with wrong labels its first network, and which pictures it is told wrong."""
    found = {}
    for place, kind in enumerate(KINDS):
        network = place * seeds
        wrong = torch.nonzero(given.labels[network] != given.truth[network]).flatten()
        if len(wrong):
            found[kind.slug] = (network, wrong[:TILES])
    return found


@cache
def first_tiles() -> Tiles:
    """Digits whose label was drawn wrong, before anything is learned: `said` has no step."""
    given = task(SEEDS[0], 1.0)
    wrong = torch.nonzero(given.labels[0] != given.truth[0]).flatten()[:TILES]
    return _tiles(given, 0, wrong, [torch.empty(0, len(wrong), 10)])


def _tiles(given: Task, network: int, places: Tensor, said: list[Tensor]) -> Tiles:
    side = round(given.inputs.shape[2] ** 0.5)
    whole = torch.cat([one.reshape(-1, len(places), 10) for one in said]).numpy()
    pictures = given.inputs[network, places].reshape(-1, side, side).numpy()
    labels, truth = (one[network, places].numpy() for one in (given.labels, given.truth))
    known = whole[:, np.arange(len(places)), truth].max(axis=0, initial=0.0)
    order = np.argsort(-known, kind="stable")
    return Tiles(pictures[order], labels[order], truth[order], whole[:, order])
