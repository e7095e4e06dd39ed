"""The mechanics of fair division: rows taken class by class, and labels made wrong on purpose."""

from __future__ import annotations

import torch
from torch import Tensor


def take(rows: Tensor, labels: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """`count` of `rows`, the first ones of each class, and the rest; both keep their order."""
    classes = labels[rows]
    sizes = torch.bincount(classes)
    allowed = torch.tensor(shares(sizes.tolist(), count), dtype=torch.int64)
    taken = ranks(classes, sizes) < allowed[classes]
    return rows[taken], rows[~taken]


def ranks(classes: Tensor, sizes: Tensor) -> Tensor:
    """For each entry how many of its own class come before it; `sizes` counts each class."""
    grouped = torch.argsort(classes, stable=True)
    starts = torch.repeat_interleave(sizes.cumsum(0) - sizes, sizes)
    return torch.empty_like(grouped).index_copy_(0, grouped, torch.arange(len(classes)) - starts)


def shares(sizes: list[int], count: int) -> list[int]:
    """Divide `count` in proportion to `sizes` by the method of largest remainders.

    Each share is its exact proportion rounded down or up, so within 1 of it; their sum is `count`.
    """
    total = max(1, sum(sizes))
    whole = [count * size // total for size in sizes]
    remainders = [count * size % total for size in sizes]
    largest = sorted(range(len(sizes)), key=lambda one: -remainders[one])
    for index in largest[: count - sum(whole)]:
        whole[index] += 1
    return whole


def with_noise(labels: Tensor, classes: int, share: float, *, generator: torch.Generator) -> Tensor:
    """`labels` `(N,)` with exactly `round(share * N)` of them replaced by another class each.

    A larger share keeps the wrong labels of a smaller one and adds to them.
    """
    chosen = torch.randperm(len(labels), generator=generator)[: round(share * len(labels))]
    moves = torch.randint(1, max(2, classes), (len(labels),), generator=generator)
    noisy = labels.clone()
    noisy[chosen] = (labels[chosen] + moves[chosen]) % classes
    return noisy
