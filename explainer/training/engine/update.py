"""One step of an optimiser with everything a recipe adds, on the matrix of `flat_parameters.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explainer.lengths import lengths
from explainer.training.engine.flat_parameters import FlatParameters
from explainer.training.recipe.optimisers import Count, Optimiser, Rate
from explainer.training.recipe.penalties import (
    Amount,
    add_l1_subgradient,
    add_l2_gradient,
    decay,
    limit_norms,
    soft_threshold,
)

Strengths = dict[str, float]
"""The strength of each penalty of one run, by slug."""

Part = tuple[slice, Amount]
"""Rows, and the amount for all of them, or a column with one for each."""

CLIP_EPSILON = 1e-6  # as in torch.nn.utils.clip_grad_norm_


@dataclass(frozen=True)
class Clip:
    """How long the gradient of a step may be, and then how large each of its values; 0 is off."""

    norm: float = 0.0
    value: float = 0.0


AMOUNTS = (
    "l2",
    "l1_subgradient",
    "clip_norm",
    "clip_value",
    "decay",
    "threshold",
    "max_norm",
)
"""What may be done to each run besides the optimiser's step; an amount of 0 is not done."""


def update(
    flat: FlatParameters,
    optimiser: Optimiser,
    *,
    step: int,
    rates: Sequence[float],
    momentum: float,
    strengths: Sequence[Strengths],
    max_norms: Sequence[float],
    clips: Sequence[Clip] = (),
) -> None:
    """Change the parameters of `flat` after its gradients of the data loss are there.

    `step` counts from 1; `rates`, `strengths`, `max_norms` and `clips`, unless they are empty, have
    one entry for each model, and 0 is off.
    """
    amounts = amounts_of(rates, strengths, max_norms, clips)
    parts = {name: spread(values) for name, values in amounts.items()}
    change(flat, optimiser, step, for_all(rates, flat.values), momentum, parts)


def amounts_of(
    rates: Sequence[float],
    strengths: Sequence[Strengths],
    max_norms: Sequence[float],
    clips: Sequence[Clip] = (),
) -> dict[str, Sequence[float]]:
    """What :data:`AMOUNTS` names, for each model."""
    return {
        "l2": [one["l2"] for one in strengths],
        "l1_subgradient": [one["l1_subgradient"] for one in strengths],
        "clip_norm": [one.norm for one in clips],
        "clip_value": [one.value for one in clips],
        "decay": products(rates, [one["weight_decay"] for one in strengths]),
        "threshold": products(rates, [one["l1_proximal"] for one in strengths]),
        "max_norm": max_norms,
    }


@torch.no_grad()
def change(
    flat: FlatParameters,
    optimiser: Optimiser,
    step: Count,
    rate: Rate,
    momentum: float,
    parts: Mapping[str, Iterable[Part]],
) -> None:
    """Do what `parts` says, by the names of :data:`AMOUNTS`, and the optimiser's step.

    In this order: gradients of penalties join; the sum is clipped; decoupled decay; the
    optimiser's step; proximal step; max-norm.
    """
    for rows, amount in parts["l2"]:
        add_l2_gradient(*flat.rows(rows), amount)
    for rows, amount in parts["l1_subgradient"]:
        add_l1_subgradient(*flat.rows(rows), amount)
    for rows, limit in parts["clip_norm"]:
        clip_norms(flat.gradients[rows], limit)
    for rows, limit in parts["clip_value"]:
        flat.gradients[rows].clamp_(-limit, limit)  # type: ignore[arg-type]
    for rows, amount in parts["decay"]:
        decay(flat.rows(rows)[1], amount)
    optimiser.update(flat.values, flat.gradients, flat.slots, step, rate, momentum)
    for rows, amount in parts["threshold"]:
        soft_threshold(flat.rows(rows)[1], amount)
    for rows, limit in parts["max_norm"]:
        for name in flat.weight_names:
            limit_norms(flat.blocks[name].data[rows], limit)


def clip_norms(gradients: Tensor, limit: Amount) -> None:
    """Shorten each row `(K, P)` that is longer than `limit`, in place (Pascanu et al. 2013)."""
    norms = lengths(gradients)[:, None]
    gradients.mul_((limit / (norms + CLIP_EPSILON)).clamp_(max=1))


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
