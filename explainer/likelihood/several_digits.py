"""Two digits in one picture, one, or none: eight sigmoids against one softmax, learned here.

A picture is 14 × 28: two places side by side, each empty or with a digit of the shipped sample at
half its size. Eight digits are classes. 8 and 9 are drawn as well, and are none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax

from explainer.generalisation.at_once import results
from explainer.generalisation.stacked import Stacked, trained
from explainer.regularisation.dropout.data_sizes import pooled
from explainer.regularisation.pixel_weights import of_ten

SEEDS = (0, 1, 2, 3, 4)
CLASSES, PER_PICTURE = 8, 2
LEARNED, CHOSEN, MEASURED = 6000, 500, 900
WIDTH, STEPS, BATCH, RATE = 64, 400, 50, 5e-3
HEIGHT, ACROSS = 14, 28
THRESHOLDS = np.arange(0.05, 1, 0.05)
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures `(N, 392)` in [0, 1], row by row, and which classes each holds, `(N, 8)`."""

    inputs: Singles
    held: Flags

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many classes each holds: 0, 1 or 2."""
        return np.asarray(self.held.sum(1))


def pictures(count: int, seed: int, *, fresh: bool) -> Pictures:
    """So many, drawn by `seed`; their digits are learned from, or `fresh`: in no such picture.

    A third holds no class, a third one, a third two different ones. A place without a class is
    empty as often as it has an 8 or a 9.
    """
    tiles, labels = _digits(fresh)
    generator = np.random.default_rng([seed, fresh])
    known, other = (np.flatnonzero(one) for one in (labels < CLASSES, labels >= CLASSES))
    places, held = [], np.zeros((count, CLASSES), bool)
    for row in range(count):
        wanted = row % (PER_PICTURE + 1)
        digits: list[int] = []
        while len({int(labels[one]) for one in digits}) < wanted:
            digits = generator.choice(known, wanted).tolist()
        held[row, labels[digits]] = True
        rest = PER_PICTURE - wanted
        for drawn in generator.random(rest) < 0.5:
            digits.append(int(generator.choice(other)) if drawn else -1)
        places.append(generator.permutation(digits))
    blank = np.concatenate([tiles, np.zeros_like(tiles[:1])])  # the place −1
    sides = blank[np.array(places)].reshape(count, PER_PICTURE, HEIGHT, HEIGHT)
    return Pictures(sides.swapaxes(1, 2).reshape(count, -1), held)


@cache
def _digits(fresh: bool) -> tuple[Singles, NDArray[np.int64]]:
    """Digits at half their size `(N, 196)` and their labels."""
    data = of_ten(4000)
    given = (data.validation_inputs, data.validation_labels) if fresh else (
        data.inputs, data.labels)  # fmt: skip
    return pooled(given[0]).numpy(), given[1]


def _flags(codes: Tensor) -> Tensor:
    """Which classes a code says, `(N, 8)`: class c by its c-th bit."""
    return (codes[:, None] >> torch.arange(CLASSES) & 1).float()


def sigmoid_loss(outputs: Tensor, codes: Tensor) -> Tensor:
    """Binary cross-entropy of each class, summed."""
    logits = outputs[:, :CLASSES]
    return binary_cross_entropy_with_logits(logits, _flags(codes), reduction="sum")


def softmax_loss(outputs: Tensor, codes: Tensor) -> Tensor:
    """Cross-entropy with what is held in equal shares; of a picture without classes it is 0."""
    flags = _flags(codes)
    shares = flags / flags.sum(1, keepdim=True).clamp(min=1)
    return -(shares * log_softmax(outputs[:, :CLASSES], 1)).sum()


@dataclass(frozen=True, eq=False)
class Learned:
    """What S networks of each kind say of fresh pictures: `(S, N, 8)`, probabilities.

    `threshold` `(S,)`: from where on softmax's class counts as said, the best on other pictures.
    """

    shown: Pictures
    sigmoids: Singles
    softmax: Singles
    threshold: Floats

    def exact(self) -> Floats:
        """The share of pictures whose set of classes is right: `(2, 3, S)`, sigmoids first.

        By how many classes a picture holds; sigmoids say what has more than ½.
        """
        said = self.sigmoids > 0.5, self.softmax > self.threshold[:, None, None]
        right = np.stack([(one == self.shown.held).all(-1) for one in said])  # (2, S, N)
        held = self.shown.counts
        return np.stack([right[..., held == one].mean(-1) for one in range(3)], 1)

    def both_above(self, least: float) -> Floats:
        """Of pictures with two classes, where each of the two has at least `least`: `(2, S)`."""
        two = self.shown.counts == PER_PICTURE
        found = []
        for said in (self.sigmoids, self.softmax):
            lower = np.where(self.shown.held, said, np.inf)[:, two].min(-1)
            found.append((lower >= least).mean(-1))
        return np.stack(found)

    def largest_of_none(self) -> Floats:
        """Of pictures without any class, the mean of the largest probability: `(2, S)`."""
        none = self.shown.counts == 0
        found = [one[:, none].max(-1).mean(-1) for one in (self.sigmoids, self.softmax)]
        return np.stack(found).astype(np.float64)


def learned(
    seeds: Sequence[int] = SEEDS,
    *,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
) -> Learned:
    """Both kinds from the same weights, on the same batches; `told` gets the share done."""
    data = pictures(LEARNED, 0, fresh=False)
    others = pictures(CHOSEN, 1, fresh=True)
    shown = pictures(MEASURED, 2, fresh=True)
    codes = torch.from_numpy(data.held @ (1 << np.arange(CLASSES)))
    inputs = torch.from_numpy(data.inputs).expand(len(seeds), -1, -1)
    truth = codes.expand(len(seeds), -1)

    def run(loss: Callable[[Tensor, Tensor], Tensor]) -> Stacked:
        randoms = [torch.Generator().manual_seed(seed) for seed in seeds]
        networks = Stacked(data.inputs.shape[1], WIDTH, randoms)
        trained(networks, inputs, truth, loss, steps=steps, rate=RATE, batches=randoms, batch=BATCH)
        return networks

    found = []
    jobs = [partial(run, one) for one in (sigmoid_loss, softmax_loss)]
    for place, one in enumerate(results(jobs)):
        found.append(one)
        told((place + 1) / len(jobs))
    sigmoids, softmax = found
    said = _logits(softmax, others.inputs).softmax(-1).numpy()
    right = [((said > one) == others.held).all(-1).mean(-1) for one in THRESHOLDS]
    return Learned(
        shown, _logits(sigmoids, shown.inputs).sigmoid().numpy(),
        _logits(softmax, shown.inputs).softmax(-1).numpy(),
        THRESHOLDS[np.argmax(right, axis=0)],
    )  # fmt: skip


@torch.no_grad()
def _logits(networks: Stacked, inputs: Singles) -> Tensor:
    many = len(networks.parameters[0])
    return networks(torch.from_numpy(inputs).expand(many, -1, -1))[..., :CLASSES]
