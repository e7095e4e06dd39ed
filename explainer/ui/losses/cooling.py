"""Surprise and ECE over the temperature, and the temperature that was fitted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.likelihood.calibration import (
    Answers,
    Floats,
    Labels,
    Ranked,
    Truths,
    answers,
    best_temperature,
    expected_errors,
    over_temperatures,
)
from explainer.parameters import Parameter
from explainer.ui.common.curves import Line, Mark, Panel, curves_message
from explainer.words import N_, _

COOLING = "losses.cooling"
TEMPERATURE = Parameter("temperature", N_("temperature T"), 1, 0.2, 5, 0.05)
GRID = np.linspace(
    TEMPERATURE.minimum, TEMPERATURE.maximum,
    round((TEMPERATURE.maximum - TEMPERATURE.minimum) / TEMPERATURE.step) + 1,
)  # fmt: skip
"""Every position of the slider."""
PANELS = (
    Panel(N_("Surprise, −log of the label’s probability (nats)"), N_("surprise"), 200, decimals=3),
    Panel(N_("ECE (points)"), N_("ECE"), 140, decimals=1),
)
FRESH, FITTED, DASHED = 0, 1, 8


@dataclass(frozen=True, eq=False)
class Network:
    """Logits and labels of a network: to fit a temperature on, and other pictures to measure on."""

    validation: Floats
    validation_labels: Labels
    fresh: Floats
    fresh_labels: Labels


@dataclass(frozen=True, eq=False)
class Curves:
    """Over the temperatures of `GRID`: mean surprise on both parts, and fresh confidences.

    Answers to fresh pictures as they are, `plain`, and with the `best` temperature, `cooled`.
    """

    best: float
    plain: Answers
    cooled: Answers
    validation: Floats
    fresh: Floats
    sure: Floats
    right: Truths

    def errors(self, count: int, *, equal_mass: bool) -> Floats:
        """The ECE in so many bins."""
        if not equal_mass:
            return expected_errors(self.sure, self.right, count)
        return self.ranked.errors(count)

    @cached_property
    def ranked(self) -> Ranked:
        """For bins that are equally full."""
        return Ranked.of(self.sure, self.right)


def curves_of(network: Network) -> Curves:
    """What does not change while a temperature or the bins do."""
    validation, __ = over_temperatures(network.validation, network.validation_labels, GRID)
    fresh, sure = over_temperatures(network.fresh, network.fresh_labels, GRID)
    best = best_temperature(network.validation, network.validation_labels)
    plain, cooled = (answers(network.fresh, network.fresh_labels, one) for one in (1, best))
    return Curves(best, plain, cooled, validation, fresh, sure, plain.right)


def cooling(
    found: Curves, temperature: float, count: int, colours: Theme, number: int, *, equal_mass: bool
) -> bytes:
    """The message of the chart: both over the temperature, with so many bins."""
    nothing = np.full(len(GRID), np.nan)
    errors = found.errors(count, equal_mass=equal_mass)
    lines = [
        Line(_("other digits"), stroke(FRESH, colours),
             np.stack([found.fresh, 100 * errors])),
        Line(_("digits to fit T by"), stroke(FITTED + DASHED, colours),
             np.stack([found.validation, nothing])),
    ]  # fmt: skip
    marks = [Mark(temperature, "")]
    if GRID[0] <= found.best <= GRID[-1]:
        marks.append(Mark(found.best, _("fitted")))
    return curves_message(
        COOLING, [replace(one, short=_(one.short)) for one in PANELS], lines, low=float(GRID[0]),
        reach=float(GRID[-1]), at=temperature, number=number, marks=marks, symbol="T",
        alt=_("Surprise and ECE over the temperature, and the temperature that was fitted."),
    )  # fmt: skip
