"""What the runs of a stack see in each step, gathered for several steps at once.

Picking rows costs a few operators however few the rows are, so small batches are picked ahead and
handed out as windows. Which rows a step sees is known for all time (see `batches.py`), so nothing
but time depends on how far ahead that is. Augmented batches are drawn, in their order, and
therefore one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import torch
from torch import Tensor

from explainer.training.engine.run import Run
from explainer.training.recipe.layers import channels_last

GATHERED = 65_536  # about so many values at once: they stay in the cache until they are used
MOST_STEPS = 32

Batch = tuple[Tensor, Tensor]
Arrange = Callable[[Tensor], Tensor]


class StackedBatches:
    """Batches for `runs`: one for all where all see the same, else one for each.

    Inputs come as `arrange` makes them of a batch.
    """

    def __init__(self, runs: Sequence[Run], arrange: Arrange = channels_last) -> None:
        sources = dict[Hashable, Callable[[int], Batch]]()
        for run in runs:
            if (key := _source(run)) not in sources:
                make = _drawn if run.recipe.augmentation else _gathered
                sources[key] = make(run, arrange)
        if len(sources) == 1:
            self._sources = list(sources.values())
        else:
            self._sources = [sources[_source(run)] for run in runs]

    def at(self, step: int) -> tuple[list[Tensor], list[Tensor]]:
        """Inputs and targets of `step`, counted from 0."""
        batches = [source(step) for source in self._sources]
        return [inputs for inputs, _ in batches], [targets for _, targets in batches]


def flattened(inputs: Tensor) -> Tensor:
    """Rows of values `(N, F)`, what dense layers begin with."""
    return inputs.flatten(1)


def _drawn(run: Run, arrange: Arrange) -> Callable[[int], Batch]:
    """The batches of a run with augmentation."""

    def at(step: int) -> Batch:
        inputs, targets = run.batch(step)
        return arrange(inputs), targets

    return at


def _gathered(run: Run, arrange: Arrange) -> Callable[[int], Batch]:
    """The batches of a run without augmentation."""
    data, size = run.data, run.batches.size
    count = max(1, min(MOST_STEPS, GATHERED // (size * data.train_inputs[0].numel())))
    held = dict[int, Batch]()

    def at(step: int) -> Batch:
        if step not in held:
            steps = range(step, step + count)
            rows = torch.cat([run.batches.at(one) for one in steps])
            inputs = torch.split(arrange(data.train_inputs.index_select(0, rows)), size)
            targets = torch.split(data.train_labels.index_select(0, rows), size)
            held.clear()
            held.update(zip(steps, zip(inputs, targets, strict=True), strict=True))
        return held[step]

    return at


def _source(run: Run) -> Hashable:
    """Runs with the same source see the same batches."""
    return id(run) if run.recipe.augmentation else (run.seed, id(run.data))
