"""What the plane of two weights shows: where loss and penalties meet, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.charts.theme import Theme
from explainer.parameters import Parameter
from explainer.powers import short
from explainer.regularisation.losses import LOSSES, Loss
from explainer.regularisation.shapes import PENALTIES, Penalty, Shape
from explainer.regularisation.two_weights import Pair, Problem, ball, path, strength_of
from explainer.words import N_, _

NONE = 1e-9  # a minimum nearer to the optimum has no contour of its own
Weights = NDArray[np.float64]

SHARE_OF_BUDGET = Parameter(
    "budget", N_("t, in % of the ring’s penalty"), 40, 1, 100, 1, unit="%",
    help=N_("The loss is minimised where the penalty is at most t."),
)  # fmt: skip
POWER = Parameter("p", "p", 0.5, 0.5, 4, 0.1, help=N_("The penalty is the sum of |w|ᵖ / p."))
L1_SHARE = Parameter(
    "share", N_("α, the share of L1"), 0.5, 0, 1, 0.05,
    help=N_("The penalty is α times that of L1 and 1 − α times that of L2."),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the menus say: which loss, features and penalties, and what is moved."""

    loss: Loss
    pair: Pair
    penalties: tuple[Penalty, ...]
    by_budget: bool

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The sliders there are."""
        shaped = {one.set_by for one in self.penalties}
        shapes = [one for one in (L1_SHARE, POWER) if one.name in shaped]
        return (SHARE_OF_BUDGET if self.by_budget else self.loss.strength, *shapes)


PARAMETERS = (*(one.strength for one in LOSSES), SHARE_OF_BUDGET, L1_SHARE, POWER)


def plane_message(
    asked: Asked,
    problem: Problem,
    values: Mapping[str, float],
    colours: Theme,
    *,
    resting: bool,
) -> dict[str, Any]:
    """All that is drawn."""
    met = [meeting(asked, problem, one, values) for one in asked.penalties]
    return {
        "reach": asked.loss.reach,
        "largest": asked.loss.largest,
        "features": [_(asked.pair.first), _(asked.pair.second)],
        "optimum": list(problem.optimum),
        "panels": [
            _panel(asked.loss, problem, one, colours, zoned=_zoned(asked, one, resting=resting))
            for one in met
        ],
        "heads": ["", _("least loss"), *(_(one.penalty.title) for one in met)],
        "rows": _rows(asked, problem, met),
    }


@dataclass(frozen=True, eq=False)
class Meeting:
    """Where the loss and a penalty meet: the shape and strength of the one, and the minimum.

    `budget` is what the minimum takes of the penalty, `most` what the optimum takes.
    """

    penalty: Penalty
    shape: Shape
    strength: float
    found: Weights
    budget: float
    most: float


def meeting(
    asked: Asked, problem: Problem, penalty: Penalty, values: Mapping[str, float]
) -> Meeting:
    """Where the loss and that penalty meet, with the strength or the budget that `values` say."""
    shape = penalty.at(values.get("p", POWER.default), values.get("share", L1_SHARE.default))
    optimum = np.array(problem.optimum)
    most = float(shape.values(optimum))
    if asked.by_budget:
        strength = strength_of(problem, shape, values["budget"] / 100 * most)
    else:
        strength = values[asked.loss.strength.name]
    found = problem.minima(shape, np.array(strength))
    return Meeting(penalty, shape, strength, found, float(shape.values(found)), most)


def _zoned(asked: Asked, met: Meeting, *, resting: bool) -> bool:
    """Whether it is shown from where a weight becomes 0: with a budget each place has its own λ.

    Where the penalty is not convex it takes long, so only at rest.
    """
    return not asked.by_budget and (met.shape.convex or resting)


def _panel(
    loss: Loss, problem: Problem, met: Meeting, colours: Theme, *, zoned: bool
) -> dict[str, Any]:
    height = float(problem.loss(met.found)) - problem.rest
    contours = problem.contours(loss.contours)
    if height > NONE:
        contours = np.concatenate([contours, problem.contours((height,))])
    zone = problem.zeroed(met.shape, met.strength, loss.zone) if zoned else np.zeros((0, 0), bool)
    title = _(met.penalty.title)
    return {
        "title": title,
        "alt": _(
            "{penalty}. {contours} The penalty's ball lies around zero; they meet at {first}, "
            "{second}.",
            penalty=title, contours=_(loss.alt), first=_figure(met.found[0]),
            second=_figure(met.found[1]),
        ),
        "colour": colours.categorical[PENALTIES.slugs.index(met.penalty.slug)],
        "found": met.found.tolist(),
        "levels": contours.round(4).tolist(),
        "touching": height > NONE,
        "ball": ball(met.shape, met.budget).round(4).tolist() if met.budget > NONE else [],
        "path": path(problem, met.shape).round(4).tolist() if met.shape.convex else [],
        "zone": [(row + np.uint8(48)).tobytes().decode() for row in zone],  # "0" and "1"
        "told": _told(met),
    }  # fmt: skip


def _rows(asked: Asked, problem: Problem, met: Sequence[Meeting]) -> list[dict[str, Any]]:
    """The weights, the loss, the penalty and λ times it, at the least loss and at each minimum."""
    places = np.stack([np.array(problem.optimum), *(one.found for one in met)])
    penalties = [one.budget for one in met]
    lines: tuple[tuple[str, list[float | None]], ...] = (
        (_("w₁, {feature}", feature=_(asked.pair.first)), places[:, 0].tolist()),
        (_("w₂, {feature}", feature=_(asked.pair.second)), places[:, 1].tolist()),
        (_(asked.loss.called), problem.loss(places).tolist()),
        (_("penalty R"), [None, *penalties]),
        (_("λ R"), [None, *(one.strength * one.budget for one in met)]),
    )
    return [
        {"label": label, "values": line, "zeros": [value == 0 for value in line]}
        for label, line in lines
    ]


def _told(met: Meeting) -> str:
    """Which λ is which budget, and whether a weight is exactly zero."""
    numbers = {"strength": _figure(met.strength), "budget": _figure(met.budget)}
    share = f"{100 * met.budget / met.most:.0f}" if met.most else "100"
    pair = (
        _(
            "λ = {strength} is the budget t = {budget}, {share} % of the ring’s.",
            share=share,
            **numbers,
        )
        if met.shape.convex
        else _("λ = {strength}: the penalty is {budget}.", **numbers)
    )
    return f"{pair} {_touch(met)}"


def _touch(met: Meeting) -> str:
    zeros = met.found == 0
    if zeros.all():
        return _("Both weights are exactly 0.")
    if not met.strength:
        return _("Without a penalty the weights are where the ring is.")
    if zeros.any() and met.shape.cornered:
        weight = "w₁" if zeros[0] else "w₂"
        return _("They meet at a corner of the ball: {weight} is exactly 0.", weight=weight)
    if met.shape.cornered:
        return _("They meet beside the corners: no weight is 0.")
    return _("The ball has no corners that hold a weight at 0.")


def _figure(value: float) -> str:
    return short(float(value), 3)
