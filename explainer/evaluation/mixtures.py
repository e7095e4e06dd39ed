"""Networks that learn from mixtures of sharp digits and those of the target's camera."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.evaluation.cameras import CAMERAS, Camera, Pictures, seen, through
from explainer.evaluation.mismatch import (
    MORE,
    PARTS,
    SEEDS,
    STEPS,
    TEST,
    TRAINING,
    WIDTH,
    Floats64,
    answered,
    drawn,
    learn,
)
from explainer.generalisation.at_once import results
from explainer.generalisation.small_stack import SmallStack
from explainer.training.instruments.student import interval

SHARES = tuple(place / 10 for place in range(11))
AT_ONCE = 3
"""Trainings whose networks of all seeds learn as one stack."""
ALONE = 2
"""The first trainings, each a stack of its own: there is something to see the sooner."""


@dataclass(frozen=True)
class Training:
    """What is learned from: `rows` of the five blocks, and how it is called.

    `share` is how much of it comes from the target, as train-dev then does.
    """

    slug: str
    rows: tuple[slice, ...]
    share: float


SHARP_ROWS, THROUGH, MORE_THROUGH, OTHERWISE, MORE_SHARP = (
    slice(block * TRAINING, (block + 1) * TRAINING) for block in range(5)
)
AUGMENTED, WRONGLY, MORE_OF_IT = "augmented", "wrongly", "more"


def _first(block: slice, count: int) -> slice:
    return slice(block.start, block.start + count)


def instead(share: float) -> Training:
    """As many digits, that share of them through the target's camera."""
    count = round(share * TRAINING)
    sharp = slice(SHARP_ROWS.start + count, SHARP_ROWS.stop)
    return Training("instead", (_first(THROUGH, count), sharp), share)


def added(share: float) -> Training:
    """All sharp digits, and other ones of the target beside them, so many times as many."""
    rows = (SHARP_ROWS, _first(MORE_THROUGH, round(share * MORE)))
    return Training("added", rows, share / (1 + share))


OTHERS = (
    Training(AUGMENTED, (SHARP_ROWS, THROUGH), 0.5),
    Training(WRONGLY, (SHARP_ROWS, OTHERWISE), 0.0),
    Training(MORE_OF_IT, (SHARP_ROWS, MORE_SHARP), 0.0),
)
"""Each sharp digit and a copy of it through the same camera, through another; more sharp ones."""
COUNT = len(SEEDS) * (2 * len(SHARES) - 1 + len(OTHERS))
"""Networks that learn from mixtures."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """The chosen share of each seed, its error on the part that chose, and on test: `(S,)` each."""

    shares: Floats64
    chosen_on: Floats64
    test: Floats64


@dataclass(frozen=True, eq=False)
class Mixtures:
    """Errors by what was learned from: `(shares, parts, S)`; of each of `OTHERS` `(parts, S)`."""

    instead: Floats64
    added: Floats64
    others: dict[str, Floats64]

    def gain(self, errors: Floats64, part: int = TEST) -> tuple[float, float, float]:
        """How much less is wrong than after sharp digits alone: a mean, and its `interval`."""
        return interval((self.instead[0, part] - errors[part]).tolist())


def chosen_by(part: int, errors: Floats64) -> Chosen:
    """For each seed the share with the least error on `part`; of those level, the least.

    `errors` `(shares, parts, S)` are those of one of the two ways to mix.
    """
    places = errors[:, part].argmin(0)
    taken = errors[places, :, np.arange(len(places))]
    return Chosen(np.array(SHARES)[places], taken[:, part], taken[:, TEST])


def mixtures(
    camera: Camera,
    seeds: Sequence[int] = SEEDS,
    *,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
    seen_so_far: Callable[[Floats64], None] = lambda errors: None,
) -> Mixtures:
    """Train networks of every seed on every mixture of sharp digits and the target's.

    `seen_so_far` gets the errors `(shares, parts, S)` of the first shares, as they come.
    """
    trainings = [*map(instead, SHARES), *map(added, SHARES[1:]), *OTHERS]
    blocks = [_blocks(seed, camera) for seed in seeds]
    rest = range(ALONE, len(trainings), AT_ONCE)
    packs = [[one] for one in trainings[:ALONE]] + [trainings[at : at + AT_ONCE] for at in rest]
    found: list[Floats64] = []
    for several in results([partial(_tried, one, blocks, seeds, steps) for one in packs]):
        found.extend(several)
        told(len(found) / len(trainings))
        if len(found) <= len(SHARES):
            seen_so_far(np.stack(found))
    count = len(SHARES)
    others = zip(OTHERS, found[-len(OTHERS) :], strict=True)
    return Mixtures(
        np.stack(found[:count]),
        np.stack([found[0], *found[count : 2 * count - 1]]),
        {one.slug: errors for one, errors in others},
    )


@dataclass(frozen=True, eq=False)
class _Blocks:
    """What a network sees of one seed's digits: the five blocks, and the parts held out."""

    pool: Pictures
    labels: NDArray[np.int64]
    train_dev: tuple[Pictures, Pictures]
    target: tuple[Pictures, Pictures]
    truth: tuple[NDArray[np.int64], ...]


def _blocks(seed: int, camera: Camera) -> _Blocks:
    parts, strength = drawn(seed), camera.usual
    other = CAMERAS[camera.other]
    pool = [
        seen(parts.train.pictures), through(parts.train, camera, strength),
        through(parts.more, camera, strength), through(parts.train, other, other.usual),
        seen(parts.more.pictures),
    ]  # fmt: skip
    train, more = parts.train.labels, parts.more.labels
    held = parts.train_dev
    return _Blocks(
        np.concatenate(pool),
        np.concatenate([train, train, more, train, more]),
        (seen(held.pictures), through(held, camera, strength)),
        (through(parts.dev, camera, strength), through(parts.test, camera, strength)),
        (held.labels, parts.dev.labels, parts.test.labels),
    )


def _tried(
    trainings: Sequence[Training], blocks: Sequence[_Blocks], seeds: Sequence[int], steps: int
) -> list[Floats64]:
    """Errors `(parts, S)` of each training."""
    inputs = torch.from_numpy(np.stack([one.pool for one in blocks]))
    labels = torch.from_numpy(np.stack([one.labels for one in blocks]))
    rows = [
        torch.cat([torch.arange(part.start, part.stop) for part in one.rows]) for one in trainings
    ]
    stack = SmallStack(WIDTH, [*seeds] * len(trainings))
    learn(stack, inputs, labels, [one.expand(len(seeds), -1) for one in rows], seeds, steps)
    found = []
    for place, (training, learned) in enumerate(zip(trainings, rows, strict=True)):
        errors = np.zeros((len(PARTS), len(seeds)))
        for at, one in enumerate(blocks):
            network = [each[place * len(seeds) + at] for each in stack.parameters]
            errors[:, at] = _errors(network, training, one, learned.numpy())
        found.append(errors)
    return found


def _errors(
    network: Sequence[Tensor], training: Training, one: _Blocks, rows: NDArray[np.int64]
) -> list[float]:
    """The share that is wrong of each of `PARTS`."""
    sharp, through = one.train_dev
    count = round(training.share * len(sharp))
    mixed = np.concatenate([through[:count], sharp[count:]])
    held, dev, test = one.truth
    asked = (
        (one.pool[rows], one.labels[rows]), (mixed, held), (one.target[0], dev),
        (one.target[1], test), (sharp, held),
    )  # fmt: skip
    return [float((answered(network, inputs) != labels).mean()) for inputs, labels in asked]
