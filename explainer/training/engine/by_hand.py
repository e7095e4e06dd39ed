"""One weight or bias of a run, set by hand: what the optimiser remembers stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from explainer.parameters import Parameter
from explainer.powers import short
from explainer.training.engine.run import Run
from explainer.training.measurement.run_record import BY_HAND
from explainer.words import N_, later

VALUE = Parameter("value", N_("Value"), 0, -100, 100, 0.01)


@dataclass(frozen=True)
class Coefficient:
    """The weight with which `unit` of a layer takes what `source` gives, or without one its bias.

    Both count from 0; `layer` is the name of a dense layer.
    """

    layer: str
    unit: int
    source: int | None = None

    @property
    def name(self) -> str:
        """What it is in PyTorch."""
        if self.source is None:
            return f"{self.layer}.bias[{self.unit}]"
        return f"{self.layer}.weight[{self.unit}, {self.source}]"

    @property
    def place(self) -> tuple[int, ...]:
        """Its place within its tensor."""
        return (self.unit,) if self.source is None else (self.unit, self.source)


def set_by_hand(run: Run, which: Coefficient, value: float) -> None:
    """Set one number of the network of `run`, which goes on from there; the change is marked.

    Raises `ValueError` for a run that has ended, for a number that its network has not, and for a
    value out of bounds.
    """
    value = VALUE.check(value)
    if not run.active:
        raise ValueError(later("this run has ended: nothing would go on from there"))
    kind = "bias" if which.source is None else "weight"
    held = dict(run.model.named_parameters()).get(f"{which.layer}.{kind}")
    size = () if held is None else tuple(held.shape)
    inside = all(0 <= at < side for at, side in zip(which.place, size, strict=False))
    if held is None or len(size) != len(which.place) or not inside:
        raise ValueError(later("the network has no {name}", name=which.name))
    with torch.no_grad():
        held[which.place] = value
    run.record.mark(
        run.step,
        f"{BY_HAND}{which.name}",
        later("{name} = {value}, seed {seed}", name=which.name, value=short(value), seed=run.seed),
    )
