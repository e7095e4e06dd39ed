"""One run at one step, kept: to go on from there with the same numbers, or for a look alone.

Going on takes the weights, what the optimiser remembers, running means, the states of the
generators that the run draws from, the dials and the record. Batches follow from seed and step, the
schedule from the step. Curves and film only ever grow: those of today hold those of every earlier
step.

A look does without the optimiser's memory and with half the precision: bfloat16, in which three
digits are left, a weight that is not 0 stays so, and none becomes infinite.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from explainer.training.engine.flat_parameters import FlatParameters, shapes, windows
from explainer.training.engine.run import Dials, Run
from explainer.training.measurement.checkpoint import Checkpoint
from explainer.training.measurement.run_record import KeptRecord
from explainer.training.recipe.layers import Noisy
from explainer.training.recipe.recipe import Recipe

HALF = torch.bfloat16

Tensors = Mapping[str, Tensor]


@dataclass(frozen=True, eq=False)
class KeptRun:
    """A run of `recipe` after `step` steps; `ended` says that it goes no further.

    `values` `(P,)` are its parameters, one after another as `shapes` has them, `buffers` what else
    its network holds. `slots` are what the optimiser remembers since step `optimiser_begun`, each
    `(P,)`; None where the run is kept for a look alone. `masks` and `augmenting` are the states of
    its generators, None where it draws nothing from them.
    """

    recipe: Recipe
    step: int
    ended: bool
    alone: bool
    dials: Dials
    shapes: Mapping[str, torch.Size]
    values: Tensor
    buffers: Tensors
    slots: Tensors | None
    optimiser_begun: int
    masks: Tensor | None
    augmenting: Tensor | None
    record: KeptRecord

    @cached_property
    def parts(self) -> dict[int, int]:
        """The bytes of what it holds, by the identity of what may be held by others as well."""
        states = [one for one in (self.masks, self.augmenting) if one is not None]
        own = [self.values, *self.buffers.values(), *(self.slots or {}).values(), *states]
        best = self.record.checkpoint
        return {
            id(self): self.record.nbytes + sum(one.nbytes for one in own),
            **({id(best): best.nbytes} if best else {}),
        }

    def for_a_look(self, best: Checkpoint | None) -> KeptRun:
        """The same in half the precision, without what going on takes; `best` is so already."""
        return replace(
            self,
            values=self.values.to(HALF),
            buffers={name: _halved(one) for name, one in self.buffers.items()},
            slots=None,
            record=replace(self.record, checkpoint=best),
        )

    def fits(self, run: Run) -> bool:
        """Whether the network of `run` has parameters and buffers of the same names and shapes."""
        return (
            self.shapes == shapes(run.model)
            and self.buffers.keys() == dict(run.model.named_buffers()).keys()
        )

    def onto(self, run: Run, grown: Run) -> Run:
        """Bring `run`, which is new, to where this was kept of the run that has `grown` since.

        What its recipe has otherwise is so from here on: a dial that was turned stays where it is
        unless the recipe turns it, and another optimiser remembers nothing.
        """
        run.model.load_state_dict({**dict(windows(self.values, self.shapes)), **self.buffers})
        run.step, run.alone, run.optimiser_begun = self.step, self.alone, self.step
        if self.slots is not None and run.recipe.training.optimiser == self.optimiser:
            run.optimiser_begun = self.optimiser_begun
            copies = {slot: values.clone() for slot, values in self.slots.items()}
            run.memory = {
                slot: dict(windows(values, self.shapes)) for slot, values in copies.items()
            }
        for generator, state in ((run.generator, self.masks), (run.augmenting, self.augmenting)):
            if state is not None:
                generator.set_state(state)
        run.dials = self.dials.with_changes(Dials.of(self.recipe), run.dials)
        run.record.take(self.record, grown.record)
        return run

    @property
    def optimiser(self) -> str:
        """The slug of its optimiser."""
        return self.recipe.training.optimiser


@dataclass(frozen=True, eq=False)
class Place:
    """Where the state of a run lies while it trains: a row of `flat`, and its buffers.

    `draws` says that its network draws numbers.
    """

    flat: FlatParameters
    row: int
    buffers: Tensors
    draws: bool

    @classmethod
    def of(cls, run: Run, flat: FlatParameters, row: int) -> Place:
        """The place of `run`, whose parameters are that row of `flat`."""
        draws = any(isinstance(module, Noisy) for module in run.model)
        return cls(flat, row, dict(run.model.named_buffers()), draws)


Places = Mapping[int, Place]
"""The places of runs by their identity."""


def keep(run: Run, places: Places) -> KeptRun:
    """What `run` is now; one without a place, as it has ended, gets one."""
    place = places.get(id(run)) or Place.of(
        run, FlatParameters([run.model], [run.memory], run.optimiser.slots), 0
    )
    flat, row = place.flat, place.row
    return KeptRun(
        recipe=run.recipe,
        step=run.step,
        ended=not run.active,
        alone=run.alone,
        dials=run.dials.copy(),
        shapes=flat.shapes,
        values=flat.values[row].clone(),
        buffers={name: one.clone() for name, one in place.buffers.items()},
        slots={slot: values[row].clone() for slot, values in flat.slots.items()},
        optimiser_begun=run.optimiser_begun,
        masks=run.generator.get_state() if place.draws else None,
        augmenting=run.augmenting.get_state() if run.recipe.augmentation else None,
        record=run.record.keep(),
    )


def halved(checkpoint: Checkpoint) -> Checkpoint:
    """The same in half the precision, as far as it is not so already."""
    return replace(checkpoint, state={name: _halved(one) for name, one in checkpoint.state.items()})


def _halved(values: Tensor) -> Tensor:
    wide = values.is_floating_point() and values.element_size() > HALF.itemsize
    return values.to(HALF) if wide else values
