"""Every unit of a network over the plane, for data that are points: what each responds to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.training.engine.run import Run
from explainer.training.instruments.boundary import Boundary, boundary, grid
from explainer.training.instruments.copies import numbers, twin

ACTIVATION = "_activation"
OUT = "out"


@dataclass(frozen=True, eq=False)
class UnitMaps:
    """What the first units of each layer give all over the plane, and the weights between them.

    `layers` are maps `(units, side, side)`: the two inputs, each hidden layer after its activation,
    and the logits. `weights[l]` `(units of l + 1, units of l)` and `biases[l]` lead from one to the
    next; `units` is how many each layer has in all. Rows and columns lie as in `decision`.
    """

    layers: tuple[NDArray[np.float32], ...]
    weights: tuple[NDArray[np.float32], ...]
    biases: tuple[NDArray[np.float32], ...]
    units: tuple[int, ...]
    decision: Boundary


def unit_maps(run: Run, side: int = 28, most: int = 8) -> UnitMaps:
    """The first `most` units of each layer of `run` at `side` × `side` places around its points.

    Raises `ValueError` for pictures, and for a side that is not from 1 to 512.
    """
    decision = boundary(run, 2 * side)
    model, found = twin(run).model, list[Tensor]()
    places = grid(decision.x, decision.y, side).to(run.device)

    def keep(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
        found.append(output)

    dense = [module for module in model if isinstance(module, nn.Linear)]
    for name, module in model.named_children():
        if name.endswith(ACTIVATION) or name == OUT:
            module.register_forward_hook(keep)
    with torch.no_grad():
        model(run.data.normaliser.apply(places))
    maps = [places, *found]
    return UnitMaps(
        layers=tuple(numbers(one[:, :most].T).reshape(-1, side, side) for one in maps),
        weights=tuple(numbers(one.weight[:most, :most]) for one in dense),
        biases=tuple(numbers(one.bias[:most]) if one.bias is not None else
                     np.zeros(min(most, len(one.weight)), np.float32) for one in dense),
        units=tuple(one.shape[1] for one in maps),
        decision=decision,
    )  # fmt: skip
