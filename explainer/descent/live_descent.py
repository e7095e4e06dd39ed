"""One network that learns while a visitor watches, with the sharpness of its loss and its limit.

A worker of `explainer.service` owns the weights; everybody else reads `snapshot`. It takes so many
steps a second at most, so that a reader can follow and a server with many of them does not starve.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from explainer.descent.digit_bowl import Floats
from explainer.descent.tanh_network import peaks, problem, sharpness, slope
from explainer.training.engine.devices import cores, workers
from explainer.training.engine.watched import Paced

STEPS, EVERY = 4000, 5
"""How many steps there are, and after how many the sharpness is measured."""
PACE = 150
"""Steps a second at most."""
LOST = 1e6
"""A loss from which no run came back."""
FIRST_PRODUCTS = 30
AHEAD = 60
"""For how many steps other rates are tried from one moment."""
TRIED = np.linspace(0.5, 2.5, 21)
"""The rates that are tried, over 2/λ."""
BURST = 1.5
"""So many times the loss of the moment is a burst."""
COLUMNS = 4


@dataclass(frozen=True, eq=False)
class Moment:
    """Rates that were tried from one moment `(R,)`, and the highest loss that each led to.

    `limit` is 2/λ there.
    """

    step: int
    loss: float
    sharpness: float
    rates: Floats
    highest: Floats

    @property
    def limit(self) -> float:
        """2/λ, the rate from which on steps along the steepest direction grow."""
        return 2 / self.sharpness

    @property
    def between(self) -> tuple[float, float]:
        """The last rate tried before the first with a burst, and that; infinite where none has."""
        return self._from(self.highest > BURST * self.loss)

    @property
    def lost(self) -> tuple[float, float]:
        """The same of the first rate whose loss does not come back."""
        return self._from(~(self.highest < LOST))

    def _from(self, beyond: np.ndarray) -> tuple[float, float]:
        if not beyond.any():
            return float(self.rates[-1]), math.inf
        at = int(beyond.argmax())
        return float(self.rates[at - 1]) if at else 0.0, float(self.rates[at])


@dataclass(frozen=True, eq=False)
class Seen:
    """How the run stands: `points` `(K, 4)` are step, loss, sharpness and rate of each measurement.

    `changes` are the rates and the steps that they hold from. `lost` says that the loss has left
    all bounds; then, and after all steps, it is `finished`.
    """

    points: Floats
    changes: tuple[tuple[int, float], ...] = ()
    step: int = 0
    playing: bool = False
    finished: bool = False
    lost: bool = False

    @property
    def history_bytes(self) -> int:
        """Bytes of the points."""
        return self.points.nbytes

    @property
    def checkpoint_bytes(self) -> int:
        """None are kept."""
        return 0


class LiveDescent(Paced):
    """Full-batch gradient descent from the weights of a seed.

    `rate` may be set at any time, from any thread, and holds from the next step on.
    """

    pace = PACE

    def __init__(self, seed: int, rate: float) -> None:
        super().__init__()
        workers(cores())  # for what it sets: operators as small as these run in one thread
        self.seed, self.rate = seed, rate
        self._problem = problem()
        self._weights = self._problem.start(seed)
        self._direction = torch.ones_like(self._weights)
        self._points = np.empty((STEPS // EVERY + 1, COLUMNS))
        self._changes: list[tuple[int, float]] = []
        self._step, self._measured, self._lost = 0, 0, False

    def moment(self) -> Moment | None:
        """What other rates would lead to from here; None before the first step and after the end.

        It stands still meanwhile, and afterwards it is as it was.
        """
        with self._working:
            if self._closed or self._lost or not self._measured:
                return None
            return workers(cores()).submit(self._tried).result()

    @property
    def snapshot(self) -> Seen:
        """How it stands, without waiting."""
        finished = self._lost or self._step >= STEPS
        return Seen(
            self._points[: self._measured], tuple(self._changes), self._step,
            self._wants and not finished, finished, self._lost,
        )  # fmt: skip

    def close(self) -> None:
        """Forget the network; the points stay with who shows them."""
        self._closed = True

    def _tried(self) -> Moment:
        here = slope(self._problem, self._weights)
        value, __ = sharpness(here.product, self._direction, FIRST_PRODUCTS)
        rates = TRIED * 2 / value
        highest = peaks(self._problem, self._weights, rates, AHEAD)
        return Moment(self._step, float(here.loss), value, rates, highest)

    def advance(self) -> None:
        """One step, measured before it where it is its turn."""
        rate = self.rate
        here = slope(self._problem, self._weights)
        loss = float(here.loss)
        self._lost = not loss < LOST
        if self._step % EVERY == 0 and not self._lost:
            more = {} if self._step else {"products": FIRST_PRODUCTS}
            value, self._direction = sharpness(here.product, self._direction, **more)
            self._points[self._measured] = self._step, loss, value, rate
            self._measured += 1
        if not self._lost:
            if not self._changes or self._changes[-1][1] != rate:
                self._changes.append((self._step, rate))
            self._weights = self._weights - rate * here.gradient
            self._step += 1
