"""Features: the columns that an MLP is given of points in the plane, in place of x and y alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explainer.registry import Registry
from explainer.words import N_


@dataclass(frozen=True)
class Feature:
    """A column by name: `of(x, y)`, elementwise; `expression` is the same as code."""

    slug: str
    title: str
    of: Callable[[Tensor, Tensor], Tensor]
    expression: str


FEATURES = Registry[Feature](
    N_("feature"),
    Feature("x", N_("x"), lambda x, y: x, "x"),
    Feature("y", N_("y"), lambda x, y: y, "y"),
    Feature("x2", N_("x²"), lambda x, y: x * x, "x * x"),
    Feature("y2", N_("y²"), lambda x, y: y * y, "y * y"),
    Feature("xy", N_("x·y"), lambda x, y: x * y, "x * y"),
    Feature("sinx", N_("sin(πx)"), lambda x, y: torch.sin(math.pi * x), "torch.sin(math.pi * x)"),
    Feature("siny", N_("sin(πy)"), lambda x, y: torch.sin(math.pi * y), "torch.sin(math.pi * y)"),
)
COORDINATES = ("x", "y")


class Features(nn.Module):
    """The columns of these slugs, in their order: `(..., 2)` in, `(..., F)` out; no weights."""

    def __init__(self, slugs: Sequence[str]) -> None:
        super().__init__()
        self.slugs = tuple(slugs)

    def forward(self, points: Tensor) -> Tensor:
        """The columns of `points`, which are x and y as the network is given them."""
        x, y = points.unbind(-1)
        return torch.stack([FEATURES[slug].of(x, y) for slug in self.slugs], -1)
