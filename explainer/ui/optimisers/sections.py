"""The parts of the page on optimisers below the plane; only the one that is open is computed."""

from __future__ import annotations

from explainer.ui.common.choice import Part, open_part
from explainer.ui.optimisers.batches import batches_section
from explainer.ui.optimisers.limit import limit_section
from explainer.ui.optimisers.momentum import momentum_section
from explainer.ui.optimisers.rate import rate_section
from explainer.ui.optimisers.stops import stops_section
from explainer.words import N_

KEY = "optimisers"
PARTS = (
    Part("limit", N_("The speed limit"), limit_section),
    Part("momentum", N_("Momentum"), momentum_section),
    Part("rate", N_("The learning rate"), rate_section),
    Part("batches", N_("The batch"), batches_section),
    Part("stops", N_("What stops a network"), stops_section),
)


def sections() -> None:
    """The parts behind tabs."""
    open_part(PARTS, key=f"{KEY}.tab", alone=True)
