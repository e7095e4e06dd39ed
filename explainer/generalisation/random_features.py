r"""Double descent without training: random ReLU features of digits, fitted at the minimum norm.

A picture $x$ becomes $p$ features $\max(0, w_j^\top x) / \sqrt p$ with random $w_j$, and ten
outputs that are linear in them are fitted to the one-hot labels $Y$ of $n$ digits (Rahimi and Recht
2007; Belkin et al. 2019). With the decomposition $U S V^\top$ of the $n \times p$ features, the
weights of ridge strength $\lambda$ are
$$V (S^2 + \lambda)^{-1} S\, U^\top Y,$$
for $\lambda = 0$ the ones of least norm among those with the least squared error. One decomposition
a width serves all $\lambda$ and all labels; the squared error on test digits needs only
$V^\top \Phi_t^\top \Phi_t V$ and $V^\top \Phi_t^\top Y_t$ of their features $\Phi_t$.

Pixels that are the same in all training digits are left out, and so are features: a column that
training never moves makes peaks where none belong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from explainer.generalisation.at_once import results
from explainer.regularisation.dropout.data_sizes import pooled
from explainer.regularisation.pixel_weights import of_ten

Values = NDArray[np.float64]

TRAINING, DRAWS, WRONG, CLASSES = 200, 8, 0.2, 10
FACTORS = (-12, -10, -8, -6, -4, -2, -1, -0.5, 0, 0.5, 1, 2, 4, 6, 8, 10, 12, 14, 16)
WIDTHS = tuple(round(TRAINING * 2 ** (power / 4)) for power in FACTORS)
"""From an eighth of n to 16 times as many features, closer together near n."""
LOWEST, HIGHEST, PER_DECADE = -7, 1, 4
STEPS = (HIGHEST - LOWEST) * PER_DECADE
RIDGES = (0.0, *(10 ** (LOWEST + step / PER_DECADE) for step in range(1, STEPS + 1)))
"""λ: none, and then steps of a part of a power of ten."""
ROUNDING = 1e-10


@dataclass(frozen=True, eq=False)
class Digits:
    """Pictures `(n, d)` and `(N, d)` around the mean, one-hot labels `(n, 20)` and `(N, 10)`.

    The labels to learn are the true ones and then, in the last ten columns, those of which a fifth
    is wrong. `directions` are the random weights `(d, p)`, as many as the widest model has.
    """

    inputs: Values
    labels: Values
    test_inputs: Values
    test_labels: Values
    directions: Values


def drawn(seed: int, most: int, count: int = TRAINING) -> Digits:
    """Digits, directions and wrong labels by one seed; the test digits are always the same."""
    data, random = of_ten(count, seed), np.random.default_rng(seed)
    inputs, test = (
        pooled(one).numpy().astype(np.float64) for one in (data.inputs, data.validation_inputs)
    )
    varying = inputs.min(0) < inputs.max(0)
    mean = inputs[:, varying].mean(0)
    inputs, test = inputs[:, varying] - mean, test[:, varying] - mean
    directions = random.standard_normal((inputs.shape[1], most)) / np.sqrt(inputs.var(0).sum())
    chosen = random.permutation(count)[: round(WRONG * count)]
    noisy = data.labels.copy()
    noisy[chosen] = (noisy[chosen] + random.integers(1, CLASSES, len(chosen))) % CLASSES
    hot = np.eye(CLASSES)
    labels = np.concatenate([hot[data.labels], hot[noisy]], axis=1)
    return Digits(inputs, labels, test, hot[data.validation_labels], directions)


def features(data: Digits) -> tuple[Values, Values]:
    """ReLU features of the digits to learn and to test, those that are constant left out."""
    learned, test = (
        np.maximum(one @ data.directions, 0) for one in (data.inputs, data.test_inputs)
    )
    varying = learned.min(0) < learned.max(0)
    return learned[:, varying], test[:, varying]


def errors(data: Digits, widths: tuple[int, ...], ridges: tuple[float, ...]) -> Values:
    """Mean squared errors `(2, 2, λ, widths)`: for test and training; of true and of noisy labels.

    They are summed over the ten outputs. Training errors are for the labels that were learned.
    """
    learned, test = features(data)
    found = np.empty((2, 2, len(ridges), len(widths)))
    for place, width in enumerate(widths):
        left, sizes, right = np.linalg.svd(learned[:, :width] / np.sqrt(width), full_matrices=False)
        seen = (test[:, :width] / np.sqrt(width)) @ right.T  # (N, r)
        squares = seen.T @ seen / len(seen)
        towards = np.tile(seen.T @ data.test_labels / len(seen), 2)
        turned = left.T @ data.labels
        missed = np.square(data.labels).sum(0) - np.square(turned).sum(0)
        real = sizes > ROUNDING * sizes[0]
        for row, ridge in enumerate(ridges):
            solved = np.divide(sizes, sizes**2 + ridge, out=np.zeros_like(sizes), where=real)
            weights = solved[:, None] * turned
            each = (weights * (squares @ weights - 2 * towards)).sum(0)
            left_over = np.square((1 - solved * sizes)[:, None] * turned).sum(0) + missed
            found[0, :, row, place] = each.reshape(2, CLASSES).sum(1) + 1
            found[1, :, row, place] = left_over.reshape(2, CLASSES).sum(1) / len(learned)
    return found


@dataclass(frozen=True, eq=False)
class Descent:
    """`errors` of several draws, `(draws, 2, 2, λ, widths)`."""

    widths: tuple[int, ...]
    ridges: tuple[float, ...]
    errors: Values

    def peak(self, noisy: bool, ridge: int = 0) -> int:
        """The width with the largest median test error, of the λ at that place."""
        medians = np.median(self.errors[:, 0, int(noisy), ridge], axis=0)
        return self.widths[int(medians.argmax())]


def descent(
    seeds: tuple[int, ...] = tuple(range(DRAWS)),
    widths: tuple[int, ...] = WIDTHS,
    ridges: tuple[float, ...] = RIDGES,
    *,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[Descent], None] = lambda found: None,
) -> Descent:
    """The errors of every draw; `seen` gets what there is after each."""

    def one(seed: int) -> Values:
        return errors(drawn(seed, max(widths)), widths, ridges)

    rows: list[Values] = []
    for found in results(partial(one, seed) for seed in seeds):
        rows.append(found)
        told(len(rows) / len(seeds))
        seen(Descent(widths, ridges, np.array(rows)))
    return Descent(widths, ridges, np.array(rows))
