r"""How far minibatch gradients lie from the true one, in a real network, early and late.

Of N gradients $g_i$ with mean G and covariance Σ, the mean of B drawn with replacement lies
$\sqrt{\operatorname{tr}\Sigma / B}$ from G, and drawn without it
$\sqrt{\operatorname{tr}\Sigma / B \cdot (N - B)/(N - 1)}$ (root mean square). Both are as long as
G itself at the critical batch $\operatorname{tr}\Sigma / |G|^2$, or a little before it (McCandlish
et al. 2018).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from explainer.descent.batch_race import Learner

SIZES = tuple(2**one for one in range(11))
MOMENTS = (10, 1000)
"""After how many steps of 32 pictures the gradients are taken."""
TRAINED_BY, RATE, DRAWS = 32, 0.1, 200
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Noise:
    """Gradients of N pictures at one moment, seen by `DRAWS` draws of minibatches.

    `trace` is tr Σ and `length` |G|. `paths` `(DRAWS, N, 2)` has where the mean of the first B of
    each draw without replacement lies, along G and along the direction of most spread across it,
    in lengths of G. `without`, `repeated` `(sizes,)` are the measured distances from G of draws
    without and with replacement; `cosine` `(sizes, DRAWS)` those with G, without replacement.
    """

    step: int
    trace: float
    length: float
    paths: Values
    without: Values
    repeated: Values
    cosine: Values

    @property
    def critical(self) -> float:
        """The batch whose noise is as long as the gradient."""
        return self.trace / self.length**2

    def expected(self, size: Values | float, *, replaced: bool) -> Values:
        """The distance from G by the formula, in lengths of G."""
        count = self.paths.shape[1]
        share = self.critical / np.asarray(size, np.float64)
        return np.asarray(np.sqrt(share if replaced else share * (count - size) / (count - 1)))


def noises(
    seed: int = 0,
    moments: tuple[int, ...] = MOMENTS,
    *,
    told: Callable[[float], None] = lambda share: None,
) -> list[Noise]:
    """Train the network of that seed, and take its gradients at those moments."""
    learner, found = Learner((seed,), (RATE,)), []
    for step in range(1, max(moments) + 1):
        learner.step(*learner.batch(TRAINED_BY))
        if step in moments:
            found.append(noise(gradients(learner), step, seed))
            told(len(found) / len(moments))
    return found


def gradients(learner: Learner) -> Values:
    """The gradient of each picture's loss by all weights and biases of the first network, `(N, P)`.

    In the order of its parameters.
    """
    first, bias, last, last_bias = (one[0].astype(np.float64) for one in learner.parameters)
    inputs = learner.inputs[0].astype(np.float64)
    hidden = np.maximum(inputs @ first + bias, 0)
    logits = hidden @ last + last_bias
    upstream = np.exp(logits - logits.max(1, keepdims=True))
    upstream /= upstream.sum(1, keepdims=True)
    upstream[np.arange(len(inputs)), learner.labels[0]] -= 1
    behind = (upstream @ last.T) * (hidden > 0)
    parts = (inputs[:, :, None] * behind[:, None], behind,
             hidden[:, :, None] * upstream[:, None], upstream)  # fmt: skip
    return np.concatenate([one.reshape(len(inputs), -1) for one in parts], 1)


def noise(each: Values, step: int = 0, seed: int = 0) -> Noise:
    """What minibatches of these gradients `(N, P)` are like."""
    count, true = len(each), each.mean(0)
    length = float(np.linalg.norm(true))
    apart = each - true
    inner = apart @ apart.T
    along = apart @ true / length
    # The direction of most spread across G, from the inner products alone.
    across = inner - np.outer(along, along)
    values, vectors = eigh(across, subset_by_index=(count - 1, count - 1))
    spots = np.column_stack([along, vectors[:, -1] * np.sqrt(max(values[-1], 0))]) / length
    random = np.random.default_rng(seed)
    orders = random.permuted(np.tile(np.arange(count), (DRAWS, 1)), axis=1)
    numbers = np.arange(1, count + 1)[:, None]
    paths = spots[orders].cumsum(1) / numbers + (1, 0)
    sizes = [one for one in SIZES if one <= count]
    without, repeated, cosines = [], [], []
    for size in sizes:
        weights = np.zeros((DRAWS, count))
        np.put_along_axis(weights, orders[:, :size], 1 / size, 1)
        squares = _squares(weights, inner)
        without.append(np.sqrt(squares.mean()) / length)
        dot = length**2 + length * (weights @ along)
        cosines.append(dot / (length * np.sqrt(squares + 2 * dot - length**2)))
        again = random.multinomial(size, np.full(count, 1 / count), DRAWS) / size
        repeated.append(np.sqrt(_squares(again, inner).mean()) / length)
    return Noise(step, float(np.trace(inner)) / count, length, paths, np.array(without),
                 np.array(repeated), np.array(cosines))  # fmt: skip


def _squares(weights: Values, inner: Values) -> Values:
    """The squared lengths of weighted sums, from inner products; rounding makes none negative."""
    return np.asarray(np.maximum(((weights @ inner) * weights).sum(1), 0))
