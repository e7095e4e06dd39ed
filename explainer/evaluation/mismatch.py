"""Networks that learned sharp digits and are tested on those of a worse camera.

The source are sharp digits of MNIST at half their size, the target other digits through a camera of
`cameras`. Train and train-dev come from the source, dev and test from the target; each seed has
parts of its own, so intervals over seeds hold what comes of the draw of the pictures as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import leaky_relu

from explainer.evaluation.cameras import Camera, Digits, Pictures, seen, through
from explainer.generalisation.at_once import results
from explainer.generalisation.small_stack import BATCH, LEAK, SmallStack
from explainer.training.data.registry import load

TRAINING, MORE, HELD_OUT = 1000, 1000, 500
"""Digits to learn from, those that may be added, and those of each other part."""
WIDTH, STEPS, SEEDS = 32, 250, (0, 1, 2, 3, 4, 5)
STRENGTHS = tuple(place / 20 for place in range(21))
PARTS = TRAIN, TRAIN_DEV, DEV, TEST, SHARP = range(5)
"""Places of the measured parts; the last is train-dev as if it were all sharp."""
BATCHES = 10_000
"""Added to a seed for what draws the batches."""
SHOWN = 8
"""Digits whose answers are shown."""
Floats64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Drawn:
    """The parts of one seed, all still sharp: no digit is in two of them."""

    train: Digits
    more: Digits
    train_dev: Digits
    dev: Digits
    test: Digits


def drawn(seed: int) -> Drawn:
    """Parts drawn by `seed`; MNIST's own test pictures are left alone."""
    examples = load("mnist-sample")
    assert examples.test_from is not None
    order = torch.from_numpy(np.random.default_rng(seed).permutation(examples.test_from))
    sizes = [TRAINING, MORE, HELD_OUT, HELD_OUT, HELD_OUT]
    parts = torch.split(order[: sum(sizes)], sizes)
    return Drawn(
        *(
            Digits(examples.inputs[rows, 0].numpy(), examples.labels[rows].numpy(), (seed, place))
            for place, rows in enumerate(parts)
        )
    )


@dataclass(frozen=True, eq=False)
class Distances:
    """Errors of networks that learned sharp digits, the camera at each of `STRENGTHS`.

    `errors` `(strengths, parts, S)` are shares that are wrong; `answers` `(strengths, N)` are what
    the first seed's network says of the first digits of its dev part.
    """

    errors: Floats64
    answers: NDArray[np.int64]


def distances(
    camera: Camera, seeds: Sequence[int] = SEEDS, told: Callable[[float], None] = lambda share: None
) -> Distances:
    """Train on sharp digits and look through the camera, ever further."""
    parts = [drawn(seed).train for seed in seeds]
    inputs = torch.from_numpy(np.stack([seen(one.pictures) for one in parts]))
    labels = torch.from_numpy(np.stack([one.labels for one in parts]))
    stack, everything = SmallStack(WIDTH, seeds), torch.arange(TRAINING).expand(len(seeds), -1)
    learn(stack, inputs, labels, [everything], seeds, STEPS)
    told(0.3)
    __, train = stack.scores(inputs, labels)
    networks = [[one[place] for one in stack.parameters] for place in range(len(seeds))]
    jobs = [partial(_looked, *one, camera) for one in zip(networks, seeds, strict=True)]
    found: list[tuple[Floats64, NDArray[np.int64]]] = []
    for place, (one, error) in enumerate(zip(results(jobs), train, strict=True), 1):
        one[0][:, TRAIN] = error
        found.append(one)
        told(0.3 + 0.7 * place / len(seeds))
    return Distances(np.stack([one for one, __ in found], -1), found[0][1])


def _looked(
    network: Sequence[Tensor], seed: int, camera: Camera
) -> tuple[Floats64, NDArray[np.int64]]:
    """The network's errors `(strengths, parts)`, and its answers to the shown digits."""
    parts = drawn(seed)
    errors, answers = np.zeros((len(STRENGTHS), len(PARTS))), []
    unseen = answered(network, seen(parts.train_dev.pictures))
    errors[:, (TRAIN_DEV, SHARP)] = (unseen != parts.train_dev.labels).mean()
    for place, strength in enumerate(STRENGTHS):
        for part, one in ((DEV, parts.dev), (TEST, parts.test)):
            said = answered(network, through(one, camera, strength))
            errors[place, part] = (said != one.labels).mean()
            if part == DEV:
                answers.append(said[:SHOWN])
    return errors, np.stack(answers)


@torch.no_grad()
def answered(network: Sequence[Tensor], inputs: Pictures) -> NDArray[np.int64]:
    """What a network says of pictures `(N, 196)`: `(N,)`; its weights, each before its biases."""
    first, bias, last, last_bias = network
    hidden = leaky_relu(torch.from_numpy(inputs) @ first + bias, LEAK)
    return np.asarray((hidden @ last + last_bias).argmax(-1).numpy())


def learn(
    stack: SmallStack, inputs: Tensor, labels: Tensor, rows: Sequence[Tensor],
    seeds: Sequence[int], steps: int,
) -> None:  # fmt: skip
    """Steps on batches of each seed's pictures `(S, N, 196)`, for networks by training and seed.

    `rows` `(S, n)` of each training are those that it learns from; networks of equal seed that
    have equally many see the same places of them.
    """
    places = torch.arange(len(seeds)).repeat(len(rows))[:, None]
    randoms = [[torch.Generator().manual_seed(BATCHES + one) for one in seeds] for _ in rows]
    for _ in range(steps):
        chosen = [
            torch.stack([torch.randint(those.shape[1], (BATCH,), generator=one) for one in draws])
            for those, draws in zip(rows, randoms, strict=True)
        ]
        at = torch.cat([one.gather(1, draw) for one, draw in zip(rows, chosen, strict=True)])
        stack.step(inputs[places, at], labels[places, at])


@cache
def shown_digits(seed: int = SEEDS[0]) -> Digits:
    """The digits whose answers `Distances` have."""
    dev = drawn(seed).dev
    return Digits(dev.pictures[:SHOWN], dev.labels[:SHOWN], dev.draw)
