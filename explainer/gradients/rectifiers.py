"""Activations that let the positive side through: ReLU, its leaky kin, and the smooth ones."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from explainer.convolution.record import Parameter
from explainer.gradients.record import Activation

LEAK = 0.01
PRELU_START = 0.25
LIKE_RELU = math.sqrt(2)


class Swish(nn.Module):
    r"""$x\,\sigma(\beta x)$ with a fixed β."""

    def __init__(self, beta: float) -> None:
        super().__init__()
        self.beta = beta

    def forward(self, inputs: Tensor) -> Tensor:
        """Of any shape, elementwise."""
        return inputs * torch.sigmoid(self.beta * inputs)


def _leaky_relu(slope: float = LEAK) -> nn.Module:
    return nn.LeakyReLU(slope)


def _prelu(slope: float = PRELU_START) -> nn.Module:
    return nn.PReLU(init=slope)


def _rrelu(lower: float = 0.125, upper: float = 0.333) -> nn.Module:
    return nn.RReLU(*sorted((lower, upper)))


def _silu(beta: float = 1.0) -> nn.Module:
    return nn.SiLU() if beta == 1 else Swish(beta)


def _alpha(help_text: str) -> tuple[Parameter, ...]:
    return (Parameter("alpha", "α", 1.0, 0.1, 3.0, 0.1, help=help_text),)


LEAKING: tuple[Activation, ...] = (
    Activation(
        slug="relu",
        title="ReLU",
        formula=r"\max(0, x)",
        source="Nair and Hinton 2010",
        module=nn.ReLU,
        gain=LIKE_RELU,
        trained=True,
    ),
    Activation(
        slug="leaky-relu",
        title="Leaky ReLU",
        formula=r"\begin{cases}x & x > 0\\ a\,x & \text{else}\end{cases}",
        source="Maas, Hannun and Ng 2013",
        module=_leaky_relu,
        parameters=(
            Parameter(
                "slope", "Slope a", LEAK, 0.0, 0.5, 0.01, help="Below zero; chosen once for all."
            ),
        ),
        gain=math.sqrt(2 / (1 + LEAK**2)),
        trained=True,
    ),
    Activation(
        slug="prelu",
        title="PReLU",
        formula=r"\max(0, x) + a\min(0, x)",
        source="He, Zhang, Ren and Sun 2015",
        module=_prelu,
        parameters=(
            Parameter(
                "slope", "Slope a", PRELU_START, -0.5, 1.0, 0.05,
                help="Below zero; a network learns it, and it begins at 0.25.",
            ),
        ),
        gain=math.sqrt(2 / (1 + PRELU_START**2)),
        trained=True,
    ),
    Activation(
        slug="rrelu",
        title="RReLU",
        formula=r"\begin{cases}x & x > 0\\ \tfrac{l+u}{2}\,x & \text{else}\end{cases}",
        source="Xu, Wang, Chen and Li 2015",
        module=_rrelu,
        parameters=(
            Parameter(
                "lower", "Least slope l", 0.125, 0.0, 1.0, 0.001,
                help="In training each value draws its slope between l and u; "
                "in evaluation, as drawn here, it takes the middle.",
            ),
            Parameter("upper", "Greatest slope u", 0.333, 0.0, 1.0, 0.001),
        ),
        gain=LIKE_RELU,
    ),
)  # fmt: skip

SMOOTH: tuple[Activation, ...] = (
    Activation(
        slug="elu",
        title="ELU",
        formula=r"\begin{cases}x & x > 0\\ \alpha\,(e^x - 1) & \text{else}\end{cases}",
        source="Clevert, Unterthiner and Hochreiter 2015",
        module=nn.ELU,
        parameters=_alpha("How far below zero it goes."),
        gain=LIKE_RELU,
        trained=True,
    ),
    Activation(
        slug="selu",
        title="SELU",
        formula=r"1.0507\begin{cases}x & x > 0\\ 1.6733\,(e^x - 1) & \text{else}\end{cases}",
        source="Klambauer, Unterthiner, Mayr and Hochreiter 2017",
        module=nn.SELU,
        gain=3 / 4,
        trained=True,
    ),
    Activation(
        slug="celu",
        title="CELU",
        formula=r"\begin{cases}x & x > 0\\ \alpha\,(e^{x/\alpha} - 1) & \text{else}\end{cases}",
        source="Barron 2017",
        module=nn.CELU,
        parameters=_alpha("How far below zero it goes; the slope stays continuous."),
        gain=LIKE_RELU,
        trained=True,
    ),
    Activation(
        slug="softplus",
        title="Softplus",
        formula=r"\tfrac{1}{\beta}\ln(1 + e^{\beta x})",
        source="Dugas et al. 2001",
        module=nn.Softplus,
        parameters=(
            Parameter("beta", "β", 1.0, 0.2, 10.0, 0.1, help="How sharp the bend is."),
        ),
        trained=True,
    ),
    Activation(
        slug="gelu",
        title="GELU",
        formula=r"x\,\Phi(x)",
        source="Hendrycks and Gimpel 2016",
        module=nn.GELU,
        gain=LIKE_RELU,
        trained=True,
    ),
    Activation(
        slug="silu",
        title="SiLU (Swish)",
        formula=r"x\,\sigma(\beta x)",
        source="Elfwing, Uchibe and Doya 2017; Ramachandran, Zoph and Le 2017",
        module=_silu,
        parameters=(
            Parameter(
                "beta", "β", 1.0, 0.0, 10.0, 0.1,
                help="At 0 it is the line x/2; the larger, the more it is like ReLU.",
            ),
        ),
        gain=LIKE_RELU,
        trained=True,
    ),
    Activation(
        slug="mish",
        title="Mish",
        formula=r"x\,\tanh(\ln(1 + e^x))",
        source="Misra 2019",
        module=nn.Mish,
        gain=LIKE_RELU,
        trained=True,
    ),
    Activation(
        slug="hardswish",
        title="Hardswish",
        formula=r"x\,\tfrac{1}{6}\max(0, \min(6, x + 3))",
        source="Howard et al. 2019",
        module=nn.Hardswish,
        gain=LIKE_RELU,
        trained=True,
    ),
)  # fmt: skip
