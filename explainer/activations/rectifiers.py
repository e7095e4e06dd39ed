"""Activations that let the positive side through: ReLU, its leaky kin, and the smooth ones."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from explainer.activations.activation import Activation, Formulas
from explainer.parameters import Parameter
from explainer.words import N_

LEAK = 0.01
PRELU_START = 0.25
LIKE_RELU = math.sqrt(2)


class Swish(nn.Module):
    r"""$x\,\sigma(\beta x)$ with a fixed β."""

    def __init__(self, beta: float) -> None:
        super().__init__()
        self.beta = beta

    def forward(self, inputs: Tensor) -> Tensor:
        """Of inputs of any shape, elementwise: outputs of that shape."""
        return inputs * torch.sigmoid(self.beta * inputs)


def _leaky_relu(slope: float = LEAK) -> nn.Module:
    return nn.LeakyReLU(slope)


def _prelu(slope: float = PRELU_START) -> nn.Module:
    return nn.PReLU(init=slope)


def _rrelu(lower: float = 0.125, upper: float = 0.333) -> nn.Module:
    return nn.RReLU(min(lower, upper), max(lower, upper))


def _silu(beta: float = 1.0) -> nn.Module:
    return nn.SiLU() if beta == 1 else Swish(beta)


def _alpha(help_text: str) -> tuple[Parameter, ...]:
    return (Parameter("alpha", "α", 1.0, 0.1, 3.0, 0.1, help=help_text),)


LEAKING: tuple[Activation, ...] = (
    Activation(
        slug="relu",
        title=N_("ReLU"),
        formulas=Formulas("max(0, x)", "where(x > 0, 1, 0)", "0"),
        source="Nair and Hinton 2010",
        code="nn.ReLU()",
        module=nn.ReLU,
        gain=LIKE_RELU,
        trained=True,
    ),
    Activation(
        slug="leaky-relu",
        title=N_("Leaky ReLU"),
        formulas=Formulas("where(x > 0, x, slope*x)", "where(x > 0, 1, slope)", "0"),
        source="Maas, Hannun and Ng 2013",
        code="nn.LeakyReLU({slope})",
        module=_leaky_relu,
        parameters=(
            Parameter(
                "slope", N_("slope a"), LEAK, 0.0, 0.5, 0.01,
                help=N_("Below zero; chosen once for all."),
            ),
        ),
        gain=math.sqrt(2 / (1 + LEAK**2)),
        trained=True,
    ),
    Activation(
        slug="prelu",
        title=N_("PReLU"),
        formulas=Formulas("max(0, x) + slope*min(0, x)", "where(x > 0, 1, slope)", "0"),
        source="He, Zhang, Ren and Sun 2015",
        code="nn.PReLU(init={slope})",
        module=_prelu,
        parameters=(
            Parameter(
                "slope", N_("slope a"), PRELU_START, -0.5, 1.0, 0.05,
                help=N_("Below zero; a network learns it, and it begins at 0.25."),
            ),
        ),
        gain=math.sqrt(2 / (1 + PRELU_START**2)),
        trained=True,
    ),
    Activation(
        slug="rrelu",
        title=N_("RReLU"),
        formulas=Formulas(
            "where(x > 0, x, (lower + upper)/2*x)",
            "where(x > 0, 1, (lower + upper)/2)",
            "0",
        ),
        source="Xu, Wang, Chen and Li 2015",
        code="nn.RReLU({lower}, {upper}).eval()",
        module=_rrelu,
        parameters=(
            Parameter(
                "lower", N_("least slope l"), 0.125, 0.0, 1.0, 0.001,
                help=N_(
                    "In training each value draws its slope between l and u; in evaluation, as "
                    "drawn here, it takes the middle."
                ),
            ),
            Parameter("upper", N_("greatest slope u"), 0.333, 0.0, 1.0, 0.001),
        ),
        gain=LIKE_RELU,
    ),
)  # fmt: skip

SMOOTH: tuple[Activation, ...] = (
    Activation(
        slug="elu",
        title=N_("ELU"),
        formulas=Formulas(
            "where(x > 0, x, alpha*(exp(x) - 1))",
            "where(x > 0, 1, alpha*exp(x))",
            "where(x >= 0, 0, alpha*exp(x))",
        ),
        source="Clevert, Unterthiner and Hochreiter 2015",
        code="nn.ELU({alpha})",
        module=nn.ELU,
        parameters=_alpha(N_("How far below zero it goes.")),
        gain=LIKE_RELU,
        trained=True,
    ),
    Activation(
        slug="selu",
        title=N_("SELU"),
        formulas=Formulas(
            "1.0507009873554805*where(x > 0, x, 1.6732632423543772*(exp(x) - 1))",
            "1.0507009873554805*where(x > 0, 1, 1.6732632423543772*exp(x))",
            "1.0507009873554805*where(x >= 0, 0, 1.6732632423543772*exp(x))",
        ),
        source="Klambauer, Unterthiner, Mayr and Hochreiter 2017",
        code="nn.SELU()",
        module=nn.SELU,
        gain=3 / 4,
        trained=True,
    ),
    Activation(
        slug="celu",
        title=N_("CELU"),
        formulas=Formulas(
            "where(x > 0, x, alpha*(exp(x/alpha) - 1))",
            "where(x > 0, 1, exp(x/alpha))",
            "where(x >= 0, 0, exp(x/alpha)/alpha)",
        ),
        source="Barron 2017",
        code="nn.CELU({alpha})",
        module=nn.CELU,
        parameters=_alpha(N_("How far below zero it goes; the slope stays continuous.")),
        gain=LIKE_RELU,
        trained=True,
    ),
    Activation(
        slug="softplus",
        title=N_("Softplus"),
        formulas=Formulas(
            "log(1 + exp(beta*x))/beta",
            "sigmoid(beta*x)",
            "beta*sigmoid(beta*x)*(1 - sigmoid(beta*x))",
        ),
        source="Dugas et al. 2001",
        code="nn.Softplus({beta})",
        module=nn.Softplus,
        parameters=(
            Parameter("beta", "β", 1.0, 0.2, 10.0, 0.1, help=N_("How sharp the bend is.")),
        ),
        trained=True,
    ),
    Activation(
        slug="gelu",
        title=N_("GELU"),
        formulas=Formulas(
            "x*phi(x)",
            "phi(x) + x*exp(-x^2/2)/sqrt(2*pi)",
            "(2 - x^2)*exp(-x^2/2)/sqrt(2*pi)",
        ),
        source="Hendrycks and Gimpel 2016",
        code="nn.GELU()",
        module=nn.GELU,
        gain=LIKE_RELU,
        trained=True,
    ),
    Activation(
        slug="silu",
        title=N_("SiLU (Swish)"),
        formulas=Formulas(
            "x*sigmoid(beta*x)",
            "sigmoid(beta*x) + beta*x*sigmoid(beta*x)*(1 - sigmoid(beta*x))",
            "beta*sigmoid(beta*x)*(1 - sigmoid(beta*x))*(2 + beta*x*(1 - 2*sigmoid(beta*x)))",
        ),
        source="Elfwing, Uchibe and Doya 2017; Ramachandran, Zoph and Le 2017",
        code="lambda x: x * torch.sigmoid({beta} * x)",
        module=_silu,
        parameters=(
            Parameter(
                "beta", "β", 1.0, 0.0, 10.0, 0.1,
                help=N_("At 0 it is the line x/2; the larger, the more it is like ReLU."),
            ),
        ),
        gain=LIKE_RELU,
        trained=True,
    ),
    Activation(
        slug="mish",
        title=N_("Mish"),
        formulas=Formulas(
            "x*tanh(log(1 + exp(x)))",
            "tanh(softplus(x)) + x*sigmoid(x)*(1 - tanh(softplus(x))^2)",
            "sigmoid(x)*(1 - tanh(softplus(x))^2)*(2 + x*(1 - sigmoid(x)) - 2*x*sigmoid(x)*"
            "tanh(softplus(x)))",
        ),
        source="Misra 2019",
        code="nn.Mish()",
        module=nn.Mish,
        gain=LIKE_RELU,
        trained=True,
    ),
    Activation(
        slug="hardswish",
        title=N_("Hardswish"),
        formulas=Formulas(
            "x*max(0, min(6, x + 3))/6",
            "where(abs(x) < 3, (2*x + 3)/6, where(x < 3, 0, 1))",
            "where(abs(x) < 3, 1/3, 0)",
        ),
        source="Howard et al. 2019",
        code="nn.Hardswish()",
        module=nn.Hardswish,
        gain=LIKE_RELU,
        trained=True,
    ),
)  # fmt: skip
