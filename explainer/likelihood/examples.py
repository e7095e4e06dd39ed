r"""One real digit seen by three losses, and why a product of probabilities is no number for long.

Noise, likelihood and −log for a Bernoulli (is the digit even?), a categorical (which digit?) and a
Gaussian variable (the ink of its right half, predicted from the left half by least squares).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax

from explainer.likelihood.calibrated import test_digits
from explainer.networks.digits.field import PUBLISHED, in_field, moved
from explainer.networks.digits.networks import shared_reader
from explainer.training.data.registry import load

NETWORK = "digit-mlp"
Floats = NDArray[np.float64]


@cache
def logits(slug: str = NETWORK, by: int = 0) -> Floats:
    """What a shipped network says of the 1,000 test digits, all moved down by so many pixels."""
    inputs, __ = test_digits()
    pictures = moved(in_field(inputs.view(-1, 1, PUBLISHED, PUBLISHED)), by, 0)
    with torch.inference_mode():
        found = shared_reader(slug)(pictures).double().numpy()
    found.setflags(write=False)
    return np.asarray(found)


@dataclass(frozen=True, eq=False)
class Example:
    """A digit: its `probabilities` `(10,)`, its `label`, and its ink, predicted and true.

    Ink is in pixels: the sum of the values in [0, 1] of the right half. `deviation` is that of
    the residuals on the digits that the line was fitted to, by likelihood.
    """

    probabilities: Floats
    label: int
    predicted: float
    ink: float
    deviation: float

    @property
    def even(self) -> float:
        """The probability of an even digit."""
        return float(self.probabilities[::2].sum())

    @property
    def bernoulli(self) -> float:
        """The probability of what it is, even or odd."""
        return self.even if self.label % 2 == 0 else float(self.probabilities[1::2].sum())

    @property
    def categorical(self) -> float:
        """The probability of the digit that it is."""
        return float(self.probabilities[self.label])

    @property
    def density(self) -> float:
        """The normal density at the residual, for each pixel of ink."""
        return float(np.exp(-self.surprise))

    @property
    def squared(self) -> float:
        r"""The part of the surprise that depends on the prediction, $r^2 / 2\sigma^2$."""
        return (self.ink - self.predicted) ** 2 / (2 * self.deviation**2)

    @property
    def surprise(self) -> float:
        """−log of the density, in nats."""
        return self.squared + float(np.log(self.deviation * np.sqrt(2 * np.pi)))


def example(place: int) -> Example:
    """The test digit at that place, from 0 to 999."""
    weights, deviation = _line()
    inputs, labels = test_digits()
    left, right = _halves(inputs[place : place + 1].double().numpy())
    probabilities = np.exp(log_softmax(logits()[place]))
    return Example(
        probabilities, int(labels[place]), float((left @ weights)[0]), float(right[0]), deviation
    )


@cache
def by_surprise() -> NDArray[np.int64]:
    """The places of the 1,000 test digits, from the least probable label to the most probable."""
    labels = test_digits()[1]
    logs = log_softmax(logits(), axis=-1)[np.arange(len(labels)), labels]
    return np.argsort(logs, kind="stable")


@cache
def _line() -> tuple[Floats, float]:
    """Least squares on the shipped training digits: weights, and the deviation by likelihood."""
    examples = load("mnist-sample")
    rows = examples.inputs[: examples.test_from].flatten(1).double().numpy()
    left, right = _halves(rows)
    weights = np.linalg.lstsq(left, right, rcond=None)[0]
    return np.asarray(weights, float), float(np.sqrt(np.square(right - left @ weights).mean()))


def _halves(rows: Floats) -> tuple[Floats, Floats]:
    """Of pictures `(N, 784)` a 1 and the ink of each left column, and that of the right half."""
    columns = rows.reshape(-1, PUBLISHED, PUBLISHED).sum(1)
    middle = PUBLISHED // 2
    left = np.concatenate([np.ones((len(rows), 1)), columns[:, :middle]], 1)
    return left, columns[:, middle:].sum(1)


@dataclass(frozen=True, eq=False)
class Products:
    """The product of the probabilities of the first 1, 2, … N labels, and its logarithm.

    `single` and `double` multiply in float32 and float64; `logs` adds logarithms in float32. All
    `(N,)`; products that are 0 have become so by rounding.
    """

    single: NDArray[np.float32]
    double: Floats
    logs: NDArray[np.float32]

    @property
    def none_left(self) -> tuple[int | None, int | None]:
        """After how many labels the product is 0, in float32 and in float64; None for never."""
        counts = (int((row > 0).sum()) for row in (self.single, self.double))
        found = tuple(one + 1 if one < len(self.logs) else None for one in counts)
        return found[0], found[1]


def products(surprise: Floats) -> Products:
    """From the surprise −log p of each label `(N,)`, in nats."""
    chances = np.exp(-surprise)
    with np.errstate(under="ignore"):
        single = np.cumprod(chances.astype(np.float32), dtype=np.float32)
        double = np.cumprod(chances, dtype=float)
    return Products(single, double, np.cumsum(-surprise.astype(np.float32), dtype=np.float32))
