"""What a race says of its gradients at every layer, and how soon each recipe gets how far.

A strip is the length of each layer's gradient at every step that was measured, its median over the
seeds. Runs that broke down are in it as far as they went.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.training.measurement.snapshot import RunView, Snapshot

Floats = NDArray[np.float64]
FLOOR = 1e-30  # below this float32 has hardly a number left


@dataclass(frozen=True, eq=False)
class Strip:
    r"""Of one recipe: `logarithms` `(n, L)`, $\log_{10}$ of the gradient's length at each layer.

    `steps` `(n,)` are those after which it was measured, the first at 1, and `layers` the names of
    the layers from the input on. Where no seed has a finite gradient stands NaN; 0 counts as 1e-30.
    """

    recipe: int
    layers: tuple[str, ...]
    steps: Floats
    logarithms: Floats


@dataclass(frozen=True)
class Arrival:
    """The first measured step at which the training error is as low as asked, seed by seed.

    None where it never was.
    """

    recipe: int
    steps: tuple[int | None, ...]


@dataclass(frozen=True)
class Ratio:
    """How many times as many steps one recipe took as another: median, least and most over seeds.

    `pairs` is over how many seeds: those in which both arrived.
    """

    median: float
    least: float
    most: float
    pairs: int


def strips(snapshot: Snapshot, columns: int) -> list[Strip]:
    """The strip of every recipe with at most so many columns, evenly over its steps."""
    found = (_strip(snapshot.of_recipe(index), columns) for index in range(len(snapshot.recipes)))
    return [strip for strip in found if strip is not None]


def _strip(runs: Sequence[RunView], columns: int) -> Strip | None:
    longest = max((run.curves for run in runs), key=len)
    places = np.arange(1, len(longest))
    if not len(places):
        return None
    wanted = np.linspace(longest.step[1], longest.step[-1], min(columns, len(places)))
    places = np.unique(np.searchsorted(longest.step, wanted - 0.5).clip(1, len(longest) - 1))
    steps = longest.step[places]
    seeds = np.stack([_at(run, steps) for run in runs])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where no seed has a number, NaN is meant
        median = np.nanmedian(seeds, axis=0)
    return Strip(runs[0].recipe, longest.layers.names, steps, np.log10(np.maximum(median, FLOOR)))


def _at(run: RunView, steps: Floats) -> Floats:
    """The gradients of a run at those steps, `(n, L)`; NaN where it was not measured any more."""
    curves = run.curves
    places = np.searchsorted(curves.step, steps).clip(0, len(curves) - 1)
    values = curves.layers.gradient_norm[places].astype(np.float64)
    known = (curves.step[places] == steps)[:, None] & np.isfinite(values)
    return np.where(known, values, np.nan)


@dataclass(frozen=True)
class Ending:
    """Medians over the seeds of a recipe: what reached its first layer, and how far it got.

    `arriving` is the gradient of the first layer's weights over that of the last hidden one's, at
    the first step that was measured; `right` the share of validation examples at the end.
    """

    recipe: int
    arriving: float
    right: float


def endings(snapshot: Snapshot) -> list[Ending]:
    """How each recipe began and ended; NaN where nothing was measured."""
    found = []
    for strip in strips(snapshot, 2):
        first = strip.logarithms[0]
        runs = [run.curves.validation_measure for run in snapshot.of_recipe(strip.recipe)]
        right = [float(one[-1]) for one in runs if len(one)]
        arriving = float(10 ** (first[0] - first[-2]))
        found.append(Ending(strip.recipe, arriving, float(np.median(right or [np.nan]))))
    return found


def arrivals(snapshot: Snapshot, error: float) -> list[Arrival]:
    """When each run first had a training error of at most `error`, in [0, 1]."""
    return [
        Arrival(index, tuple(_arrival(run, error) for run in snapshot.of_recipe(index)))
        for index in range(len(snapshot.recipes))
    ]


def _arrival(run: RunView, error: float) -> int | None:
    there = np.flatnonzero(1 - run.curves.train_measure <= error + 1e-9)
    return int(run.curves.step[there[0]]) if len(there) else None


def ratio(slow: Arrival, fast: Arrival) -> Ratio | None:
    """How many times the steps of `fast` the other needs; None where no seed has both."""
    pairs = zip(slow.steps, fast.steps, strict=True)
    ratios = [one / max(other, 1) for one, other in pairs if one is not None and other is not None]
    if not ratios:
        return None
    return Ratio(float(np.median(ratios)), min(ratios), max(ratios), len(ratios))
