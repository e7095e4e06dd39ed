"""A plane through a trained network's weights, and the loss at its points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from explainer.gradients.landscape.directions import random_directions
from explainer.gradients.landscape.grid import Axes, axes_around, symmetric_axes
from explainer.gradients.landscape.networks import Network
from explainer.gradients.landscape.path import Projected, principal_directions, projected
from explainer.gradients.landscape.plan import PATH, SurveyPlan
from explainer.gradients.landscape.stacked import Stacked
from explainer.gradients.landscape.training import Trained, digits
from explainer.gradients.landscape.weights import Layout, load
from explainer.lengths import directions

PICTURES = 256
PARTS = ("training", "validation")

Part = tuple[Tensor, Tensor]


def measured() -> tuple[Part, Part]:
    """Inputs and labels on which the loss is measured: 256 of training, 256 of validation."""
    data = digits()
    return (
        (data.train_inputs[:PICTURES], data.train_labels[:PICTURES]),
        (data.validation_inputs[:PICTURES], data.validation_labels[:PICTURES]),
    )


@dataclass(frozen=True, eq=False)
class Plane:
    """The points θ + x d₁ + y d₂ around the weights θ of a network, and its path seen from there.

    `directions` are `(2, P)`; `shares` what each holds of the path's squared distances, where they
    are its principal ones.
    """

    trained: Trained
    directions: Tensor
    axes: Axes
    path: Projected
    shares: tuple[float, float] | None = None

    @property
    def cosine(self) -> float:
        """The cosine of the angle between the two directions; random ones are nearly upright."""
        first, second = directions(self.directions)
        return float(first @ second)

    def weights(self, places: NDArray[np.float64]) -> Tensor:
        """The weights `(K, P)` at `places` `(K, 2)`; at (0, 0) the network's own exactly."""
        steps = torch.from_numpy(np.asarray(places, np.float32))
        return torch.addmm(self.trained.end, steps, self.directions)

    def losses(self, places: NDArray[np.float64], stacked: Stacked) -> NDArray[np.float32]:
        """The loss at `places` `(K, 2)` on both parts, `(2, K)`."""
        weights = self.weights(places)
        found = [stacked.losses(weights, *part) for part in measured()]
        return np.asarray(torch.stack(found).numpy(), np.float32)


def plane(trained: Trained, plan: SurveyPlan, seed: int) -> Plane:
    """The plane that `plan` asks for; `seed` is that of random directions.

    Raises `ValueError` where a path is too short to have a principal plane.
    """
    if plan.directions == PATH:
        spanning, shares = principal_directions(trained.path)
        path = projected(trained.path, spanning)
        axes = axes_around(path.places.numpy(), plan.points)
        return Plane(trained, spanning, axes, path, shares)
    layout = Layout.of(trained.network)
    spanning = random_directions(layout, trained.end, seed, plan.scaling)
    path = projected(trained.path, spanning)
    return Plane(trained, spanning, symmetric_axes(plan.reach, plan.points), path)


@dataclass(frozen=True)
class Score:
    """Loss and accuracy of a network itself on both parts."""

    losses: tuple[float, float]
    accuracies: tuple[float, float]


@torch.inference_mode()
def score(network: Network, *, recomputed: bool = False) -> Score:
    """Loss and accuracy by the plain network, one ordinary forward pass a part.

    `recomputed`: batch norm takes mean and variance from these pictures. The network is left in
    evaluation mode and its statistics as they were.
    """
    found = [_scored(network, *part, recomputed=recomputed) for part in measured()]
    losses, accuracies = zip(*found, strict=True)
    return Score(losses, accuracies)


def _scored(
    network: Network, inputs: Tensor, labels: Tensor, *, recomputed: bool
) -> tuple[float, float]:
    kept = [one.clone() for one in network.buffers()]
    network.train(recomputed)
    logits = network(inputs)
    network.eval()
    for one, before in zip(network.buffers(), kept, strict=True):
        one.copy_(before)
    right = (logits.argmax(1) == labels).float().mean()
    return float(F.cross_entropy(logits, labels)), float(right)


def at_checkpoint(network: Network, trained: Trained, place: int) -> Network:
    """`network`, a copy of the trained one, with weights and statistics of a checkpoint."""
    load(network, trained.path[place], trained.statistics[place])
    return network
