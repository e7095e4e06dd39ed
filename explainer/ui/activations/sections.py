"""The parts of the activations page below the curves; only the one that is open is computed."""

from __future__ import annotations

from explainer.ui.activations.notes import (
    arithmetic_section,
    code_section,
    often_said_section,
)
from explainer.ui.activations.output import output_section
from explainer.ui.activations.page import KEY, Shown
from explainer.ui.activations.picture import picture_section
from explainer.ui.common.choice import Part, open_part
from explainer.ui.common.picture import Chosen
from explainer.words import N_

PARTS = (
    Part("picture", N_("On the picture"), picture_section),
    Part("output", N_("At the output"), output_section),
    Part("often-said", N_("Often said"), often_said_section),
    Part("arithmetic", N_("Arithmetic"), arithmetic_section),
    Part("code", N_("Code"), code_section),
)


def sections(chosen: Chosen, shown: Shown) -> None:
    """The parts behind tabs, for the picture that is chosen and the functions that are drawn."""
    open_part(PARTS, chosen, shown, key=f"{KEY}.tab", alone=True)
