"""The curves of a race: median and band over seeds, ready to be sent to the browser.

They are drawn by `assets/components/race.js`; here is what each line has to say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explainer.registry import Registry
from explainer.training.measurement.snapshot import RunView, Snapshot
from explainer.training.task import CLASSIFICATION, Task
from explainer.words import N_, in_words, later

LIVE_POINTS, POINTS = 120, 400  # of a curve, while it grows and once it stands
VALIDATION, TRAINING = "validation", "training"
PART_TITLES = {VALIDATION: N_("validation"), TRAINING: N_("training")}


@dataclass(frozen=True)
class Measure:
    """One quantity of the curves: its title, and for each part the column of `Curves` it shows.

    `scale` multiplies the values; `zero` says that a linear axis begins at 0, `logarithmic` that
    there may be a logarithmic one.
    """

    slug: str
    title: str
    columns: tuple[tuple[str, str], ...]
    scale: float = 1.0
    zero: bool = True
    logarithmic: bool = True


def loss(task: Task) -> Measure:
    """The loss of a task."""
    title = later("loss, without penalty ({unit})", unit=later(task.unit))
    return Measure("loss", title, ((VALIDATION, "validation_loss"), (TRAINING, "train_loss")))


def how_well(task: Task) -> Measure:
    """What a task measures apart from its loss."""
    of, parts = task.measure, ((VALIDATION, "validation_measure"), (TRAINING, "train_measure"))
    if of.percent:
        title = later("{measure} (%)", measure=later(of.title))
        return Measure(of.slug, title, parts, 100.0, zero=False, logarithmic=False)
    return Measure(of.slug, later("{measure} (lower is better)", measure=later(of.title)), parts)


def penalty(task: Task) -> Measure:
    """What the penalties of a recipe add to the loss of a task."""
    title = later("penalty in the loss ({unit})", unit=later(task.unit))
    return Measure("penalty", title, ((TRAINING, "penalty"),))


def batch_loss(task: Task) -> Measure:
    """The loss of a task on what was trained on."""
    title = later("loss on the batches ({unit})", unit=later(task.unit))
    return Measure("batch_loss", title, ((TRAINING, "batch_loss"),))


LOSS, ACCURACY = loss(CLASSIFICATION), how_well(CLASSIFICATION)
GRADIENT = Measure("gradient", N_("length of the gradient"), ((TRAINING, "gradient_norm"),))
WEIGHT_NORM = Measure("weights", N_("length of all weights"), ((TRAINING, "weight_norm"),))
ZEROS = Measure(
    "zeros", N_("weights at exactly 0 (%)"), ((TRAINING, "zero_share"),), 100.0, logarithmic=False
)


@dataclass(frozen=True)
class Pair:
    """Two measures that are shown side by side."""

    slug: str
    title: str
    measures: tuple[Measure, Measure]


def pairs(task: Task) -> Registry[Pair]:
    """What is shown of a race with that task; the slugs are the same for all."""
    both = N_("Loss and accuracy") if task.measure.percent else N_("Loss and error")
    return Registry[Pair](
        N_("pair of curves"),
        Pair("loss-accuracy", both, (loss(task), how_well(task))),
        Pair("batch-loss-penalty", N_("Batch loss and penalty"), (batch_loss(task), penalty(task))),
        Pair("weights", N_("Weights"), (WEIGHT_NORM, ZEROS)),
        Pair("gradient", N_("Gradient"), (GRADIENT, loss(task))),
    )


Band = tuple[str, NDArray[np.float64], NDArray[np.float64]]
"""A part, its steps `(n,)`, and least, median and largest value over the sound runs, `(3, n)`."""


@dataclass(frozen=True, eq=False)
class Curve:
    """One line with its band: a part of a recipe.

    `values` is float32 `(4, n)`: steps, and at each the least, median and largest value over the
    sound runs.
    """

    recipe: int
    part: str
    values: NDArray[np.float32]


def curves_of(
    snapshot: Snapshot,
    measure: Measure,
    *,
    points: int = POINTS,
    smoothing: float = 0.0,
) -> list[Curve]:
    """The curves of each recipe, at most `points` long.

    `smoothing`, in [0, 1), is the weight of the value before in an exponential moving average.
    """
    return [
        Curve(index, part, _stacked(steps, _smoothed(band, smoothing) * measure.scale))
        for index, bands in enumerate(_all_bands(snapshot, measure, points))
        for part, steps, band in bands
    ]


def old_course_of(
    snapshot: Snapshot,
    measure: Measure,
    *,
    points: int = POINTS,
    smoothing: float = 0.0,
) -> list[Curve]:
    """How the race that this one left went on, from the fork on: as :func:`curves_of`.

    A curve belongs to the first recipe that goes on from there; what none goes on from has none.
    """
    fork = snapshot.fork
    if fork is None or not fork.runs:
        return []
    left = replace(snapshot, recipes=fork.recipes, runs=fork.runs)
    return [
        Curve(fork.parents.index(curve.recipe), curve.part, _from(fork.step, curve.values))
        for curve in curves_of(left, measure, points=points, smoothing=smoothing)
        if curve.recipe in fork.parents
    ]


def _from(step: int, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """What was measured from `step` on, and before that last."""
    first = np.searchsorted(values[0], step, side="right") - 1
    return np.ascontiguousarray(values[:, max(int(first), 0) :])


def marks_of(snapshot: Snapshot) -> list[tuple[int, int, str]]:
    """What happened to a recipe: its index, at which step, and what, in words."""
    return sorted(
        {
            (run.recipe, mark.step, in_words(mark.text))
            for run in snapshot.runs
            for mark in run.marks
        }
    )


def _stacked(steps: NDArray[np.float64], band: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.vstack([steps, band]).astype(np.float32)


COURSE = 8  # measurements


def usual_most(snapshot: Snapshot, column: str = "validation_loss") -> float:
    """Where a linear axis of losses ends, or of errors: beyond it, nothing is seen of the rest.

    At twice the largest one at the start; once there is a course, at twice the largest of the
    second half of its steps, where the recipes part: the fall from the start is alike for all.
    Runs that broke off count where there are no others.
    """
    curves = [run.curves for run in _sound(snapshot.runs)]
    starts = [float(getattr(one, column)[0]) for one in curves]
    starts = [one for one in starts if math.isfinite(one)]
    if not starts:
        return math.inf
    later = np.concatenate(
        [getattr(one, column)[one.step >= one.step[-1] / 2] for one in curves]
    )  # by steps: the first of them are measured closely
    if min(map(len, curves)) < COURSE or not np.isfinite(later).all():
        return 2 * max(starts)
    return 2 * min(max(starts), float(later.max()))


def _all_bands(snapshot: Snapshot, measure: Measure, points: int) -> list[list[Band]]:
    """The bands of each recipe; those whose runs were measured at the same steps in one go."""
    sound = [_sound(snapshot.of_recipe(index)) for index in range(len(snapshot.recipes))]
    even = len({len(runs) for runs in sound}) == 1
    alike = even and _in_step([run for runs in sound for run in runs])
    together = [sound] if alike else [[runs] for runs in sound]
    return [bands for recipes in together for bands in _bands(recipes, measure, points)]


def _sound(runs: Sequence[RunView]) -> list[RunView]:
    """Those that were measured and did not break off, or all that were measured."""
    kept = [run for run in runs if not run.status.broken] or runs
    return [run for run in kept if len(run.curves)]


def _bands(recipes: list[list[RunView]], measure: Measure, points: int) -> list[list[Band]]:
    """The bands of each of `recipes`, which have equally many runs; several are in step."""
    runs = [run for sound in recipes for run in sound]
    if not runs:
        empty = [(part, np.zeros(0), np.zeros((3, 0))) for part, _ in measure.columns]
        return [empty for _ in recipes]
    steps, rows = _rows(runs, points)
    bands: list[list[Band]] = [[] for _ in recipes]
    for part, column in measure.columns:
        found = [getattr(run.curves, column)[row] for run, row in zip(runs, rows, strict=True)]
        values = np.array(found).reshape(len(recipes), -1, len(steps))
        values.sort(axis=1)
        count = values.shape[1]
        middle = (values[:, (count - 1) // 2] + values[:, count // 2]) / 2
        for place, band in enumerate(np.stack([values[:, 0], middle, values[:, -1]], axis=1)):
            bands[place].append((part, steps, band))
    return bands


def _rows(
    runs: Sequence[RunView], points: int
) -> tuple[NDArray[np.float64], list[NDArray[np.intp]]]:
    """Steps at which any run was measured, at most `points`, ends kept; the row of each in each.

    A run that has stopped keeps its last value.
    """
    if _in_step(runs):
        first = runs[0].curves.step
        places = _thinned(len(first), points)
        return first[places], [places] * len(runs)
    steps = np.unique(np.concatenate([run.curves.step for run in runs]))
    steps = steps[_thinned(len(steps), points)]
    found = (np.searchsorted(run.curves.step, steps, side="right") - 1 for run in runs)
    return steps, [np.maximum(row, 0) for row in found]


def _in_step(runs: Sequence[RunView]) -> bool:
    """Whether all were measured at the same steps."""
    return all(np.array_equal(run.curves.step, runs[0].curves.step) for run in runs[1:])


def _thinned(count: int, most: int) -> NDArray[np.intp]:
    """At most `most` of `count` places, evenly, with both ends."""
    if count <= most:
        return np.arange(count)
    return np.linspace(0, count - 1, most).round().astype(np.intp)


def _smoothed(band: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Each row averaged with what came before; what is no number is passed over."""
    if not weight or not band.size:
        return band
    smooth = band.copy()
    for place in range(1, band.shape[1]):
        before = smooth[:, place - 1]
        mixed = weight * before + (1 - weight) * band[:, place]
        smooth[:, place] = np.where(np.isfinite(before), mixed, band[:, place])
    return smooth
