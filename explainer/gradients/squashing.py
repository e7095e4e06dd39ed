"""Activations that squash: the step, what replaced it, and the line that does nothing."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from explainer.convolution.record import Parameter
from explainer.gradients.record import Activation


class Step(nn.Module):
    """1 where the input is above 0, else 0. Autograd's derivative is 0 everywhere."""

    def forward(self, inputs: Tensor) -> Tensor:
        """Of any shape, elementwise."""
        return torch.relu(torch.sign(inputs))


def _hard_tanh(limit: float = 1.0) -> nn.Module:
    return nn.Hardtanh(-limit, limit)


SQUASHING: tuple[Activation, ...] = (
    Activation(
        slug="step",
        title="Step",
        formula=r"\begin{cases}1 & x > 0\\ 0 & \text{else}\end{cases}",
        source="McCulloch and Pitts 1943",
        module=Step,
    ),
    Activation(
        slug="linear",
        title="Linear",
        formula="x",
        source="Widrow and Hoff 1960",
        module=nn.Identity,
    ),
    Activation(
        slug="sigmoid",
        title="Sigmoid",
        formula=r"\frac{1}{1+e^{-x}}",
        source="Rumelhart, Hinton and Williams 1986",
        module=nn.Sigmoid,
        trained=True,
    ),
    Activation(
        slug="tanh",
        title="Tanh",
        formula=r"\tanh x",
        source="LeCun, Bottou, Orr and Müller 1998",
        module=nn.Tanh,
        gain=5 / 3,
        trained=True,
    ),
    Activation(
        slug="hard-tanh",
        title="Hard tanh",
        formula=r"\max(-c, \min(c, x))",
        source="Collobert 2004",
        module=_hard_tanh,
        parameters=(
            Parameter("limit", "Limit c", 1.0, 0.1, 3.0, 0.1, help="Where the line stops."),
        ),
        trained=True,
    ),
    Activation(
        slug="softsign",
        title="Softsign",
        formula=r"\frac{x}{1+|x|}",
        source="Bergstra et al. 2009",
        module=nn.Softsign,
        trained=True,
    ),
)
