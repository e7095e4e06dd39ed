r"""One pass through an untrained network, forwards and backwards, and what is left at each layer.

Everything is computed in float64, whose numbers reach down to $10^{-308}$: a gradient that float32
would have lost is still seen. What training changes is left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.activations.registry import ACTIVATIONS
from explainer.gradients.depth.batch import Batch
from explainer.lengths import directions, lengths
from explainer.training.instruments.units import FLAT, SATURATED, greatest_slope, slopes
from explainer.training.recipe.build_network import build_initialised
from explainer.training.recipe.recipe import Network, Regularisation

Floats = NDArray[np.float64]
BINS = 41
USUAL_SHARE = 99.5
SMALLEST_REACH = 1e-12


@dataclass(frozen=True, eq=False)
class UntrainedPass:
    r"""What one batch leaves behind in a network of L hidden layers; each array has L rows.

    With $z_l$ what activation l is given, and $h_l$ what layer l hands on: `values` `(L, 41)` is
    the share of $h_l$ in each of the bins between `low` and `high` (the outermost hold what lies
    beyond); `sums` is the root mean square of $z_l$; `gradient` is the length of
    $\partial E / \partial z_l$ of one example, root mean square over the examples;
    `example_gradients` `(L, N)` are those lengths one by one; `weight_gradient` is the length of
    $\partial \bar E / \partial W_l$, E averaged over the batch. `difference` is 1 − the mean
    cosine similarity of the $z_l$ of two examples: 0 where all look the same. `dead` is the share
    of units whose slope is 0 for every example, `saturated` the share of values whose slope is
    under 1 % of the greatest. `variance` is the mean square of the weights $W_l$; it has a last row
    for the output layer.
    """

    network: Network
    values: Floats
    low: float
    high: float
    sums: Floats
    gradient: Floats
    example_gradients: Floats
    weight_gradient: Floats
    difference: Floats
    dead: Floats
    saturated: Floats
    variance: Floats

    @property
    def layers(self) -> int:
        """The number of hidden layers, that of each quantity here."""
        return len(self.gradient)

    @property
    def edges(self) -> Floats:
        """The edges of the bins of `values`, `(42,)`, rising."""
        return np.linspace(self.low, self.high, BINS + 1)

    @property
    def factors(self) -> Floats:
        r"""How much longer the gradient gets from layer l + 1 to l, `(L - 1,)`."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.gradient[:-1] / self.gradient[1:]

    @property
    def typical_factor(self) -> float:
        """The factor of one layer that, repeated, gives what the whole way does; NaN for none."""
        first, last = self.gradient[0], self.gradient[-1]
        if not first or not last:
            return float("nan")
        return float(np.exp((np.log(first) - np.log(last)) / (self.layers - 1)))


@dataclass(frozen=True, eq=False)
class Traces:
    """The tensors of one pass, in the order of the layers: sums, their gradients, what is fed on.

    `sums` and `gradients` are the activations' inputs `(N, units)` and the gradients there of each
    example's own loss; `handed_on` is what each layer gives to the next.
    """

    model: nn.Sequential
    sums: list[Tensor]
    gradients: list[Tensor]
    handed_on: list[Tensor]
    linear: list[nn.Linear]


def pass_through(network: Network, batch: Batch, seed: int) -> UntrainedPass:
    """Build `network` with the weights of `seed`, send `batch` through it and back, and measure."""
    return measured(network, traced(network, batch, seed))


def traced(network: Network, batch: Batch, seed: int) -> Traces:
    """The tensors of one pass; batch norm, where there is one, normalises with this very batch."""
    model = build_initialised(network, batch.shape, len(batch.classes), Regularisation(), seed)
    model.double().train()
    sums, fed = list[Tensor](), list[Tensor]()
    kind = type(ACTIVATIONS[network.activation].module())
    linear = [module for module in model.modules() if isinstance(module, nn.Linear)]
    for module in model.modules():
        if isinstance(module, kind):
            module.register_forward_pre_hook(lambda _, inputs: sums.append(inputs[0]))
        elif isinstance(module, nn.Linear):
            module.register_forward_pre_hook(lambda _, inputs: fed.append(inputs[0]))
    loss = F.cross_entropy(model(batch.inputs.double()), batch.labels, reduction="sum")
    wanted = [*sums, *(layer.weight for layer in linear)]
    found = torch.autograd.grad(loss, wanted)
    for layer, gradient in zip(linear, found[len(sums) :], strict=True):
        layer.weight.grad = gradient / len(batch.labels)
    detached = [value.detach() for value in sums]
    return Traces(
        model, detached, list(found[: len(sums)]), [one.detach() for one in fed[1:]], linear
    )


def measured(network: Network, traces: Traces) -> UntrainedPass:
    """The numbers of :class:`UntrainedPass` from the tensors of a pass."""
    entry = ACTIVATIONS[network.activation]
    steepest = greatest_slope(entry.module())
    steep = [slopes(entry.module().double(), values).abs() for values in traces.sums]
    of_gradients = np.stack([lengths(one).numpy() for one in traces.gradients])
    low, high = _reach(traces.handed_on)
    return UntrainedPass(
        network=network,
        values=np.stack([_histogram(one, low, high) for one in traces.handed_on]),
        low=low,
        high=high,
        sums=np.array([root_mean_square(one) for one in traces.sums]),
        gradient=np.array([root_mean_square(torch.from_numpy(one)) for one in of_gradients]),
        example_gradients=of_gradients,
        weight_gradient=np.array([_length(_gradient(one)) for one in traces.linear[:-1]]),
        difference=np.array([difference_of(one) for one in traces.sums]),
        dead=np.array([float((one.amax(0) < FLAT).double().mean()) for one in steep]),
        saturated=np.array([float((one < SATURATED * steepest).double().mean()) for one in steep]),
        variance=np.array([float(one.weight.detach().square().mean()) for one in traces.linear]),
    )


def difference_of(rows: Tensor) -> float:
    """1 − the mean cosine similarity of two rows of `(N, units)`; 0 to rounding at least."""
    units, count = directions(rows), len(rows)
    total = float(units.sum(0).square().sum()) - float(units.square().sum())
    return max(1 - total / (count * (count - 1)), 0.0)


def root_mean_square(values: Tensor) -> float:
    """The root of the mean of the squares, also where the squares would leave float64."""
    return _length(values) / math.sqrt(values.numel())


def at_depth(network: Network, depth: int, width: int) -> Network:
    """`network` as a stack of `depth` dense layers of `width` units."""
    return replace(network, kind="mlp", depth=depth, width=width)


def _length(values: Tensor) -> float:
    return float(lengths(values.reshape(1, -1))[0])


def _gradient(layer: nn.Linear) -> Tensor:
    assert layer.weight.grad is not None
    return layer.weight.grad


def _reach(handed_on: list[Tensor]) -> tuple[float, float]:
    """The scale of the values: that of the first layer; from 0 where no layer goes below."""
    first = np.abs(handed_on[0].numpy())
    reach = max(float(np.percentile(first, USUAL_SHARE)), SMALLEST_REACH)
    below = any(float(one.min()) < 0 for one in handed_on)
    return (-reach if below else 0.0), reach


def _histogram(values: Tensor, low: float, high: float) -> Floats:
    inside = values.nan_to_num().clamp(low, high).numpy()
    counts, _ = np.histogram(inside, bins=BINS, range=(low, high))
    return counts / values.numel()
