"""A kernel as a short sum of columns times rows, by cross approximation.

The singular value decomposition does the same and is what `structure` shows; here the columns and
rows are taken from the kernel itself, so that a symmetric kernel gives exactly symmetric factors,
for which OpenCV has a quicker pass.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explainer.convolution.kernel import Weights

Factors = tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]
TOLERANCE = 2e-7


def factors(weights: Weights, *, most: int) -> Factors | None:
    """At most `most` pairs (column `(kh,)`, row `(kw,)`) whose outer products sum to `weights`.

    Each step takes the column and the row through the largest remaining weight. None if after
    `most` steps more than 2e-7 of the sum of absolute weights remains, the precision of float32.
    """
    rest = np.array(weights, dtype=np.float64)
    enough = TOLERANCE * np.abs(rest).sum()
    pairs: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    while np.abs(rest).sum() > enough:
        if len(pairs) == most:
            return None
        row, column = np.unravel_index(np.argmax(np.abs(rest)), rest.shape)
        pairs.append((rest[:, column].copy(), rest[row] / rest[row, column]))
        rest -= np.outer(*pairs[-1])
    return tuple(pairs)
