"""The four leaks, one draw each: what is reported, what without the leak, and what is true.

All by the nearest neighbour and five folds. A function takes a seed and the settings of its
control, and gives accuracies `(3, settings)`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from explainer.evaluation.cameras import seen
from explainer.evaluation.digit_pool import (
    DigitSet,
    Floats,
    Places,
    Singles,
    by_folds,
    distances,
    nearest,
    pool,
    turned,
)
from explainer.evaluation.splitters import FORWARD, GROUPED, SHUFFLED
from explainer.training.data.copies import exact, near

FOLDS, FRESH, SCALED_FRESH = 5, 300, 1500
"""Fresh pictures: more where a small leak is measured."""
SAMPLES, TAKEN = 50, 20
"""Of the noise: examples, and features that are kept."""
COPIED, DAYS = 200, 200
Found = NDArray[np.float64]


def scaling(seed: int, sizes: Sequence[int]) -> Found:
    """Pixels divided by their spread over all pictures, or over those to learn from alone."""
    rows = np.random.default_rng(seed).permutation(len(pool()))
    fresh, found = pool().at(rows[:SCALED_FRESH]), []
    for size in sizes:
        data = pool().at(rows[SCALED_FRESH : SCALED_FRESH + size])
        leaky = _scaler(data.inputs)
        scores = []
        for learn, test in SHUFFLED.parts(data.labels, count=FOLDS):
            honest = _scaler(data.inputs[learn])
            pairs = ((leaky, data.at(test)), (honest, data.at(test)), (honest, fresh))
            scores.append([_score(data.at(learn), one, scale) for scale, one in pairs])
        found.append(np.mean(scores, 0))
    return np.array(found).T


def features(seed: int, counts: Sequence[int]) -> Found:
    """Noise and labels at random: features that agree with the labels, of all rows or per fold."""
    generator = np.random.default_rng(seed)
    inputs = generator.standard_normal((SAMPLES + FRESH, max(counts)), dtype=np.float32)
    labels = generator.permutation(np.arange(SAMPLES + FRESH) % 2)
    parts = [(np.arange(SAMPLES),) * 2, *SHUFFLED.parts(labels[:SAMPLES], count=FOLDS)]
    orders = [_by_agreement(inputs[learn], labels[learn]) for learn, __ in parts]
    found = []
    for count in counts:
        kept = [order[order < count][:TAKEN] for order in orders]
        scores = []
        for (learn, test), own in zip(parts[1:], kept[1:], strict=True):
            tests = ((kept[0], test), (own, test), (own, np.arange(SAMPLES, SAMPLES + FRESH)))
            scores.append([
                np.mean(_said(inputs[:, columns], labels, learn, rows) == labels[rows])
                for columns, rows in tests
            ])  # fmt: skip
        found.append(np.mean(scores, 0))
    return np.array(found).T


def duplicates(seed: int, shares: Sequence[int]) -> Found:
    """A share (in %) of the pictures are copies of others, a little brighter or darker."""
    found = []
    for share in shares:
        data, fresh, __ = with_copies(seed, share)
        groups = near_groups(data.pictures)
        scores = [
            np.mean(by_folds(data.inputs, data.labels, folds) == data.labels)
            for folds in (
                SHUFFLED.folds(data.labels, count=FOLDS),
                GROUPED.folds(data.labels, groups, count=FOLDS),
            )
        ]
        first = np.unique(groups, return_index=True)[1]
        one = data.at(first)
        said = nearest(distances(fresh.inputs, one.inputs), one.labels)
        found.append([*scores, np.mean(said == fresh.labels)])
    return np.array(found).T


def with_copies(seed: int, share: int) -> tuple[DigitSet, DigitSet, Places]:
    """`COPIED` pictures of which `share` % are copies, fresh ones, and whose copy each one is."""
    generator = np.random.default_rng(seed)
    rows = generator.permutation(len(pool()))
    fresh, own = pool().at(rows[:FRESH]), rows[FRESH : FRESH + COPIED]
    count = round(share * COPIED / 100)
    origin = np.arange(COPIED)
    origin[COPIED - count :] = generator.integers(0, COPIED - count, count)
    order = generator.permutation(COPIED)
    light = np.where(np.arange(COPIED) < COPIED - count, 1, generator.uniform(0.85, 1, COPIED))
    data = pool().at(own[origin][order])
    pictures = (data.pictures * light[order, None, None]).astype(np.float32)
    copied = DigitSet(pictures, seen(pictures), data.labels, origin[order])
    return copied, fresh, origin[order]


def near_groups(pictures: Singles) -> Places:
    """The group of each of the pictures `(N, 28, 28)`, by the lab's own detector of copies."""
    inputs = torch.from_numpy(pictures)[:, None]
    found: Places = near(inputs, exact(inputs)).numpy()
    return found


def drift(seed: int, turns: Sequence[int]) -> Found:
    """Pictures in the order of days, while the camera turns; the truth is what comes after."""
    found = []
    for turn in turns:
        data, later = with_drift(seed, turn)
        folds = SHUFFLED.folds(data.labels, count=FOLDS)
        scores = [np.mean(by_folds(data.inputs, data.labels, folds) == data.labels)]
        scores.append(np.mean([
            np.mean(nearest(distances(data.inputs[test], data.inputs[learn]), data.labels[learn])
                    == data.labels[test])
            for learn, test in FORWARD.parts(data.labels, count=FOLDS)
        ]))  # fmt: skip
        said = nearest(distances(later.inputs, data.inputs), data.labels)
        found.append([*scores, np.mean(said == later.labels)])
    return np.array(found).T


def with_drift(seed: int, turn: int) -> tuple[DigitSet, DigitSet]:
    """`DAYS` pictures, one a day, turned by 0 to `turn` degrees, and those of the next sixth."""
    generator = np.random.default_rng(seed)
    ahead = DAYS // (FOLDS + 1)
    rows = generator.permutation(len(pool()))[: DAYS + ahead]
    data = pool().at(rows)
    pictures = turned(data.pictures, turn * np.arange(len(rows)) / (DAYS - 1))
    whole = DigitSet(pictures, seen(pictures), data.labels, data.groups)
    return whole.at(np.arange(DAYS)), whole.at(np.arange(DAYS, DAYS + ahead))


def _scaler(inputs: Singles) -> Singles:
    """One over the spread of each pixel; 1 where there is none, as scikit-learn does."""
    spread = inputs.std(0)
    return np.where(spread > 0, 1 / np.where(spread > 0, spread, 1), 1).astype(np.float32)


def _score(learned: DigitSet, tested: DigitSet, scale: Singles) -> float:
    far = distances(tested.inputs * scale, learned.inputs * scale)
    return float(np.mean(nearest(far, learned.labels) == tested.labels))


def _said(inputs: Singles, labels: Places, learn: Places, test: Places) -> Places:
    return nearest(distances(inputs[test], inputs[learn]), labels[learn])


def _by_agreement(inputs: Singles, labels: Places) -> Places:
    """The columns from the one that agrees most with the labels on, by correlation squared."""
    centred = inputs - inputs.mean(0)
    towards: Floats = (labels - labels.mean()) @ centred / np.sqrt(np.square(centred).sum(0))
    return np.argsort(-np.abs(towards), kind="stable")
