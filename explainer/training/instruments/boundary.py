"""What a network answers all over the plane, for data that are points.

Coordinates are raw, as the data set has them: normalising is undone. Training labels are those
that the network learns from, with their noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.training.engine.run import Run
from explainer.training.instruments.copies import (
    check_from_one,
    indices,
    numbers,
    shown,
    twin,
    validation,
)
from explainer.training.instruments.mistakes import outputs, probabilities

MARGIN = 0.1
"""Room beyond the outermost points on each side, as a share of their span."""

MOST_SIDE = 512

Labels = NDArray[np.int64] | NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Boundary:
    """Answers `(side, side, K)` at the centres of the pixels of the rectangle `x` × `y`.

    They are the probabilities of K classes, or the K numbers that the network gives. Row 0 is at
    the largest y, column 0 at the smallest x. Points are `(N, 2)`, labels int64 `(N,)` or, where
    they are numbers, float32 `(N, K)`.
    """

    answers: NDArray[np.float32]
    x: tuple[float, float]
    y: tuple[float, float]
    train_points: NDArray[np.float32]
    train_labels: Labels
    validation_points: NDArray[np.float32]
    validation_labels: Labels
    test_points: NDArray[np.float32]
    test_labels: Labels

    @property
    def numbers(self) -> bool:
        """Whether the answers are numbers, and no probabilities of classes."""
        return self.train_labels.ndim == 2


def boundary(run: Run, side: int = 64) -> Boundary:
    """What `run` thinks of `side` × `side` places around all its points.

    Raises `ValueError` for pictures, and for a side that is not from 1 to 512.
    """
    check_from_one(side=side)
    if side > MOST_SIDE:
        raise ValueError(f"side is {side}, but it goes up to {MOST_SIDE}")
    if run.data.shape != (2,):
        raise ValueError(f"a boundary needs points (2,), but one input is {run.data.shape}")
    inputs, labels = validation(run)
    train, held = shown(run.data, run.data.train_inputs), shown(run.data, inputs)
    x, y = (_extent(values) for values in np.concatenate([train, held]).T)
    places = run.data.normaliser.apply(grid(x, y, side).to(run.device))
    model, classes = twin(run).model, run.data.classes
    told, read = (probabilities, indices) if classes else (outputs, numbers)
    return Boundary(
        answers=told(model, places).reshape(side, side, -1),
        x=x,
        y=y,
        train_points=train,
        train_labels=read(run.data.train_labels),
        validation_points=held,
        validation_labels=read(labels),
        test_points=shown(run.data, run.data.test_inputs),
        test_labels=read(run.data.test_labels),
    )


def _extent(values: NDArray[np.float32]) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    room = MARGIN * (high - low) or 1.0  # all on one line: some room all the same
    return low - room, high + room


def grid(x: tuple[float, float], y: tuple[float, float], side: int) -> Tensor:
    """The centres of the pixels, row by row from the top, `(side², 2)`."""
    shares = (torch.arange(side) + 0.5) / side
    across, down = x[0] + (x[1] - x[0]) * shares, y[1] - (y[1] - y[0]) * shares
    rows, columns = torch.meshgrid(down, across, indexing="ij")
    return torch.stack([columns, rows], -1).reshape(-1, 2)
