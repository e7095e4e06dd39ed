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
    return np.asarray((spectra < -none(spectra)).mean(1))


def flat_share(spectra: Values) -> Values:
    """The share of eigenvalues that count as none."""
    return np.asarray((np.abs(spectra) <= none(spectra)).mean(1))


def none(spectra: Values) -> Values:
    """The curvature up to which one counts as none, `(S, 1)`."""
    return np.asarray(CURVED * np.abs(spectra).max(1, keepdims=True))


def as_low(losses: Values) -> NDArray[np.bool_]:
    """Which runs `(S,)` no other is below by more than `AS_LOW`, wherever they stand."""
    return np.asarray(losses <= losses.min() + AS_LOW)


def kinds(
    losses: Values, slopes: Values, spectra: Values, fallen: Values, rates: Values
) -> NDArray[np.int64]:
    """Places in `KINDS` `(S,)`, each by the first of these rules that fits.

    A loss below `NO_LOSS`, or one that is `as_low` where it stands and nothing curves down: the
    lowest found. A loss that still falls: on its way. A slope, yet no rate but a tiny one that
    descends it: a kink. Negative curvature: a saddle. A slope that is not none: a plateau. The rest
    are worse minima. `fallen` is the share lost in the last tenth.
    """
    moves, bent, sloped = fallen > FALLS, negative_share(spectra) > 0, slopes > NO_SLOPE
    lowest = (losses < NO_LOSS) | (as_low(losses) & ~moves & ~bent)
    tiny = rates * np.abs(spectra).max(1) < NO_RATE
    return np.asarray(
        np.select(
            [lowest, moves, sloped & tiny, bent, sloped],
            [LOWEST, WAY, KINK, SADDLE, PLATEAU], MINIMUM,
        )
    )  # fmt: skip
