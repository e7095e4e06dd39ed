"""How far the numbers that a network gives are from those it was to tell, on validation examples.

Its current weights in evaluation mode.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.training.engine.run import Run
from explainer.training.instruments.copies import check_from_one, numbers, shown, twin, validation
from explainer.training.instruments.mistakes import MOST, outputs

Numbers = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Errors:
    """Inputs `(N, F)` as one sees them, and to each the targets and outputs `(N, T)`.

    They come with the largest absolute error first, the mean over the T numbers. Examples whose
    output is no number, as of a network that diverged, are `unanswered` and nothing else.
    """

    inputs: Numbers
    targets: Numbers
    outputs: Numbers
    unanswered: int = 0

    @property
    def sizes(self) -> NDArray[np.float64]:
        """The absolute error of each example, `(N,)`, of any size that float32 outputs have."""
        off = self.outputs.astype(np.float64) - self.targets
        return np.asarray(np.abs(off).mean(axis=1))


def errors(run: Run, *, most: int = MOST) -> Errors:
    """The errors of `run` on the first `most` validation examples of its curves.

    Raises `ValueError` where it tells classes and no numbers.
    """
    check_from_one(most=most)
    if run.data.classes:
        raise ValueError("errors have a size where targets are numbers, and here are classes")
    inputs, given = validation(run, most)
    points, targets = shown(run.data, inputs), numbers(given)
    told = outputs(twin(run).model, inputs)
    known = np.isfinite(told).all(axis=1)
    found = Errors(points[known], targets[known], told[known], int((~known).sum()))
    order = np.argsort(-found.sizes, kind="stable")
    return Errors(found.inputs[order], found.targets[order], found.outputs[order], found.unanswered)
