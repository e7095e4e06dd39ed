"""One step of an optimiser with everything a recipe adds to it, on the matrix of `flat.py`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from explainer.training.flat import Flat
from explainer.training.optimisers import Optimiser, Rate
from explainer.training.penalties import (
    add_l1_subgradient,
    add_l2_gradient,
    decay,
    limit_norms,
    soft_threshold,
)

Strengths = dict[str, float]
"""The strength of each penalty of one run, by slug."""


@torch.no_grad()
def update(
    flat: Flat,
    optimiser: Optimiser,
    *,
    step: int,
    rates: Sequence[float],
    momentum: float,
    strengths: Sequence[Strengths],
    max_norms: Sequence[float],
) -> None:
    """Change the parameters of `flat` after its gradients of the data loss are there.

    In this order: gradients of penalties join; decoupled decay; the optimiser's step; proximal
    step; max-norm. `step` counts from 1; `rates`, `strengths` and `max_norms` have one entry for
    each model, and 0 is off.
    """
    for rows, amount in spread([one["l2"] for one in strengths]):
        add_l2_gradient(*flat.rows(rows), amount)
    for rows, amount in spread([one["l1_subgradient"] for one in strengths]):
        add_l1_subgradient(*flat.rows(rows), amount)
    decays = [one["weight_decay"] or optimiser.decay for one in strengths]
    for rows, amount in spread(products(rates, decays)):
        decay(flat.rows(rows)[1], amount)
    rate = for_all(rates, flat.values)
    optimiser.update(flat.values, flat.gradients, flat.slots, step, rate, momentum)
    for rows, amount in spread(products(rates, [one["l1_proximal"] for one in strengths])):
        soft_threshold(flat.rows(rows)[1], amount)
    for rows, limit in spread(max_norms):
        for name in flat.weight_names:
            limit_norms(flat.blocks[name].data[rows], limit)


def spread(amounts: Sequence[float]) -> Iterator[tuple[slice, float]]:
    """Which rows get which amount: neighbours that agree together, and none that get 0."""
    if not any(amounts):
        return
    start = 0
    for place in range(1, len(amounts) + 1):
        if place == len(amounts) or amounts[place] != amounts[start]:
            if amounts[start]:
                yield slice(start, place), amounts[start]
            start = place


def products(rates: Sequence[float], others: Sequence[float]) -> list[float]:
    """Rate times the other of each model."""
    return [rate * other for rate, other in zip(rates, others, strict=True)]


def for_all(rates: Sequence[float], like: Tensor) -> Rate:
    """One number where all rates agree, else a column `(K, 1)`."""
    if all(rate == rates[0] for rate in rates):
        return rates[0]
    return like.new_tensor(rates)[:, None]
