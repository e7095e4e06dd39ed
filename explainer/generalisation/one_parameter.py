r"""One parameter that learns any labels by heart: the sign of sin(ωx).

For points $x_i = 10^{-i}$ and labels $y_i = \pm1$ let $d_i = 4$ where $y_i = 1$, else 5. Then
$\omega = \pi\,(4 + \sum_i d_i 10^i)$ gives every label: $\omega x_i/\pi$ is an even number, plus 1
where $d_i = 5$, plus a fraction between 0.4 and 0.6. The labels stand in the digits of ω/π.

After Levin and Denker, in Vapnik (1995): one parameter that learns any number of points;
their $\omega = \pi\,(1 + \sum_i \tfrac{1 - y_i}{2} 10^i)$ leaves sin(ωx) near 0, the fours do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

POINTS = 12
PLUS, MINUS = 4, 5
FORMATS = ("float64", "float32")


def digits(labels: Sequence[int]) -> tuple[int, ...]:
    """The digits of ω/π, that of the last point first; the last is always 4."""
    return (*(PLUS if one > 0 else MINUS for one in reversed(labels)), PLUS)


@dataclass(frozen=True, eq=False)
class Sine:
    """sin(ωx) for labels of ±1, all of its numbers in the format `kind`, such as `float32`.

    Raises `ValueError` for another label.
    """

    labels: tuple[int, ...]
    kind: str = FORMATS[0]

    def __post_init__(self) -> None:
        if set(self.labels) - {-1, 1}:
            raise ValueError(f"labels are 1 or -1, not {self.labels}")

    @property
    def omega(self) -> float:
        """The one parameter, as `kind` can hold it; infinite where that cannot."""
        whole = int("".join(map(str, digits(self.labels))))
        with np.errstate(over="ignore"):
            return float(np.asarray(np.pi * whole).astype(self.kind))

    @property
    def places(self) -> NDArray[np.floating]:
        """The points x `(n,)`."""
        powers = np.arange(1, len(self.labels) + 1)
        return np.asarray((10.0**-powers).astype(self.kind))

    @property
    def phases(self) -> NDArray[np.float64]:
        """ωx of each point within a turn, from 0 to 2π; NaN where it is no finite number."""
        with np.errstate(over="ignore", invalid="ignore"):
            turned = (self.places.dtype.type(self.omega) * self.places).astype(np.float64)
            return np.asarray(np.mod(turned, 2 * np.pi))

    @property
    def said(self) -> tuple[int, ...]:
        """What the sign is at each point; 0 where there is none."""
        signs = np.sign(np.nan_to_num(np.sin(self.phases)))
        return tuple(int(one) for one in signs)

    @property
    def right(self) -> int:
        """How many labels it says."""
        return sum(one == label for one, label in zip(self.said, self.labels, strict=True))


def drawn(seed: int) -> tuple[int, ...]:
    """Labels at random for all points."""
    return tuple(int(one) for one in 2 * np.random.default_rng(seed).integers(0, 2, POINTS) - 1)
