"""The curve of a network, for data in which one number is told from another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.training.engine.run import Run
from explainer.training.instruments.copies import check_from_one, numbers, shown, twin, validation
from explainer.training.instruments.mistakes import outputs

Numbers = NDArray[np.float32]
MARGIN = 0.05
"""Room beyond the outermost inputs on each side, as a share of their span."""


@dataclass(frozen=True, eq=False)
class Fit:
    """The `curve` of a network, and the examples that it learned from and is validated on.

    All are pairs of an input and what is told or to be told, `(N, 2)`, the curve from left to
    right. Inputs are raw, as the data set has them.
    """

    curve: Numbers
    train: Numbers
    validation: Numbers


def fit(run: Run, places: int = 200) -> Fit:
    """What `run` tells at so many places along its inputs.

    Raises `ValueError` for fewer than 1 and for data that are not one number from another.
    """
    check_from_one(places=places)
    data = run.data
    if data.shape != (1,) or data.classes:
        raise ValueError(f"a curve needs one number from another, but one input is {data.shape}")
    train = _pairs(run, data.train_inputs, data.train_labels)
    held = _pairs(run, *validation(run))
    inputs = np.concatenate([train, held])[:, 0]
    low, high = float(inputs.min()), float(inputs.max())
    room = MARGIN * (high - low) or 1.0
    x = torch.linspace(low - room, high + room, places)[:, None].to(run.device)
    told = outputs(twin(run).model, data.normaliser.apply(x))
    return Fit(np.concatenate([numbers(x), told[:, :1]], axis=1), train, held)


def _pairs(run: Run, inputs: Tensor, targets: Tensor) -> Numbers:
    return np.concatenate([shown(run.data, inputs), numbers(targets)[:, :1]], axis=1)
