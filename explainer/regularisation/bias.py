r"""A line through points with a penalty on its slope alone, or on its bias as well.

The loss is $\tfrac1{2n} \sum (y - a x - c)^2 + \tfrac\lambda2 a^2$, to which a penalised bias adds
$\tfrac\lambda2 c^2$. Where all targets are moved up, a free bias moves up with them, and the
predictions too; a penalised one stays behind.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

POINTS, FRESH, NOISE, SLOPE, SEED = 30, 200, 0.3, 0.8, 1
FARTHEST, PLACES = 5.0, 101


def fit(x: Values, y: Values, strength: float, *, penalised: bool) -> tuple[float, float]:
    """Slope and bias of least loss for points `(N,)`, in closed form; λ is not negative."""
    columns = np.stack([x, np.ones_like(x)])
    penalty = np.diag([strength, strength if penalised else 0.0])
    slope, bias = np.linalg.solve(columns @ columns.T / len(x) + penalty, columns @ y / len(x))
    return float(slope), float(bias)


def errors(strength: float, seed: int = SEED) -> Values:
    """Root mean squared errors on fresh points with targets moved up by 0 to 5: `(2, 101)`.

    The first row is for the free bias, the second for the penalised one. The points, their noise
    and the fresh ones are the same for each shift.
    """
    generator = np.random.default_rng(seed)
    x, fresh = generator.uniform(-1, 1, POINTS), generator.uniform(-1, 1, FRESH)
    y = SLOPE * x + NOISE * generator.standard_normal(POINTS)
    wanted = SLOPE * fresh + NOISE * generator.standard_normal(FRESH)
    found = [
        [
            _error(x, y + shift, fresh, wanted + shift, strength, penalised=penalised)
            for shift in shifts()
        ]
        for penalised in (False, True)
    ]
    return np.array(found)


def shifts() -> Values:
    """By how much the targets are moved up."""
    return np.linspace(0, FARTHEST, PLACES)


def _error(
    x: Values, y: Values, fresh: Values, wanted: Values, strength: float, *, penalised: bool
) -> float:
    slope, bias = fit(x, y, strength, penalised=penalised)
    return float(np.sqrt(np.mean((wanted - slope * fresh - bias) ** 2)))
