"""Many small networks of one hidden layer that learn at once, each with a rate and a λ of its own.

Their parameters lie in one tensor, a row a network, so that one step is a few products for all.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Sizes:
    """Of every network: inputs D, hidden units H (ReLU) and classes C."""

    inputs: int
    hidden: int
    classes: int

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """Of the weights and the biases of the hidden layer, then of the last layer."""
        return (
            (self.inputs, self.hidden), (1, self.hidden), (self.hidden, self.classes),
            (1, self.classes),
        )  # fmt: skip

    def views(self, rows: Tensor) -> list[Tensor]:
        """Of rows `(K, P)` the parts, `(K, *shape)` each, which share their memory."""
        parts = torch.split(rows, [one * other for one, other in self.shapes], dim=1)
        return [part.view(len(rows), *at) for part, at in zip(parts, self.shapes, strict=True)]

    def start(self, seed: int) -> Tensor:
        """A row `(1, P)`: weights as He et al. (2015) draw them, biases of 0."""
        generator = torch.Generator().manual_seed(seed)
        parts = [
            torch.randn(fan, out, generator=generator) * (2 / fan) ** 0.5 * (fan > 1)
            for fan, out in self.shapes
        ]
        return torch.cat([part.flatten() for part in parts])[None]

    @property
    def weights(self) -> Tensor:
        """1 for a weight and 0 for a bias, `(1, P)`."""
        return torch.cat([torch.full((a * b,), float(a > 1)) for a, b in self.shapes])[None]

    def logits(self, rows: Tensor, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Of networks `(K, P)` for inputs `(K, N, D)`: hidden `(K, N, H)`, logits `(K, N, C)`."""
        first, bias, last, end = self.views(rows)
        hidden = torch.baddbmm(bias, inputs, first).relu_()
        return hidden, torch.baddbmm(end, hidden, last)

    def gradient(self, rows: Tensor, inputs: Tensor, labels: Tensor) -> Tensor:
        """Of the mean cross-entropy of each network over inputs and labels `(K, N)`: `(K, P)`."""
        hidden, logits = self.logits(rows, inputs)
        off = logits.softmax(-1)
        off.scatter_add_(-1, labels[..., None], off.new_full((*labels.shape, 1), -1.0))
        off /= labels.shape[1]
        back = (off @ self.views(rows)[2].mT) * (hidden > 0)
        parts = inputs.mT @ back, back.sum(1), hidden.mT @ off, off.sum(1)
        return torch.cat([part.flatten(1) for part in parts], dim=1)

    def accuracy(self, rows: Tensor, inputs: Tensor, labels: Tensor) -> Tensor:
        """The share that each network tells right, `(K,)`, of inputs `(K, N, D)`."""
        return (self.logits(rows, inputs)[1].argmax(-1) == labels).float().mean(-1)
