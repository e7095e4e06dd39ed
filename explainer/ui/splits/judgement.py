"""In words: how far what was reported lies from the truth."""

from __future__ import annotations

from explainer.powers import signed
from explainer.training.instruments.student import AHEAD, BEHIND, NOISE, judged
from explainer.words import N_, _

NAMED = {AHEAD: N_("too good"), BEHIND: N_("too low"), NOISE: NOISE}


def judgement(excess: tuple[float, float, float]) -> str:
    """`+12.3 points, too good` of mean, low and high of what is reported above the truth."""
    mean, low, high = excess
    return _(
        "{points} points, {verdict}", points=signed(100 * mean), verdict=_(NAMED[judged(low, high)])
    )
