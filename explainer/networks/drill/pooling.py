"""The arithmetic of poolings: which values a window holds, and how they become one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch

from explainer.networks.drill.kernel_taps import Places, kernel_taps, share_places
from explainer.networks.drill.site import Mask, Numbers, Site, inside, patch
from explainer.networks.drill.sums import Drill
from explainer.training.recipe.layers import probabilities

Operation = Literal["maximum", "mean", "weighted mean"]


@dataclass(frozen=True, eq=False)
class PoolingDrill(Drill):
    """A window of one map and how it becomes one value.

    `window` and `weights` are `(kh, kw)`: the total is their product, summed. Of a maximum the
    weight is 1 at `chosen` (row, column inside the window) and 0 elsewhere; of a mean it is the
    same everywhere, 1 / `divisor`; of a stochastic pooling it is the probability of each. `inside`
    `(kh, kw)` is False beyond the border, which a maximum leaves out and a mean takes as 0.
    """

    operation: Operation
    rows: Places
    columns: Places
    inside: Mask
    window: Numbers
    weights: Numbers
    chosen: tuple[int, int] | None = None
    divisor: int | None = None


def maximum(site: Site) -> PoolingDrill:
    """The largest value of a window; of several the first, as the gradient has it."""
    rows, columns = _places(site)
    window, real = _window(site, rows, columns)
    best = int(np.where(real, window, -np.inf).argmax())
    row, column = divmod(best, window.shape[1])
    weights = np.zeros_like(window)
    weights[row, column] = 1
    total = float(window[row, column])
    return PoolingDrill(
        site.place, total, "maximum", rows, columns, real, window, weights, chosen=(row, column)
    )


def mean(site: Site) -> PoolingDrill:
    """The mean of a window, with the padding counted or not, as the module says."""
    rows, columns = _places(site)
    window, real = _window(site, rows, columns)
    return _mean(site, rows, columns, window, real, _divisor(site, rows, columns, real))


def adaptive_mean(site: Site) -> PoolingDrill:
    """The mean of a share of the map; where one pixel is asked for, of the whole."""
    rows, columns = (
        share_places(at, outputs, inputs)
        for at, outputs, inputs in zip(
            (site.place.y, site.place.x), site.shape[1:], site.inputs[0].shape[1:], strict=True
        )
    )
    window, real = _window(site, rows, columns)
    return _mean(site, rows, columns, window, real, window.size)


def stochastic(site: Site) -> PoolingDrill:
    """The mean weighted by the probability with which training would have picked each value."""
    rows, columns = _places(site)
    window, real = _window(site, rows, columns)
    weights = probabilities(torch.from_numpy(window.reshape(-1))).numpy().reshape(window.shape)
    total = float((window * weights).sum())
    return PoolingDrill(site.place, total, "weighted mean", rows, columns, real, window, weights)


def _mean(
    site: Site, rows: Places, columns: Places, window: Numbers, real: Mask, divisor: int
) -> PoolingDrill:
    weights = np.full_like(window, 1 / divisor)
    total = float(window.sum() / divisor)
    return PoolingDrill(
        site.place, total, "mean", rows, columns, real, window, weights, divisor=divisor
    )


def _divisor(site: Site, rows: Places, columns: Places, real: Mask) -> int:
    module, sizes = site.module, site.inputs[0].shape[1:]
    if module.divisor_override:
        return int(module.divisor_override)
    if not module.count_include_pad:
        return int(real.sum())
    # Rounding sizes up lets a window hang over the padding's end; what hangs over does not count.
    within = [
        int((places < size + axis.padding).sum())
        for places, size, axis in zip((rows, columns), sizes, kernel_taps(module), strict=True)
    ]
    return within[0] * within[1]


def _places(site: Site) -> tuple[Places, Places]:
    rows, columns = kernel_taps(site.module)
    return rows.places(site.place.y), columns.places(site.place.x)


def _window(site: Site, rows: Places, columns: Places) -> tuple[Numbers, Mask]:
    maps, channel = site.inputs[0], site.place.channel
    window = patch(maps[channel : channel + 1], rows, columns)[0]
    return window, inside(maps, rows, columns)
