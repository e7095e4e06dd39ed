r"""Linear classifiers for many λ at once, by the proximal gradient method with momentum.

The loss is the mean cross-entropy of a sigmoid (one output) or a softmax (several), plus
$\lambda_1 \lVert w \rVert_1 + \frac{\lambda_2}{2} \lVert w \rVert^2$; biases go free. One step goes
down the loss's gradient, then draws every weight towards 0: by $s\lambda_1$, and no further than to
0, for L1 (*soft threshold*, which is where exact zeros come from), and by the factor
$1/(1 + s\lambda_2)$ for L2. With momentum it is FISTA (Beck and Teboulle 2009), begun anew where
the momentum points uphill (O'Donoghue and Candès 2015).

Inputs are centred, which changes nothing but the biases, and goes faster. An input that never
varies gets a weight of exactly 0, as every penalty, however small, would give it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.regularisation.shapes import soft_threshold

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]
Told = Callable[[float], None]
TELL_EVERY = 20


@dataclass(frozen=True, eq=False)
class Fitted:
    """M linear classifiers of D inputs with K outputs, for the penalties `absolute` and `square`.

    `weights` `(M, D, K)`, `biases` `(M, K)`, penalties `(M,)`. With K = 1 the output is the logit
    of class 1, else there is one for each class.
    """

    weights: Floats
    biases: Floats
    absolute: Floats
    square: Floats

    def logits(self, inputs: Floats) -> Floats:
        """For inputs `(N, D)`: `(M, N, K)`."""
        return np.asarray(inputs @ self.weights + self.biases[:, None], np.float32)

    def accuracy(self, inputs: Floats, labels: Labels) -> NDArray[np.float64]:
        """The share of inputs `(N, D)` that are told right, for each classifier: `(M,)`."""
        logits = self.logits(inputs)
        told = logits[..., 0] > 0 if logits.shape[2] == 1 else logits.argmax(axis=2)
        return np.asarray((told == labels).mean(axis=1))

    def loss(self, inputs: Floats, labels: Labels) -> NDArray[np.float64]:
        """The mean cross-entropy over inputs `(N, D)`, without the penalty: `(M,)`, in nats."""
        logits = self.logits(inputs).astype(np.float64)
        if logits.shape[2] == 1:
            z = logits[..., 0]
            return np.asarray((np.logaddexp(0, z) - labels * z).mean(axis=1))
        right = logits[:, np.arange(len(labels)), labels]
        return np.asarray((np.logaddexp.reduce(logits, axis=2) - right).mean(axis=1))

    @property
    def penalty(self) -> NDArray[np.float64]:
        """What is added to the loss: `(M,)`."""
        weights = self.weights.astype(np.float64)
        sums = np.abs(weights).sum(axis=(1, 2)), (weights**2).sum(axis=(1, 2))
        return np.asarray(self.absolute * sums[0] + self.square / 2 * sums[1])

    @property
    def zeros(self) -> NDArray[np.float64]:
        """The share of weights that are exactly 0: `(M,)`."""
        return np.asarray((self.weights == 0).mean(axis=(1, 2)))


def fit(
    inputs: Floats,
    labels: Labels,
    absolute: Floats,
    square: Floats,
    *,
    classes: int = 2,
    steps: int,
    told: Told = lambda share: None,
) -> Fitted:
    """Classifiers of `inputs` `(N, D)` for M penalties: λ₁ `absolute` and λ₂ `square`, `(M,)` each.

    Two classes have one output. `told` gets the share that is done, in [0, 1], now and then.
    Raises `ValueError` for no examples, and for fewer than two classes.
    """
    if not len(inputs) or classes < 2:
        raise ValueError(f"{len(inputs)} examples of {classes} classes are nothing to tell apart")
    varying = inputs.min(axis=0) < inputs.max(axis=0)
    centre = inputs[:, varying].mean(axis=0)
    within = np.hstack([inputs[:, varying] - centre, np.ones((len(inputs), 1), np.float32)])
    outputs = 1 if classes == 2 else classes
    found = _descend(
        np.ascontiguousarray(within, np.float32),
        _targets(labels, classes),
        np.repeat(absolute, outputs).astype(np.float32),
        np.repeat(square, outputs).astype(np.float32),
        steps,
        told,
    )
    weights = np.zeros((inputs.shape[1], found.shape[1]), np.float32)
    weights[varying] = found[:-1]
    biases = found[-1] - centre @ found[:-1]
    return Fitted(
        np.ascontiguousarray(weights.reshape(inputs.shape[1], -1, outputs).swapaxes(0, 1)),
        biases.reshape(-1, outputs),
        np.asarray(absolute, np.float32),
        np.asarray(square, np.float32),
    )


def _targets(labels: Labels, classes: int) -> Floats:
    """`(N, 1)` of 0 and 1, or one-hot `(N, 1, K)`."""
    if classes == 2:
        return labels.astype(np.float32)[:, None]
    return np.eye(classes, dtype=np.float32)[labels][:, None]


def _residual(logits: Floats, targets: Floats) -> Floats:
    """Probabilities less targets, for logits `(N, M·K)`; overwrites them."""
    if targets.ndim == 2:
        np.clip(logits, -60, 60, out=logits)  # float32's exp ends at 88
        return np.asarray(1 / (1 + np.exp(-logits)) - targets, np.float32)
    z = logits.reshape(len(logits), -1, targets.shape[2])
    z -= z.max(axis=2, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=2, keepdims=True)
    z -= targets
    return z.reshape(logits.shape)


def _descend(
    inputs: Floats, targets: Floats, absolute: Floats, square: Floats, steps: int, told: Told
) -> Floats:
    """The columns of weights, the bias last in each: `(D + 1, M·K)`, from zero."""
    count, outputs = len(inputs), targets.shape[-1]
    steepest = float(np.linalg.norm(inputs, 2)) ** 2 / count  # times ¼ or ½: of the cross-entropy
    size = np.float32(1 / (steepest * (0.25 if outputs == 1 else 0.5)))
    bound, shrunk = size * absolute, 1 / (1 + size * square)
    now = np.zeros((inputs.shape[1], len(absolute)), np.float32)
    ahead, pace = now, np.ones(len(absolute) // outputs, np.float32)
    for step in range(steps):
        slope = inputs.T @ _residual(inputs @ ahead, targets)
        new = ahead - size / count * slope
        new[:-1] = soft_threshold(new[:-1], bound) * shrunk
        moved = new - now
        uphill = np.einsum("ij,ij->j", ahead - new, moved).reshape(-1, outputs).sum(axis=1) > 0
        pace[uphill] = 1
        faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead = new + np.repeat((pace - 1) / faster, outputs) * moved
        now, pace = new, faster
        if step % TELL_EVERY == 0:
            told((step + 1) / steps)
    return now
