"""Another race from a kept step on: the same runs, with recipes that may have been changed.

It is paired with the race it leaves: same weights there, same seeds, data and batches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from explainer.training.engine.build_runs import Settings, checkpoint_precision
from explainer.training.engine.rewind.kept_run import KeptRun
from explainer.training.engine.rewind.kept_steps import KeptRuns, other_bytes
from explainer.training.engine.run import Run, run_view
from explainer.training.measurement.history import LayerCurves
from explainer.training.measurement.run_record import Status
from explainer.training.measurement.snapshot import Fork, RunView
from explainer.training.recipe.recipe import FIELDS, Recipe, value_of
from explainer.words import later

BRANCH = "branch"
"""What the mark of a branch is of."""


@dataclass(frozen=True, eq=False)
class Branch:
    """The runs of another race at `fork.step`, and the places of those that they go on from."""

    runs: list[Run]
    places: list[int]
    fork: Fork


def branched(
    runs: Sequence[Run],
    kept: KeptRuns,
    step: int,
    recipes: Sequence[Recipe],
    settings: Settings,
) -> Branch:
    """A branch for `recipes` of a race with these `runs`, which were `kept` after `step` steps.

    Raises `ValueError` with one sentence for recipes that a race from the beginning would refuse,
    for a network of another shape than that it goes on from, for a recipe that is shorter than
    `step`, and where nothing would go on.
    """
    seeds = len({run.seed for run in runs})
    olds = tuple(run.recipe for run in kept.runs[::seeds])
    precision = checkpoint_precision(recipes, runs[0].data, seeds, settings.most_bytes)
    origins = parents(recipes, olds)
    places = [origin * seeds + seed for origin in origins for seed in range(seeds)]
    made = [
        _continued(
            recipes[number // seeds], number // seeds, kept.runs[place], runs[place], precision
        )
        for number, place in enumerate(places)
    ]
    if not any(run.active for run in made):
        raise ValueError(
            later(
                "nothing goes on from step {step}, where every run has ended: go back to an earlier"
                " one, or give a recipe more steps",
                step=f"{step:,}",
            )
        )
    old = tuple(_old(run_view(number // seeds, run)) for number, run in enumerate(runs))
    fork = Fork(step, origins, tuple(run.recipe for run in runs[::seeds]), old)
    if fork.nbytes > settings.most_bytes - sum(map(other_bytes, made)):
        fork = replace(fork, runs=())
    return Branch(made, places, fork)


def parents(recipes: Sequence[Recipe], olds: Sequence[Recipe]) -> tuple[int, ...]:
    """For each recipe the index of that among `olds` from which it goes on.

    As many recipes go on one from each; of more or fewer, each from that which it differs least
    from.
    """
    if len(recipes) == len(olds):
        return tuple(range(len(olds)))
    return tuple(
        min(range(len(olds)), key=lambda place: _differences(recipe, olds[place]))
        for recipe in recipes
    )


def again(run: Run, recipe: Recipe, precision: torch.dtype | None = None) -> Run:
    """A new run of `recipe` from the seed and on the data of `run`."""
    return Run(
        recipe,
        run.seed,
        run.data,
        evaluation=run.evaluation,
        precision=precision or run.precision,
        filmed=run.filmed,
    )


def _differences(one: Recipe, other: Recipe) -> int:
    fields = sum(bool(value_of(one, entry) != value_of(other, entry)) for entry in FIELDS)
    return fields + (one.name != other.name) + (one.augmentation != other.augmentation)


def _continued(
    recipe: Recipe, index: int, kept: KeptRun, grown: Run, precision: torch.dtype
) -> Run:
    """A run of the recipe with that index, which goes on where `kept` was."""
    run, name = again(grown, recipe, precision), recipe.called(index)
    if not kept.fits(run):
        raise ValueError(
            later("{recipe} cannot go on from there: its network has another shape", recipe=name)
        )
    kept.onto(run, grown)
    if run.record.status is Status.FINISHED and run.step < run.total_steps:
        run.record.status = Status.TRAINING
    if run.record.active and not run.active:
        raise ValueError(
            later(
                "{recipe} ends after {total} steps, but the branch begins at step {step}",
                recipe=name, total=run.total_steps, step=run.step,
            )
        )  # fmt: skip
    if run.active:
        run.record.mark(run.step, BRANCH, later("branch"))
    return run


def _old(run: RunView) -> RunView:
    """What is drawn of a run of the race that was left."""
    nothing = np.empty((0, 0), np.float32)
    layers = LayerCurves((), nothing, nothing, nothing, nothing)
    return replace(run, film=(), curves=replace(run.curves, layers=layers))
