"""The parts of the page on dropout below the dots; only the one that is open is computed."""

from __future__ import annotations

from explainer.ui.common.choice import Part, open_part
from explainer.ui.dropout.doubt import doubt_section
from explainer.ui.dropout.features import features_section
from explainer.ui.dropout.masks import masks_section
from explainer.ui.dropout.test_time import test_time_section
from explainer.ui.dropout.together import together_section
from explainer.words import N_

KEY = "dropout"
PARTS = (
    Part("masks", N_("Another network each step"), masks_section),
    Part("test_time", N_("Test time"), test_time_section),
    Part("doubt", N_("A measure of doubt"), doubt_section),
    Part("features", N_("What units learn"), features_section),
    Part("together", N_("With batch norm, and in maps"), together_section),
)


def sections() -> None:
    """The parts behind tabs."""
    open_part(PARTS, key=f"{KEY}.tab", alone=True)
