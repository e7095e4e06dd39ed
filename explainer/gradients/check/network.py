"""A network of two layers on ten digits, forward: what it gives, and its loss.

    z1 = x W1 + b1,   h = f(z1),   z2 = h W2 + b2,   p = softmax(z2)
    L  = −1/N Σ log p[n, y_n] + λ (Σ W1² + Σ W2²)

All parameters lie in one flat vector θ, as a check needs them. There are ten pictures, ten hidden
units and ten classes on purpose: so a transposed matrix fits, and nothing but a check objects. How
the gradient is computed is in `backward`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from explainer.registry import Registry
from explainer.words import N_

Array = NDArray[np.floating]
Scalar = TypeVar("Scalar", bound=np.generic)
PIXELS, HIDDEN, CLASSES = 64, 10, 10
LARGEST_INK = 16
KEEP_PROBABILITY = 0.8


@dataclass(frozen=True)
class Tensor:
    """A parameter of the network: its name, its shape, and where it lies in θ."""

    name: str
    shape: tuple[int, ...]
    start: int

    @property
    def size(self) -> int:
        """How many numbers it has: the product of its shape."""
        return math.prod(self.shape)

    @property
    def place(self) -> slice:
        """Its part of the flat parameter vector θ."""
        return slice(self.start, self.start + self.size)

    def of(self, theta: NDArray[Scalar]) -> NDArray[Scalar]:
        """Its values in `theta`, in its shape."""
        return theta[self.place].reshape(self.shape)


_SHAPES = (
    ("W1", (PIXELS, HIDDEN)),
    ("b1", (HIDDEN,)),
    ("W2", (HIDDEN, CLASSES)),
    ("b2", (CLASSES,)),
)
_STARTS = accumulate((math.prod(shape) for _, shape in _SHAPES), initial=0)
TENSORS = tuple(
    Tensor(name, shape, start) for (name, shape), start in zip(_SHAPES, _STARTS, strict=False)
)
W1, B1, W2, B2 = TENSORS
PARAMETERS = sum(tensor.size for tensor in TENSORS)


@dataclass(frozen=True)
class Nonlinearity:
    """An activation function as one writes it by hand: the slope is computed from the output `h`.

    `code` and `slope_code` are the same two in NumPy, of `z1` and `h`.
    """

    slug: str
    title: str
    apply: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    code: str
    slope_code: str


def _sigmoid(z: Array) -> Array:
    half: Array = np.tanh(z / 2)
    return (1 + half) / 2


NONLINEARITIES = Registry[Nonlinearity](
    N_("activation"),
    Nonlinearity("tanh", N_("tanh"), np.tanh, lambda h: 1 - h**2, "np.tanh(z1)", "1 - h**2"),
    Nonlinearity(
        "sigmoid",
        N_("sigmoid"),
        _sigmoid,
        lambda h: h * (1 - h),
        "(1 + np.tanh(z1 / 2)) / 2",
        "h * (1 - h)",
    ),
    Nonlinearity(
        "relu",
        N_("ReLU"),
        lambda z: np.maximum(z, 0),
        lambda h: (h > 0).astype(h.dtype),
        "np.maximum(z1, 0)",
        "(h > 0)",
    ),
)
TANH, SIGMOID, RELU = NONLINEARITIES


@dataclass(frozen=True, eq=False)
class Problem:
    """What is differentiated: pictures `x` (N, 64), one-hot `targets` (N, 10), f and λ."""

    x: Array
    targets: Array
    nonlinearity: Nonlinearity
    penalty: float

    @property
    def mask_shape(self) -> tuple[int, int]:
        """One number for each picture and hidden unit."""
        return len(self.x), HIDDEN


@dataclass(frozen=True, eq=False)
class Pass:
    """What a forward pass leaves behind for the way back, each with a row for each picture."""

    z1: Array
    h: Array
    p: Array
    mask: Array | float


@cache
def digits() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The first handwritten digit of each class: pixels (10, 64) in [0, 1], and one-hot (10, 10).

    scikit-learn's digits (E. Alpaydin and C. Kaynak, UCI).
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    first = [int(np.argmax(bunch.target == digit)) for digit in range(CLASSES)]
    pixels = (bunch.data[first] / LARGEST_INK).astype(np.float32)
    return pixels, np.eye(CLASSES, dtype=np.float32)


def start(seed: int) -> NDArray[np.float32]:
    """θ before any training: weights normal with variance 1 / fan-in, biases normal, σ = 0.1."""
    generator = np.random.default_rng(seed)
    scales = (1 / math.sqrt(PIXELS), 0.1, 1 / math.sqrt(HIDDEN), 0.1)
    drawn = [
        scale * generator.standard_normal(tensor.size)
        for scale, tensor in zip(scales, TENSORS, strict=True)
    ]
    return np.concatenate(drawn).astype(np.float32)


def problem(nonlinearity: Nonlinearity, penalty: float, dtype: type[np.floating]) -> Problem:
    """The ten digits in numbers of type `dtype`."""
    pixels, targets = digits()
    return Problem(pixels.astype(dtype), targets.astype(dtype), nonlinearity, penalty)


def forward(theta: Array, given: Problem, mask: Array | float = 1.0) -> Pass:
    """The probabilities, and what came before; `mask` multiplies the hidden units (dropout)."""
    z1 = given.x @ W1.of(theta) + B1.of(theta)
    h = given.nonlinearity.apply(z1)
    z2 = (h * mask) @ W2.of(theta) + B2.of(theta)
    powers = np.exp(z2 - z2.max(axis=1, keepdims=True))
    return Pass(z1, h, powers / powers.sum(axis=1, keepdims=True), mask)


def loss(theta: Array, given: Problem, mask: Array | float = 1.0) -> np.floating:
    """The loss L(θ), one number of the type of `theta`; `mask` as in `forward`."""
    p = forward(theta, given, mask).p
    data = -np.log((p * given.targets).sum(axis=1)).mean()
    weights = (W1.of(theta) ** 2).sum() + (W2.of(theta) ** 2).sum()
    return theta.dtype.type(data + theta.dtype.type(given.penalty) * weights)


def dropout_mask(given: Problem, generator: np.random.Generator) -> Array:
    """Zero for a hidden unit that is left out, 1 / keep probability for the others."""
    kept = generator.random(given.mask_shape) < KEEP_PROBABILITY
    return (kept / KEEP_PROBABILITY).astype(given.x.dtype)
