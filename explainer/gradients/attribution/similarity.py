"""How alike two maps are: by Spearman's rank correlation and by structural similarity (SSIM).

Both look at absolute values, as the authors of the randomisation check do, and at no unit or scale.
The rank correlation compares pixels one by one; structural similarity (Wang et al. 2004), windows.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from explainer.gradients.attribution.method import Map

LARGEST_WINDOW = 7


def rank_correlation(first: Map, second: Map) -> float:
    """Spearman's correlation of two maps' absolute values, -1 to 1.

    Where one is the same everywhere: 1 if the other is too, else 0.
    """
    one, other = (_ranks(np.abs(values)) for values in (first, second))
    lengths = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    if lengths == 0:
        return float(np.array_equal(one, other))
    return float(one @ other) / lengths


def _ranks(values: Map) -> NDArray[np.float64]:
    """The rank of each value less the mean rank; equal values share the mean of theirs."""
    _, places, counts = np.unique(values.ravel(), return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return ranks - (values.size + 1) / 2


def structure_similarity(first: Map, second: Map) -> float:
    """The SSIM of two maps' absolute values, each stretched to [0, 1]; 1 for the same picture."""
    side = min(LARGEST_WINDOW, *first.shape)
    window = side if side % 2 else side - 1
    pair = [_stretched(np.abs(values)) for values in (first, second)]
    if window < 3:
        raise ValueError(f"maps of {first.shape} are too small: 3 pixels a side at least")
    # scikit-image has no types of its own.
    compare: Callable[..., float] = structural_similarity
    return float(compare(*pair, data_range=1.0, win_size=window))


def _stretched(values: Map) -> Map:
    extent = float(np.ptp(values))
    return (values - values.min()) / extent if extent else np.zeros_like(values)
