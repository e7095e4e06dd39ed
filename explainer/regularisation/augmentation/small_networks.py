"""Small convolutional networks on little data, several at once, with or without an augmentation.

Pictures are halved (means of 2 × 2 pixels) before anything is done to them, so that dozens of
networks learn within half a minute on two cores.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, conv2d, cross_entropy, max_pool2d

from explainer.registry import Registry
from explainer.regularisation.plain_optimiser import PlainOptimiser
from explainer.training.augmentation.augmentation import soft
from explainer.training.augmentation.pipeline import AugmentationStep, augment, step
from explainer.training.data.data_set import Examples
from explainer.training.data.real import available
from explainer.training.data.registry import load
from explainer.training.data.stratify import take
from explainer.training.engine.devices import cores, workers
from explainer.words import N_

WIDTHS, KERNEL = (8, 16), 3
STEPS, BATCH, LEARNING_RATE = 250, 32, 5e-3
AUGMENTING = 10_000
"""Added to a seed for what augmentations draw: batches stay the same with and without them."""
V = TypeVar("V")
Floats64 = NDArray[np.float64]
Change = Callable[[Tensor, Tensor, int, torch.Generator], tuple[Tensor, Tensor]]
"""What is done to a batch `(B, C, H, W)` and its targets: see `augment`."""


@dataclass(frozen=True)
class Pictures:
    """Pictures by name, of which `validated` are kept to validate on.

    `usual` are augmentations that are often used with such pictures.
    """

    slug: str
    title: str
    load: Callable[[], Examples]
    validated: int
    usual: tuple[AugmentationStep, ...]
    there: Callable[[], bool] = lambda: True


PICTURES = Registry[Pictures](
    N_("data"),
    Pictures(
        "digits", N_("Digits"), lambda: load("mnist-sample"), 1000,
        (step("rotation"), step("shift")),
    ),
    Pictures(
        "textures", N_("Textures"), lambda: load("textures"), 296, (step("flip"), step("colour"))
    ),
    Pictures(
        "cifar-10", "CIFAR-10", lambda: load("cifar-10", count=6000), 1000,
        (step("flip"), step("shift")), lambda: available("cifar-10"),
    ),
)  # fmt: skip


def there() -> tuple[Pictures, ...]:
    """Those that need no download, or lie in the data root already."""
    return tuple(one for one in PICTURES if one.there())


@dataclass(frozen=True, eq=False)
class Divided:
    """Halved pictures `(N, C, H, W)` in [0, 1] and labels `(N,)`; the test part is left alone."""

    inputs: Tensor
    labels: Tensor
    validation_inputs: Tensor
    validation_labels: Tensor
    classes: int

    def some(self, count: int, seed: int) -> tuple[Tensor, Tensor]:
        """So many to learn from, drawn by `seed`, each class as often as any other."""
        order = torch.randperm(len(self.labels), generator=torch.Generator().manual_seed(seed))
        rows = take(order, self.labels, min(count, len(order)))[0]
        return self.inputs[rows], self.labels[rows]


@cache
def divided(slug: str) -> Divided:
    """The data of that slug. Raises `DataError` where they are not there."""
    entry = PICTURES[slug]
    examples = entry.load()
    count = examples.test_from or len(examples)
    order = torch.randperm(count, generator=torch.Generator().manual_seed(0))
    inputs, labels = avg_pool2d(examples.inputs[order], 2), examples.labels[order]
    kept, rest = slice(entry.validated), slice(entry.validated, None)
    return Divided(
        inputs[rest], labels[rest], inputs[kept], labels[kept], len(examples.classes)
    )  # fmt: skip


class Stack:
    """R networks at once: two 3 × 3 convolutions with pooling and ReLU, then a dense layer.

    Grouped convolutions stand for all networks. A network of a seed is the same in every stack.
    """

    def __init__(self, shape: tuple[int, int, int], classes: int, seeds: tuple[int, ...]) -> None:
        self.count = len(seeds)
        randoms = [torch.Generator().manual_seed(seed) for seed in seeds]
        channels, height, width = shape
        self.parameters: list[nn.Parameter] = []
        for maps in WIDTHS:
            fan = channels * KERNEL**2
            self._add([_drawn((maps, channels, KERNEL, KERNEL), fan, one) for one in randoms], True)
            self._add([torch.zeros(maps)] * self.count, True)
            channels, height, width = maps, height // 2, width // 2
        fan = channels * height * width
        self._add([_drawn((fan, classes), fan, one) for one in randoms], False)
        self._add([torch.zeros(1, classes)] * self.count, False)
        self._optimiser = PlainOptimiser(self.parameters, LEARNING_RATE)

    def _add(self, tensors: list[Tensor], joined: bool) -> None:
        self.parameters.append(nn.Parameter((torch.cat if joined else torch.stack)(tensors)))

    def step(self, inputs: Tensor, targets: Tensor, rate: float = LEARNING_RATE) -> None:
        """A step of Adam on pictures `(R, B, C, H, W)` and shares of classes `(R, B, classes)`."""
        self._optimiser.rate = rate
        self._optimiser.zero_grad()
        logits = self.layers(inputs)[-1]
        loss = cross_entropy(logits.flatten(0, 1), targets.flatten(0, 1), reduction="sum")
        torch.autograd.backward(loss / inputs.shape[1])
        self._optimiser.step()

    @torch.no_grad()
    def logits(self, inputs: Tensor) -> Tensor:
        """Of the same pictures `(N, C, H, W)` for all networks: `(R, N, classes)`."""
        parts = [
            self.layers(one.expand(self.count, *one.shape))[-1] for one in torch.split(inputs, 250)
        ]
        return torch.cat(parts, 1)

    def accuracy(self, inputs: Tensor, labels: Tensor) -> list[float]:
        """The share of each network's answers that are right."""
        return (self.logits(inputs).argmax(-1) == labels).double().mean(-1).tolist()

    def layers(self, inputs: Tensor) -> list[Tensor]:
        """What the layers give for `(R, N, C, H, W)`: before and after pooling with ReLU; logits.

        Maps are `(R, N, maps, H, W)`, logits `(R, N, classes)`.
        """
        runs, pictures = inputs.shape[:2]
        maps = inputs.transpose(0, 1).flatten(1, 2).contiguous(memory_format=torch.channels_last)
        found = []
        for place in range(len(WIDTHS)):
            weight, bias = self.parameters[2 * place : 2 * place + 2]
            maps = conv2d(maps, weight, bias, padding=KERNEL // 2, groups=runs)
            found.append(maps)
            maps = max_pool2d(
                maps, 2
            ).relu()  # as ReLU and then pooling, on a quarter of the values
            found.append(maps)
        found = [one.reshape(pictures, runs, -1, *one.shape[2:]).transpose(0, 1) for one in found]
        weight, bias = self.parameters[-2:]
        return [*found, torch.baddbmm(bias, found[-1].reshape(runs, pictures, -1), weight)]


def _drawn(shape: tuple[int, ...], inputs: int, random: torch.Generator) -> Tensor:
    """Weights after He et al. (2015)."""
    return torch.randn(shape, generator=random) * math.sqrt(2 / inputs)


def by_steps(steps: tuple[AugmentationStep, ...]) -> Change:
    """The change that the training lab's augmentations make one after another."""
    return lambda inputs, targets, classes, random: augment(inputs, targets, classes, steps, random)


def learned(
    data: Divided,
    size: int,
    seeds: tuple[int, ...],
    change: Change | None = None,
    *,
    steps: int = STEPS,
) -> Stack:
    """A network for each seed, trained on `size` pictures that the seed draws, changed each time.

    The learning rate falls to 0 in a line. With and without a change, networks of equal seed have
    the same start, pictures and batches.
    """
    drawn = [data.some(size, seed) for seed in seeds]
    pictures = torch.stack([one for one, _ in drawn])
    shares = torch.stack([soft(labels, data.classes) for _, labels in drawn])
    stack = Stack(_shape(data.inputs), data.classes, seeds)
    batches = [torch.Generator().manual_seed(seed) for seed in seeds]
    randoms = [torch.Generator().manual_seed(AUGMENTING + seed) for seed in seeds]
    runs, most = torch.arange(len(seeds))[:, None], pictures.shape[1]
    for step_number in range(steps):
        rows = torch.stack([torch.randint(most, (BATCH,), generator=one) for one in batches])
        inputs, targets = pictures[runs, rows], shares[runs, rows]
        if change:
            pairs = [
                change(one, share, data.classes, random)
                for one, share, random in zip(inputs, targets, randoms, strict=True)
            ]
            inputs, targets = (torch.stack(one) for one in zip(*pairs, strict=True))
        stack.step(inputs, targets, LEARNING_RATE * (1 - step_number / steps))
    return stack


def as_they_come(
    jobs: Sequence[Callable[[], V]], told: Callable[[float], None]
) -> Iterator[tuple[int, V]]:
    """The place and the result of each job, done in the threads of training; `told` the share.

    Who stops asking takes back what has not begun.
    """
    pool = workers(cores())
    waiting = {pool.submit(job): place for place, job in enumerate(jobs)}
    try:
        for done, one in enumerate(as_completed(waiting), start=1):
            told(done / len(jobs))
            yield waiting[one], one.result()
    finally:
        for one in waiting:
            one.cancel()


def _shape(inputs: Tensor) -> tuple[int, int, int]:
    _, channels, height, width = inputs.shape
    return channels, height, width
