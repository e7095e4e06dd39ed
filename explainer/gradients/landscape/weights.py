"""The weights of a network as one vector, and back: what planes and paths are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Layout:
    """Where each parameter of a network lies in the vector of all of them, by name."""

    shapes: tuple[tuple[str, torch.Size], ...]

    @classmethod
    def of(cls, network: nn.Module) -> Layout:
        """The layout of `network`, in the order of its parameters."""
        return cls(tuple((name, one.shape) for name, one in network.named_parameters()))

    @cached_property
    def sizes(self) -> list[int]:
        """How many numbers each parameter has."""
        return [shape.numel() for _, shape in self.shapes]

    def split(self, vectors: Tensor) -> dict[str, Tensor]:
        """`vectors` `(..., P)` as parameters by name, each `(..., *shape)`; views, no copies."""
        lead = vectors.shape[:-1]
        parts = torch.split(vectors, self.sizes, -1)
        named = zip(self.shapes, parts, strict=True)
        return {name: part.view(*lead, *shape) for (name, shape), part in named}

    def mapped(self, change: Callable[[Tensor, Tensor], Tensor], *vectors: Tensor) -> Tensor:
        """A vector `(P,)` of what `change` makes of each parameter of two `vectors`."""
        first, second = (self.split(vector) for vector in vectors)
        return torch.cat([change(first[name], second[name]).flatten() for name in first])


def vector_of(network: nn.Module) -> Tensor:
    """All parameters as one new vector `(P,)`."""
    return torch.cat([one.detach().flatten() for one in network.parameters()])


def statistics_of(network: nn.Module) -> Tensor:
    """The running means and variances of all batch norms as one new vector, maybe empty."""
    kept = [one.flatten() for one in network.buffers() if one.is_floating_point()]
    return torch.cat(kept) if kept else torch.zeros(0)


@torch.no_grad()
def load(network: nn.Module, vector: Tensor, statistics: Tensor) -> None:
    """Give `network` the parameters `(P,)` and the running statistics."""
    _fill([*network.parameters()], vector)
    _fill([one for one in network.buffers() if one.is_floating_point()], statistics)


def _fill(tensors: list[Tensor], values: Tensor) -> None:
    parts = torch.split(values, [one.numel() for one in tensors])
    for one, part in zip(tensors, parts, strict=True):
        one.copy_(part.view_as(one))
