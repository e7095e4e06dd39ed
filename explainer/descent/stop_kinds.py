"""How the place where a network stands is named: six kinds, by stated rules."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explainer.words import N_

LOWEST, MINIMUM, PLATEAU, SADDLE, KINK, WAY = range(6)
KINDS = (
    N_("lowest found"), N_("worse minimum"), N_("plateau"), N_("saddle"), N_("kink"),
    N_("on its way"),
)  # fmt: skip
FALLS = 0.01
"""Whose loss fell by more than this share in the last tenth of its steps is still on its way."""
CURVED = 1e-3
"""Curvature below this share of the largest counts as none."""
NO_SLOPE = 1e-5
"""A gradient shorter than this counts as none."""
NO_RATE = 0.05
"""A rate below this over the largest curvature is one that steps at a kink have brought down."""
NO_LOSS, AS_LOW = 1e-3, 1e-2
"""A loss that small is at the bottom; one that near the lowest of all runs is as low."""
Values = NDArray[np.float64]


def negative_share(spectra: Values) -> Values:
    """The share of eigenvalues `(S, P)` that are negative beyond `CURVED`, `(S,)`."""
    return np.asarray((spectra < -_none(spectra)).mean(1))


def flat_share(spectra: Values) -> Values:
    """The share of eigenvalues that count as none."""
    return np.asarray((np.abs(spectra) <= _none(spectra)).mean(1))


def _none(spectra: Values) -> Values:
    return np.asarray(CURVED * np.abs(spectra).max(1, keepdims=True))


def kinds(
    losses: Values, slopes: Values, spectra: Values, fallen: Values, rates: Values
) -> NDArray[np.int64]:
    """Places in `KINDS` `(S,)`, each by the first of these rules that fits.

    A loss below `NO_LOSS` is the lowest there can be. A loss that still falls: on its way. A slope,
    yet no rate but a tiny one that descends it: a kink. Negative curvature: a saddle. A slope that
    is not none: a plateau. The rest are minima, the lowest where no run came lower by more than
    `AS_LOW`. `fallen` is the share lost in the last tenth.
    """
    lowest, sloped = losses.min(), slopes > NO_SLOPE
    tiny = rates * np.abs(spectra).max(1) < NO_RATE
    return np.asarray(
        np.select(
            [losses < NO_LOSS, fallen > FALLS, sloped & tiny, negative_share(spectra) > 0, sloped,
             losses > lowest + AS_LOW],
            [LOWEST, WAY, KINK, SADDLE, PLATEAU, MINIMUM], LOWEST,
        )
    )  # fmt: skip
