r"""How alike the curves of two runs are, as they are drawn, and which runs are mistaken for which.

A run is drawn as four curves: loss and accuracy, in training and in validation. The distance of two
runs is $\sqrt{\overline{(h - h')^2}}$ over all heights $h \in [0, 1]$ of their curves, the loss on
a logarithmic axis.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explainer.clinic.case import STEPS
from explainer.clinic.record import Record
from explainer.clinic.training import EVERY

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

POINTS = 80
"""So many heights of each curve are drawn and compared."""
LAST = STEPS - EVERY
"""The last step that is measured of a whole run."""
LOSS = (0.01, 100.0)
"""The floor and the ceiling of the axis of losses."""
LOSSES = slice(0, 2)


def heights(record: Record, last: int = LAST) -> Floats:
    """The curves of a run as they are drawn, `(4, POINTS)` in [0, 1]; NaN where there is nothing.

    Training loss, validation loss, training accuracy, validation accuracy, over even steps from 0
    to `last`, whether the run comes so far or not.
    """
    steps = np.asarray(record.steps, float)
    if not len(steps):
        return np.full((4, POINTS), np.nan)
    curves = (record.train_loss, record.validation_loss,
              record.train_accuracy, record.validation_accuracy)  # fmt: skip
    places = np.linspace(0, last, POINTS)
    with np.errstate(invalid="ignore", over="ignore"):
        found = np.stack([
            np.interp(places, steps, np.asarray(one, float), right=np.nan) for one in curves
        ])  # fmt: skip
        found[LOSSES] = _loss_height(found[LOSSES])
        drawn: Floats = np.clip(found, 0, 1)
    return drawn


def _loss_height(loss: Floats) -> Floats:
    low, high = np.log10(LOSS)
    raised: Floats = (np.log10(np.clip(loss, *LOSS)) - low) / (high - low)
    return raised


def filled(curves: Floats) -> Floats:
    """Curves `(…, 4, POINTS)`: a loss that is no number at the ceiling, an accuracy at 0."""
    whole = curves.copy()
    whole[..., LOSSES, :] = np.nan_to_num(whole[..., LOSSES, :], nan=1.0)
    return np.nan_to_num(whole, nan=0.0)


def distances(curves: Floats) -> Floats:
    """Of runs `(R, 4, POINTS)`, `filled`, each from each, `(R, R)`."""
    whole = filled(curves).reshape(len(curves), -1)
    apart: Floats = np.sqrt(((whole[:, None] - whole[None]) ** 2).mean(-1))
    return apart


def in_a_row(apart: Floats) -> list[int]:
    """All places in an order in which those that are alike stand beside each other.

    The leaves of the tree of mean distances, its branches turned so that neighbours are as near as
    they can be (Bar-Joseph, Gifford and Jaakkola 2001).
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    if len(apart) < 3:
        return list(range(len(apart)))
    tree = linkage(squareform(apart, checks=False), "average", optimal_ordering=True)
    return [int(one) for one in leaves_list(tree)]


def nearest_others(apart: Floats, count: int) -> list[list[int]]:
    """Of each place the `count` that are nearest to it, itself left out."""
    own = apart + np.diag(np.full(len(apart), np.inf))
    return [row[:count] for row in np.argsort(own, axis=1, kind="stable").tolist()]


def taken_for(apart: Floats, kinds: Places, seeds: Places) -> Places:
    """Of which kind each run's nearest run of another seed is, `(R,)`.

    Runs of one seed share their pictures and the order of their batches, and are alike by that.
    """
    others = np.where(seeds[:, None] == seeds, np.inf, apart)
    taken: Places = kinds[others.argmin(1)]
    return taken
