"""The parts of the page on augmentation below the wall; only the one that is open is computed."""

from __future__ import annotations

from explainer.ui.augmentation.gain import gain_section
from explainer.ui.augmentation.invariance import invariance_section
from explainer.ui.augmentation.label import label_section
from explainer.ui.augmentation.test_time import test_time_section
from explainer.ui.common.choice import Part, open_part
from explainer.words import N_

KEY = "augmentation"
PARTS = (
    Part("label", N_("Does the label survive?"), label_section),
    Part("invariance", N_("What does it teach?"), invariance_section),
    Part("gain", N_("What does it buy?"), gain_section),
    Part("test_time", N_("At test time"), test_time_section),
)


def sections() -> None:
    """The parts behind tabs."""
    open_part(PARTS, key=f"{KEY}.tab", alone=True)
