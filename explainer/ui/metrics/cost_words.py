"""How the picture of rare cases and costs writes its numbers, and what its parts are called."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from explainer.words import _


def share(value: float) -> str:
    """A prevalence or a rate as people read it, to two digits at least: `0.25 %`, `10 %`."""
    size = 100 * value
    decimals = 2 if size < 1 and round(size, 1) != round(size, 2) else int(size != round(size))
    return f"{size:.{decimals}f}\u00a0%"


def probability(value: float) -> str:
    """A threshold as a probability: `0.5`, `0.002`, `0.9996`."""
    part = float(expit(value))
    far = min(part, 1 - part)
    if far < 1e-6:
        return "< 0.000001" if part < 0.5 else "> 0.999999"
    decimals = max(2, int(np.ceil(-np.log10(far))) + 1)
    return f"{part:.{decimals}f}".rstrip("0")


def amount(value: float) -> str:
    """A cost with four digits."""
    return f"{value:,.0f}" if value >= 999.5 else f"{value:.4g}"


def names(digit: int | None) -> dict[str, str]:
    """What stands in the picture; of a real classifier, which `digit` is a case."""
    both = {
        "roc": _("ROC: the prevalence does not move it"), "fall": _("false alarm rate"),
        "hit": _("hit rate (recall)"),
        "pr": _("Precision falls as cases get rare"), "precision": _("precision"),
        "cost": _("Cost per 1,000 against the threshold"),
        "threshold": _("threshold (a probability)"),
        "bars": _("Cost per 1,000"), "now": _("here"), "best": _("cheapest"),
        "line": _("equal cost"), "hull": _("hull"), "chance": _("guessing"),
        "rule": _("rule for calibrated probabilities"), "nobody": _("nobody"),
        "all": _("everybody"),
        "cheapest": _("Go to the cheapest"),
        "hint": _("Drag the sliders, or the point in a picture; arrow keys work on both."),
    }  # fmt: skip
    if digit is None:
        return {
            **both, "title": _("1,000 people as they are expected, rounded to whole ones"),
            "found": _("ill, found"), "missed": _("ill, missed"),
            "alarmed": _("healthy, false alarm"), "left": _("healthy, no alarm"),
        }  # fmt: skip
    return {
        **both, "title": _("1,000 pictures as they are expected, rounded to whole ones"),
        "found": _("{digit}, found", digit=str(digit)),
        "missed": _("{digit}, missed", digit=str(digit)),
        "alarmed": _("another digit, false alarm"), "left": _("another digit, no alarm"),
    }  # fmt: skip
