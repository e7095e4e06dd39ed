"""The parts of the page on L1 and L2 below the plane; only the one that is open is computed."""

from __future__ import annotations

from explainer.ui.common.choice import Part, open_part
from explainer.ui.penalties.force import force_section
from explainer.ui.penalties.path import path_section
from explainer.ui.penalties.prior import prior_section
from explainer.ui.penalties.small import small_section
from explainer.ui.penalties.strength import strength_section
from explainer.words import N_

KEY = "penalties"
PARTS = (
    Part("force", N_("The force on one weight"), force_section),
    Part("path", N_("The path"), path_section),
    Part("strength", N_("Too small, right, too large"), strength_section),
    Part("prior", N_("The Bayesian reading"), prior_section),
    Part("small", N_("Sparse means small"), small_section),
)


def sections() -> None:
    """The parts behind tabs."""
    open_part(PARTS, key=f"{KEY}.tab", alone=True)
