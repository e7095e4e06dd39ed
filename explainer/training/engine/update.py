"""One step of an optimiser with everything a recipe adds, on the matrix of `flat_parameters.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explainer.lengths import lengths
from explainer.training.engine.flat_parameters import FlatParameters
from explainer.training.recipe.optimisers import Count, Optimiser, Rate
from explainer.training.recipe.penalties import PENALTIES, Amount, When, limit_norms

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


AMOUNTS = (*PENALTIES.slugs, "clip_norm", "clip_value", "max_norm")
"""What may be done to each run besides the optimiser's step; an amount of 0 is not done."""

TIMES_RATE = {entry.slug for entry in PENALTIES if entry.when is not When.IN_THE_GRADIENT}
"""Those whose amount is a strength times the learning rate."""


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
    penalties = {slug: [one[slug] for one in strengths] for slug in PENALTIES.slugs}
    return {
        **penalties,
        **{slug: products(rates, penalties[slug]) for slug in TIMES_RATE},
        "clip_norm": [one.norm for one in clips],
        "clip_value": [one.value for one in clips],
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
    _penalise(flat, When.IN_THE_GRADIENT, parts)
    for rows, limit in parts["clip_norm"]:
        clip_norms(flat.gradients[rows], limit)
    for rows, limit in parts["clip_value"]:
        flat.gradients[rows].clamp_(-limit, limit)  # type: ignore[arg-type]
    _penalise(flat, When.BEFORE_THE_STEP, parts)
    optimiser.update(flat.values, flat.gradients, flat.slots, step, rate, momentum)
    _penalise(flat, When.AFTER_THE_STEP, parts)
    for rows, limit in parts["max_norm"]:
        for name in flat.weight_names:
            limit_norms(flat.blocks[name].data[rows], limit)


def _penalise(flat: FlatParameters, when: When, parts: Mapping[str, Iterable[Part]]) -> None:
    for entry in PENALTIES:
        if entry.when is when:
            for rows, amount in parts[entry.slug]:
                entry.apply(*flat.rows(rows), amount)


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
