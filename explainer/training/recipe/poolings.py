"""The registry of poolings: how four neighbouring values become one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from explainer.registry import Registry
from explainer.training.recipe.layers import StochasticPool2d
from explainer.words import N_

WINDOW = 2


@dataclass(frozen=True)
class Pooling:
    """A pooling by name: `module()` halves height and width, `(N, C, H, W)` in and out."""

    slug: str
    title: str
    module: Callable[[], nn.Module]


POOLINGS = Registry[Pooling](
    N_("pooling"),
    Pooling("max", N_("Maximum"), lambda: nn.MaxPool2d(WINDOW)),
    Pooling("average", N_("Average"), lambda: nn.AvgPool2d(WINDOW)),
    Pooling("stochastic", N_("Stochastic"), StochasticPool2d),
)
