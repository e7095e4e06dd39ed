"""The parts of the page on metrics below the threshold; only the one that is open is computed."""

from __future__ import annotations

from explainer.ui.common.choice import Part, open_part
from explainer.ui.metrics.boxes import boxes_section
from explainer.ui.metrics.classes import classes_section
from explainer.ui.metrics.cost import cost_section
from explainer.ui.metrics.intervals import intervals_section
from explainer.ui.metrics.masks import masks_section
from explainer.words import N_

KEY = "metrics"
PARTS = (
    Part("cost", N_("Rare cases and costs"), cost_section),
    Part("classes", N_("Ten classes"), classes_section),
    Part("boxes", N_("Boxes"), boxes_section),
    Part("masks", N_("Masks"), masks_section),
    Part("intervals", N_("How sure is the number?"), intervals_section),
)


def sections() -> None:
    """The parts behind tabs."""
    open_part(PARTS, key=f"{KEY}.tab", alone=True)
