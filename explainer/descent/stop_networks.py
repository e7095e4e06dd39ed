"""S small networks of one hidden layer on one problem, their gradients and Hessians by hand."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad

from explainer.descent.stop_problems import ALIKE, RELU, Problem

FLOAT = torch.float64


class Networks:
    """S networks inputs → `width` units → outputs on one problem, and their gradients by hand.

    `first` `(S, D + 1, width)` and `last` `(S, width + 1, K)` are where they start: each unit its
    own weights, or all `ALIKE`; the last row of each is the biases, 0.
    """

    def __init__(
        self, problem: Problem, width: int, unit: str, start: str, seeds: tuple[int, ...]
    ) -> None:
        self.problem, self.unit = problem, unit
        self.inputs = pad(problem.inputs, (0, 1), value=1.0)
        self.targets = problem.targets
        fan, outs = problem.inputs.shape[1], self.targets.shape[1]
        randoms = [torch.Generator().manual_seed(seed) for seed in seeds]
        drawn = 1 if start == ALIKE else width
        gain = 2**0.5 if unit == RELU else 1.0
        first = [gain * torch.randn(fan, drawn, generator=one, dtype=FLOAT) for one in randoms]
        last = [torch.randn(drawn, outs, generator=one, dtype=FLOAT) for one in randoms]
        inner = (torch.stack(first) / fan**0.5).repeat(1, 1, width // drawn)
        outer = (torch.stack(last) / width**0.5).repeat(1, width // drawn, 1)
        self.first, self.last = (pad(one, (0, 0, 0, 1)) for one in (inner, outer))

    def hidden(self, first: Tensor, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Activations and slopes of the hidden units, `(S, N, width)`."""
        before = inputs @ first
        if self.unit == RELU:
            return before.clamp(min=0), (before > 0).to(before.dtype)
        after = torch.tanh(before)
        return after, 1 - after * after

    def gradients(self, first: Tensor, last: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Losses `(S,)`, and the gradients of both layers."""
        after, slope = self.hidden(first, self.inputs)
        wrong = after @ last[:, :-1] + last[:, -1:] - self.targets
        losses = wrong.square().sum((1, 2)) / (2 * len(self.inputs))
        wrong = wrong / len(self.inputs)
        outer = torch.cat([after.mT @ wrong, wrong.sum(1, keepdim=True)], 1)
        inner = self.inputs.T @ (wrong @ last[:, :-1].mT * slope)
        return losses, inner, outer

    def answers(self, first: Tensor, last: Tensor, inputs: Tensor) -> Tensor:
        """Outputs `(S, N, K)` of inputs `(N, D + 1)`, whose last entry is 1."""
        return self.hidden(first, inputs)[0] @ last[:, :-1] + last[:, -1:]

    def hessian(self, first: Tensor, last: Tensor) -> Tensor:
        """All second derivatives `(S, P, P)`: each row the derivative of a gradient's entry."""
        first, last = (one.detach().requires_grad_() for one in (first, last))
        __, *both = self.gradients(first, last)
        flat = torch.cat([one.flatten(1) for one in both], 1)
        rows = []
        for entry in flat.sum(0):
            found = torch.autograd.grad(
                entry, (first, last), retain_graph=True, allow_unused=True, materialize_grads=True
            )
            rows.append(torch.cat([one.flatten(1) for one in found], 1))
        return torch.stack(rows, 1)
