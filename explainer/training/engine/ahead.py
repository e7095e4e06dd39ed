"""A stack on an accelerator: steps that wait for nothing from the host.

What a step needs to know, its rows of the data and what is done to each run, lies on the device for
several steps before the first of them begins, and a counter on the device says which of them it is.
So every step is the same operators on the same addresses: it can be recorded once and replayed
(`graphs.py`). What is read back is what the measurement wants to see, when it wants to see it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.accelerator import on_its_way
from explainer.training.engine.batches import Batches
from explainer.training.engine.flat_parameters import AMOUNTS, TIMES_RATE, Part, amounts_of, change
from explainer.training.engine.run import Run
from explainer.training.engine.run_measurement import CLOSE_WATCH
from explainer.training.engine.stacked import Stack

LIMITS = ("clip_norm", "clip_value", "max_norm")  # 0 means that there is none
MOST = CLOSE_WATCH

Replay = Callable[[int], None]
"""Do so many steps."""


class Ahead:
    """What the next steps of a stack need, and those steps.

    `rows` `(MOST, S, N)` are the rows of each of S sources, `amounts` `(MOST, 1 + A, K)` the
    learning rate and what `AMOUNTS` names for each run, `losses` `(MOST, K)` what a step leaves
    behind. `place` says how many of them are done, `number` how many since the optimiser began.
    Runs with the same seed, data and augmentation are one source: they see the same batches.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack, runs = stack, stack.runs
        device, size = runs[0].device, runs[0].batches.size
        keys = [_source(run) for run in runs]
        self.sources = [runs[keys.index(key)] for key in dict.fromkeys(keys)]
        places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
        self._source_of = [places[key] for key in keys]
        self._batches = [Batches(run.seed, run.batches.examples, size) for run in self.sources]
        self.rows = torch.zeros(MOST, len(places), size, dtype=torch.int64, device=device)
        self.amounts = torch.zeros(MOST, 1 + len(AMOUNTS), len(runs), device=device)
        self.losses = torch.zeros(MOST, len(runs), device=device)
        self.place = torch.zeros(1, dtype=torch.int64, device=device)
        exact = torch.float32 if device.type == "mps" else torch.float64
        self.number = torch.zeros((), dtype=exact, device=device)
        self.done: tuple[str, ...] = ()

    def prepare(self, count: int) -> None:
        """Bring to the device what the next `count` ≤ `MOST` steps need."""
        step, device = self.stack.measurement.steps, self.rows.device
        rows = torch.stack([one.several(step, count) for one in self._batches], 1)
        amounts, self.done = self._amounts(step, count)
        self.rows[:count].copy_(on_its_way(rows, device))
        self.amounts[:count].copy_(on_its_way(amounts, device))
        self.place.zero_()
        self.number.fill_(step - self.stack.runs[0].optimiser_begun)

    def step(self) -> None:
        """One step of all runs, by what lies on the device alone."""
        stack, at = self.stack, self.place
        batches = [
            self._batch(run, rows)
            for run, rows in zip(self.sources, self.rows.index_select(0, at)[0], strict=True)
        ]
        seen = [batches[place] for place in self._source_of] if len(batches) > 1 else batches
        losses = stack.learn([inputs for inputs, _ in seen], [targets for _, targets in seen])
        rate, *amounts = self.amounts.index_select(0, at)[0][:, :, None]
        self.number.add_(1)
        first = stack.runs[0]
        change(
            stack.flat,
            first.optimiser,
            self.number,
            rate,
            first.recipe.training.momentum,
            {name: self._part(name, amount) for name, amount in zip(AMOUNTS, amounts, strict=True)},
        )
        self.losses.index_copy_(0, at, losses[None])
        self.place.add_(1)

    def steps(self, count: int) -> None:
        """So many steps, operator by operator."""
        for _ in range(count):
            self.step()

    def share_draws(self) -> None:
        """Bring the generators of all runs of a source to where that of its first one stands."""
        for run, place in zip(self.stack.runs, self._source_of, strict=True):
            first = self.sources[place]
            if run is not first and run.recipe.augmentation:
                run.augmenting.set_state(first.augmenting.get_state())

    @property
    def touched(self) -> list[Tensor]:
        """Every tensor that a step changes and the next one reads."""
        flat, runs = self.stack.flat, self.stack.runs
        buffers = [one for run in runs for one in run.model.buffers()]
        own = [self.losses, self.place, self.number]
        return [flat.values, flat.gradients, *flat.slots.values(), *buffers, *own]

    def _batch(self, run: Run, rows: Tensor) -> tuple[Tensor, Tensor]:
        inputs, targets = run.augmented(rows)
        return self.stack.arrange(inputs), targets

    def _part(self, name: str, amount: Tensor) -> Sequence[Part]:
        return [(slice(None), amount)] if name in self.done else ()

    def _amounts(self, step: int, count: int) -> tuple[Tensor, tuple[str, ...]]:
        """`(count, 1 + A, K)`, and the names of what is done to any run."""
        runs = self.stack.runs
        ones = amounts_of(
            [1.0] * len(runs),
            [run.dials.strengths for run in runs],
            [run.recipe.regularisation.max_norm for run in runs],
            [run.clip for run in runs],
        )
        table = np.empty((count, 1 + len(AMOUNTS), len(runs)))
        table[:, 0] = rates = _rates(runs, step, count)
        for place, name in enumerate(AMOUNTS, 1):
            values = np.array(ones[name], np.float64)
            if name in LIMITS:
                values[values == 0] = np.inf
            table[:, place] = values * rates if name in TIMES_RATE else values
        return torch.from_numpy(table.astype(np.float32)), tuple(n for n in AMOUNTS if any(ones[n]))


def _rates(runs: Sequence[Run], step: int, count: int) -> NDArray[np.float64]:
    """The learning rates of the next steps `(count, K)`, 0 for a run that has ended."""
    base = [
        run.dials.learning_rate * run.record.plateau_factor if run.active else 0.0 for run in runs
    ]
    factors = {
        run.schedule.slug: [run.factor(one) for one in range(step, step + count)] for run in runs
    }
    return np.array([factors[run.schedule.slug] for run in runs]).T * base


def _source(run: Run) -> Hashable:
    return run.seed, id(run.data), run.recipe.augmentation


class AheadLoop:
    """Trains the runs of a stack as :func:`~explainer.training.engine.stacked.train_stacked` does.

    `record` makes of `Ahead` what does its steps; without it each is done operator by operator.
    """

    def __init__(self, stack: Stack, record: Callable[[Ahead], Replay] | None = None) -> None:
        self.ahead, self._record = Ahead(stack), record
        self._begun = False
        self._replay: Replay = self.ahead.steps
        self._recorded: tuple[str, ...] | None = None

    def advance(self, steps: int) -> None:
        """Train for `steps` steps, or fewer where all runs end before."""
        ahead, measurement = self.ahead, self.ahead.stack.measurement
        if not self._begun:
            measurement.begin()
            self._begun = True
        while steps > 0 and any(run.active for run in measurement.runs):
            count = min(steps, measurement.unseen)
            ahead.prepare(count)
            try:
                self._way()(count)
            except Exception:
                self._note_done()
                raise
            measurement.took(ahead.losses[:count].clone().unbind())
            steps -= count
        ahead.share_draws()

    def _note_done(self) -> None:
        """Count what was done of the prepared steps, where the device still says so."""
        with suppress(RuntimeError):
            if done := int(self.ahead.place):
                self.ahead.stack.measurement.took(self.ahead.losses[:done].clone().unbind())

    def _way(self) -> Replay:
        """What does the steps: recorded anew where other things are to be done than before."""
        if self._record is not None and self._recorded != self.ahead.done:
            self._replay, self._recorded = self._record(self.ahead), self.ahead.done
        return self._replay
