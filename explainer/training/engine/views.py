"""From a run, which its worker owns, to the frozen view that readers get."""

from __future__ import annotations

import torch

from explainer.training.engine.run import Run
from explainer.training.measurement.checkpoint import Checkpoint
from explainer.training.measurement.evaluation import Score, evaluate
from explainer.training.measurement.snapshot import RunView
from explainer.training.recipe.build_network import build


def run_view(recipe: int, run: Run) -> RunView:
    """The view of `run`, whose recipe has that index."""
    record = run.record
    return RunView(
        recipe=recipe,
        seed=run.seed,
        step=run.step,
        status=record.status,
        explanation=record.explanation,
        curves=record.history.curves(),
        last=record.last,
        best=record.best,
        test=record.test,
        untested=record.untested,
        marks=record.marks,
        learning_rate=run.dials.learning_rate,
        strengths=tuple(run.dials.strengths.items()),
        film=record.film.frames if record.film else (),
    )


def score_on_test(run: Run) -> Score | None:
    """The score on the test part of the best checkpoint; None where either is missing."""
    kept: Checkpoint | None = run.record.checkpoint
    if kept is None or not len(run.data.test_labels):
        return None
    recipe, data = run.recipe, run.data
    model = build(recipe.network, data.shape, data.outputs, recipe.regularisation)
    kept.restore(model)
    with torch.no_grad():
        return evaluate(model.to(run.device), data.test_inputs, data.test_labels, data.task)
