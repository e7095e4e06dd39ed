"""Sparse means small: what weights of 0 save in bytes and products, and where they save no time."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.regularisation.pixel_weights import Divided, of_ten
from explainer.regularisation.proximal import Fitted, Floats, fit

TRAINING, STEPS = 1000, 500
ABSOLUTE, SQUARE = 3e-3, 3e-2
"""λ of L1 and of L2: about the best on validation."""
NUMBER, INDEX = 4, 4  # bytes: float32, int32
THRESHOLDS = (
    0.0, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075,
    0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0,
)  # fmt: skip
SIDE, BATCH = 1024, 64
ZERO_SHARES = (0.0, 0.5, 0.9, 0.99)
REPEATS, WARM = 17, 2


@dataclass(frozen=True, eq=False)
class Trained:
    """Two networks of one layer that tell ten digits apart: the first with L1, the second with L2.

    Both have 784 × 10 weights; `data` is what they learned from and are validated on.
    """

    networks: Fitted
    data: Divided

    def weights(self, place: int) -> Floats:
        """The weights of a network as PyTorch has them, `(10, 784)`: outputs by inputs."""
        return np.ascontiguousarray(self.networks.weights[place].T)


def trained(told: Callable[[float], None] = lambda share: None, *, seed: int = 0) -> Trained:
    """Learn 1,000 digits, drawn by `seed`, with L1 and with L2 at once."""
    data = of_ten(TRAINING, seed)
    absolute = np.array([ABSOLUTE, 0], np.float32)
    square = np.array([0, SQUARE], np.float32)
    found = fit(
        data.inputs, data.labels, absolute, square, classes=10, steps=STEPS, told=told
    )  # fmt: skip
    return Trained(found, data)


@dataclass(frozen=True)
class Size:
    """What a matrix of weights takes: `dense` and `sparse` bytes, and products for one input."""

    weights: int
    left: int
    dense: int
    sparse: int

    @property
    def zeros(self) -> float:
        """The share of weights that are exactly 0."""
        return 1 - self.left / self.weights


def size_of(weights: NDArray[np.floating]) -> Size:
    """Of a matrix `(rows, columns)`, in float32 and in CSR.

    CSR (compressed sparse rows) keeps every value that is not 0 and its column, and where each row
    begins and the last one ends, all of them in four bytes. A product is made for every value kept.
    """
    left = int(np.count_nonzero(weights))
    sparse = left * (NUMBER + INDEX) + (len(weights) + 1) * INDEX
    return Size(weights.size, left, weights.size * NUMBER, sparse)


@dataclass(frozen=True)
class Pruned:
    """A network whose weights below `threshold` in size are 0: its size, and its accuracy."""

    threshold: float
    size: Size
    accuracy: float


def prune(found: Trained, place: int, threshold: float) -> Pruned:
    """Set the weights of a network that are smaller than `threshold` to 0; biases stay."""
    one = found.networks
    weights = one.weights[place : place + 1]
    left = np.where(np.abs(weights) < threshold, np.float32(0), weights)
    network = replace(one, weights=left, biases=one.biases[place : place + 1])
    data = found.data
    accuracy = network.accuracy(data.validation_inputs, data.validation_labels)
    return Pruned(threshold, size_of(left[0].T), float(accuracy[0]))


def prune_to(found: Trained, place: int, zeros: float) -> Pruned:
    """Set as many of a network's smallest weights to 0 as it takes for that share of zeros."""
    sizes = np.sort(np.abs(found.networks.weights[place]), axis=None)
    rank = min(round(zeros * sizes.size), sizes.size - 1)
    return prune(found, place, float(sizes[rank]))


def pruned(found: Trained) -> tuple[tuple[Pruned, ...], ...]:
    """Of each network the results for every threshold, rising."""
    return tuple(
        tuple(prune(found, place, threshold) for threshold in THRESHOLDS) for place in (0, 1)
    )


@dataclass(frozen=True)
class Timed:
    """A matrix of 1,024 × 1,024 times 64 columns: milliseconds, the median of several."""

    zeros: float
    dense: float
    sparse: float

    @property
    def ratio(self) -> float:
        """How many times as long the sparse product takes."""
        return self.sparse / self.dense


def timed(zeros: float, *, seed: int = 0, repeats: int = REPEATS) -> Timed:
    """Time the product dense and by `torch.sparse_csr`, with this share of zeros, on one thread.

    Both in turns, `repeats` times; the first two turns do not count.
    """
    matrix, batch = matrices(zeros, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of CSR, which is in beta
        sparse = matrix.to_sparse_csr()
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        times = [[_milliseconds(one, batch) for one in (matrix, sparse)] for _ in range(repeats)]
    finally:
        torch.set_num_threads(before)
    dense, other = (median(column[WARM:]) for column in zip(*times, strict=True))
    return Timed(zeros, dense, other)


@lru_cache(maxsize=len(ZERO_SHARES))
def matrices(zeros: float, seed: int) -> tuple[Tensor, Tensor]:
    """A matrix with this share of zeros, anywhere, and the columns that it is multiplied by."""
    generator = torch.Generator().manual_seed(seed)
    matrix = torch.randn(SIDE, SIDE, generator=generator)
    order = torch.randperm(SIDE**2, generator=generator)
    matrix.view(-1)[order[: round(zeros * SIDE**2)]] = 0
    return matrix, torch.randn(SIDE, BATCH, generator=generator)


def _milliseconds(matrix: Tensor, batch: Tensor) -> float:
    with torch.inference_mode():
        start = time.perf_counter()
        matrix @ batch
        return 1e3 * (time.perf_counter() - start)
