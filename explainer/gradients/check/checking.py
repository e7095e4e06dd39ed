"""A check from beginning to end: both gradients, how far they are apart, and what that means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.gradients.check.backward import backward
from explainer.gradients.check.differences import (
    CENTRAL,
    Loss,
    Scheme,
    numeric_gradient,
    relative_error,
    relative_errors,
)
from explainer.gradients.check.faults import NONE, Fault
from explainer.gradients.check.network import (
    B1,
    PARAMETERS,
    RELU,
    TANH,
    TENSORS,
    Array,
    Nonlinearity,
    Problem,
    Tensor,
    dropout_mask,
    forward,
    loss,
    problem,
    start,
)

ALL = range(PARAMETERS)
AT_THE_KINK = 2e-6


@dataclass(frozen=True)
class Setting:
    """What is checked: the network, the fault in it, and the type of its numbers."""

    nonlinearity: Nonlinearity = TANH
    penalty: float = 0.01
    seed: int = 0
    fault: Fault = NONE
    dtype: type[np.floating] = np.float64


@dataclass(frozen=True, eq=False)
class Subject:
    """A setting made ready: where one is, the gradient by backpropagation, and the loss to ask."""

    theta: Array
    given: Problem
    backprop: Array
    loss: Loss


@dataclass(frozen=True, eq=False)
class Check:
    """Both gradients, number by number for the parameters at `places`, and the relative errors."""

    places: Sequence[int]
    numeric: Array
    backprop: Array

    @property
    def error(self) -> float:
        """‖a − b‖ / (‖a‖ + ‖b‖) over all parameters."""
        return relative_error(self.numeric, self.backprop)

    @property
    def errors(self) -> NDArray[np.float64]:
        """The same for each parameter by itself."""
        return relative_errors(self.numeric, self.backprop)

    @property
    def both_zero(self) -> NDArray[np.bool_]:
        """Where both gradients are exactly zero."""
        return np.equal(self.numeric, 0) & np.equal(self.backprop, 0)

    def error_of(self, tensor: Tensor) -> float:
        """The relative error of one tensor's part; the check must be of all parameters."""
        return relative_error(self.numeric[tensor.place], self.backprop[tensor.place])

    @property
    def worst(self) -> Tensor:
        """The tensor with the largest error; the check must be of all parameters."""
        return max(TENSORS, key=self.error_of)


def subject(setting: Setting) -> Subject:
    """The network of `setting`, its gradient by hand, and its loss as a function of θ."""
    fault = setting.fault
    given = problem(RELU if fault.kink else setting.nonlinearity, setting.penalty, setting.dtype)
    theta: Array = start(setting.seed).astype(setting.dtype)
    if fault.kink:
        theta[B1.start] -= forward(theta, given).z1[0, 0] - setting.dtype(AT_THE_KINK)
    generator = np.random.default_rng(setting.seed)

    def mask() -> Array | float:
        return dropout_mask(given, generator) if fault.redraws else 1.0

    found = forward(theta, given, mask())
    gradient = backward(theta, given, found, fault.rules)
    return Subject(theta, given, gradient, lambda moved: loss(moved, given, mask()))


def check(
    setting: Setting,
    epsilon: float = 1e-5,
    *,
    places: Sequence[int] = ALL,
    scheme: Scheme = CENTRAL,
) -> Check:
    """Compare backpropagation with differences over `epsilon` for the parameters at `places`."""
    made = subject(setting)
    numeric = numeric_gradient(made.loss, made.theta, epsilon, places, scheme)
    return Check(places, numeric, made.backprop[list(places)])
