r"""A small network on real digits, its exact gradient, and the sharpness of its loss.

65 inputs (the last is 1) → tanh units → 10 linear outputs, the loss half the mean squared distance
to one-hot labels over all pictures. Everything is float64 and of a full batch: nothing is noise.
Weights lie in one row of numbers `(..., P)`; what stands before P is many networks at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explainer.descent.digit_bowl import CLASSES, Floats, digits
from explainer.lengths import directions

UNITS, PICTURES = 32, 300
PRODUCTS = 3
ALIKE = 1e-9
"""Below this share of a vector what is left of it is rounding."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Pictures `(N, inputs)`, the last column 1, one-hot labels `(N, 10)`, and how many units."""

    inputs: Tensor
    targets: Tensor
    units: int = UNITS

    @property
    def parts(self) -> tuple[int, int, int]:
        """How many weights lead to the units, how many from them, and how many biases are last."""
        return self.inputs.shape[1] * self.units, self.units * CLASSES, CLASSES

    def start(self, seed: int) -> Tensor:
        """Weights `(P,)` uniform within 1/√(their inputs), the biases 0."""
        generator = torch.Generator().manual_seed(seed)
        first, last, biases = self.parts
        drawn = [2 * torch.rand(count, generator=generator) - 1 for count in (first, last)]
        pixels = self.inputs.shape[1] - 1
        drawn[0][-self.units :] = 0  # of the column that is 1
        scaled = [drawn[0] / pixels**0.5, drawn[1] / self.units**0.5, torch.zeros(biases)]
        return torch.cat(scaled).double()

    def split(self, weights: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The two matrices and the last bias of weights `(..., P)`."""
        first, last, bias = torch.split(weights, list(self.parts), -1)
        many = weights.shape[:-1]
        return (
            first.reshape(*many, -1, self.units),
            last.reshape(*many, self.units, -1),
            bias.unsqueeze(-2),
        )


def problem(units: int = UNITS, pictures: int = PICTURES) -> Problem:
    """Of the first digits of scikit-learn's."""
    inputs, targets = digits(pictures)
    return Problem(torch.from_numpy(inputs), torch.from_numpy(targets), units)


@dataclass(frozen=True, eq=False)
class Slope:
    """A loss `(...)`, its gradient `(..., P)`, and what a product with the Hessian needs."""

    loss: Tensor
    gradient: Tensor
    product: Callable[[Tensor], Tensor]


def slope(given: Problem, weights: Tensor) -> Slope:
    """Forward and back once. The product is the gradient's derivative along a vector (Pearlmutter
    1994), so the Hessian itself is never written down.
    """
    first, last, bias = given.split(weights)
    inputs, count = given.inputs, len(given.inputs)
    hidden = torch.tanh(inputs @ first)
    error = (hidden @ last + bias - given.targets) / count
    steep = 1 - hidden.square()
    behind = error @ last.mT

    def product(vector: Tensor) -> Tensor:
        first_along, last_along, bias_along = given.split(vector)
        hidden_along = steep * (inputs @ first_along)
        error_along = (hidden_along @ last + hidden @ last_along + bias_along) / count
        behind_along = error_along @ last.mT + error @ last_along.mT
        into = steep * behind_along - 2 * behind * hidden * hidden_along
        return _row(inputs.T @ into, hidden_along.mT @ error + hidden.mT @ error_along, error_along)

    gradient = _row(inputs.T @ (steep * behind), hidden.mT @ error, error)
    return Slope(error.square().sum((-2, -1)) * count / 2, gradient, product)


def _row(first: Tensor, last: Tensor, error: Tensor) -> Tensor:
    return torch.cat([first.flatten(-2), last.flatten(-2), error.sum(-2)], -1)


def sharpness(
    product: Callable[[Tensor], Tensor], near: Tensor, products: int = PRODUCTS
) -> tuple[float, Tensor]:
    """The largest eigenvalue of a Hessian and its direction `(P,)`, from a vector `near` it.

    So many steps of Lanczos, fully orthogonalised, then the best of the space they span: never
    more than the eigenvalue. NaN where a product is no finite number.
    """
    basis, products_of = [directions(near[None])[0]], []
    for _ in range(products):
        found = product(basis[-1])
        products_of.append(found)
        left = found
        for _ in range(2):  # once more, against rounding
            left = left - torch.stack(basis).mT @ (torch.stack(basis) @ left)
        length = float(left.norm())
        if not length > ALIKE * float(found.norm()):
            break
        basis.append(left / length)
    rows = torch.stack(basis[: len(products_of)])
    inner = rows @ torch.stack(products_of).mT
    if not inner.isfinite().all():
        return float("nan"), near
    values, turned = torch.linalg.eigh((inner + inner.mT) / 2)
    return float(values[-1]), turned[:, -1] @ rows


def peaks(given: Problem, weights: Tensor, rates: Floats, steps: int) -> Floats:
    """The highest loss within `steps` steps from the weights `(P,)`, for each of the rates `(R,)`.

    Infinite where it overflows.
    """
    at = weights.expand(len(rates), -1).clone()
    column = torch.from_numpy(rates)[:, None]
    highest = torch.zeros(len(rates), dtype=torch.float64)
    for _ in range(steps):
        found = slope(given, at)
        highest = torch.maximum(highest, found.loss.nan_to_num(np.inf, np.inf))
        at -= column * found.gradient
    return np.asarray(highest.numpy())
