"""The contest: is a digit even or odd? Its digits, and the real models that can be submitted.

All models learn from the same 500 digits of half the size. Even and odd digits take turns, so that
the first N of them are balanced for every even N.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from explainer.generalisation.stacked import Stacked, trained
from explainer.kept import MEGABYTE, Kept
from explainer.regularisation.dropout.data_sizes import POOLED, pooled
from explainer.training.data.registry import load
from explainer.training.engine.devices import cores, workers
from explainer.words import N_

TRAINING, MOST_DEVELOPMENT, HIDDEN = 500, 1000, 3500
NETWORK_STEPS, RATE, BATCH = 60, 1e-2, 50
MOST_NEIGHBOURS = 25
Right = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Contest:
    """Pictures `(500, 196)` to learn from, `(4500, 196)` to be asked for; labels are `truth`'s."""

    training: NDArray[np.float32]
    asked: NDArray[np.float32]


def truth(count: int = MOST_DEVELOPMENT + HIDDEN) -> NDArray[np.int64]:
    """0 for even, 1 for odd, in turns."""
    return np.arange(count) % 2


@lru_cache(maxsize=4)
def contest(seed: int) -> Contest:
    """The digits in an order drawn by `seed`; MNIST's own test pictures are left alone."""
    examples = load("mnist-sample")
    odd = examples.labels[: examples.test_from].numpy() % 2
    generator = np.random.default_rng(seed)
    sides = [generator.permutation(np.flatnonzero(odd == side)) for side in (0, 1)]
    rows = np.stack(sides, axis=1).ravel()
    pictures = pooled(examples.inputs.flatten(1).numpy()[rows]).numpy()
    return Contest(pictures[:TRAINING], pictures[TRAINING:])


@dataclass(frozen=True)
class Model:
    """A submitted model: the letter of its kind, which of its settings, and a seed."""

    letter: str
    place: int
    seed: int = 0


@dataclass(frozen=True)
class Kind:
    """A kind of model: `answers(seed, settings, seeds)` are `(models, 4500)` zeros and ones."""

    slug: str
    letter: str
    title: str
    knob: str
    settings: tuple[float, ...]
    answers: Callable[[int, float, Sequence[int]], NDArray[np.int64]]
    seeded: bool = False


@lru_cache(maxsize=4)
def _nearest(seed: int) -> NDArray[np.int64]:
    """For each digit that is asked for, the nearest ones that were learned, `(4500, 25)`."""
    found = contest(seed)
    far = (found.training**2).sum(1) - 2 * found.asked @ found.training.T
    return np.argsort(far, axis=1)[:, :MOST_NEIGHBOURS]


def _neighbours(seed: int, count: float, seeds: Sequence[int]) -> NDArray[np.int64]:
    votes = truth(TRAINING)[_nearest(seed)[:, : int(count)]].mean(1)
    return np.tile(votes > 0.5, (len(seeds), 1)).astype(np.int64)


def _logistic(seed: int, strength: float, seeds: Sequence[int]) -> NDArray[np.int64]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1 / (strength * TRAINING), max_iter=500)
    found = contest(seed)
    answers = model.fit(found.training, truth(TRAINING)).predict(found.asked)
    return np.tile(np.asarray(answers, np.int64), (len(seeds), 1))


def _tree(seed: int, depth: float, seeds: Sequence[int]) -> NDArray[np.int64]:
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(max_depth=int(depth), random_state=0)
    found = contest(seed)
    answers = model.fit(found.training, truth(TRAINING)).predict(found.asked)
    return np.tile(np.asarray(answers, np.int64), (len(seeds), 1))


def _networks(seed: int, width: float, seeds: Sequence[int]) -> NDArray[np.int64]:
    workers(cores())  # for what it sets: operators as small as these run in one thread
    found = contest(seed)
    starts, batches = ([torch.Generator().manual_seed(2 * one + odd) for one in seeds]
                       for odd in (0, 1))  # fmt: skip
    networks = Stacked(POOLED**2, int(width), starts)
    inputs = torch.from_numpy(found.training).expand(len(seeds), -1, -1)
    labels = torch.from_numpy(truth(TRAINING)).expand(len(seeds), -1)
    trained(
        networks, inputs, labels, partial(cross_entropy, reduction="sum"),
        steps=NETWORK_STEPS, rate=RATE, batches=batches, batch=BATCH,
    )  # fmt: skip
    with torch.no_grad():
        answers = networks(torch.from_numpy(found.asked).expand(len(seeds), -1, -1))
    return np.asarray(answers.argmax(-1).numpy())


KINDS = (
    Kind("neighbours", "k", N_("Neighbours"), N_("k"), (1, 3, 5, 9, 25), _neighbours),
    Kind("logistic", "l", N_("Logistic"), N_("λ"), (0.001, 0.01, 0.1, 1), _logistic),
    Kind("network", "w", N_("Network"), N_("units"), (4, 16, 64), _networks, seeded=True),
    Kind("tree", "t", N_("Tree"), N_("depth"), (2, 4, 8, 16), _tree),
)
BY_LETTER = {one.letter: one for one in KINDS}
_KEPT: Kept[tuple[int, Model], Right] = Kept(4 * MEGABYTE, lambda one: one.nbytes)


def right_answers(seed: int, models: Sequence[Model]) -> list[Right]:
    """Of each model, whether it is right about each digit `(4500,)`; what is not kept is trained.

    Networks of one width learn at once.
    """
    found = {one: kept for one in models if (kept := _KEPT.get((seed, one))) is not None}
    groups: dict[tuple[str, int], list[Model]] = {}
    for one in dict.fromkeys(models):
        if one not in found:
            groups.setdefault((one.letter, one.place), []).append(one)
    for (letter, place), group in groups.items():
        kind = BY_LETTER[letter]
        answers = kind.answers(seed, kind.settings[place], [one.seed for one in group])
        for one, given in zip(group, answers == truth(), strict=True):
            found[one] = given
            _KEPT.put((seed, one), given)
    return [found[one] for one in models]
