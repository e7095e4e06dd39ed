"""Softmax before a loss that takes logits: the same networks learn digits with it and without.

PyTorch's cross-entropy applies softmax itself; given probabilities it applies it a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from explainer.generalisation.at_once import results
from explainer.generalisation.small_stack import CLASSES, Digits, digits
from explainer.generalisation.stacked import Stacked, trained

SEEDS = tuple(range(12))
RATES = (0.001, 0.003, 0.01, 0.03)
EARLY = 60
"""A step at which the race is read as well as at its end."""
SIZE, WIDTH, STEPS, BATCH, EVERY = 1000, 32, 300, 50, 30
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Race:
    """Right first, twice second: arrays `(2, M, S)` of M moments `steps` and S seeds.

    `loss` is what is minimised, in nats; `wrong` a share of fresh digits; `unsaid`, `(2, S)`, how
    many of the ten classes no fresh digit is given at the end.
    """

    steps: tuple[int, ...]
    loss: Floats
    wrong: Floats
    unsaid: Floats

    @property
    def without(self) -> tuple[int, int]:
        """How many networks of each kind give at least one class to no fresh digit at the end."""
        once, twice = (self.unsaid > 0).sum(1).tolist()
        return once, twice

    def more_wrong(self, step: int) -> Floats:
        """How much more is wrong at a moment where softmax is taken twice, `(S,)`: paired."""
        return np.asarray(np.subtract(*self.wrong[::-1, self.steps.index(step)]))


def once(outputs: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of logits, summed."""
    return cross_entropy(outputs, labels, reduction="sum")


def twice(outputs: Tensor, labels: Tensor) -> Tensor:
    """The mistake: cross-entropy that is given probabilities, summed."""
    return cross_entropy(outputs.softmax(1), labels, reduction="sum")


LOSSES = (once, twice)


def race(
    rate: float,
    seeds: Sequence[int] = SEEDS,
    *,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
) -> Race:
    """Both from the same weights on the same batches, by Adam at `rate`; `told` gets the share."""
    data, done = digits(SIZE, seeds), [0, 0]

    def run(place: int) -> tuple[list[Floats], Floats]:
        def seen(step: int) -> None:
            done[place] = step

        return _learn(data, seeds, LOSSES[place], rate, steps, seen)

    found = []
    for place, one in enumerate(results([partial(run, place) for place in range(len(LOSSES))])):
        found.append(one)
        told((place + 1) / len(LOSSES))
    curves = np.stack([np.stack(one, 1) for one, __ in found])  # (2, what, M, S)
    moments = tuple(range(0, steps + 1, EVERY))
    return Race(moments, curves[:, 0], curves[:, 1], np.stack([unsaid for __, unsaid in found]))


def _learn(
    data: Digits, seeds: Sequence[int], loss: Callable[[Tensor, Tensor], Tensor], rate: float,
    steps: int, heard: Callable[[int], None],
) -> tuple[list[Floats], Floats]:  # fmt: skip
    """At each moment loss and share wrong, `(2, S)`; at the end how many classes are not said."""
    randoms = [torch.Generator().manual_seed(seed) for seed in seeds]
    networks = Stacked(data.inputs.shape[2], WIDTH, randoms)
    found = [_measured(networks, data, loss)]

    def seen(step: int) -> None:
        heard(step)
        if step % EVERY == 0:
            found.append(_measured(networks, data, loss))

    trained(
        networks, data.inputs, data.labels, loss, steps=steps, rate=rate, batches=randoms,
        batch=BATCH, seen=seen,
    )  # fmt: skip
    with torch.no_grad():
        said = networks(data.validation_inputs).argmax(-1).numpy()
    unsaid = np.array([CLASSES - len(np.unique(one)) for one in said], np.float64)
    return found, unsaid


@torch.no_grad()
def _measured(networks: Stacked, data: Digits, loss: Callable[[Tensor, Tensor], Tensor]) -> Floats:
    learned = torch.stack(
        [loss(one, truth) for one, truth in zip(networks(data.inputs), data.labels, strict=True)]
    )
    wrong = networks(data.validation_inputs).argmax(-1) != data.validation_labels
    return np.stack([learned.double().numpy() / SIZE, wrong.double().mean(1).numpy()])
