"""In words: how far what was reported lies from the truth."""

from __future__ import annotations

from explainer.training.instruments.student import AHEAD, BEHIND, NOISE, judged
from explainer.words import N_, _

NAMED = {AHEAD: N_("too good"), BEHIND: N_("too low"), NOISE: NOISE}


def judgement(excess: tuple[float, float, float]) -> str:
    """`+12.3 points, too good` of mean, low and high of what is reported above the truth."""
    mean, low, high = excess
    points = f"{100 * mean:+z.1f}".replace("-", "−")
    return _("{points} points, {verdict}", points=points, verdict=_(NAMED[judged(low, high)]))
