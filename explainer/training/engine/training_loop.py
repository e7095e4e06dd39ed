"""The loop of one run that trains alone: ordinary PyTorch that can stop at any step and go on."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from explainer.training.engine.flat_parameters import FlatParameters
from explainer.training.engine.run import Run
from explainer.training.engine.run_measurement import RunMeasurement
from explainer.training.engine.update import update


def plain_measurement(run: Run) -> RunMeasurement:
    """What measures `run` where it trains alone."""
    return RunMeasurement([run], FlatParameters([run.model], [run.memory], run.optimiser.slots))


def train(run: Run, measurement: RunMeasurement | None = None) -> Iterator[int]:
    """Train `run` to its end; yields the number of steps done after each step.

    The learning rate and the strengths are read anew in every step. Stopping between two steps
    and going on later gives the same numbers as never stopping.
    """
    training, regularisation = run.recipe.training, run.recipe.regularisation
    measurement = measurement or plain_measurement(run)
    flat = measurement.flat
    measurement.begin()
    run.model.train()
    while run.active:
        inputs, targets = run.batch(run.step)
        run.model.zero_grad(set_to_none=False)
        outputs = run.model(inputs)
        loss = run.data.task.loss(outputs, targets, regularisation.label_smoothing)
        torch.autograd.backward(loss)
        update(
            flat,
            run.optimiser,
            step=run.step + 1 - run.optimiser_begun,
            rates=[run.rate],
            momentum=training.momentum,
            strengths=[run.dials.strengths],
            max_norms=[regularisation.max_norm],
            clips=[run.clip],
        )
        measurement.step(loss.detach()[None])
        yield run.step
