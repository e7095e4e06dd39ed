"""The error of a check over ε, in two precisions, on a sample of the parameters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explainer.gradients.check.checking import Check, Setting, check
from explainer.gradients.check.differences import CENTRAL, Scheme
from explainer.gradients.check.network import TENSORS
from explainer.gradients.check.verdict import GOOD, verdict

EPSILONS = tuple(float(f"{10.0**power:.3g}") for power in np.arange(-1, -9.25, -0.5))
PRECISIONS: tuple[type[np.floating], ...] = (np.float32, np.float64)
SAMPLED = 30  # of each tensor, where it has as many


@dataclass(frozen=True, eq=False)
class Sweep:
    """The relative error at each of `EPSILONS`, in numbers of type `dtype`."""

    dtype: type[np.floating]
    errors: NDArray[np.float64]

    @property
    def best(self) -> float:
        """The ε, one of `EPSILONS`, of the smallest error."""
        return EPSILONS[int(np.argmin(self.errors))]

    @property
    def good(self) -> list[float]:
        """Those of `EPSILONS` whose error is read as good."""
        pairs = zip(EPSILONS, self.errors.tolist(), strict=True)
        return [epsilon for epsilon, error in pairs if verdict(error) is GOOD]


def sample(seed: int) -> tuple[int, ...]:
    """Some parameters of every tensor, the same for the same seed."""
    generator = np.random.default_rng(seed)
    drawn = (tensor.start + generator.permutation(tensor.size)[:SAMPLED] for tensor in TENSORS)
    return tuple(int(place) for places in drawn for place in np.sort(places))


def sweep(setting: Setting, dtype: type[np.floating], scheme: Scheme = CENTRAL) -> Sweep:
    """The check of a sample at every ε; whatever type `setting` has, the numbers are `dtype`."""
    places = sample(setting.seed)
    found: list[Check] = [
        check(replace(setting, dtype=dtype), epsilon, places=places, scheme=scheme)
        for epsilon in EPSILONS
    ]
    return Sweep(dtype, np.array([one.error for one in found]))
