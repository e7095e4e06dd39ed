"""Training a shipped network: state, one step, and checkpoints from which it goes on exactly.

Nothing is drawn from a running generator: the order of an epoch and the augmentation of a step
follow from the seed and their number. So a training that was interrupted after any step and
resumed ends with the very weights of one that was not.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from explainer.accelerator import accelerator
from explainer.files import with_replacement
from explainer.networks.zoo.shipped import Shipped
from explainer.training.recipe.initialisation import SCHEMES, initialise
from explainer.training.recipe.schedules import SCHEDULES
from explainer.training.seeds import generator
from scripts.weights.pictures import Pictures, inputs, shifted_and_flipped

PRECISION = torch.bfloat16
GAIN = math.sqrt(2)


class Training:
    """A network on its way: weights, the optimiser's memory, the step, and the losses so far.

    `step` steps have been made of `total`. Convolutions run in bfloat16, weights stay float32, on
    the device that the app chooses.
    """

    def __init__(self, entry: Shipped, pictures: Pictures, seed: int) -> None:
        self.device = accelerator().torch
        self.entry, self.plan, self.seed, self.pictures = entry, entry.plan, seed, pictures
        self.batch = min(self.plan.batch, len(pictures))
        self.steps_per_epoch = len(pictures) // self.batch
        self.total, self.step = self.steps_per_epoch * self.plan.epochs, 0
        network = entry.build()
        initialise(network, SCHEMES[self.plan.initialisation], GAIN, seed)
        self.network = network.to(self.device).to(memory_format=torch.channels_last)
        self.optimiser = torch.optim.SGD(
            self.network.parameters(),
            momentum=self.plan.momentum,
            nesterov=True,
            weight_decay=self.plan.weight_decay,
        )
        self.losses: list[float] = []
        self._sum = 0.0
        self._order = self._order_of(0)

    @property
    def done(self) -> bool:
        """Whether all steps have been made."""
        return self.step >= self.total

    @property
    def epoch_ended(self) -> bool:
        """Whether the last step was the last of its epoch."""
        return self.step % self.steps_per_epoch == 0

    def advance(self) -> float:
        """Make one step and return the loss of its batch."""
        place = self.step % self.steps_per_epoch
        rows = self._order[place * self.batch : (place + 1) * self.batch]
        loss = self._learn(rows)
        self.step += 1
        self._sum += loss
        if self.epoch_ended:
            self.losses.append(self._sum / self.steps_per_epoch)
            self._sum = 0.0
            self._order = self._order_of(self.step // self.steps_per_epoch)
        return loss

    def _learn(self, rows: Tensor) -> float:
        factor = SCHEDULES[self.plan.schedule].factor(self.step, self.total)
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.learning_rate * factor
        chance = generator(self.seed, "augmentation", self.step)
        batch = inputs(self.entry, shifted_and_flipped(self.pictures.codes[rows], chance))
        with torch.autocast(self.device.type, PRECISION):
            logits = self.network(batch.to(self.device))
        loss = F.cross_entropy(logits.float(), self.pictures.labels[rows].to(self.device))
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        return loss.item()

    def _order_of(self, epoch: int) -> Tensor:
        return torch.randperm(len(self.pictures), generator=generator(self.seed, "order", epoch))

    def save(self, path: Path) -> None:
        """Write a checkpoint that appears at `path` as a whole or not at all."""
        state = {
            "identity": self._identity(),
            "step": self.step,
            "losses": self.losses,
            "sum": self._sum,
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }
        with_replacement(path, lambda file: torch.save(state, file))

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint. Raises `ValueError` where it is of another training."""
        state: dict[str, Any] = torch.load(path, map_location=self.device, weights_only=True)
        if state["identity"] != self._identity():
            raise ValueError(
                f"the checkpoint {path} belongs to a training with other settings;"
                " remove it to begin anew"
            )
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.losses, self._sum = state["step"], state["losses"], state["sum"]
        self._order = self._order_of(self.step // self.steps_per_epoch)

    def _identity(self) -> str:
        """What two trainings must share for one to go on where the other stopped."""
        settings = asdict(self.plan)
        return json.dumps([self.entry.slug, self.seed, len(self.pictures), settings])
