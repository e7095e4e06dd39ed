"""Several kernels side by side on one picture: a feature map, as a convolutional layer makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explainer.convolution.application import CHANNEL_MODES, PADDINGS, Application, output_shape
from explainer.convolution.apply import apply, checked_picture, checked_weights, mixed
from explainer.convolution.kernel import Image
from explainer.words import later


def feature_map(
    pixels: NDArray[np.floating], kernels: Sequence[ArrayLike], application: Application
) -> Image:
    """One channel a kernel: float32 `(H', W', K)` from a picture `(H, W, C)` in [0, 1].

    A filter of a network sums over the colours, so channels "each" is read as "summed"; the colours
    are mixed once for all kernels. Kernels may differ in size unless padding is "none". Raises
    `ValueError` for no kernels, for sizes that differ without padding, and as `apply` does.
    """
    if not kernels:
        raise ValueError(later("a feature map needs at least one kernel, there are none"))
    stack = [checked_weights(weights) for weights in kernels]
    shapes = sorted({kernel.shape for kernel in stack})
    if len(shapes) > 1 and not PADDINGS[application.padding].keeps_size:
        named = ", ".join(f"{height}×{width}" for height, width in shapes)
        raise ValueError(
            later("Without padding all kernels need one size, these have {sizes}.", sizes=named)
        )
    summing = _one_map_each(application)
    image = mixed(checked_picture(pixels), summing)
    rows, columns = stack[0].shape
    height, width, __ = output_shape(image.shape[0], image.shape[1], (rows, columns), summing)
    result = np.empty((height, width, len(stack)), dtype=np.float32)
    for index, kernel in enumerate(stack):
        result[:, :, index] = apply(image, kernel, summing)[:, :, 0]
    return result


def _one_map_each(application: Application) -> Application:
    if CHANNEL_MODES[application.channels].weights is None:
        return replace(application, channels="summed")
    return application
