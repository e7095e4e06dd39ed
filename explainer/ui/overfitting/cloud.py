"""What the picture of fifty fits shows: the plane with the points, and the errors over capacity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.charts.theme import Theme
from explainer.generalisation.cloud import (
    FEWEST_PLACES,
    GRID,
    MOST_PLACES,
    REACH,
    SAMPLES,
    Errors,
    Setting,
    errors,
    samples,
)
from explainer.generalisation.cloud_models import Curve, Model
from explainer.parameters import Parameter
from explainer.powers import power_of_ten, short
from explainer.words import N_, _

VARIANCE, SHOWN, BIAS, NOISE_COLOUR = 0, 1, 6, 7
ROOM = 1.3
"""How far the axis of errors goes beyond the error of the best constant, as a factor."""
EXACT, LARGE = 1e-9, 1000.0

NOISE = Parameter("noise", N_("noise σ"), 0.3, 0, 1, 0.05)
POINTS = Parameter("points", N_("points n"), 15, FEWEST_PLACES, MOST_PLACES, 1)
NO_RIDGE = -9.0
RIDGE = Parameter(
    "ridge", N_("ridge, log₁₀ λ"), NO_RIDGE, NO_RIDGE, 1, 0.25,
    help=N_("λ times the sum of the squared weights is added to the sum of squared errors. "
    "At −9 there is none: λ is 0."),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A model and what its samples are drawn from; what sliders say is filled in by `moved_to`."""

    model: Model
    setting: Setting
    capacity: int = 0
    ridge: float = 0.0

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The sliders there are."""
        return (self.model.capacity, NOISE, POINTS, RIDGE)

    def moved_to(self, values: Mapping[str, float]) -> Asked:
        """The same with what the sliders say."""
        power = values[RIDGE.name]
        setting = replace(self.setting, points=round(values[POINTS.name]), noise=values[NOISE.name])
        return replace(
            self, setting=setting, capacity=round(values[self.model.capacity.name]),
            ridge=0.0 if power <= NO_RIDGE else 10.0**power,
        )  # fmt: skip


def cloud_message(
    asked: Asked, curve: Curve, colours: Theme, *, stale: bool = False
) -> tuple[dict[str, Any], tuple[bytes, bytes, bytes]]:
    """All that is drawn: a header, and as float32 the truth, the mean fit, and the fifty.

    A `stale` curve is that of another setting.
    """
    setting, model = asked.setting, asked.model
    drawn, fits = samples(setting), model.fitted(setting, asked.ridge, asked.capacity)
    here, noise = errors(setting, drawn, fits), setting.noise**2
    constant = float(setting.truth_at(GRID).var())
    header = {
        "points": np.stack([drawn.x, drawn.y[0]], axis=1).round(4).tolist(),
        "pinned": [index for index, __, __ in setting.pins if index < setting.points],
        "reach": REACH,
        "capacities": list(curve.capacities),
        "parameters": [model.parameters(one) for one in curve.capacities],
        "lines": {
            name: curve.line(name).tolist() for name in ("bias", "variance", "training", "test")
        },
        "noise": noise,
        "top": ROOM * (constant + noise),
        "chosen": asked.capacity,
        "bounds": [model.capacity.minimum, model.capacity.maximum],
        "at": [model.parameters(asked.capacity), vars(here)],
        "ticks": [[one, model.parameters(one)] for one in model.ticks],
        "axis": _(model.capacity.label),
        "peak": _peak(curve, ROOM * (constant + noise) - noise),
        "stale": stale,
        "colours": {
            "variance": colours.categorical[VARIANCE],
            "bias": colours.categorical[BIAS],
            "shown": colours.categorical[SHOWN],
            "noise": colours.categorical[NOISE_COLOUR],
        },
        "values": _values(here, noise),
        "told": _told(asked, here, curve, stale=stale),
        "samples": SAMPLES,
    }
    lines = (setting.truth_at(GRID), fits.mean, fits.on_grid)
    return header, (_bytes(lines[0]), _bytes(lines[1]), _bytes(lines[2]))


def _bytes(values: NDArray[np.float64]) -> bytes:
    return np.ascontiguousarray(values, "<f4").tobytes()


def _peak(curve: Curve, room: float) -> dict[str, Any] | None:
    """Where the areas go highest, if that is beyond the axis, and how high."""
    place = int(curve.missed.argmax())
    highest = float(curve.missed[place])
    if highest <= room:
        return None
    return {"place": place, "text": _("up to {value}", value=power_of_ten(highest))}


def _values(here: Errors, noise: float) -> dict[str, str]:
    total = here.bias + here.variance + noise
    found = {**vars(here), "noise": noise, "total": total}
    return {name: _figure(value) for name, value in found.items()}


def _figure(value: float) -> str:
    return f"{value:.3f}" if value < LARGE else power_of_ten(value)


def _told(asked: Asked, here: Errors, curve: Curve, *, stale: bool) -> str:
    """One paragraph: how many parameters, what is missed and why, and where the least is."""
    model, noise, points = asked.model, asked.setting.noise**2, asked.setting.points
    count = model.parameters(asked.capacity)
    figures = _values(here, noise)
    said = [
        _(model.here, capacity=asked.capacity, parameters=count, points=points),
        _(
            "Bias² {bias} + variance {variance} + noise {noise} = {total}, the error to be "
            "expected on a new point.",
            **figures,
        ),
        _(
            "The fit that is shown misses its own points by {training}, and new ones by {test}.",
            **figures,
        ),
    ]
    if not stale:
        best = int(curve.missed.argmin())
        least = _figure(float(curve.missed[best]) + noise)
        said.append(_(model.best, least=least, capacity=curve.capacities[best]))
    said.append(_("Ridge: λ = {strength}.", strength=short(asked.ridge, 2)))
    if not asked.ridge and model.quick and here.training < EXACT and count >= points:
        said.append(_through_all(count, points))
    return " ".join(said)


def _through_all(count: int, points: int) -> str:
    if count == points:
        return _("As many parameters as points: each fit has to go through all of its points.")
    return _(
        "More parameters than points: many polynomials go through all of them, and the one "
        "with the least norm is taken."
    )
