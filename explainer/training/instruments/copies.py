"""What instruments work on: a twin of a run, its validation examples, and inputs as one sees them.

Whatever is done to a twin's network, generators and place in the data leaves no trace in the run,
also where it fails half way. Nothing here trains.
"""

from __future__ import annotations

import copy

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from explainer.training.data.splits import Prepared
from explainer.training.engine.run import Run
from explainer.training.engine.run_measurement import parts


def twin(run: Run) -> Run:
    """A run at the same step with a network, generators and batches of its own.

    Data, record and the optimiser's memory are those of `run`: a twin looks, it must not train.
    Its network is in evaluation mode. Building one anew would draw from PyTorch's global generator.
    """
    other = copy.copy(run)
    other.generator, other.augmenting = run.generator.clone_state(), run.augmenting.clone_state()
    # The memo makes every noisy layer of the copy draw from the one generator of the twin.
    other.model = copy.deepcopy(run.model, {id(run.generator): other.generator}).eval()
    other.batches = copy.copy(run.batches)
    return other


def validation(run: Run, most: int | None = None) -> tuple[Tensor, Tensor]:
    """Inputs and labels on which the curves of `run` are measured, the first `most` of them."""
    inputs, labels = parts(run)[1]
    return inputs[:most], labels[:most]


def shown(data: Prepared, inputs: Tensor) -> NDArray[np.float32]:
    """Normalised inputs as one sees them: pictures `(N, H, W, C)` in [0, 1], or points `(N, 2)`."""
    raw = data.normaliser.invert(inputs)
    if raw.dim() == 4:
        raw = raw.clamp(0, 1).permute(0, 2, 3, 1)
    return numbers(raw)


def numbers(values: Tensor) -> NDArray[np.float32]:
    """A copy of `values` as an array, row by row in memory."""
    return np.array(values.detach().cpu().numpy(), np.float32, order="C")


def indices(values: Tensor) -> NDArray[np.int64]:
    """A copy of whole `values` as an array."""
    return np.array(values.cpu().numpy(), np.int64)


def check_from_one(**values: int) -> None:
    """Raise a `ValueError` with one sentence for the first value that is below 1."""
    for name, value in values.items():
        if value < 1:
            raise ValueError(f"{name} is {value}, but it starts at 1")
