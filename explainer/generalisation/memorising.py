"""Small networks that may learn digits by heart: dozens trained at once, with remedies if wanted.

Digits at half their size, `(N, 196)`. Networks of equal seed have the same start, the same
pictures and the same batches, whatever their labels are and whatever is done against learning by
heart. The steps are those of Adam; penalties are part of the loss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, cross_entropy, pad, unfold

from explainer.regularisation.dropout.data_sizes import POOLED, pooled
from explainer.regularisation.pixel_weights import of_ten
from explainer.regularisation.plain_optimiser import PlainOptimiser

PICTURES, VALIDATED = 200, 500
UNITS, BATCH, LEARNING_RATE = 128, 50, 0.004
CLASSES = 10
KERNEL, STRIDE = 5, 3
PLACES = ((POOLED - KERNEL) // STRIDE + 1) ** 2
"""How many places of a picture a kernel is applied at."""
RANDOM_LABELS, RANDOM_PIXELS, DROPPED = 1000, 2000, 3000
"""Added to a seed for what is drawn beside the batches."""


@dataclass(frozen=True)
class Architecture:
    """Dense layers of `hidden` units, behind a convolution with `channels` where there are any.

    Of a `coarse` one each pixel is the mean of 4 × 4 of the digit.
    """

    hidden: tuple[int, ...] = (UNITS,)
    channels: int = 0
    coarse: bool = False

    @property
    def layers(self) -> tuple[tuple[int, int], ...]:
        """Inputs and outputs of each matrix of weights."""
        first = [(KERNEL**2, self.channels)] if self.channels else []
        inputs = self.channels * PLACES or (POOLED // (2 if self.coarse else 1)) ** 2
        sizes = (inputs, *self.hidden, CLASSES)
        return (*first, *pairwise(sizes))

    @property
    def parameters(self) -> int:
        """How many weights and biases there are."""
        return sum((inputs + 1) * outputs for inputs, outputs in self.layers)


@dataclass(frozen=True)
class Remedy:
    """What is done against learning by heart.

    `l2` is the λ of λ/2 Σ w², `l1` that of λ Σ |w|, neither over biases; `drop` the probability
    to drop a hidden unit; pictures are moved by up to `shift` pixels, anew in each step.
    """

    l2: float = 0.0
    l1: float = 0.0
    drop: float = 0.0
    shift: int = 0


NOTHING = Remedy()


@dataclass(frozen=True, eq=False)
class Task:
    """Pictures `(B, N, 196)` and labels `(B, N)` of B networks, and what validates them.

    `truth` `(B, N)` are the labels before any was drawn at random.
    """

    inputs: Tensor
    labels: Tensor
    truth: Tensor
    validation_inputs: Tensor
    validation_labels: Tensor

    @classmethod
    def joined(cls, tasks: Sequence[Task]) -> Task:
        """The networks of all of them."""
        return cls(*(torch.cat([getattr(one, name) for one in tasks])
                     for name in cls.__dataclass_fields__))  # fmt: skip


def task(seed: int, share: float, *, pixels: bool = False, others: bool = False) -> Task:
    """200 digits, of which `share` in [0, 1] have labels drawn at random, for one network.

    A label that is drawn may be the right one by chance. With `pixels` those of each picture are
    shuffled, in another order for each. 500 digits validate, or with `others` 500 other ones.
    """
    count, outside = PICTURES, slice(VALIDATED, None) if others else slice(VALIDATED)
    data = of_ten(count, seed)
    draw = np.random.default_rng(RANDOM_LABELS + seed)
    order, drawn = draw.permutation(count), draw.integers(0, CLASSES, count)
    labels = data.labels.copy()
    labels[order[: round(share * count)]] = drawn[: round(share * count)]
    pictures = [pooled(data.inputs), pooled(data.validation_inputs[outside])]
    if pixels:
        mix = np.random.default_rng(RANDOM_PIXELS + seed)
        pictures = [torch.from_numpy(mix.permuted(one.numpy(), axis=1)) for one in pictures]
    parts = (labels, data.labels, data.validation_labels[outside])
    given, truth, wanted = (torch.from_numpy(one)[None] for one in parts)
    return Task(pictures[0][None], given, truth, pictures[1][None], wanted)


@dataclass(eq=False)
class Networks:
    """A network for each of `seeds`, which decide how it starts.

    `parameters` are weights `(B, inputs, outputs)`, each followed by its bias `(B, 1, outputs)`.
    """

    seeds: Sequence[int]
    architecture: Architecture = Architecture()
    remedy: Remedy = NOTHING
    parameters: list[nn.Parameter] = field(init=False)

    def __post_init__(self) -> None:
        """PyTorch's usual spread of weights, biases 0."""
        randoms = [torch.Generator().manual_seed(seed) for seed in self.seeds]
        self.parameters = []
        for inputs, outputs in self.architecture.layers:
            drawn = torch.stack([torch.rand(inputs, outputs, generator=one) for one in randoms])
            self.parameters.append(nn.Parameter((2 * drawn - 1) / inputs**0.5))
            self.parameters.append(nn.Parameter(torch.zeros(len(randoms), 1, outputs)))
        self._optimiser = PlainOptimiser(self.parameters, LEARNING_RATE)

    def step(self, inputs: Tensor, labels: Tensor, noise: Sequence[Tensor] = ()) -> None:
        """A step with pictures `(B, N, 196)`; `noise` in [0, 1] `(B, N, units)` for dropout."""
        self._optimiser.zero_grad()
        logits = self._forward(inputs, noise)
        loss = cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum")
        torch.autograd.backward(loss / labels.shape[1])
        for weights in self.parameters[::2]:
            if weights.grad is not None and (self.remedy.l2 or self.remedy.l1):
                weights.grad.add_(weights.detach(), alpha=self.remedy.l2)
                weights.grad.add_(weights.detach().sign(), alpha=self.remedy.l1)
        self._optimiser.step()

    @torch.no_grad()
    def logits(self, inputs: Tensor) -> Tensor:
        """Of pictures `(B, N, 196)`, nothing dropped, `(B, N, 10)`."""
        return self._forward(inputs, ())

    def _forward(self, inputs: Tensor, noise: Sequence[Tensor]) -> Tensor:
        values = self._seen(inputs)
        pairs = list(zip(self.parameters[::2], self.parameters[1::2], strict=True))
        for place, (weights, bias) in enumerate(pairs):
            values = torch.baddbmm(bias, values, weights)
            if place < len(pairs) - 1:
                values = torch.relu(values)
            if place < len(noise):
                kept = 1 - self.remedy.drop
                values = values * (noise[place] < kept) / kept
            if self.architecture.channels and not place:
                values = values.reshape(*inputs.shape[:2], -1)
        return values

    def _seen(self, inputs: Tensor) -> Tensor:
        if self.architecture.channels:
            patches = inputs.flatten(0, 1).index_select(1, _patches())
            return patches.reshape(len(inputs), -1, KERNEL**2)
        if self.architecture.coarse:
            pictures = inputs.reshape(-1, 1, POOLED, POOLED)
            return avg_pool2d(pictures, 2).reshape(*inputs.shape[:2], -1)
        return inputs


@cache
def _patches() -> Tensor:
    """Which pixels a kernel sees, place after place, `(16 · 25,)`."""
    pixels = torch.arange(float(POOLED**2)).reshape(1, 1, POOLED, POOLED)
    return unfold(pixels, KERNEL, stride=STRIDE)[0].T.flatten().long()


def train(
    networks: Networks, given: Task, steps: int, every: int, seen: Callable[[int], None]
) -> None:
    """So many steps; `seen(step)` at the start and after each `every` of them."""
    seeds = sorted(set(networks.seeds))
    places = [seeds.index(seed) for seed in networks.seeds]
    batches = {seed: torch.Generator().manual_seed(seed) for seed in seeds}
    beside = [torch.Generator().manual_seed(DROPPED + seed) for seed in seeds]
    count, across = given.labels.shape[1], torch.arange(len(places))[:, None]
    reach = networks.remedy.shift
    copies = shifted(given.inputs, reach) if reach else given.inputs[None]
    seen(0)
    for step in range(1, steps + 1):
        drawn = [torch.randperm(count, generator=batches[seed])[:BATCH] for seed in seeds]
        rows = torch.stack(drawn)[places]
        size = rows.shape[1]
        moves = _drawn_beside(beside, (size,))[places] * len(copies)
        inputs = copies[moves.long(), across, rows]
        noise = [
            _drawn_beside(beside, (size, units))[places] for units in networks.architecture.hidden
        ] if networks.remedy.drop else []  # fmt: skip
        networks.step(inputs, given.labels[across, rows], noise)
        if step % every == 0:
            seen(step)


def _drawn_beside(randoms: Sequence[torch.Generator], shape: tuple[int, ...]) -> Tensor:
    return torch.stack([torch.rand(shape, generator=one) for one in randoms])


def shifted(inputs: Tensor, reach: int) -> Tensor:
    """Pictures `(B, N, 196)` moved by every whole number of pixels up to `reach`, `(M, B, N, 196)`.

    What comes in at an edge is black.
    """
    wide = pad(inputs.reshape(*inputs.shape[:2], POOLED, POOLED), (reach,) * 4)
    moves = range(2 * reach + 1)
    return torch.stack([
        wide[..., down : down + POOLED, right : right + POOLED].flatten(2)
        for down in moves for right in moves
    ])  # fmt: skip


def right(logits: Tensor, labels: Tensor) -> Tensor:
    """The share of labels `(B, N)` that each network says `(B,)`, in double precision."""
    return (logits.argmax(-1) == labels).double().mean(-1)
