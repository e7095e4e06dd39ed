r"""The loss of a small network on a plane through three points of a path that it really took.

The network is 64 – 10 – 10 with tanh, on 100 digits of 8 × 8. Gradient descent on all of them leads
from its first weights to trained ones; the plane goes through both, and through those after a
quarter of the steps.
A place on it is $W = W_0 + w_1 d_1 + w_2 d_2$ with upright directions of length 1, so that a
distance on the picture is one between weights. Loss and gradient at a place are those of the
network itself, the gradient's part along the plane, not read off a grid: what enters each hidden
unit is itself linear in the place, so that the first layer is multiplied once for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from explainer.descent.landscapes import ALL, Box, Landscape, Rows
from explainer.descent.methods import Floats
from explainer.training.data.registry import load

DIGITS, UNITS, CLASSES = 100, 10, 10
PATH_STEPS, PATH_RATE, DRAWS = 150, 0.5, 3
BETWEEN = 37
Weights = tuple[Floats, Floats]
"""First layer `(65, 10)` and second `(11, 10)`, the last row of each its biases."""


@dataclass(frozen=True, eq=False)
class Plane:
    """The weights `(P,)` at its origin, which is the end of the path, and two directions `(2, P)`.

    `marks` `(3, 2)` are where the path began, where it was after a quarter of its steps, and its
    end: places of the plane itself.
    """

    origin: Floats
    directions: Floats
    marks: Floats


@cache
def digits() -> tuple[Floats, np.ndarray]:
    """The first 100 pictures `(100, 64)` in [0, 1] of the digits of scikit-learn, and labels."""
    examples = load("digits")
    inputs = examples.inputs[:DIGITS].flatten(1).double().numpy()
    return inputs, examples.labels[:DIGITS].numpy()


def first_weights() -> Floats:
    """Drawn weights `(P,)`, each layer's with variance 1 / inputs; biases are 0."""
    draw = np.random.default_rng(DRAWS)
    first, second = (
        np.vstack([draw.standard_normal((rows, columns)) / rows**0.5, np.zeros((1, columns))])
        for rows, columns in ((64, UNITS), (UNITS, CLASSES))
    )
    return np.concatenate([first.ravel(), second.ravel()])


def cut(weights: Floats) -> Weights:
    """Weights `(P,)` as two layers."""
    first = 65 * UNITS
    return weights[:first].reshape(65, UNITS), weights[first:].reshape(UNITS + 1, CLASSES)


def loss_and_gradient(weights: Floats, inputs: Floats, labels: np.ndarray) -> tuple[float, Floats]:
    """Mean cross-entropy in nats, and its gradient `(P,)`, by backpropagation."""
    first, second = cut(weights)
    hidden = np.tanh(inputs @ first[:-1] + first[-1])
    logits = hidden @ second[:-1] + second[-1]
    logits -= logits.max(1, keepdims=True)
    sums = np.exp(logits).sum(1)
    at = np.arange(len(labels))
    loss = float((np.log(sums) - logits[at, labels]).mean())
    upstream = np.exp(logits) / sums[:, None]
    upstream[at, labels] -= 1
    upstream /= len(labels)
    inside = upstream @ second[:-1].T * (1 - hidden**2)
    parts = (inputs.T @ inside, inside.sum(0), hidden.T @ upstream, upstream.sum(0))
    return loss, np.concatenate([one.ravel() for one in parts])


@cache
def plane() -> Plane:
    """The plane through the path of gradient descent from the first weights."""
    inputs, labels = digits()
    weights = first_weights()
    path = [weights]
    for __ in range(PATH_STEPS):
        weights = weights - PATH_RATE * loss_and_gradient(weights, inputs, labels)[1]
        path.append(weights)
    away = np.stack(path) - weights
    across = away[0] / np.linalg.norm(away[0])
    up = away[BETWEEN] - (away[BETWEEN] @ across) * across
    directions = np.stack([across, up / np.linalg.norm(up)])
    return Plane(weights, directions, away[[0, BETWEEN, -1]] @ directions.T)


@dataclass(frozen=True, eq=False)
class OnPlane:
    """What is linear in the place: what enters the hidden units `(3, N, 10)`, and layer two."""

    inside: Floats
    second: Floats
    labels: np.ndarray

    def forward(self, points: Floats, rows: Rows) -> tuple[Floats, Floats, Floats, Floats]:
        """Hidden units `(M, B, 10)`, layer two `(M, 11, 10)`, losses `(M, B)`, probabilities."""
        mixed = np.concatenate([np.ones((len(points), 1)), points], 1)
        inside = self.inside[:, rows]
        count = inside.shape[1]
        twice = np.exp(2 * (mixed @ inside.reshape(3, -1)))
        hidden = (1 - 2 / (twice + 1)).reshape(-1, count, UNITS)  # tanh, in a third of its time
        second = (mixed @ self.second.reshape(3, -1)).reshape(-1, UNITS + 1, CLASSES)
        logits = hidden @ second[:, :-1] + second[:, -1:]
        logits -= logits.max(2, keepdims=True)
        raised = np.exp(logits)
        sums = raised.sum(2)
        chosen = logits[:, np.arange(count), self.labels[rows]]
        return hidden, second, np.log(sums) - chosen, raised / sums[..., None]

    def gradient(self, points: Floats, rows: Rows) -> Floats:
        """The gradient along the plane, `(M, 2)`."""
        with np.errstate(all="ignore"):
            hidden, second, __, upstream = self.forward(points, rows)
            count = hidden.shape[1]
            upstream[:, np.arange(count), self.labels[rows]] -= 1
            upstream /= count
            inside = upstream @ second[:, :-1].swapaxes(1, 2) * (1 - hidden * hidden)
            above = np.concatenate([hidden.swapaxes(1, 2) @ upstream, upstream.sum(1)[:, None]], 1)
            found: Floats = inside.reshape(len(points), -1) @ self.inside[1:, rows].reshape(2, -1).T
            found += above.reshape(len(points), -1) @ self.second[1:].reshape(2, -1).T
        return found

    def loss(self, points: Floats) -> Floats:
        """The mean loss in nats at points `(…, 2)`, a few at a time."""
        flat = points.reshape(-1, 2)
        with np.errstate(all="ignore"):
            found = [
                self.forward(flat[at : at + 32], ALL)[2].mean(1) for at in range(0, len(flat), 32)
            ]
        return np.concatenate(found).reshape(points.shape[:-1])


@cache
def network() -> Landscape:
    """The loss on the plane, from the weights at which the path began."""
    inputs, labels = digits()
    found = plane()
    rows = [cut(one) for one in (found.origin, *found.directions)]
    ones = np.concatenate([inputs, np.ones((DIGITS, 1))], 1)
    on_plane = OnPlane(
        np.stack([ones @ first for first, __ in rows]), np.stack([one for __, one in rows]), labels
    )
    x, y = found.marks[0]
    box = Box((2.5, 0.5), 5.5)
    marks = tuple((float(one[0]), float(one[1])) for one in found.marks)
    start = round(float(x), 9), round(float(y), 9) + 0.0  # on the first axis, but for rounding
    return Landscape(box, start, 0.1, DIGITS, on_plane.gradient, on_plane.loss, marks)
