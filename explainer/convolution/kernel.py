"""What a registered kernel is: its parameters as data and the function that builds its weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float64]
Image = NDArray[np.float32]


@dataclass(frozen=True)
class Parameter:
    """One number a kernel is built from, with all that a slider needs.

    `minimum <= value <= maximum`; where `whole` is set, only `minimum + n * step` is accepted
    (odd sizes, choices of an angle), elsewhere `step` is a suggestion for the slider.
    """

    name: str
    label: str
    default: float
    minimum: float
    maximum: float
    step: float
    unit: str = ""
    help: str = ""
    whole: bool = False

    def check(self, value: float) -> float:
        """`value` as a float. Raises `ValueError` naming the value and the bound it breaks."""
        number = float(value)
        allowed = f"from {self.minimum:g} to {self.maximum:g}"
        if not np.isfinite(number) or not self.minimum <= number <= self.maximum:
            raise ValueError(f"{self.name} is {number:g}, but it goes {allowed}")
        steps = (number - self.minimum) / self.step
        if self.whole and abs(steps - round(steps)) > 1e-9:
            raise ValueError(
                f"{self.name} is {number:g}, but it goes {allowed} in steps of {self.step:g}"
            )
        return number


@dataclass(frozen=True)
class Kernel:
    """A kernel by name: what it means, how it is made of simpler ones, how to build it.

    `build(**values)` takes every parameter by name and returns float64 weights `(kh, kw)`, both
    sizes odd and at most 31. `structure` is LaTeX, or empty where there is none to show.
    """

    slug: str
    title: str
    group: str
    meaning: str
    structure: str
    parameters: tuple[Parameter, ...]
    build: Callable[..., Weights]

    def defaults(self) -> dict[str, float]:
        """The default value of each parameter, by name."""
        return {parameter.name: parameter.default for parameter in self.parameters}
