r"""What stops a network: many small ones descend until they stand, and the Hessian says where.

One hidden layer and squared error, $L = \frac{1}{2N} \sum_n \|f(x_n) - y_n\|^2$, every example in
each step, float64. The rate of each network grows by 5 % after a step; a step that would climb is
taken back and the rate halved. In the last twentieth it is a quarter, so that what only swings to
and fro comes to rest. So no run stops because of its rate. After Dauphin et al. (2014)
and Goodfellow et al. (2015).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import one_hot

from explainer.descent.stop_kinds import NO_LOSS, SADDLE, kinds
from explainer.descent.stop_networks import FLOAT, Networks
from explainer.descent.stop_problems import RANDOM, TANH, Problem, Task
from explainer.generalisation.at_once import results

SEEDS = tuple(range(24))
GROWTH, SHRINK, SETTLED, FIRST_RATE = 1.05, 0.5, 0.25, 0.1
PUSH = 0.01
"""The length of the step along the most negative eigenvector."""
LEFT = 0.9
"""A place is left behind where the loss has come down to this share of what it was there."""
EVERY = 5
"""It is looked for slow places after every so many steps."""
EDGE, GRID = 2.2, 25
SATURATED = 0.05
"""A tanh unit whose slope is below this for every example is counted as saturated."""
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Places:
    """Where S networks are on their losses: arrays `(S,)`, where nothing else is said.

    `spectra` `(S, P)` are the eigenvalues of the Hessian, ascending; `silent` counts the hidden
    units that are dead or saturated on every example; `right` is the share of examples that are;
    `step` is when; `kind` a place in `KINDS`. `drawn` is the output over a grid of the plane
    `(S, GRID²)`, its first row on top, or of ten classes the share of each that is taken for each.
    """

    loss: Values
    slope: Values
    spectra: Values
    silent: NDArray[np.int64]
    right: Values
    step: NDArray[np.int64]
    kind: NDArray[np.int64]
    drawn: Values


@dataclass(frozen=True, eq=False)
class Stops:
    """Where the runs end, where they were slowest on the way, and what a push does.

    `pushed` `(S,)` is the loss after a step along the most negative eigenvector and as many steps
    again, NaN where the end is no saddle.
    """

    width: int
    end: Places
    slowest: Places
    pushed: Values

    @property
    def nbytes(self) -> int:
        """About as much memory as it takes."""
        return 2 * (self.end.spectra.nbytes + self.end.drawn.nbytes)


@dataclass(eq=False)
class _Descent:
    """The state of the runs: weights, gradients, losses, rates."""

    networks: Networks
    first: Tensor
    last: Tensor
    growth: float = GROWTH

    def __post_init__(self) -> None:
        self.loss, self.inner, self.outer = self.networks.gradients(self.first, self.last)
        self.rate = torch.full((len(self.first), 1, 1), FIRST_RATE, dtype=FLOAT)

    def step(self) -> None:
        """One step of every run that falls; the others try a smaller one next."""
        first, last = self.first - self.rate * self.inner, self.last - self.rate * self.outer
        losses, inner, outer = self.networks.gradients(first, last)
        falls = (losses <= self.loss)[:, None, None]
        self.first = torch.where(falls, first, self.first)
        self.last = torch.where(falls, last, self.last)
        self.inner = torch.where(falls, inner, self.inner)
        self.outer = torch.where(falls, outer, self.outer)
        self.loss = torch.where(falls[:, 0, 0], losses, self.loss)
        self.rate = self.rate * torch.where(falls, self.growth, SHRINK)

    def settle(self) -> None:
        """From now on the rates are a quarter, and grow no more."""
        self.rate, self.growth = self.rate * SETTLED, 1.0

    def slope(self) -> Tensor:
        """The length of each run's gradient, `(S,)`."""
        return _length(self.inner, self.outer)


def stops(
    problem: Problem,
    width: int,
    unit: str = TANH,
    start: str = RANDOM,
    seeds: tuple[int, ...] = SEEDS,
    *,
    steps: int = 0,
) -> Stops:
    """Let a network of every seed descend for `steps`, or as many as the problem has."""
    budget = steps or problem.steps
    networks = Networks(problem, width, unit, start, seeds)
    run = _Descent(networks, networks.first, networks.last)
    slow = _Slowest(run)
    for step in range(1, budget + 1):
        if step == budget - budget // 20:
            rates = run.rate[:, 0, 0].numpy()
            run.settle()
        run.step()
        if step == budget - budget // 10:
            before = run.loss
        if step % EVERY == 0:
            slow.look(run, step)
    fallen = (1 - run.loss / before).nan_to_num().numpy()
    end, down = _measured(networks, run.first, run.last, budget, fallen, rates)
    slowest, __ = _measured(networks, slow.first, slow.last, slow.step.numpy())
    pushed = _pushed(networks, run, end, down, budget)
    return Stops(width, end, slowest, pushed)


def by_width(
    task: Task,
    unit: str = TANH,
    start: str = RANDOM,
    seeds: tuple[int, ...] = SEEDS,
    *,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[list[Stops]], None] = lambda found: None,
) -> list[Stops]:
    """The same for each width of the task, in order; `seen` gets what there is after each."""
    problem = task.problem()
    jobs = [partial(stops, problem, width, unit, start, seeds) for width in task.widths]
    found: list[Stops] = []
    for one in results(jobs):
        found.append(one)
        told(len(found) / len(jobs))
        seen(found)
    return found


class _Slowest:
    r"""Where each run fell by the least share for its time, $\|g\|^2/L$, and was not to stay."""

    def __init__(self, run: _Descent) -> None:
        self.first, self.last = run.first, run.last
        self.step = torch.zeros(len(run.loss), dtype=torch.int64)
        self._least = torch.full_like(run.loss, torch.inf)
        self._held = (self._least, self.step, run.loss, run.first, run.last)

    def look(self, run: _Descent, step: int) -> None:
        """What is held is a candidate; it counts once the run has left it behind."""
        least, at, loss, first, last = self._held
        left = run.loss < LEFT * loss
        counts = left & (least < self._least)
        wide = counts[:, None, None]
        self._least = torch.where(counts, least, self._least)
        self.step = torch.where(counts, at, self.step)
        self.first = torch.where(wide, first, self.first)
        self.last = torch.where(wide, last, self.last)
        pace = torch.where(run.loss > NO_LOSS, run.slope() ** 2 / run.loss, torch.inf)
        news = left | (pace < least)
        wide = news[:, None, None]
        self._held = (
            torch.where(news, pace, least), torch.where(news, step, at),
            torch.where(news, run.loss, loss), torch.where(wide, run.first, first),
            torch.where(wide, run.last, last),
        )  # fmt: skip


def _measured(
    networks: Networks, first: Tensor, last: Tensor, step: int | NDArray[np.int64],
    fallen: Values | float = 0.0, rates: Values | float = np.inf,
) -> tuple[Places, Tensor]:  # fmt: skip
    """What is measured at these weights, and the most negative eigenvectors `(S, P)`."""
    spectra, vectors = torch.linalg.eigh(networks.hessian(first, last))
    losses, inner, outer = networks.gradients(first, last)
    slopes = _length(inner, outer)
    __, steep = networks.hidden(first, networks.inputs)
    problem = networks.problem
    answers = networks.answers(first, last, networks.inputs)
    loss, slope, curved = (one.numpy() for one in (losses, slopes, spectra))
    lost, rate = (np.broadcast_to(one, len(losses)) for one in (fallen, rates))
    found = Places(
        loss,
        slope,
        curved,
        silent=(steep.amax(1) < SATURATED).sum(1).numpy(),
        right=problem.right(answers),
        step=np.broadcast_to(step, len(losses)),
        kind=kinds(loss, slope, curved, lost, rate),
        drawn=_drawn(networks, first, last, answers),
    )
    return found, vectors[:, :, 0]


def _length(*gradients: Tensor) -> Tensor:
    whole = torch.cat([one.flatten(1) for one in gradients], 1)
    length: Tensor = torch.linalg.vector_norm(whole, dim=1)
    return length


def _drawn(networks: Networks, first: Tensor, last: Tensor, answers: Tensor) -> Values:
    """The output over a grid of the plane, or of ten classes which is answered for which."""
    targets = networks.targets
    if targets.shape[1] == 1:
        line = torch.linspace(-EDGE, EDGE, GRID, dtype=FLOAT)
        up, across = torch.meshgrid(-line, line, indexing="ij")
        spots = torch.stack([across, up, torch.ones_like(up)], -1).flatten(0, 1)
        return np.asarray(networks.answers(first, last, spots).squeeze(-1).numpy())
    given = one_hot(answers.argmax(-1), targets.shape[1]).double()
    shares = targets.T @ given / targets.sum(0)[:, None]
    return np.asarray(shares.flatten(1).numpy())


def _pushed(networks: Networks, run: _Descent, end: Places, down: Tensor, budget: int) -> Values:
    """Losses after a small step along the most negative eigenvector and `budget` more."""
    found = np.full(len(end.loss), np.nan)
    rows = np.flatnonzero(end.kind == SADDLE)
    if len(rows):
        first, last = run.first[rows], run.last[rows]
        inner, outer = torch.tensor_split(PUSH * down[rows], (first[0].numel(),), 1)
        again = _Descent(
            networks, first + inner.reshape(first.shape), last + outer.reshape(last.shape)
        )
        for __ in range(budget):
            again.step()
        found[rows] = again.loss.numpy()
    return found
