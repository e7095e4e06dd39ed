"""The parameters of one model, or of several of one shape, in one matrix, and a step on it.

A row for each model makes an optimiser's step a few elementwise operations instead of a few for
every tensor. The models' own parameters and gradients become windows onto the matrix, so that a
model can be evaluated, looked at and saved as ever while it trains. Weights come before biases and
norm parameters: `weights` is what penalties see. :func:`update` makes a step of an optimiser with
everything a recipe adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explainer.lengths import lengths
from explainer.training.recipe.optimisers import Count, Optimiser, Rate
from explainer.training.recipe.penalties import PENALTIES, Amount, When, limit_norms

Memory = dict[str, dict[str, Tensor]]
"""What an optimiser remembers of one model: slot, then parameter, by name."""


class FlatParameters:
    """K models of one shape as rows of one matrix.

    `values` and `gradients` are `(K, P)`, `weights` and `weight_gradients` their first columns.
    `blocks[name]` is the parameter of that name of all models, `(K, *shape)`, a leaf of its own,
    and `gradient_blocks[name]` its window onto `gradients`. `slots[name]` are matrices like
    `values`, filled from `memories`, one for each model, which become windows onto them.
    """

    def __init__(
        self, models: Sequence[nn.Module], memories: Sequence[Memory], slots: tuple[str, ...]
    ) -> None:
        self.shapes = names = shapes(models[0])
        self.count = len(models)
        self.values = torch.stack([_row(model, names) for model in models])
        self.gradients = torch.zeros_like(self.values)
        self.blocks = self._windows(self.values)
        self.gradient_blocks = self._windows(self.gradients)
        self.weight_names = [name for name, shape in names.items() if len(shape) >= 2]
        self.weight_count = sum(names[name].numel() for name in self.weight_names)
        self.weights = self.values[:, : self.weight_count]
        self.weight_gradients = self.gradients[:, : self.weight_count]
        self._rows = dict[tuple[int, int], tuple[Tensor, Tensor]]()
        self._point(models)
        self.slots = {slot: self._slot(slot, memories) for slot in slots}

    def rows(self, rows: slice) -> tuple[Tensor, Tensor]:
        """Gradients and values of the weights of these models, as windows that are made once."""
        place = (rows.start, rows.stop)
        if place not in self._rows:
            self._rows[place] = (self.weight_gradients[rows], self.weights[rows])
        return self._rows[place]

    def collect_gradients(self) -> None:
        """After a backward pass through `blocks`, bring what it found to `gradients`."""
        for name, block in self.blocks.items():
            window = self.gradient_blocks[name]
            if block.grad is None:
                window.zero_()
            else:
                window.copy_(block.grad)
            block.grad = None

    def gradient_norms(self) -> Tensor:
        """The length of each model's gradient, `(K,)`."""
        return lengths(self.gradients)

    def weight_sums(self) -> Tensor:
        """Sums over each model's weights, `(K, 3)`: of |w|, of w², and how many are exactly 0."""
        zeros = (self.weights == 0).sum(1).to(self.values.dtype)
        return torch.stack([self.weights.abs().sum(1), self.weights.square().sum(1), zeros], 1)

    def _point(self, models: Sequence[nn.Module]) -> None:
        for block in self.blocks.values():
            block.requires_grad_()
        for number, model in enumerate(models):
            for name, parameter in model.named_parameters():
                parameter.data = self.blocks[name].data[number]
                parameter.grad = self.gradient_blocks[name][number]

    def _slot(self, slot: str, memories: Sequence[Memory]) -> Tensor:
        matrix = torch.zeros_like(self.values)
        blocks = self._windows(matrix)
        for number, memory in enumerate(memories):
            held = memory.setdefault(slot, {})
            for name, block in blocks.items():
                if name in held:
                    block[number].copy_(held[name])
                held[name] = block[number]
        return matrix

    def _windows(self, matrix: Tensor) -> dict[str, Tensor]:
        return dict(windows(matrix, self.shapes))


def shapes(model: nn.Module) -> dict[str, torch.Size]:
    """The shapes of the parameters by name, in the order that they have in a row."""
    named = sorted(model.named_parameters(), key=lambda pair: pair[1].dim() < 2)
    return {name: parameter.shape for name, parameter in named}


def windows(matrix: Tensor, shapes: Mapping[str, torch.Size]) -> Iterator[tuple[str, Tensor]]:
    """Each parameter of all rows of `matrix` `(..., P)`, as `(..., *shape)`."""
    parts = torch.split(matrix, [shape.numel() for shape in shapes.values()], dim=-1)
    for (name, shape), part in zip(shapes.items(), parts, strict=True):
        yield name, part.view(*matrix.shape[:-1], *shape)


def layer_names(model: nn.Module) -> tuple[str, ...]:
    """The layers that have weights, in their order."""
    return tuple(
        name.removesuffix(".weight") for name, one in model.named_parameters() if one.dim() >= 2
    )


def _row(model: nn.Module, names: Iterable[str]) -> Tensor:
    table = dict(model.named_parameters())
    return torch.cat([table[name].detach().flatten() for name in names])


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
