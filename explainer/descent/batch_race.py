"""The same network at five batch sizes: the same pictures, the same steps, or the same time.

One hidden layer learns digits by plain gradient descent, each batch size at a rate of its own: the
best of a few, on seeds that do not race. The clock of a run counts its steps, not what is measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from explainer.generalisation.small_stack import CLASSES, digits
from explainer.regularisation.dropout.data_sizes import POOLED

COUNT, WIDTH = 1024, 16
SIZES = (1, 8, 32, 128, COUNT)
STEPS = (4096, 2048, 1024, 512, 256)
"""How long a run of each batch size is."""
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
SEEDS, TRIAL_SEEDS = (0, 1, 2, 3), (100, 101)
TRIAL_PICTURES, TRIAL_STEPS = 4096, 64
"""A rate is tried for so many pictures, and for so many steps at least."""
MOMENTS = 32
Values = NDArray[np.float64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Run:
    """Runs of one batch size at one rate: losses `(M, S)` of all pictures after `steps` `(M,)`.

    `seconds` `(S,)` is what a step took. `wrong` is the share of fresh digits, like `loss`.
    """

    size: int
    rate: float
    steps: NDArray[np.int64]
    loss: Values
    wrong: Values
    seconds: Values

    def at(self, steps: float) -> Values:
        """The losses `(S,)` after so many steps, between what was measured; NaN beyond the end."""
        if not self.steps[0] <= steps <= self.steps[-1]:
            return np.full(self.loss.shape[1], np.nan)
        logs = np.log(self.steps)
        return np.array([np.interp(np.log(steps), logs, one) for one in self.loss.T])

    def steps_for(self, axis: str, at: float) -> float:
        """How many steps there are in `at` examples, steps or seconds."""
        return at / {"examples": self.size, "steps": 1, "time": float(self.seconds.mean())}[axis]


class Learner:
    """K networks 196 → 16 ReLU → 10, each with pictures and a rate of its own, by plain descent.

    NumPy: at one picture a step there is less to compute than to call.
    """

    def __init__(self, seeds: tuple[int, ...], rates: tuple[float, ...]) -> None:
        data = digits(COUNT, seeds)
        self.inputs, self.labels = data.inputs.numpy(), data.labels.numpy()
        self.fresh = data.validation_inputs.numpy(), data.validation_labels.numpy()
        self.rates = np.array(rates, np.float32)[:, None, None]
        self.randoms = [np.random.default_rng(seed) for seed in seeds]
        self.parameters: list[Floats] = []
        for fan, out in ((POOLED**2, WIDTH), (WIDTH, CLASSES)):
            drawn = [one.standard_normal((fan, out), np.float32) for one in self.randoms]
            self.parameters += [np.stack(drawn) * np.float32((2 / fan) ** 0.5),
                                np.zeros((len(seeds), 1, out), np.float32)]  # fmt: skip
        self.targets = np.eye(CLASSES, dtype=np.float32)[self.labels]
        self._rows = np.empty((len(seeds), 0), np.int64)
        self._at = np.arange(len(seeds))[:, None]

    def batch(self, size: int) -> tuple[Floats, Floats]:
        """The next `size` pictures of each network with their targets; each epoch is shuffled."""
        if size == COUNT:
            return self.inputs, self.targets
        if self._rows.shape[1] < size:
            self._rows = np.stack([one.permutation(COUNT) for one in self.randoms])
        rows, self._rows = self._rows[:, :size], self._rows[:, size:]
        return self.inputs[self._at, rows], self.targets[self._at, rows]

    def step(self, inputs: Floats, targets: Floats) -> None:
        """Forward, backward, and a step of descent."""
        first, bias, last, last_bias = self.parameters
        hidden, logits = self._forward(inputs)
        logits -= logits.max(-1, keepdims=True)
        upstream = np.exp(logits, out=logits)
        upstream /= upstream.sum(-1, keepdims=True)
        upstream -= targets
        upstream *= self.rates / np.float32(targets.shape[1])
        behind = (upstream @ last.mT) * (hidden > 0)
        first -= inputs.mT @ behind
        bias -= behind.sum(1, keepdims=True)
        last -= hidden.mT @ upstream
        last_bias -= upstream.sum(1, keepdims=True)

    def scores(self, inputs: Floats, labels: NDArray[np.int64]) -> tuple[Values, Values]:
        """Mean cross-entropy in nats and the share that is wrong, `(K,)` each."""
        __, logits = self._forward(inputs)
        logits = logits.astype(np.float64)
        true = np.take_along_axis(logits, labels[..., None], -1)[..., 0]
        losses: Values = logsumexp(logits, axis=-1) - true
        return losses.mean(1), np.asarray((logits.argmax(-1) != labels).mean(1))

    def _forward(self, inputs: Floats) -> tuple[Floats, Floats]:
        hidden: Floats
        first, bias, last, last_bias = self.parameters
        hidden = inputs @ first
        hidden += bias
        np.maximum(hidden, 0, out=hidden)
        logits: Floats = hidden @ last + last_bias
        return hidden, logits


def best_rate(
    size: int, seeds: tuple[int, ...] = TRIAL_SEEDS, rates: tuple[float, ...] = RATES
) -> float:
    """The rate of `rates` whose mean loss is least in the end; all are tried at once."""
    learner = Learner(seeds * len(rates), tuple(one for one in rates for __ in seeds))
    for _step in range(max(TRIAL_PICTURES // size, TRIAL_STEPS)):
        learner.step(*learner.batch(size))
    losses, __ = learner.scores(learner.inputs, learner.labels)
    means = np.nan_to_num(losses, nan=np.inf).reshape(len(rates), -1).mean(1)
    return rates[int(means.argmin())]


def race(
    sizes: tuple[int, ...] = SIZES,
    lengths: tuple[int, ...] = STEPS,
    seeds: tuple[int, ...] = SEEDS,
    *,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[list[Run]], None] = lambda runs: None,
) -> list[Run]:
    """The runs of each batch size, the largest first; `seen` gets those that there are."""
    found: list[Run] = []
    for place, (size, length) in enumerate(reversed(list(zip(sizes, lengths, strict=True)))):
        rate = best_rate(size)
        found.insert(0, run(size, length, rate, seeds))
        told((place + 1) / len(sizes))
        seen(found)
    return found


def run(size: int, length: int, rate: float, seeds: tuple[int, ...]) -> Run:
    """A network of each seed, one after another, by the clock."""
    moments = np.unique(np.geomspace(1, length, MOMENTS).round().astype(np.int64))
    rows = []
    for seed in seeds:
        learner, took, scored = Learner((seed,), (rate,)), 0.0, []
        wanted = set(moments.tolist())
        for step in range(1, length + 1):
            began = perf_counter()
            learner.step(*learner.batch(size))
            took += perf_counter() - began
            if step in wanted:
                scored.append((learner.scores(learner.inputs, learner.labels)[0][0],
                               learner.scores(*learner.fresh)[1][0]))  # fmt: skip
        rows.append((np.array(scored), took / length))
    losses, wrong = np.moveaxis(np.stack([one for one, __ in rows]), 2, 0)
    return Run(size, rate, moments, losses.T, wrong.T, np.array([took for __, took in rows]))
