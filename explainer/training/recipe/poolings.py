"""The registry of poolings: how four neighbouring values become one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from explainer.training.recipe.layers import StochasticPool2d

WINDOW = 2


@dataclass(frozen=True)
class Pooling:
    """A pooling by name: `module()` halves height and width, `(N, C, H, W)` in and out."""

    slug: str
    title: str
    module: Callable[[], nn.Module]


POOLINGS: tuple[Pooling, ...] = (
    Pooling("max", "Maximum", lambda: nn.MaxPool2d(WINDOW)),
    Pooling("average", "Average", lambda: nn.AvgPool2d(WINDOW)),
    Pooling("stochastic", "Stochastic", StochasticPool2d),
)
_BY_SLUG = {entry.slug: entry for entry in POOLINGS}


def pooling(slug: str) -> Pooling:
    """The pooling of that slug. Raises `ValueError` that names the slugs there are."""
    try:
        return _BY_SLUG[slug]
    except KeyError:
        raise ValueError(f"no pooling {slug!r}; there are {', '.join(_BY_SLUG)}") from None
