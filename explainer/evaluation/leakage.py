"""Four ways for the answer to get into the test, each measured as far as it goes.

For every setting of its control and every draw: what is reported with the leak, what without it,
and what is true of fresh data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from explainer.evaluation import leaks
from explainer.generalisation.at_once import results
from explainer.parameters import Parameter
from explainer.registry import Registry
from explainer.training.instruments.student import interval
from explainer.words import N_

SEEDS = tuple(range(24))
Row = Callable[[int, Sequence[int]], NDArray[np.float64]]


@dataclass(frozen=True)
class Leak:
    """A leak: its control, and `measure(seed, settings)` that gives `(3, settings)` for one draw.

    The three are accuracies: reported, reported without the leak, and true. `remedy` is what
    closes it; a `paired` one is closed with as much to learn from, so that the first two differ
    by the leak alone.
    """

    slug: str
    title: str
    control: Parameter
    measure: Row
    remedy: str
    paired: bool = False

    @property
    def settings(self) -> tuple[int, ...]:
        """All that the control can be set to."""
        one = self.control
        return tuple(range(int(one.minimum), int(one.maximum) + 1, int(one.step)))


LEAKS = Registry[Leak](
    N_("leak"),
    Leak("features", N_("features chosen before the split"),
         Parameter("features", N_("features looked at"), 1000, 100, 5000, 100, whole=True),
         leaks.features, N_("chosen in each fold"), paired=True),
    Leak("copies", N_("copies across the split"),
         Parameter("copies", N_("copies"), 30, 0, 60, 5, "%", whole=True),
         leaks.duplicates, N_("copies kept together")),
    Leak("time", N_("time shuffled"),
         Parameter("drift", N_("turn, first to last"), 90, 0, 180, 15, "°",
                   whole=True),
         leaks.drift, N_("tested on what comes later")),
    Leak("scaling", N_("scaled before the split"),
         Parameter("pictures", N_("pictures"), 60, 10, 510, 50, whole=True),
         leaks.scaling, N_("scaled in each fold"), paired=True),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Measured:
    """Accuracies `(S, settings)` of S draws."""

    leak: Leak
    reported: NDArray[np.float64]
    closed: NDArray[np.float64]
    truth: NDArray[np.float64]

    def place(self, setting: float) -> int:
        """Where a setting of the control stands."""
        return self.leak.settings.index(int(setting))

    def excess(self, place: int, *, closed: bool = False) -> tuple[float, float, float]:
        """Mean, low and high over draws of what is reported above the truth."""
        said = self.closed if closed else self.reported
        return interval((said[:, place] - self.truth[:, place]).tolist())


def measured(
    leaks: Sequence[Leak] = tuple(LEAKS),
    seeds: Sequence[int] = SEEDS,
    *,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[dict[str, Measured]], None] = lambda found: None,
) -> dict[str, Measured]:
    """Each leak at all its settings, by slug; `seen` gets what there is after each leak."""
    jobs = [partial(leak.measure, seed, leak.settings) for leak in leaks for seed in seeds]
    found: dict[str, Measured] = {}
    rows: list[NDArray[np.float64]] = []
    for done, row in enumerate(results(jobs), 1):
        rows.append(row)
        told(done / len(jobs))
        if len(rows) == len(seeds):
            leak = leaks[len(found)]
            found[leak.slug] = Measured(leak, *np.array(rows).swapaxes(0, 1))
            rows = []
            seen(found)
    return found
