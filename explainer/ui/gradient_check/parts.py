"""What else there is to a check, behind tabs of which only the open one is computed."""

from __future__ import annotations

from explainer.ui.common.choice import Part, open_part
from explainer.ui.gradient_check.check import KEY, Asked, code, one_tenth, over_epsilon
from explainer.words import N_

PARTS = (
    Part("epsilon", N_("Why not a smaller ε?"), over_epsilon),
    Part("tenth", N_("Is 10⁻¹ good enough?"), one_tenth),
    Part("code", N_("Code"), code),
)


def more(what: Asked) -> None:
    """The parts below the check, for the check as it is asked for."""
    open_part(PARTS, what, key=f"{KEY}.look", alone=True)
