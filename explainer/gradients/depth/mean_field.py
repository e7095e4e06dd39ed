r"""What theory says of an untrained network: the variance of its sums, and the gradient's factor.

In a wide network with independent weights the sums $z_l$ of one example are normal with variance
$q_l = n\,\mathrm{var}(W_l)\,\mathbb{E}[h_{l-1}^2]$, and on its way back through layer $l$ the
squared length of the gradient is multiplied by
$n\,\mathrm{var}(W_{l+1})\,\mathbb{E}[f'(z_l)^2]$. Both are followed layer by layer and example by
example. Layer norm sets $q_l = 1$ and divides the gradient by the spread it took away; a skip adds
what came in. Batch norm, which ties the examples of a batch together, is left out, and so is all
that a finite width adds.

Sources: Poole et al. 2016, Schoenholz et al. 2017; with $q$ small or ReLU, Glorot and Bengio 2010
and He et al. 2015.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.activations.registry import ACTIVATIONS
from explainer.gradients.depth.batch import Batch
from explainer.gradients.depth.untrained_pass import UntrainedPass
from explainer.training.instruments.units import slopes

Floats = NDArray[np.float64]
NODES = 16  # in each panel
PANELS = (0.0, 0.01, 0.04, 0.12, 0.35, 0.8, 1.6, 2.8, 4.5, 8.0)
SMALLEST_VARIANCE = 1e-300


def _rule() -> tuple[Tensor, Tensor]:
    """Nodes and weights for the standard normal density.

    Gauss and Legendre's rule on panels that are narrow about 0, where activations bend: with a
    large variance all that happens to the slope happens there, and Gauss and Hermite's nodes miss
    it.
    """
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    low, high = np.array(PANELS[:-1]), np.array(PANELS[1:])
    half = (high - low) / 2
    points = (half[:, None] * nodes + ((low + high) / 2)[:, None]).ravel()
    shares = (half[:, None] * weights).ravel() * np.exp(-(points**2) / 2)
    both, doubled = np.concatenate([-points, points]), np.concatenate([shares, shares])
    return torch.from_numpy(both), torch.from_numpy(doubled / doubled.sum())


POINTS, SHARES = _rule()


@dataclass(frozen=True, eq=False)
class Moments:
    """Means over normal sums of variance q, each `(N,)`: f, its square, and its slope's square."""

    value: Tensor
    square: Tensor
    slope: Tensor


def moments(function: nn.Module, variance: Tensor) -> Moments:
    """The moments of an activation at each variance `(N,)`; the slope is autograd's."""
    different, place = torch.unique(variance, return_inverse=True)  # one alone behind layer norm
    sums = different.sqrt()[:, None] * POINTS
    with torch.no_grad():
        values = function(sums)
    seen = values, values.square(), slopes(function, sums).square()
    return Moments(*((one @ SHARES)[place] for one in seen))


@dataclass(frozen=True, eq=False)
class Theory:
    r"""The prediction for a network of L hidden layers, in the root mean square over examples.

    `variance` `(L,)` is $q_l$; `slope` `(L,)` is $\sqrt{\mathbb{E}[f'(z_l)^2]}$; `weights`
    `(L - 1,)` is $\sqrt{n\,\mathrm{var}(W_{l+1})}$ of the weights above layer l; `gradient` `(L,)`
    is the length of the gradient at $z_l$, the last one taken from the measurement; `scale` `(L,)`
    is the spread that layer norm divides by, 1 where there is none.
    """

    variance: Floats
    slope: Floats
    weights: Floats
    gradient: Floats
    scale: Floats

    @property
    def factors(self) -> Floats:
        """How much longer the gradient gets from layer l + 1 to l, `(L - 1,)`."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.gradient[:-1] / self.gradient[1:]


def predicted(passage: UntrainedPass, batch: Batch) -> Theory | None:
    """The theory beside `passage`; `None` for batch norm, of which this theory does not speak."""
    if passage.network.batch_norm:
        return None
    forward = _forward(passage, batch)
    lengths = torch.stack(_backward(passage, forward)) / 2
    variance, slope = (torch.stack(rows) for rows in (forward.variances, forward.slopes))
    examples = math.log(lengths.shape[1])
    return Theory(
        variance=variance.mean(1).numpy(),
        slope=slope.mean(1).sqrt().numpy(),
        weights=np.sqrt(passage.network.width * passage.variance[1:-1]),
        scale=torch.stack(forward.scales).mean(1).sqrt().numpy(),
        gradient=((lengths.mul(2).logsumexp(1) - examples) / 2).exp().numpy(),
    )


@dataclass(frozen=True, eq=False)
class _Forward:
    """For each layer, `(N,)`: the variance of the sums, the mean squared slope, what a norm took.

    `scales` is the variance that layer norm divided by, 1 where there is none.
    """

    variances: list[Tensor]
    slopes: list[Tensor]
    scales: list[Tensor]


def _forward(passage: UntrainedPass, batch: Batch) -> _Forward:
    """Follow each example's variance upwards, from the pixels that it has."""
    network = passage.network
    function = ACTIVATIONS[network.activation].module().double()
    found = _Forward([], [], [])
    fan_in = batch.features
    square = batch.inputs.double().flatten(1).square().mean(1)
    mean = torch.zeros_like(square)
    for layer, variance in enumerate(passage.variance[:-1]):
        sums = (fan_in * float(variance) * square).clamp(min=SMALLEST_VARIANCE)
        seen = torch.ones_like(sums) if network.layer_norm else sums
        here = moments(function, seen)
        carried = network.residual and layer > 0
        square = here.square + (square + 2 * mean * here.value if carried else 0)
        mean = here.value + (mean if carried else 0)
        fan_in = network.width
        found.variances.append(seen)
        found.slopes.append(here.slope)
        found.scales.append(sums if network.layer_norm else torch.ones_like(sums))
    return found


def _backward(passage: UntrainedPass, forward: _Forward) -> list[Tensor]:
    """The logarithm of each example's squared gradient at each layer, from the last one down."""
    network, last = passage.network, torch.from_numpy(passage.example_gradients[-1])
    at_sums = 2 * last.log()
    at_values = at_sums - forward.slopes[-1].log()
    found = [at_sums]
    for layer in reversed(range(1, passage.layers)):
        strength = torch.tensor(network.width * passage.variance[layer], dtype=torch.float64)
        through = at_sums + strength.log() - forward.scales[layer].log()
        at_values = torch.logaddexp(at_values, through) if network.residual else through
        at_sums = at_values + forward.slopes[layer - 1].log()
        found.append(at_sums)
    return found[::-1]
