"""A run with a hidden fault: everything that its course follows from, drawn by one number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.clinic.faults import FAULTS, HEALTHY

CASES = 10_000
STEPS, BATCH = 400, 50
RELU, TANH, SIGMOID = "relu", "tanh", "sigmoid"
GAINS = {RELU: 2**0.5, TANH: 1.0, SIGMOID: 1.0}
LAST = 0.3
"""What the first weights of the output layer are smaller by: so the loss begins near ln 10."""
MEAN, DEVIATION = 0.1307, 0.3081
"""Of MNIST's pixels in [0, 1]; inputs are made to have mean 0 and deviation 1 with them."""


@dataclass(frozen=True)
class Case:
    """A run, from its pictures to its steps; the values here are those of one without a fault.

    `widths` are the units of the hidden layers. `training` pictures are learned from, `wrong` is
    the share of their labels that is another digit's, `shifted` gives each the label of the one
    before; the share `leaked` of the validation part is among them, and `in_order` never shuffles
    the file, which is sorted by digit. `validation_pixels` (a, b) makes a·p + b of each pixel p of
    the validation part. A weight is drawn with deviation `gain`/√(inputs), or all are
    `equal`/inputs; biases begin at 0, those of hidden layer `dead[0]` at `dead[1]`. `normed` puts
    batch norm before each activation, which in validation takes the statistics of
    `validation_batch` pictures at hand where that is not 0. `ascending` takes steps up the
    gradient, `summed` never zeroes it; layer `frozen` is not in the optimiser (−1: all are), and
    `twice` takes softmax before a cross-entropy that takes it itself.
    """

    seed: int
    fault: str
    widths: tuple[int, ...] = (48, 32)
    activation: str = RELU
    gain: float = GAINS[RELU]
    normed: bool = False
    rate: float = 0.1
    training: int = 2000
    wrong: float = 0.0
    shifted: bool = False
    leaked: float = 0.0
    in_order: bool = False
    validation_pixels: tuple[float, float] = (1.0, 0.0)
    equal: float = 0.0
    dead: tuple[int, float] = (0, 0.0)
    validation_batch: int = 0
    ascending: bool = False
    summed: bool = False
    frozen: int = -1
    twice: bool = False

    @property
    def layers(self) -> int:
        """How many layers have weights."""
        return len(self.widths) + 1


@dataclass(frozen=True)
class _Draw:
    """What a fault makes of a case without one; its severity comes from the numbers given.

    `normed` is whether batch norm must or must not be there, `activation` which one must; without
    them it is as drawn. `kept` are what a mended case has from the ill one.
    """

    made: Callable[[Case, np.random.Generator], dict[str, Any]]
    normed: bool | None = None
    activation: str = ""
    kept: tuple[str, ...] = ()


def _always(**values: Any) -> Callable[[Case, np.random.Generator], dict[str, Any]]:
    return lambda case, random: values


def _uniform(name: str, low: float, high: float) -> Callable[..., dict[str, Any]]:
    return lambda case, random: {name: float(random.uniform(low, high))}


def _one_of(name: str, *values: Any) -> Callable[..., dict[str, Any]]:
    return lambda case, random: {name: values[random.integers(len(values))]}


def _rate(low: float, high: float) -> Callable[..., dict[str, Any]]:
    return lambda case, random: {"rate": case.rate * _between(random, low, high)}


def _dead(case: Case, random: np.random.Generator) -> dict[str, Any]:
    layer = int(random.integers(len(case.widths)))
    return {"dead": (layer, -float(random.uniform(8, 15)))}


def _deep(case: Case, random: np.random.Generator) -> dict[str, Any]:
    return {"widths": _widths(random, 4, 5), "gain": float(random.uniform(0.7, 1.5))}


def _small(case: Case, random: np.random.Generator) -> dict[str, Any]:
    widths = list(case.widths)
    widths[random.integers(len(widths))] = int(random.integers(2, 4))
    return {"widths": tuple(widths)}


def _leak(case: Case, random: np.random.Generator) -> dict[str, Any]:
    training = 50 * int(random.integers(12, 17))
    return {"training": training, "leaked": float(random.uniform(0.85, 1)), "rate": 0.12}


_DRAWS = {
    HEALTHY: _Draw(_always()),
    "rate-high": _Draw(_rate(30, 120), normed=False),
    "rate-low": _Draw(_rate(1 / 400, 1 / 100)),
    "ascent": _Draw(lambda case, random: {"ascending": True, **_rate(0.03, 0.08)(case, random)}),
    "summed": _Draw(_always(summed=True), normed=False),
    "frozen": _Draw(lambda case, random: {"frozen": int(random.integers(case.layers))}),
    "twice": _Draw(_always(twice=True)),
    "sorted": _Draw(_always(in_order=True)),
    "few": _Draw(lambda case, random: {"training": int(random.integers(40, 101))}),
    "noise": _Draw(_uniform("wrong", 0.3, 0.5)),
    "shifted": _Draw(_always(shifted=True)),
    "dead": _Draw(_dead, normed=False, activation=RELU),
    "equal": _Draw(_uniform("equal", 0.5, 1.5), normed=False),
    "vanishing": _Draw(_deep, normed=False, activation=SIGMOID, kept=("widths",)),
    "saturated": _Draw(_uniform("gain", 5, 9), normed=False, activation=TANH),
    "small": _Draw(_small),
    "scaled": _Draw(_one_of("validation_pixels", (-1.0, 1.0), (255.0, 0.0), (0.5, 0.5))),
    "leak": _Draw(_leak, kept=("training", "rate")),
    "batch-norm": _Draw(_one_of("validation_batch", 5, 10, 20), normed=True),
}


def case_of(seed: int) -> Case:
    """The case of that number; raises as :func:`fault_of` does."""
    return case_with(fault_of(seed), seed)


def fault_of(seed: int) -> str:
    """The slug of the fault of case 0 to 9,999: each is that of as many of them.

    Raises `ValueError` for another number.
    """
    if not 0 <= seed < CASES:
        raise ValueError(f"a case has a number in 0..{CASES - 1}, not {seed}")
    return FAULTS.slugs[int(_faults()[seed])]


def case_with(fault: str, seed: int) -> Case:
    """The case with that fault whose severity, weights and pictures are drawn by `seed`."""
    slug = FAULTS[fault].slug
    draw, random = _DRAWS[slug], np.random.default_rng([seed, 19])
    normed, tanh = random.random(2) < 0.4
    activation = draw.activation or (TANH if tanh else RELU)
    case = Case(
        seed, slug, _widths(random, 2, 4), activation, GAINS[activation],
        rate=_between(random, 0.06, 0.12), training=50 * int(random.integers(40, 61)),
        normed=bool(normed) if draw.normed is None else draw.normed,
    )  # fmt: skip
    return replace(case, **draw.made(case, random))


def mended(case: Case) -> Case:
    """The same without its fault: the first weights, the pictures and their order are the same."""
    activation = RELU if case.activation == SIGMOID else case.activation
    kept = {name: getattr(case, name) for name in _DRAWS[case.fault].kept}
    return replace(
        case_with(HEALTHY, case.seed), activation=activation, gain=GAINS[activation],
        normed=case.normed, **kept,
    )  # fmt: skip


def _widths(random: np.random.Generator, least: int, most: int) -> tuple[int, ...]:
    count = int(random.integers(least, most + 1))
    return (int(random.choice([40, 48, 64])), *[32] * (count - 1))


def _between(random: np.random.Generator, low: float, high: float) -> float:
    """Drawn evenly in its logarithm."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


@cache
def _faults() -> NDArray[np.int64]:
    return np.random.default_rng(19).permutation(CASES) % len(FAULTS)
