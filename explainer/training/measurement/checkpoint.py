"""Copies of a network's state, small enough to keep one for every run."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The state of a network after `step` steps, on the network's device.

    On a GPU nobody waits for the copy.
    """

    step: int
    state: dict[str, Tensor]

    @property
    def nbytes(self) -> int:
        """The bytes held."""
        return sum(tensor.nbytes for tensor in self.state.values())

    def on(self, device: torch.device) -> Checkpoint:
        """The same on `device`."""
        return replace(self, state={name: one.to(device) for name, one in self.state.items()})

    def restore(self, model: nn.Module) -> None:
        """Copy the state into `model`."""
        model.load_state_dict(self.state)


def checkpoint(model: nn.Module, step: int, precision: torch.dtype = torch.float32) -> Checkpoint:
    """A copy of the state of `model`; floats are stored as `precision`."""
    state = {
        name: tensor.detach().to(
            dtype=precision if tensor.is_floating_point() else tensor.dtype, copy=True
        )
        for name, tensor in model.state_dict().items()
    }
    return Checkpoint(step, state)


def state_bytes(model: nn.Module) -> int:
    """The bytes of a checkpoint of `model` in float32."""
    return sum(tensor.nbytes for tensor in model.state_dict().values())
