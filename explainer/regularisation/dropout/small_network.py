"""A network with twelve units in each of its last two hidden layers, trained with dropout there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.registry import Registry
from explainer.regularisation.pixel_weights import Divided, of_ten
from explainer.regularisation.plain_optimiser import PlainOptimiser
from explainer.regularisation.proximal import Floats
from explainer.training.engine.devices import cores, workers
from explainer.words import N_

F = TypeVar("F", np.float32, np.float64)
UNITS = 12
WIDTHS = (784, 64, UNITS, UNITS, 10)
TRAINING, EPOCHS, BATCH, RATE = 4000, 8, 128, 2e-3
SEED = 5
SLOPE = 0.1
"""Of leaky ReLU left of 0: of so few units, plain ReLU leaves some at 0 for every digit."""
KEEP = 0.5
"""The probability with which a unit is kept while the networks learn."""


@dataclass(frozen=True)
class Place:
    """Where units are left out: after the second hidden layer, after the third, or after both."""

    slug: str
    title: str
    before: bool = False
    last: bool = False


PLACES = Registry[Place](
    N_("place of dropout"),
    Place("last", N_("last hidden layer"), last=True),
    Place("before", N_("layer before it"), before=True),
    Place("both", N_("both"), before=True, last=True),
)
NOWHERE = Place("nowhere", N_("nowhere"))


@dataclass(frozen=True, eq=False)
class SmallNetwork:
    """784 → 64 → 12 → 12 → 10 with leaky ReLU between; weights `(outputs, inputs)`, float32.

    The weights are those of inverted dropout: they fit activations that are divided by the keep
    probability where they are dropped, and all units at test time.
    """

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    def activations(self, inputs: Floats, layer: int, start: int = 0) -> Floats:
        """Of hidden layer `layer` (1 to 3), `(N, units)`; `inputs` are those of layer `start`."""
        for weight, bias in zip(self.weights[start:layer], self.biases[start:layer], strict=True):
            inputs = leaky(inputs @ weight.T + bias)
        return inputs

    def logits(self, inputs: Floats, start: int = 0) -> Floats:
        """`(…, 10)` with all units; `inputs` are activations of layer `start`, 0 for pictures."""
        hidden = self.activations(inputs, 3, start)
        return np.asarray(hidden @ self.weights[3].T + self.biases[3])


@cache
def digits() -> Divided:
    """The digits that the networks learn from, and the 1,000 that they never see."""
    return of_ten(TRAINING)


def trained(
    place: Place,
    seed: int = SEED,
    told: Callable[[float], None] = lambda share: None,
    *,
    keep: float = KEEP,
) -> SmallNetwork:
    """Learn `digits()` for about half a second, units at `place` being kept with that probability.

    `told` gets the share that is done.

    Adam, cross-entropy, batches of 128, eight epochs, He's start; equal seeds have equal starts and
    batches.
    """
    workers(cores())  # for what it sets: operators as small as these run in one thread
    data = digits()
    inputs, labels = torch.from_numpy(data.inputs), torch.from_numpy(data.labels)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers = [nn.Linear(*pair) for pair in pairwise(WIDTHS)]
        for one in layers:
            nn.init.kaiming_normal_(one.weight, SLOPE)
            nn.init.zeros_(one.bias)
        dropped = (0.0, (1 - keep) * place.before, (1 - keep) * place.last)
        order, masks = (torch.Generator().manual_seed(seed + k) for k in (1, 2))
        optimiser = PlainOptimiser([p for one in layers for p in one.parameters()], RATE)
        for epoch in range(EPOCHS):
            for rows in torch.split(torch.randperm(len(inputs), generator=order), BATCH):
                optimiser.zero_grad()
                outputs = _dropped(layers, inputs[rows], dropped, masks)
                loss = nn.functional.cross_entropy(outputs, labels[rows])
                torch.autograd.backward(loss)
                optimiser.step()
            told((epoch + 1) / EPOCHS)
    return SmallNetwork(
        tuple(one.weight.detach().numpy() for one in layers),
        tuple(one.bias.detach().numpy() for one in layers),
    )


def _dropped(
    layers: list[nn.Linear], inputs: Tensor, dropped: tuple[float, ...], masks: torch.Generator
) -> Tensor:
    *hidden, last = layers
    for layer, probability in zip(hidden, dropped, strict=True):
        inputs = nn.functional.leaky_relu(layer(inputs), SLOPE)
        if probability:
            kept = torch.rand(inputs.shape, generator=masks) >= probability
            inputs = inputs * kept / (1 - probability)
    return torch.as_tensor(last(inputs))


def leaky(sums: NDArray[F]) -> NDArray[F]:
    """Leaky ReLU: what is negative times `SLOPE`."""
    return np.asarray(np.maximum(sums, sums.dtype.type(SLOPE) * sums))
