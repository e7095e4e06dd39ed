"""Why a run broke down, in words, from what was measured of it: losses, gradients, step sizes."""

from __future__ import annotations

import math
from array import array
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from explainer.powers import short
from explainer.words import later

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
        return later(
            "At step {step} the {what} was no longer a finite number. {reason}",
            step=step, what=what, reason=self._reason(given),
        )  # fmt: skip

    def _reason(self, given: Conditions) -> str:
        guessing = given.guessing
        if guessing > 0 and not self.first_loss <= LARGE_START * guessing:
            return later(
                "The very first loss was {loss}, where guessing gives {guessing}: the initial"
                " weights ({initialisation}) are too large for this network.",
                loss=_short(self.first_loss), guessing=f"{guessing:.2f}",
                initialisation=given.initialisation,
            )  # fmt: skip
        for name, strength in (("L2", given.l2), (later("weight decay"), given.weight_decay)):
            if given.learning_rate * strength > OVERSHOOT:
                product = given.learning_rate * strength
                return later(
                    "Learning rate times the strength of {name} is {product}, and above 2 each step"
                    " throws a weight further across 0 than it was: make either smaller.",
                    name=name, product=_short(product),
                )  # fmt: skip
        growth, advice = self._growth(), _advice(given.learning_rate)
        return later("{growth} {advice}", growth=growth, advice=advice) if growth else advice

    def _growth(self) -> str:
        loss, norm = _grown(self.losses), _grown(self.norms)
        if loss and norm:
            return later(
                "The loss grew {loss} and the gradient norm grew {norm}: the gradient exploded.",
                loss=loss, norm=norm,
            )  # fmt: skip
        if loss:
            return later("The loss grew {loss}: the gradient exploded.", loss=loss)
        if norm:
            return later("The gradient norm grew {norm}: the gradient exploded.", norm=norm)
        return ""


def _grown(series: Iterable[tuple[int, float]]) -> str:
    """From where to where it grew, since its lowest point; empty where that is not tenfold."""
    finite = [(step, value) for step, value in series if math.isfinite(value)]
    if len(finite) < 2:
        return ""
    (before, low), (after, high) = min(finite, key=lambda pair: pair[1]), finite[-1]
    if high < GROWTH * low:
        return ""
    return later(
        "from {low} at step {before} to {high} at step {after}",
        low=_short(low), before=before, high=_short(high), after=after,
    )  # fmt: skip


def _advice(learning_rate: float) -> str:
    return later(
        "Each step with the learning rate {rate} overshot by more than the one before; try {less}.",
        rate=short(learning_rate), less=short(learning_rate / 10),
    )  # fmt: skip


def _short(value: float) -> str:
    return short(value, 3)
