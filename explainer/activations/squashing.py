"""Activations that squash: the step, what replaced it, and the line that does nothing."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from explainer.activations.activation import Activation, Formulas
from explainer.parameters import Parameter
from explainer.words import N_


class Heaviside(nn.Module):
    """1 where the input is above 0, else 0. Autograd's derivative is 0 everywhere."""

    def forward(self, inputs: Tensor) -> Tensor:
        """Of inputs of any shape: 0.0 or 1.0 in that shape and their type."""
        return torch.relu(torch.sign(inputs))


def _hard_tanh(limit: float = 1.0) -> nn.Module:
    return nn.Hardtanh(-limit, limit)


SQUASHING: tuple[Activation, ...] = (
    Activation(
        slug="step",
        title=N_("Step"),
        formulas=Formulas("where(x > 0, 1, 0)", "0", "0"),
        source="McCulloch and Pitts 1943",
        code="lambda x: torch.relu(torch.sign(x))",
        module=Heaviside,
    ),
    Activation(
        slug="linear",
        title=N_("Linear"),
        formulas=Formulas("x", "1", "0"),
        source="Widrow and Hoff 1960",
        code="nn.Identity()",
        module=nn.Identity,
        trained=True,
    ),
    Activation(
        slug="sigmoid",
        title=N_("Sigmoid"),
        formulas=Formulas(
            "1/(1 + exp(-x))",
            "sigmoid(x)*(1 - sigmoid(x))",
            "sigmoid(x)*(1 - sigmoid(x))*(1 - 2*sigmoid(x))",
        ),
        source="Rumelhart, Hinton and Williams 1986",
        code="nn.Sigmoid()",
        module=nn.Sigmoid,
        trained=True,
    ),
    Activation(
        slug="tanh",
        title=N_("Tanh"),
        formulas=Formulas("tanh(x)", "1 - tanh(x)^2", "-2*tanh(x)*(1 - tanh(x)^2)"),
        source="LeCun, Bottou, Orr and Müller 1998",
        code="nn.Tanh()",
        module=nn.Tanh,
        gain=5 / 3,
        trained=True,
    ),
    Activation(
        slug="hard-tanh",
        title=N_("Hard tanh"),
        formulas=Formulas("max(-limit, min(limit, x))", "where(abs(x) < limit, 1, 0)", "0"),
        source="Collobert 2004",
        code="nn.Hardtanh(-{limit}, {limit})",
        module=_hard_tanh,
        parameters=(
            Parameter("limit", N_("limit c"), 1.0, 0.1, 3.0, 0.1, help=N_("Where the line stops.")),
        ),
        trained=True,
    ),
    Activation(
        slug="softsign",
        title=N_("Softsign"),
        formulas=Formulas("x/(1 + abs(x))", "1/(1 + abs(x))^2", "-2*sign(x)/(1 + abs(x))^3"),
        source="Bergstra et al. 2009",
        code="nn.Softsign()",
        module=nn.Softsign,
        trained=True,
    ),
)
