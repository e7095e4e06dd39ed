"""What a run can be looked at with: the curves, and what one has to open."""

from __future__ import annotations

from dataclasses import dataclass

from explainer.registry import Registry
from explainer.words import N_


@dataclass(frozen=True)
class Instrument:
    """A look at a run, and the question that it answers."""

    slug: str
    title: str
    question: str


CURVES = "curves"
INSTRUMENTS = Registry[Instrument](
    N_("instrument"),
    Instrument(CURVES, N_("The curves"), N_("How do loss and accuracy go on both parts?")),
    Instrument("batch", N_("The batch"), N_("What is the network really given?")),
    Instrument("gradients", N_("The gradients"), N_("Does a signal reach every layer?")),
    Instrument("steps", N_("The steps"), N_("How far does each layer move in a step?")),
    Instrument("units", N_("The units"), N_("Do the units answer, and each in its own way?")),
    Instrument("answers", N_("The answers"), N_("Which digit is taken for which?")),
    Instrument("fresh", N_("Fresh pictures"), N_("Is the accuracy true elsewhere?")),
    Instrument("worst", N_("The worst ones"), N_("Which pictures cost the most?")),
)
