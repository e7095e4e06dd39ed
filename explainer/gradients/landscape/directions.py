"""Two directions to leave a network's weights by: drawn at random, and scaled filter by filter.

The weights of a filter may be large or small without the network being another one, so a step of
the same length means a lot to one network and nothing to the other. Scaling each filter of the
direction to the length of the network's own filter takes that out (Li et al. 2018).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from explainer.gradients.landscape.weights import Layout
from explainer.registry import Registry
from explainer.training.seeds import generator
from explainer.words import N_

TINY = 1e-50  # in float64: less than any length of float32 numbers


def filter_normalised(direction: Tensor, weights: Tensor) -> Tensor:
    """One parameter of a direction, each filter as long as the network's: $d \\|w\\| / \\|d\\|$.

    A filter is a row: all weights that lead to one map or unit. Biases and the parameters of norms,
    which have one dimension, become 0: those are not left.
    """
    if weights.dim() < 2:
        return torch.zeros_like(weights)
    rows, own = direction.flatten(1), weights.flatten(1)
    # In float64, where the squares of a float32 are numbers, however small or large it is.
    lengths = torch.linalg.vector_norm(rows.double(), dim=1, keepdim=True)
    wanted = torch.linalg.vector_norm(own.double(), dim=1, keepdim=True)
    scaled: Tensor = rows * (wanted / lengths.clamp(min=TINY))
    return scaled.to(weights.dtype).view_as(weights)


def without_biases(direction: Tensor, weights: Tensor) -> Tensor:
    """One parameter of a direction as it is; 0 for biases and the parameters of norms."""
    return direction if weights.dim() >= 2 else torch.zeros_like(weights)


def _by_filter(layout: Layout, direction: Tensor, weights: Tensor) -> Tensor:
    return layout.mapped(filter_normalised, direction, weights)


def _whole(layout: Layout, direction: Tensor, weights: Tensor) -> Tensor:
    """The whole direction as long as all weights together, whatever the single filters are."""
    kept = layout.mapped(without_biases, direction, weights)
    own = layout.mapped(without_biases, weights, weights)
    lengths = [float(torch.linalg.vector_norm(one.double())) for one in (own, kept)]
    return kept * (lengths[0] / max(lengths[1], TINY))


@dataclass(frozen=True)
class Scaling:
    """How long a random direction is made: `apply(layout, direction, weights)`, vectors `(P,)`."""

    slug: str
    title: str
    apply: Callable[[Layout, Tensor, Tensor], Tensor]


SCALINGS = Registry[Scaling](
    N_("scaling"),
    Scaling("filter", N_("Filter by filter"), _by_filter),
    Scaling("whole", N_("As a whole"), _whole),
)


@dataclass(frozen=True, eq=False)
class FilterExample:
    """The first filter of a network, and what the first direction does to it; all flat.

    `drawn` came from the generator, `scaled` is what the direction has.
    """

    layer: str
    weights: Tensor
    drawn: Tensor
    scaled: Tensor


def first_filter(layout: Layout, weights: Tensor, seed: int, how: str) -> FilterExample:
    """The example of the plane with that seed."""
    name = layout.shapes[0][0]
    scaled = random_directions(layout, weights, seed, how)[0]
    vectors = (weights, drawn_directions(layout, seed)[0], scaled)
    found = [layout.split(one)[name][0].flatten() for one in vectors]
    return FilterExample(name.removesuffix(".weight"), *found)


def drawn_directions(layout: Layout, seed: int) -> Tensor:
    """Two directions `(2, P)` as they come from N(0, 1)."""
    return torch.randn(2, sum(layout.sizes), generator=generator(seed, "directions"))


def random_directions(layout: Layout, weights: Tensor, seed: int, how: str) -> Tensor:
    """Two directions `(2, P)` drawn from N(0, 1) with `seed`, scaled to `weights` `(P,)`."""
    drawn = drawn_directions(layout, seed)
    return torch.stack([SCALINGS[how].apply(layout, one, weights) for one in drawn])
