"""The parts of the clinic below the run; only the one that is open is computed."""

from __future__ import annotations

from explainer.ui.clinic.alike import alike_section
from explainer.ui.clinic.order import order_section
from explainer.ui.clinic.wall import wall_section
from explainer.ui.common.choice import Part, open_part
from explainer.words import N_

KEY = "clinic"
PARTS = (
    Part("wall", N_("Every fault at a glance"), wall_section),
    Part("alike", N_("Two that look alike"), alike_section),
    Part("order", N_("In which order to look"), order_section),
)


def sections() -> None:
    """The parts behind tabs."""
    open_part(PARTS, key=f"{KEY}.tab", alone=True)
