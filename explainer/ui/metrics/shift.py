"""What a shift costs boxes of several sizes: IoU against the shift in pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.metrics.boxes.iou import Values, agreement
from explainer.ui.common.appearance import theme
from explainer.ui.common.curves import Line, Panel, curves, curves_message, pinned_number
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.inputs.chart_places import place_in_view
from explainer.words import N_, _, language

KEY = "metrics.boxes.shift"
SIZES = (8, 16, 32, 64, 128)
FARTHEST, PLACES = 16.0, 161
PANEL = Panel(N_("IoU of a square with itself, so many pixels beside"), N_("IoU"), 300, (0, 1), 3)


def shift_part() -> None:
    """The question, and a curve for each size."""
    say("metrics", "boxes_shift")
    at = place_in_view(KEY, "d", 0, FARTHEST, 1)
    number = pinned_number(KEY)
    message = remembered(
        f"{KEY}.message", (at, number, theme(), language()), lambda: _message(at, number, theme())
    )
    curves(KEY, message)


def shifted(side: float) -> Values:
    """IoU of a square of that side with itself, shifted by each distance that is drawn."""
    shifts = np.linspace(0, FARTHEST, PLACES)
    there = np.stack([shifts, 0 * shifts, shifts + side, 0 * shifts + side], axis=1)
    return agreement([[0, 0, side, side]], there)[0]


def _message(at: float, number: int, colours: Theme) -> bytes:
    lines = [
        Line(_("{side} × {side} pixels", side=side), stroke(place, colours), shifted(side)[None])
        for place, side in enumerate(SIZES)
    ]
    return curves_message(
        KEY, [replace(PANEL, short=_(PANEL.short))], lines, low=0, reach=FARTHEST, at=at,
        number=number, symbol="d",
        alt=_("IoU falls with the shift, and the faster the smaller the box."),
    )  # fmt: skip
