"""What becomes of an output when one square of the picture is covered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.gradients.attribution.baselines import baseline_picture
from explainer.gradients.attribution.passes import logits, private_copy


def covered(inputs: Tensor, row: int, column: int, side: int) -> Tensor:
    """`inputs` `(1, C, H, W)` with the picture's mean colour on a square of `side` pixels.

    `row` and `column` are its upper left corner; what lies outside of the picture is left out.
    """
    found = inputs.detach().clone()
    mean = baseline_picture("mean", found, found[:, :, :1, :1])
    square = (..., slice(max(row, 0), row + side), slice(max(column, 0), column + side))
    found[square] = mean[square]
    return found


def probabilities(network: nn.Module, inputs: Tensor) -> NDArray[np.float32]:
    """The probability of each class `(classes,)` for one picture."""
    found: NDArray[np.float32] = logits(private_copy(network), inputs)[0].softmax(0).numpy()
    return found
