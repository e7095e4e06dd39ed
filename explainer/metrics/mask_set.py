r"""A set of pictures with masks of several classes: one mean IoU, or another, by how it is taken.

Real test digits under noise: a threshold says where the ink is, and a shipped network which digit
it is. Every pixel then has a true and a given class: background, or the digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from explainer.likelihood.calibrated import test_digits
from explainer.metrics.shares import mean_of, ratio
from explainer.networks.digits.field import PUBLISHED, in_field, moved
from explainer.networks.digits.networks import shared_reader

CLASSES = 11
MOST, SEED = 40, 4
NETWORK = "digit-mlp"
INK = 0.5
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Segmented:
    """N pictures in [0, 1], `(N, H, W)`, and each pixel's true and given class from 0 to 10."""

    pictures: Singles
    truth: Labels
    answer: Labels

    @property
    def confusion(self) -> Labels:
        """Pixels by picture, true class and given class, `(N, 11, 11)`."""
        return confusions(self.truth, self.answer, CLASSES)


def confusions(truth: Labels, answer: Labels, classes: int) -> Labels:
    """Pixels of each of N pictures by true and by given class, `(N, K, K)`."""
    count = len(truth)
    codes = truth.reshape(count, -1) * classes + answer.reshape(count, -1)
    places = codes + classes**2 * np.arange(count)[:, None]
    found = np.bincount(places.ravel(), minlength=count * classes**2)
    return np.asarray(found.reshape(count, classes, classes))


def class_ious(confusion: Labels) -> Floats:
    """The IoU of each class, `(…, K)` of `(…, K, K)`; NaN for one that is absent on both sides."""
    both = np.diagonal(confusion, axis1=-2, axis2=-1)
    union = confusion.sum(-1) + confusion.sum(-2) - both
    return ratio(both, union)


@dataclass(frozen=True)
class Means:
    """The mean IoU of a set: of the summed confusion, and as the mean over its pictures."""

    of_set: float
    of_pictures: float


def means(confusion: Labels, undefined: float) -> Means:
    """Of pictures `(N, K, K)`, N ≥ 1; NaN where no class is there."""
    each = mean_of(class_ious(confusion), undefined)
    there = each[~np.isnan(each)]
    of_set = float(mean_of(class_ious(confusion.sum(0)), undefined))
    return Means(of_set, float(there.mean()) if len(there) else float("nan"))


def segmented(count: int, noise: float, threshold: float, seed: int = SEED) -> Segmented:
    """The first `count` of some digits, under noise of that deviation, and what is made of them."""
    clean, labels, random = _drawn(seed)
    pictures = np.clip(clean[:count] + np.float32(noise) * random[:count], 0, 1)
    truth = np.where(clean[:count] >= INK, labels[:count, None, None] + 1, 0)
    said = _read(noise, seed)[:count]
    answer = np.where(pictures >= threshold, said[:, None, None] + 1, 0)
    return Segmented(pictures, truth, answer)


@lru_cache(maxsize=8)
def _drawn(seed: int) -> tuple[Singles, Labels, Singles]:
    rows, labels = test_digits()
    random = np.random.default_rng(seed)
    chosen = random.permutation(len(labels))[:MOST]
    pictures = rows.numpy()[chosen].reshape(-1, PUBLISHED, PUBLISHED)
    return pictures, labels[chosen], random.standard_normal(pictures.shape, np.float32)


@lru_cache(maxsize=64)
def _read(noise: float, seed: int) -> Labels:
    """Which digits the network takes all of them for."""
    clean, __, random = _drawn(seed)
    pictures = np.clip(clean + np.float32(noise) * random, 0, 1)
    with torch.inference_mode():
        field = moved(in_field(torch.from_numpy(pictures)[:, None]), 0, 0)
        return np.asarray(shared_reader(NETWORK)(field).argmax(1).numpy())


@lru_cache(maxsize=4)
def picture_ious(noise: float = 0.4, threshold: float = INK, seed: int = 0) -> Floats:
    """The IoU of the ink of all 1,000 test digits under noise, `(1000,)`: class by class unread."""
    rows = test_digits()[0].numpy()
    random = np.random.default_rng(seed).standard_normal(rows.shape, np.float32)
    truth, answer = rows >= INK, rows + np.float32(noise) * random >= threshold
    return np.asarray((truth & answer).sum(1) / (truth | answer).sum(1))
