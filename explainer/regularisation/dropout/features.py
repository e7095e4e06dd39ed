"""What hidden units learn with dropout and without: two autoencoders of one hidden layer.

After Srivastava et al. (2014), sections 7.1 and 7.2, at a size that a page can wait for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.regularisation.pixel_weights import of_ten
from explainer.regularisation.plain_optimiser import PlainOptimiser
from explainer.regularisation.proximal import Floats
from explainer.training.engine.devices import cores, workers

UNITS, DROPPED = 128, 0.5
TRAINING, EPOCHS, BATCH, RATE = 4000, 15, 50, 1e-3
SPREAD, AWAKE = 0.01, 0.1
"""Standard deviation of the first weights, and the first bias of the hidden units."""
Told = Callable[[float], None]
Seen = Callable[[Floats, Floats], None]


@dataclass(frozen=True, eq=False)
class Autoencoder:
    """Pictures `(N, 784)` → ReLU units → pictures: what each unit looks for and what it draws.

    `looked_for` and `drawn` are `(units, 784)`, the weights into each unit and out of it; those of
    inverted dropout, for all units at test time.
    """

    looked_for: Floats
    bias: Floats
    drawn: Floats
    ground: Floats

    def hidden(self, inputs: Floats) -> Floats:
        """The activations `(N, units)` of pictures `(N, 784)`, without dropout."""
        found: Floats = np.maximum(inputs @ self.looked_for.T + self.bias, 0)
        return found


@dataclass(frozen=True, eq=False)
class Measured:
    """An autoencoder and what it does on `pictures` that it has not seen, dropout off."""

    network: Autoencoder
    pictures: Floats

    @cached_property
    def hidden(self) -> Floats:
        """Activations `(N, units)`."""
        return self.network.hidden(self.pictures)

    @cached_property
    def silent(self) -> float:
        """The share of activations that are exactly 0."""
        return float((self.hidden == 0).mean())

    @cached_property
    def means(self) -> NDArray[np.float64]:
        """The mean activation of each unit `(units,)`."""
        found: NDArray[np.float64] = self.hidden.mean(axis=0, dtype=np.float64)
        return found

    @cached_property
    def alone(self) -> NDArray[np.float64]:
        r"""By how much the error grows when that one unit is missing, `(units,)`.

        $\overline{h_j^2} \lVert d_j \rVert^2 - 2\,\overline{h_j\, r \cdot d_j}$ with the residual
        $r$ of the whole network and what unit $j$ draws, $h_j d_j$.
        """
        hidden, drawn, residual = self._parts()
        crossed = (hidden * (residual @ drawn.T)).mean(axis=0)
        found: NDArray[np.float64] = (hidden**2).mean(axis=0) * (drawn**2).sum(axis=1) - 2 * crossed
        return found

    def error(self, missing: int = 0) -> float:
        """The squared error of a picture, summed over its pixels, with `missing` units silent.

        The mean over pictures and over *all* choices of so many units, exactly: a pair of units is
        missing together in $k(k-1)$ of $n(n-1)$ choices.
        """
        error, crossed, squares, whole = self._sums
        count = len(self.network.drawn)
        one, two = missing / count, missing * (missing - 1) / (count * (count - 1))
        return error - 2 * one * crossed + one * squares + two * (whole - squares)

    @cached_property
    def _sums(self) -> tuple[float, float, float, float]:
        """Means over pictures, from which the errors follow.

        Of the residual's square, of the residual times what all units draw, of the squares of what
        each draws, and of the square of what they draw together.
        """
        hidden, drawn, residual = self._parts()
        together = hidden @ drawn
        return (
            float((residual**2).sum(axis=1).mean()),
            float((residual * together).sum(axis=1).mean()),
            float(((hidden**2) @ (drawn**2).sum(axis=1)).mean()),
            float((together**2).sum(axis=1).mean()),
        )

    def _parts(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Activations, what units draw, and the residual: what the network gives less the picture.

        A missing unit j leaves `residual - hidden_j drawn_j`.
        """
        hidden, drawn = self.hidden.astype(np.float64), self.network.drawn.astype(np.float64)
        return hidden, drawn, hidden @ drawn + self.network.ground - self.pictures


@dataclass(frozen=True, eq=False)
class Pair:
    """The same start and the same batches, without dropout and with it."""

    without: Measured
    dropout: Measured

    @property
    def both(self) -> tuple[Measured, Measured]:
        return self.without, self.dropout


def learn_pair(
    seed: int = 0,
    *,
    epochs: int = EPOCHS,
    told: Told = lambda share: None,
    seen: Seen = lambda without, dropout: None,
) -> Pair:
    """Both autoencoders, a few seconds; `told` gets the share done, `seen` what units draw so far.

    Half the squared error, Adam, batches of 50, equal starts and batches for both.
    """
    workers(cores())  # for what it sets: operators as small as these run in one thread
    data = of_ten(TRAINING, seed)
    inputs = torch.from_numpy(data.inputs)
    runs = [_Run(inputs, dropped, seed) for dropped in (0.0, DROPPED)]
    order = torch.Generator().manual_seed(seed + 1)
    for epoch in range(epochs):
        batches = torch.split(torch.randperm(len(inputs), generator=order), BATCH)
        for place, run in enumerate(runs):
            for rows in batches:
                run.step(inputs[rows])
            told((epoch + (place + 1) / 2) / epochs)
        seen(*(run.found().drawn for run in runs))
    return Pair(*(Measured(run.found(), data.validation_inputs) for run in runs))


class _Run:
    """One autoencoder as it learns."""

    def __init__(self, inputs: Tensor, dropped: float, seed: int) -> None:
        start, self._masks = (torch.Generator().manual_seed(seed + k) for k in (2, 3))
        size = inputs.shape[1]
        tensors = (
            torch.randn(size, UNITS, generator=start) * SPREAD,
            torch.full((UNITS,), AWAKE),
            torch.randn(UNITS, size, generator=start) * SPREAD,
            inputs.mean(0),
        )
        self._parts = [nn.Parameter(one) for one in tensors]
        self._dropped = dropped
        self._optimiser = PlainOptimiser(self._parts, RATE)

    def step(self, batch: Tensor) -> None:
        weight, bias, drawn, ground = self._parts
        hidden = torch.relu(torch.addmm(bias, batch, weight))
        if self._dropped:
            kept = torch.rand(hidden.shape, generator=self._masks) >= self._dropped
            hidden = hidden * kept / (1 - self._dropped)
        self._optimiser.zero_grad()
        loss = (torch.addmm(ground, hidden, drawn) - batch).square().sum() / (2 * len(batch))
        torch.autograd.backward(loss)
        self._optimiser.step()

    def found(self) -> Autoencoder:
        weight, bias, drawn, ground = (one.detach().numpy().copy() for one in self._parts)
        return Autoencoder(np.ascontiguousarray(weight.T), bias, drawn, ground)
