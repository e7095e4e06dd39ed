"""The parts of the page on overfitting below the cloud; only the one that is open is computed."""

from __future__ import annotations

from explainer.ui.common.choice import Part, open_part
from explainer.ui.overfitting.by_heart import by_heart_section
from explainer.ui.overfitting.descent import descent_section
from explainer.ui.overfitting.learning_curves import learning_curves_section
from explainer.ui.overfitting.pictures import pictures_section
from explainer.ui.overfitting.stopping import stopping_section
from explainer.words import N_

KEY = "overfitting"
PARTS = (
    Part("pictures", N_("On real pictures"), pictures_section),
    Part("descent", N_("The second descent"), descent_section),
    Part("by_heart", N_("Learning by heart"), by_heart_section),
    Part("learning_curves", N_("Would more data help?"), learning_curves_section),
    Part("stopping", N_("When to stop"), stopping_section),
)


def sections() -> None:
    """The parts behind tabs."""
    open_part(PARTS, key=f"{KEY}.tab", alone=True)
