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
from explainer.training.recipe.build_network import is_given_features
from explainer.training.recipe.features import COORDINATES, Features

ACTIVATION = "_activation"
OUT = "out"


@dataclass(frozen=True, eq=False)
class UnitMaps:
    """What the first units of each layer give all over the plane, and the weights between them.

    `layers` are maps `(units, side, side)`: the inputs as the network is given them, each hidden
    layer after its activation, and the logits. `weights[l]` `(units of l + 1, units of l)` and
    `biases[l]` lead from one to the next, `dense[l]` is what the network calls that layer, and
    `biased[l]` says whether it has biases, which are 0 where it has none. `units` is how many each
    layer has in all, `inputs` are the slugs of the features. Rows and columns lie as in `decision`.
    """

    layers: tuple[NDArray[np.float32], ...]
    weights: tuple[NDArray[np.float32], ...]
    biases: tuple[NDArray[np.float32], ...]
    dense: tuple[str, ...]
    biased: tuple[bool, ...]
    units: tuple[int, ...]
    inputs: tuple[str, ...]
    decision: Boundary


def unit_maps(run: Run, side: int = 28, most: int = 8) -> UnitMaps:
    """The first `most` units of each layer of `run` at `side` × `side` places around its points.

    Raises `ValueError` for pictures, and for a side that is not from 1 to 512.
    """
    decision = boundary(run, 2 * side)
    model, found = twin(run).model, list[Tensor]()
    places = run.data.normaliser.apply(grid(decision.x, decision.y, side).to(run.device))
    network = run.recipe.network
    inputs = network.features if is_given_features(network, run.data.shape) else COORDINATES

    def keep(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
        found.append(output)

    dense = {name: one for name, one in model.named_children() if isinstance(one, nn.Linear)}
    for name, module in model.named_children():
        if name.endswith(ACTIVATION) or name == OUT:
            module.register_forward_hook(keep)
    with torch.no_grad():
        model(places)
        maps = [Features(inputs)(places), *found]
    return UnitMaps(
        layers=tuple(numbers(one[:, :most].T).reshape(-1, side, side) for one in maps),
        weights=tuple(numbers(one.weight[:most, :most]) for one in dense.values()),
        biases=tuple(numbers(one.bias[:most]) if one.bias is not None else
                     np.zeros(min(most, len(one.weight)), np.float32) for one in dense.values()),
        dense=tuple(dense),
        biased=tuple(one.bias is not None for one in dense.values()),
        units=tuple(one.shape[1] for one in maps),
        inputs=inputs,
        decision=decision,
    )  # fmt: skip
