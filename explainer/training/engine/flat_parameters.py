"""The parameters of one model, or of several of one shape, in one matrix.

A row for each model makes an optimiser's step a few elementwise operations instead of a few for
every tensor. The models' own parameters and gradients become windows onto the matrix, so that a
model can be evaluated, looked at and saved as ever while it trains. Weights come before biases and
norm parameters: `weights` is what penalties see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn

from explainer.lengths import lengths

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
        self._collected = set(names)
        self._rows = dict[tuple[int, int], tuple[Tensor, Tensor]]()
        self._point(models)
        self.slots = {slot: self._slot(slot, memories) for slot in slots}

    def rows(self, rows: slice) -> tuple[Tensor, Tensor]:
        """Gradients and values of the weights of these models, as windows that are made once."""
        place = (rows.start, rows.stop)
        if place not in self._rows:
            self._rows[place] = (self.weight_gradients[rows], self.weights[rows])
        return self._rows[place]

    def overwrites(self, *names: str) -> None:
        """Whoever computes the gradients of these parameters writes them into `gradient_blocks`."""
        self._collected.difference_update(names)

    def collect_gradients(self) -> None:
        """After a backward pass through `blocks`, bring what it found to `gradients`."""
        for name in self._collected:
            block, window = self.blocks[name], self.gradient_blocks[name]
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
