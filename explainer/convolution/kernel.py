"""What a registered kernel is: its parameters as data and the function that builds its weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.parameters import Parameter

Weights = NDArray[np.float64]
Image = NDArray[np.float32]


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
