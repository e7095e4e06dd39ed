"""What can be fitted to the samples of a cloud, and its errors over capacity."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from explainer.generalisation import cloud, cloud_network
from explainer.generalisation.cloud import Errors, Fits, Setting, Values, errors, samples
from explainer.generalisation.cloud_script import NETWORK, POLYNOMIAL
from explainer.parameters import Parameter
from explainer.registry import Registry
from explainer.words import N_

RISING = (*range(17), 18, 20, 22, 25, 29, 33, 38, 43, 50, 58, 65, 73, 85, cloud.HIGHEST)
"""Degrees that lie about evenly on an axis of logarithms."""


@dataclass(frozen=True)
class Model:
    """A kind of model: `fitted(setting, λ, capacity)` fits one of a capacity to all samples.

    Of a capacity it has `parameters`. A curve goes over those that `capacities(points)` names,
    and follows a hand where the model is `quick`. `here` and `best` are sentences of the capacity,
    `program` is the script's text.
    """

    slug: str
    title: str
    capacity: Parameter
    fitted: Callable[[Setting, float, int], Fits]
    parameters: Callable[[int], int]
    capacities: Callable[[int], Iterable[int]]
    ticks: tuple[int, ...]
    quick: bool
    here: str
    best: str
    program: str


MODELS = Registry[Model](
    N_("model"),
    Model(
        "polynomial", N_("Polynomial"),
        Parameter("degree", N_("degree"), 12, 0, cloud.HIGHEST, 1),
        cloud.fitted, lambda degree: degree + 1,
        lambda points: {*RISING, points - 2, points - 1, points}, (0, 1, 2, 3, 5, 10, 20, 50, 99),
        True,
        N_("**Degree {capacity}** (parameters: {parameters}; points: {points})."),
        N_("The least of those drawn is {least}, at degree {capacity}."),
        POLYNOMIAL,
    ),
    Model(
        "network", N_("Small network"),
        Parameter("width", N_("hidden units"), 14, 1, cloud_network.WIDEST, 1),
        cloud_network.fitted, lambda width: 3 * width + 1,
        lambda _: cloud_network.WIDTHS, (1, 2, 3, 5, 10, 20, 30), False,
        N_("**Hidden units: {capacity}** (parameters: {parameters}; points: {points})."),
        N_("The least of those drawn is {least} (hidden units: {capacity})."),
        NETWORK,
    ),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Curve:
    """Errors over capacities that rise."""

    capacities: tuple[int, ...]
    errors: tuple[Errors, ...]

    def line(self, name: str) -> Values:
        """One of the errors, by its name, over the capacities."""
        return np.array([getattr(one, name) for one in self.errors])

    @property
    def missed(self) -> Values:
        """bias² + variance."""
        return self.line("bias") + self.line("variance")


def curve(
    model: Model,
    setting: Setting,
    ridge: float,
    told: Callable[[float], None] = lambda _: None,
) -> Curve:
    """The errors of the model over its capacities; `told` hears the share that is done."""
    drawn, over = samples(setting), sorted(model.capacities(setting.points))
    found = []
    for capacity in over:
        found.append(errors(setting, drawn, model.fitted(setting, ridge, capacity)))
        told(len(found) / len(over))
    return Curve(tuple(over), tuple(found))
