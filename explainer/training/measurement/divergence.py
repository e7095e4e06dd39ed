"""Why a run broke down, in words, from what was measured of it: losses, gradients, step sizes."""

from __future__ import annotations

import math
from array import array
from collections import deque
from dataclasses import dataclass
from itertools import chain

REMEMBERED = 64
LARGE_START = 50.0  # times the loss of guessing
OVERSHOOT = 2.0  # w ← (1 - ηλ) w grows where ηλ > 2
GROWTH = 10.0


@dataclass(frozen=True)
class Conditions:
    """Under which settings a run stood when it broke down; `guessing` is the loss of a guess."""

    guessing: float
    learning_rate: float
    l2: float = 0.0
    weight_decay: float = 0.0
    initialisation: str = ""


@dataclass(frozen=True, eq=False)
class PackedVitals:
    """Vitals in little memory: of both series steps and values in turn."""

    first_loss: float
    losses: array[float]
    norms: array[float]

    @property
    def nbytes(self) -> int:
        """The bytes held."""
        return 8 * (1 + len(self.losses) + len(self.norms))

    def unpacked(self) -> Vitals:
        """The vitals as they were."""
        vitals = Vitals()
        vitals.first_loss = self.first_loss
        for held, packed in ((vitals.losses, self.losses), (vitals.norms, self.norms)):
            held.extend(zip(map(int, packed[::2]), packed[1::2], strict=True))
        return vitals


class Vitals:
    """The last losses and gradient norms of a run, each with its step."""

    def __init__(self) -> None:
        self.first_loss = math.nan
        self.losses: deque[tuple[int, float]] = deque(maxlen=REMEMBERED)
        self.norms: deque[tuple[int, float]] = deque(maxlen=REMEMBERED)

    def packed(self) -> PackedVitals:
        """All of it, in little memory."""
        losses, norms = (array("d", chain.from_iterable(one)) for one in (self.losses, self.norms))
        return PackedVitals(self.first_loss, losses, norms)

    def loss(self, step: int, value: float) -> None:
        """Note the data loss of the batch of `step`."""
        if not self.losses and math.isnan(self.first_loss):
            self.first_loss = value
        self.losses.append((step, value))

    def norm(self, step: int, value: float) -> None:
        """Note the length of the gradient at `step`."""
        self.norms.append((step, value))

    def explain(self, step: int, what: str, given: Conditions) -> str:
        """Two or three sentences on why `what` was not finite at `step`."""
        head = f"At step {step} the {what} was no longer a finite number."
        return f"{head} {self._reason(given)}"

    def _reason(self, given: Conditions) -> str:
        guessing = given.guessing
        if guessing > 0 and not self.first_loss <= LARGE_START * guessing:
            return (
                f"The very first loss was {_short(self.first_loss)}, where guessing gives "
                f"{guessing:.2f}: the initial weights ({given.initialisation}) are too large for "
                "this network."
            )
        for name, strength in (("L2", given.l2), ("weight decay", given.weight_decay)):
            if given.learning_rate * strength > OVERSHOOT:
                product = given.learning_rate * strength
                return (
                    f"Learning rate times the strength of {name} is {product:.3g}, and above 2 "
                    "each step throws a weight further across 0 than it was: make either smaller."
                )
        return f"{self._growth()} {_advice(given.learning_rate)}".strip()

    def _growth(self) -> str:
        parts = []
        for name, series in (("loss", self.losses), ("gradient norm", self.norms)):
            finite = [(step, value) for step, value in series if math.isfinite(value)]
            if len(finite) < 2:
                continue
            low = min(finite, key=lambda pair: pair[1])
            last = finite[-1]
            if last[1] >= GROWTH * low[1]:
                parts.append(
                    f"the {name} grew from {_short(low[1])} at step {low[0]} to "
                    f"{_short(last[1])} at step {last[0]}"
                )
        text = " and ".join(parts)
        return f"{text[0].upper()}{text[1:]}: the gradient exploded." if parts else ""


def _advice(learning_rate: float) -> str:
    return (
        f"Each step with the learning rate {learning_rate:g} overshot by more than the one before; "
        f"try {learning_rate / 10:g}."
    )


def _short(value: float) -> str:
    return f"{value:.3g}"
