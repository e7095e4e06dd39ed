"""Networks of one hidden layer, equally wide and each with data of its own, trained at once.

They are batched products: S networks are one. `explainer.training` trains networks as readers set
them; here there are hundreds that differ in a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from explainer.regularisation.plain_optimiser import PlainOptimiser

Loss = Callable[[Tensor, Tensor], Tensor]
"""Of outputs and labels, one below another: `(M, 10)` and `(M,)`; summed over the rows."""


class Stacked:
    """S networks inputs → ReLU units → 10; `parameters` are two weights, each before its bias.

    A network begins as its generator says (He et al. 2015), biases at 0.
    """

    def __init__(self, inputs: int, width: int, randoms: Sequence[torch.Generator]) -> None:
        self.parameters = []
        for fan, out in ((inputs, width), (width, 10)):
            drawn = [torch.randn(fan, out, generator=one) for one in randoms]
            self.parameters.append(nn.Parameter(torch.stack(drawn) * (2 / fan) ** 0.5))
            self.parameters.append(nn.Parameter(torch.zeros(len(randoms), 1, out)))

    def __call__(self, inputs: Tensor) -> Tensor:
        """Outputs `(S, N, 10)` of pictures `(S, N, inputs)`."""
        first, bias, last, last_bias = self.parameters
        return torch.baddbmm(last_bias, torch.relu(torch.baddbmm(bias, inputs, first)), last)


def trained(
    networks: Stacked,
    inputs: Tensor,
    labels: Tensor,
    loss: Loss,
    *,
    steps: int,
    rate: float,
    batches: Sequence[torch.Generator] = (),
    batch: int = 0,
    decay: float = 0.0,
    seen: Callable[[int], None] = lambda step: None,
) -> None:
    """Steps of Adam on pictures `(S, N, inputs)` and labels `(S, N)`; `seen` hears of each.

    Each network takes `batch` of its own pictures a step, drawn by its generator of `batches`, or
    without those all. To the mean loss `decay` · ‖weights‖² is added, biases left alone.
    """
    optimiser = PlainOptimiser(networks.parameters, rate)
    networks_of = torch.arange(len(inputs))[:, None]
    for step in range(1, steps + 1):
        chosen, truth = inputs, labels
        if batches:
            drawn = [torch.randperm(labels.shape[1], generator=one)[:batch] for one in batches]
            rows = torch.stack(drawn)
            chosen, truth = inputs[networks_of, rows], labels[networks_of, rows]
        optimiser.zero_grad()
        whole = loss(networks(chosen).flatten(0, 1), truth.flatten()) / truth.shape[1]
        if decay:
            whole = whole + decay * sum(one.square().sum() for one in networks.parameters[::2])
        torch.autograd.backward(whole)
        optimiser.step()
        seen(step)
