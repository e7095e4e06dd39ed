"""How coverage changes as test sets grow, by every rule that has a formula."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from explainer.metrics.covered import METRICS, coverage
from explainer.metrics.sampled import sets, whole

SIZES = (20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000)
DRAWN_AGAIN = "bootstrap"
"""The rule whose coverage is measured where it is asked for, and not at every size."""


@dataclass(frozen=True)
class Over:
    """Shares of intervals that hold the truth, by rule and size; None where no set has one."""

    sizes: tuple[int, ...]
    shares: dict[str, tuple[float | None, ...]]


@lru_cache(maxsize=40)
def over_sizes(slug: str, digit: int, seed: int) -> Over:
    """Of the metric of that slug, over 400 sets of each size."""
    metric = METRICS[slug]
    true = float(metric.value(whole(digit))[0])
    shares: dict[str, list[float | None]] = {
        way.slug: [] for way in metric.ways if way.slug != DRAWN_AGAIN
    }
    for size in SIZES:
        given = sets(digit, size, seed)
        for one, row in shares.items():
            held, count = coverage(metric, metric.ways[one], given, true).counted
            row.append(held / count if count else None)
    return Over(SIZES, {one: tuple(row) for one, row in shares.items()})
