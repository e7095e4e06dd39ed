"""A filter's output at the picture's own resolution, worked out in strips and written as PNG.

No more than a strip is ever held, as floats or as colours, so that 50 megapixels take little more
than the file that becomes of them. The colour scale is the one on the page, so that the file looks
like what was seen there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import View, colour_result
from explainer.charts.theme import Theme
from explainer.convolution.application import Application, output_shape
from explainer.convolution.kernel import Weights
from explainer.convolution.strips import apply_in_strips
from explainer.convolution.view import Scale
from explainer.images.png import png_of_strips

STRIP_PIXELS = 2**20


def full_size_png(
    codes: NDArray[np.uint8],
    weights: Weights,
    application: Application,
    view: View,
    scale: Scale,
    theme: Theme,
) -> bytes:
    """The output for `codes` `(H, W, 3)`, coloured as the page shows it, as the bytes of a PNG.

    Raises `ValueError` where the window does not fit the picture.
    """
    rows, columns, _ = output_shape(codes.shape[0], codes.shape[1], weights.shape, application)
    stops = view.stops(theme)
    strip_rows = max(1, STRIP_PIXELS // codes.shape[1])
    strips = apply_in_strips(codes, weights, application, strip_rows)
    painted = (colour_result(view.prepare(strip), scale, stops) for _, strip in strips)
    return png_of_strips(columns, rows, painted)
