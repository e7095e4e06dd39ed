"""What dropout removes from the next step: units as cells, the dropped ones in one flat colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import paint, rgb, usual_reach
from explainer.charts.theme import Theme
from explainer.training.instruments.next_step import Dropped

MOST_UNITS = 96


def dropped_picture(dropped: Dropped, theme: Theme) -> NDArray[np.uint8]:
    """Rows are examples, columns units: kept cells show their size, dropped ones a flat colour."""
    values = np.abs(dropped.values[:, :MOST_UNITS]).astype(np.float32)
    kept = dropped.kept[:, :MOST_UNITS]
    reach = usual_reach(values, 99)
    cells = paint(np.ascontiguousarray(values), 0.0, reach, theme.sequential)
    return np.where(kept[:, :, None], cells, np.array(rgb(theme.categorical[1]), np.uint8))
