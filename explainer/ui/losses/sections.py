"""The parts of the page on losses below the noise; only the one that is open is computed."""

from __future__ import annotations

from explainer.ui.common.choice import Part, open_part
from explainer.ui.losses.calibration import calibration_section
from explainer.ui.losses.likelihood import likelihood_section
from explainer.ui.losses.softmax import softmax_section
from explainer.ui.losses.squared import squared_section
from explainer.words import N_

KEY = "losses"
PARTS = (
    Part("likelihood", N_("Likelihood, step by step"), likelihood_section),
    Part("softmax", N_("Sigmoid and softmax"), softmax_section),
    Part("squared", N_("Squared error on classes"), squared_section),
    Part("calibration", N_("As sure as it should be?"), calibration_section),
)


def sections() -> None:
    """The parts behind tabs."""
    open_part(PARTS, key=f"{KEY}.tab", alone=True)
