"""What a survey says in numbers: whether a plane's centre is the network, how two planes differ."""

from __future__ import annotations

import numpy as np

from explainer.gradients.landscape.plan import RANDOM
from explainer.gradients.landscape.views import PanelView, Snapshot
from explainer.powers import power_of_ten
from explainer.words import _


def centre_error(snapshot: Snapshot) -> float:
    """The largest relative difference between a plane's centre and the plain network's loss."""
    found = [0.0]
    for panel in snapshot.panels:
        score = snapshot.variants[panel.variant].score
        row, column = panel.axes.centre
        if score is not None:
            for part, loss in enumerate(score.losses):
                found.append(abs(float(panel.losses[part, row, column]) - loss) / max(loss, 1e-30))
    return float(np.nanmax(found))


def largest_ratio(first: PanelView, second: PanelView) -> float:
    """The largest factor between two planes' training losses at one point of the grid, from 1."""
    both = np.stack([first.losses[0], second.losses[0]])
    known = np.isfinite(both).all(0) & (both > 0).all(0)
    logs = np.log(both[:, known].astype(np.float64))
    return float(np.exp(np.abs(logs[0] - logs[1]).max())) if known.any() else float("nan")


def share_below(snapshot: Snapshot, variant: int, loss: float = 1.0) -> float:
    """The share of a network's planes where the training loss is below `loss`."""
    known = [
        panel.losses[0][np.ix_(panel.rows, panel.rows)]
        for panel in snapshot.panels
        if panel.variant == variant
    ]
    return float(np.mean([(one < loss).mean() for one in known]))


def comparison(snapshot: Snapshot) -> str:
    """The numbers as sentences: the centre, and for two networks on random planes the rest."""
    centre = _(
        "At the centre of each plane the loss is that of the plain network to within {error} of "
        "its value.",
        error=power_of_ten(centre_error(snapshot), 1),
    )
    if len(snapshot.variants) != 2 or snapshot.plan.directions != RANDOM:
        return centre
    factor = power_of_ten(largest_ratio(*(_first_panel(snapshot, place) for place in (0, 1))), 3)
    sharp = [abs(one.sharpness.eigenvalue) for one in snapshot.variants if one.sharpness]
    if len(sharp) < 2:
        between = _(
            "Between the two networks, losses at the same place of the plane differ by a factor of "
            "up to {factor}.",
            factor=factor,
        )
    else:
        between = _(
            "Between the two networks, losses at the same place of the plane differ by a factor of "
            "up to {factor}, and their λmax by {times}.",
            factor=factor,
            times=power_of_ten(max(sharp) / max(min(sharp), 1e-30), 3),
        )
    return f"{centre} {between}"


def _first_panel(snapshot: Snapshot, variant: int) -> PanelView:
    return next(one for one in snapshot.panels if one.variant == variant)
