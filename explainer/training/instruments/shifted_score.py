"""How the best checkpoints do on test examples that have changed: blurred, turned, elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from explainer.training.data.data_set import Examples
from explainer.training.data.shifted import shifted
from explainer.training.engine.run import Run
from explainer.training.recipe.build_network import build
from explainer.training.task import Score, evaluate


def shifted_scores(
    runs: Sequence[Run], examples: Examples, slug: str, *, seed: int = 0
) -> list[Score | None]:
    """The score of each run's best checkpoint on its own test part, shifted by `slug`.

    `None` for a run without a checkpoint. Within a seed every run sees the same shifted examples.
    """
    return [_score(run, examples, slug, seed) for run in runs]


@torch.no_grad()
def _score(run: Run, examples: Examples, slug: str, seed: int) -> Score | None:
    kept, data, recipe = run.record.checkpoint, run.data, run.recipe
    if kept is None or not len(data.test_labels):
        return None
    inputs = data.normaliser.apply(shifted(examples, data.parts.test.cpu(), slug, seed=seed))
    model = build(recipe.network, data.shape, data.outputs, recipe.regularisation)
    kept.restore(model)
    return evaluate(model.to(run.device), inputs.to(run.device), data.test_labels, data.task)
