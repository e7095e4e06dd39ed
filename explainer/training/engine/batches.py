"""Which examples a step sees: the same for every recipe of a seed.

The training part is shuffled anew for each epoch and read as one endless line, so every batch is
full and every example is seen once an epoch. An epoch's order follows from the seed and the number
of the epoch alone; a run can begin anywhere, on any device.
"""

from __future__ import annotations

import torch
from torch import Tensor

from explainer.accelerator import on_its_way
from explainer.training.seeds import generator


class Batches:
    """The batches of a seed: rows of the training part, int64 `(size,)`, by step from 0."""

    def __init__(
        self, seed: int, examples: int, size: int, device: torch.device | str = "cpu"
    ) -> None:
        if not 1 <= size <= examples:
            raise ValueError(f"the batch size is {size}, but it goes from 1 to {examples}")
        self.seed, self.examples, self.size = seed, examples, size
        self._device = device
        self._orders: dict[int, Tensor] = {}

    def at(self, step: int) -> Tensor:
        """The rows of that step."""
        epoch, start = divmod(step * self.size, self.examples)
        rows = self._order(epoch)[start : start + self.size]
        missing = self.size - len(rows)
        return torch.cat([rows, self._order(epoch + 1)[:missing]]) if missing else rows

    def several(self, step: int, count: int) -> Tensor:
        """The rows of so many steps, `(count, size)`."""
        return torch.stack([self.at(one) for one in range(step, step + count)])

    def _order(self, epoch: int) -> Tensor:
        if epoch not in self._orders:
            drawn = on_its_way(
                torch.randperm(self.examples, generator=generator(self.seed, "batches", epoch)),
                self._device,
            )
            self._orders = {old: self._orders[old] for old in self._orders if old == epoch - 1}
            self._orders[epoch] = drawn
        return self._orders[epoch]
