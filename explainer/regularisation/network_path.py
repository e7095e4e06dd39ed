r"""The path of a network's first layer: its weights over λ, L1 and L2, a network for each.

One hidden layer on digits of 8 × 8 pixels. All start from the same weights and see all pictures in
every step: $v \leftarrow w - \eta \nabla L + \mu (w - w_{before})$, with L2's $\lambda w$ in the
gradient; for L1 then the soft threshold by $\eta\lambda$ (the proximal step, which makes exact
zeros). Biases go free.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from explainer.regularisation.decay_maps import pictures
from explainer.regularisation.stacked_networks import Sizes

LOWEST, HIGHEST, PER_DECADE = -4, 0, 4
POWERS = np.linspace(LOWEST, HIGHEST, (HIGHEST - LOWEST) * PER_DECADE + 1)
"""The decimal logarithms of λ."""
SIDE, HIDDEN = 8, 8
TRAINING, VALIDATED = 300, 1000
STEPS, RATE, MOMENTUM = 400, 0.1, 0.9
TELL_EVERY = 25
COUNT = 2 * len(POWERS)
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class NetworkPath:
    """After so many `steps`, for L1, then L2, and each λ `(M,)`.

    `weights` of the first layer `(2, M, H, D)`, and `accuracy` on validation `(2, M)`.
    """

    steps: int
    weights: Floats
    accuracy: NDArray[np.float64]

    @property
    def norms(self) -> NDArray[np.float64]:
        """The length of each unit's weights, `(2, M, H)`."""
        return np.asarray(np.sqrt((self.weights.astype(np.float64) ** 2).sum(-1)))

    @property
    def zeros(self) -> NDArray[np.int64]:
        """How many weights are exactly 0: `(2, M)`."""
        return np.asarray((self.weights == 0).sum((-1, -2)))

    @property
    def idle(self) -> NDArray[np.int64]:
        """How many units have no weight but 0: `(2, M)`."""
        return np.asarray((self.weights == 0).all(-1).sum(-1))


def network_path(
    seed: int = 0,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[NetworkPath], None] = lambda path: None,
) -> NetworkPath:
    """Train a network for each penalty and λ at once, on pictures and from a start by `seed`.

    `told` gets the share that is done, `seen` how the networks stand.
    """
    inputs, labels = pictures()
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    learned, outside = order[:TRAINING], order[TRAINING : TRAINING + VALIDATED]
    sizes = Sizes(SIDE**2, HIDDEN, 10)
    strength = torch.from_numpy(10.0**POWERS).float()[:, None] * sizes.weights
    bound = RATE * torch.cat([strength, 0 * strength])
    square = torch.cat([0 * strength, strength])
    rows = sizes.start(seed).repeat(COUNT, 1)
    before = rows
    given = inputs[learned].expand(COUNT, -1, -1), labels[learned].expand(COUNT, -1)
    beside = inputs[outside].expand(COUNT, -1, -1), labels[outside]

    def standing(steps: int) -> NetworkPath:
        first = sizes.views(rows)[0].mT.reshape(2, len(POWERS), HIDDEN, -1)
        right = sizes.accuracy(rows, *beside).double().view(2, -1)
        return NetworkPath(steps, first.numpy().copy(), right.numpy())

    for step in range(1, STEPS + 1):
        slope = sizes.gradient(rows, *given) + square * rows
        moved = rows - RATE * slope + MOMENTUM * (rows - before)
        before, rows = rows, moved - moved.clamp(-bound, bound)
        if step % TELL_EVERY == 0 and step < STEPS:
            told(step / STEPS)
            seen(standing(step))
    return standing(STEPS)
