"""What is kept of a run: its curves, and the last look through every instrument."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Bytes = NDArray[np.uint8]
SHOWN = 24


@dataclass(frozen=True, eq=False)
class Looks:
    """The last look, with the weights of one moment.

    `batch_pictures`, `validation_pictures` and `worst_pictures` are `(N, 28, 28)`, N ≤ `SHOWN`, as
    the network is given them: 0 black, 255 white, cut off beyond; labels `(N,)` are those that the
    run holds them against. `training_input` and `validation_input` are mean and deviation of the
    numbers that the network is given. `confusion` `(10, 10)` counts validation pictures: rows are
    labels, columns answers; one whose numbers are no longer numbers counts nowhere. Accuracies are
    shares in [0, 1]: of all training pictures, of the validation part asked in its batches and
    with each picture asked alone, and of pictures that neither part has. `worst` is the training
    pictures of the highest loss, in nats, the highest first, with what the network answers: −1
    where its numbers are no longer numbers.
    """

    batch_pictures: Bytes
    batch_labels: Places
    validation_pictures: Bytes
    validation_labels: Places
    training_input: tuple[float, float]
    validation_input: tuple[float, float]
    confusion: Places
    training_accuracy: float
    batched_accuracy: float
    alone_accuracy: float
    fresh_accuracy: float
    worst_pictures: Bytes
    worst_labels: Places
    worst_answers: Places
    worst_losses: Floats


@dataclass(frozen=True, eq=False)
class Record:
    """K measurements of a run with L layers of so many `units` each, the output layer the last.

    `steps`, `(K,)`, is how many steps had been taken. Losses, in nats, and accuracies, shares in
    [0, 1], are `(K,)`: in training the mean over the batches since the last measurement, in
    validation over the whole part. Of the weights of each layer, `(K, L)`: the Euclidean norm of
    the gradient that the step is taken with, and the length of the step over that of the weights.
    Of the units of each layer, `(K, L)`, shares in [0, 1]: of those that are 0 for every picture,
    of the answers at the flat ends of a sigmoid or tanh, and of the living units that have a twin,
    which answers every picture alike; all NaN for the output layer and where the answers are no
    longer numbers, and `alike` where fewer than two units live. What overflowed is kept as infinite
    or NaN. `looks` is None before the first measurement. `step` is how many steps were taken;
    `finished` after the last, or when the loss is no longer a number, which is `lost`.
    """

    layers: tuple[str, ...]
    units: tuple[int, ...]
    steps: Places
    train_loss: Floats
    validation_loss: Floats
    train_accuracy: Floats
    validation_accuracy: Floats
    gradient_norms: Floats
    step_ratios: Floats
    dead: Floats
    saturated: Floats
    alike: Floats
    looks: Looks | None
    step: int
    finished: bool
    lost: bool

    @property
    def bytes(self) -> int:
        """Bytes of all arrays."""
        values = [getattr(self, one.name) for one in fields(self)]
        return sum(one.nbytes for one in values if isinstance(one, np.ndarray))
