"""The weights of the first layer as little pictures, one for each of its units or maps.

Values are the weights themselves: signed, not scaled to what a screen shows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.training.engine.run import Run
from explainer.training.instruments.copies import check_from_one


def first_kernels(run: Run, most: int = 16) -> NDArray[np.float32]:
    """The first `most` units' weights, `(n, h, w, C)`, in their order."""
    check_from_one(most=most)
    weights = next(one for one in run.model.parameters() if one.dim() >= 2)[:most].detach()
    return as_pictures(weights.cpu().numpy(), run.data.shape)


def as_pictures(weights: NDArray[np.floating[Any]], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """The weights of a first layer as pictures `(n, h, w, C)`; `shape` is that of one input.

    Kernels `(k, k, C)` of a convolution; of a dense layer on pictures each unit's weights in the
    shape `(H, W, C)` of its input; on points `(1, F, 1)`, the weights of the F features.
    """
    if weights.ndim == 2:
        weights = weights.reshape(-1, *(shape if len(shape) == 3 else (1, 1, weights.shape[1])))
    return np.array(weights.transpose(0, 2, 3, 1), np.float32, order="C")
