r"""What follows from the shape of an activation: computed, for any function of one number.

The facts hold for $x$ from −50 to 50, on a lattice of hundredths with edges halved down to 1e-9;
beyond, the function is looked at for $|x| = 10^3$ and $10^6$, to tell what is bounded. Functions
that wiggle faster than the lattice are not covered.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explainer.activations.curves import Corner, Function, Numbers, corners, derivatives

EDGE = 50.0
LATTICE = np.linspace(-EDGE, EDGE, 10_001)
FLAT = 0.01
FAR = np.array([-1e6, -1e3, 1e3, 1e6])
EQUAL, ENDLESS, UNDERFLOW = 1e-9, 1e7, 1e-200
GROWING, NEARER = 1.05, 1e-12
MOST_EDGES = 64  # of an interval; further ones are as exact as the lattice
NORMAL_STEP = 0.001
NORMAL = NORMAL_STEP * (np.arange(-9000, 9000) + 0.5)  # middles: a jump at 0 lies between two
DENSITY = np.exp(-(NORMAL**2) / 2) / math.sqrt(2 * math.pi)

Interval = tuple[float, float]
"""From, to; infinite where it goes on beyond −50 or 50."""


@dataclass(frozen=True)
class Facts:
    r"""The facts of one function.

    `steepest` is the greatest $|f'|$ (infinite where it grows on), taken on the intervals
    `steepest_where`; with `approached` it is only come near to. `flat`: where $|f'| < 0.01$.
    `low`, `high`: the range. `falling`: where $f' < 0$. Of a standard normal input: `mean` and
    `spread` (standard deviation) of the output, and `slope_square`, the mean of $f'^2$.
    `undefined`: where the value is no number. `low` and `high` are NaN where no value is finite.
    """

    steepest: float
    steepest_where: tuple[Interval, ...]
    approached: bool
    flat: tuple[Interval, ...]
    low: float
    high: float
    falling: tuple[Interval, ...]
    mean: float
    spread: float
    slope_square: float
    corners: tuple[Corner, ...]
    undefined: tuple[Interval, ...] = ()

    @property
    def centred(self) -> bool:
        """Whether the mean output for a standard normal input is 0, to three decimals."""
        return abs(self.mean) < 0.0005


@np.errstate(invalid="ignore", over="ignore")
def facts(function: Function) -> Facts:
    """The facts of `function`, which takes and gives float64 tensors `(N,)`."""
    value, slope, _ = derivatives(function, LATTICE)
    found = corners(function, -EDGE, EDGE, pieces=2000)
    steepest, where = _steepest(function, slope, found)
    mean, variance, slope_square = _of_normal_inputs(function)
    low, high = _range(function, value, found)
    return Facts(
        steepest=steepest,
        steepest_where=where,
        approached=_approached(function, steepest, where),
        flat=_intervals(lambda places: np.abs(derivatives(function, places)[1]) < FLAT),
        low=low,
        high=high,
        falling=_falling(function),
        mean=mean,
        spread=math.sqrt(variance),
        slope_square=slope_square,
        corners=found,
        undefined=_intervals(lambda places: np.isnan(derivatives(function, places)[0])),
    )


def _steepest(
    function: Function, slope: Numbers, found: tuple[Corner, ...]
) -> tuple[float, tuple[Interval, ...]]:
    steep = np.where(np.isfinite(slope), np.abs(slope), 0)
    place = float(LATTICE[int(np.argmax(steep))])
    place, most = _refined(function, place, float(steep.max()))
    for corner in found:
        if math.isinf(corner.taken):
            return math.inf, ()
        side = max(abs(corner.left), abs(corner.right))
        if corner.order == 1 and side > most + 1e-6:
            place, most = corner.place, side
    if math.isinf(most):
        return most, ()
    far = np.abs(derivatives(function, FAR[1:3])[1])
    if np.nanmax(far, initial=0.0) > 1.5 * most or most > ENDLESS:
        return math.inf, ()
    near = max(most * EQUAL, 1e-12)
    same = _intervals(lambda places: np.abs(derivatives(function, places)[1]) >= most - near)
    wide = tuple(one for one in same if one[1] - one[0] > 1e-2)
    return most, wide or ((place, place),)


def _refined(function: Function, place: float, most: float) -> tuple[float, float]:
    """The greatest slope near a lattice point, on ever finer lattices; infinite if it grows on."""
    grown = 1.0
    for step in 10.0 ** -np.arange(2, 10):
        places = np.linspace(place - step, place + step, 41)
        steep = np.nan_to_num(np.abs(derivatives(function, places)[1]))
        grown = float(steep.max()) / most if most else 1.0
        if steep.max() > most + 1e-15:
            place, most = float(places[steep.argmax()]), float(steep.max())
    return round(place, 6) + 0.0, math.inf if grown > GROWING else most


def _approached(function: Function, steepest: float, where: tuple[Interval, ...]) -> bool:
    """Whether the greatest slope is met only by rounding, far out, and neared before."""
    if len(where) != 1 or math.isinf(steepest):
        return False
    low, high = where[0]
    inner = {(True, False): high + 0.5, (False, True): low - 0.5}.get(
        (math.isinf(low), math.isinf(high))
    )
    if inner is None:
        return False
    return float(abs(derivatives(function, [inner])[1][0])) > steepest * (1 - 1e-3)


def _range(function: Function, value: Numbers, found: tuple[Corner, ...]) -> Interval:
    sides = [side for one in found if one.order == 0 for side in _sides(function, one)]
    if not np.isfinite(value).any():
        return math.nan, math.nan
    inner = np.array([*value, *sides])
    inner = inner[~np.isnan(inner)]
    low, high = float(inner.min()), float(inner.max())
    low, high = (low if low > -ENDLESS else -math.inf), (high if high < ENDLESS else math.inf)
    for far in derivatives(function, FAR)[0]:
        if far > high + 1:
            high = math.inf
        if far < low - 1:
            low = -math.inf
        if math.isfinite(far):
            low, high = min(low, far), max(high, far)
    return low, high


def _sides(function: Function, corner: Corner) -> list[float]:
    """Value at a jump and beside it; infinite where it still moves a trillionth away."""
    nearer = derivatives(function, [corner.place - NEARER, corner.place + NEARER])[0]
    pairs = zip((corner.left, corner.right), nearer.tolist(), strict=True)
    return [
        corner.taken,
        *(
            far if abs(near - far) < 0.1 * max(1, abs(far)) else near * math.inf
            for far, near in pairs
        ),
    ]


def _falling(function: Function) -> tuple[Interval, ...]:
    found = _intervals(lambda places: derivatives(function, places)[1] < 0)
    if not found or math.isinf(found[0][0]):
        return found
    first = found[0][0]
    beside = float(derivatives(function, [first + 0.01])[1][0])
    # The slope ended because it fell below the smallest number there is, not because it turned.
    return ((-math.inf, found[0][1]), *found[1:]) if abs(beside) < UNDERFLOW else found


def _of_normal_inputs(function: Function) -> tuple[float, float, float]:
    """Mean and variance of the value, mean of the slope's square."""
    value, slope, _ = derivatives(function, NORMAL)
    shares = DENSITY * NORMAL_STEP
    mean = float(value @ shares)
    return mean, float((value - mean) ** 2 @ shares), float(slope**2 @ shares)


def _intervals(holds: Callable[[Numbers], Numbers]) -> tuple[Interval, ...]:
    """Where a condition holds on the lattice, its edges found by halving."""
    mask = np.asarray(holds(LATTICE), bool)
    turns = np.flatnonzero(mask[1:] != mask[:-1])
    near = turns[:MOST_EDGES]
    edges = [
        *_halved(holds, LATTICE[near], LATTICE[near + 1], mask[near]),
        *(LATTICE[turns[MOST_EDGES:]] + 0.005),
    ]
    bounds = [*([-math.inf] if mask[0] else []), *edges, *([math.inf] if mask[-1] else [])]
    return tuple(zip(bounds[::2], bounds[1::2], strict=True))


def _halved(
    holds: Callable[[Numbers], Numbers], left: Numbers, right: Numbers, at_left: Numbers
) -> list[float]:
    for _ in range(30):
        middle = (left + right) / 2
        same = np.asarray(holds(middle), bool) == at_left if len(middle) else at_left
        left, right = np.where(same, middle, left), np.where(same, right, middle)
    return [round(float(edge), 6) + 0.0 for edge in (left + right) / 2]
