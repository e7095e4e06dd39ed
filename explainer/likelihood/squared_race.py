r"""Squared error on classes: gradients of each layer at the start, and a race over learning rates.

Networks with as many hidden layers as asked learn the digits of 8 × 8 pixels with four losses, each
with every rate; those of one seed begin with the same weights and see the same batches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import log_softmax, one_hot

from explainer.registry import Registry
from explainer.regularisation.plain_optimiser import PlainOptimiser
from explainer.training.data.registry import load
from explainer.training.engine.devices import cores, workers
from explainer.words import N_

SEEDS = (0, 1, 2, 3)
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
DEPTHS = (1, 3, 6)
WIDTH, CLASSES, BATCH, STEPS, EVERY = 32, 10, 32, 200, 20
LEARNED, CHOSEN = 1000, 300
"""How many digits are learned from, and how many choose the rate; the other 497 measure."""
MEASURED = slice(LEARNED + CHOSEN, None)
GUESSED = 0.8
"""Who misses more has learned next to nothing: by chance it is nine tenths."""
SURE = 6.0
"""The biases of a wrong and sure start: of digit 0, and, negative, of all others."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Loss:
    """A loss of outputs and one-hot targets `(..., 10)`, summed over the classes."""

    slug: str
    title: str
    of: Callable[[Tensor, Tensor], Tensor]


def cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    r"""$-\\ln p_t$ of the softmax."""
    return -(targets * log_softmax(outputs, -1)).sum(-1)


def _squared(made: Callable[[Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda outputs, targets: (made(outputs) - targets).square().sum(-1) / 2


LOSSES = Registry[Loss](
    N_("loss"),
    Loss("cross_entropy", N_("softmax, cross-entropy"), cross_entropy),
    Loss("softmax", N_("softmax, squared error"), _squared(lambda one: one.softmax(-1))),
    Loss("sigmoid", N_("sigmoids, squared error"), _squared(torch.sigmoid)),
    Loss("linear", N_("linear, squared error"), _squared(lambda one: one)),
)  # fmt: skip


@dataclass(frozen=True)
class Hidden:
    """A hidden layer's function and `gain`: weights begin with the variance gain / inputs."""

    slug: str
    title: str
    function: Callable[[Tensor], Tensor]
    gain: float


HIDDEN = Registry[Hidden](
    N_("hidden layers"),
    Hidden("sigmoid", N_("sigmoid"), torch.sigmoid, 1),
    Hidden("small", N_("tanh, small"), torch.tanh, 0.1),
    Hidden("tanh", N_("tanh"), torch.tanh, 1),
    Hidden("relu", N_("ReLU"), torch.relu, 2),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """How many hidden layers, of which kind, and whether the start is wrong and sure."""

    depth: int
    hidden: str
    sure: bool = False


@dataclass(frozen=True, eq=False)
class Race:
    """For each of L losses and S seeds.

    `gradients` `(L, S, layers)` are root mean squares over the weights of each layer, the first
    layer first, at the start. `wrong` `(L, M, S)` is the share of fresh digits at the moments
    `steps`, with the rate that other digits chose: `rates` `(L,)`.
    """

    gradients: Floats
    steps: tuple[int, ...]
    wrong: Floats
    rates: tuple[float, ...]

    @property
    def more_wrong(self) -> Floats:
        """How much more than with the first loss is wrong at the end, `(L, S)`: paired."""
        return np.asarray(self.wrong[:, -1] - self.wrong[0, -1])

    @property
    def guesses(self) -> NDArray[np.bool_]:
        """With which losses no rate has learned anything, `(L,)`."""
        return np.asarray(self.wrong[:, -1].mean(-1) > GUESSED)


class DeepStack:
    """S seeds times `copies` networks 64 → 32 → … → 32 → 10, copies of a seed alike at first."""

    def __init__(self, asked: Asked, seeds: Sequence[int], copies: int) -> None:
        self._hidden = HIDDEN[asked.hidden]
        randoms = [torch.Generator().manual_seed(seed) for seed in seeds]
        widths = [64, *[WIDTH] * asked.depth, CLASSES]
        self.weights, self.biases = [], []
        for fan, out in pairwise(widths):
            scale = ((1 if out == CLASSES else self._hidden.gain) / fan) ** 0.5
            drawn = torch.stack([torch.randn(fan, out, generator=one) for one in randoms]) * scale
            self.weights.append(drawn.repeat(copies, 1, 1).requires_grad_())
            self.biases.append(torch.zeros(copies * len(seeds), 1, out).requires_grad_())
        if asked.sure:
            with torch.no_grad():
                self.biases[-1].fill_(-SURE)[..., 0] = SURE

    @property
    def parameters(self) -> list[Tensor]:
        """All weights, then all biases."""
        return [*self.weights, *self.biases]

    def __call__(self, inputs: Tensor) -> Tensor:
        """Outputs `(copies · S, N, 10)` of pictures `(copies · S, N, 64)`, seeds innermost."""
        for weights, biases in zip(self.weights[:-1], self.biases[:-1], strict=True):
            inputs = self._hidden.function(torch.baddbmm(biases, inputs, weights))
        return torch.baddbmm(self.biases[-1], inputs, self.weights[-1])


@cache
def eight_by_eight() -> tuple[Tensor, Tensor]:
    """The 1,797 digits `(N, 64)`, each pixel less its mean, in random order, and their labels."""
    examples = load("digits")
    rows = torch.from_numpy(np.random.default_rng(0).permutation(len(examples.labels)))
    pixels = examples.inputs[rows].flatten(1)
    return pixels - pixels[:LEARNED].mean(0), examples.labels[rows]


def start_gradients(asked: Asked, seeds: Sequence[int] = SEEDS, count: int = 300) -> Floats:
    """The root mean square of each layer's gradient over `count` digits, `(L, S, layers)`."""
    inputs, labels = (one[:count] for one in eight_by_eight())
    stack, targets = DeepStack(asked, seeds, 1), one_hot(labels, CLASSES).float()
    outputs = stack(inputs.expand(len(seeds), -1, -1))
    found = []
    for loss in LOSSES:
        whole = loss.of(outputs, targets).sum() / count
        each = torch.autograd.grad(whole, stack.weights, retain_graph=True)
        found.append(torch.stack([one.double().square().mean((1, 2)).sqrt() for one in each], 1))
    return torch.stack(found).numpy()


def race(
    asked: Asked,
    seeds: Sequence[int] = SEEDS,
    *,
    rates: Sequence[float] = RATES,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
) -> Race:
    """All networks at once by plain descent on batches; `told` gets the share that is done."""
    workers(cores())  # for what it sets: operators as small as these run in one thread
    inputs, labels = eight_by_eight()
    count = len(seeds)
    groups = len(LOSSES) * len(rates)
    stack = DeepStack(asked, seeds, groups)
    optimiser = PlainOptimiser(stack.parameters, 1.0, "sgd")
    randoms = [torch.Generator().manual_seed(~seed & 0xFFFF) for seed in seeds]
    column = torch.tensor(rates)[:, None, None]
    shape, moments, wrong = (len(LOSSES), len(rates), count), [], []
    for step in range(steps + 1):
        if step % EVERY == 0 or step == steps:
            moments.append(step)
            wrong.append(_missed(stack, inputs[MEASURED], labels[MEASURED], shape))
            told(step / steps)
        if step == steps:
            break
        rows = torch.stack([torch.randperm(LEARNED, generator=one)[:BATCH] for one in randoms])
        targets = one_hot(labels[rows], CLASSES).float()
        outputs = stack(inputs[rows].repeat(groups, 1, 1))
        parts = outputs.view(len(LOSSES), len(rates), count, BATCH, CLASSES)
        each = [loss.of(part, targets) for loss, part in zip(LOSSES, parts, strict=True)]
        optimiser.zero_grad()
        # A step of rate η on a loss is a step of rate 1 on η times it.
        torch.autograd.backward((column * torch.stack(each)).sum() / BATCH)
        optimiser.step()
    others = slice(LEARNED, LEARNED + CHOSEN)
    best = _missed(stack, inputs[others], labels[others], shape).mean(-1).argmin(-1)
    every = np.stack(wrong, 2)  # (L, R, M, S)
    return Race(
        start_gradients(asked, seeds), tuple(moments), every[np.arange(len(LOSSES)), best],
        tuple(rates[place] for place in best),
    )  # fmt: skip


@torch.no_grad()
def _missed(stack: DeepStack, inputs: Tensor, labels: Tensor, shape: tuple[int, ...]) -> Floats:
    """The share of pictures whose largest output is another class's, for each network: `shape`."""
    networks = len(stack.weights[0])
    said = stack(inputs.expand(networks, -1, -1)).argmax(-1)
    return np.asarray((said != labels).double().mean(-1).view(shape).numpy())
