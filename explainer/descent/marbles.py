"""Seven marbles on one landscape: where each goes, what it loses, and when it is down or gone.

All begin at one place and see the same batches. Each method has a usual rate on each landscape, set
by hand so that it comes along well there; the reader's factor multiplies all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from explainer.descent import landscapes
from explainer.descent.landscapes import ALL, WIDE, Landscape, Rows, bowl, turn
from explainer.descent.methods import Floats, History, Knobs, Settings, descend
from explainer.descent.plane_network import network
from explainer.registry import Registry
from explainer.words import N_

STEPS, HALF = 200, 100
CONDITION = 30.0
FAR = 10.0
"""A marble has diverged where it is so many times further from the middle than the picture goes."""
EDGE = 0.97
"""How near to the edge of the picture a start may be, as a share of the way to it."""


@dataclass(frozen=True)
class Kind:
    """A landscape that can be chosen: usual rates in the order of the methods, and its loss.

    `dragged` is how many steps are computed while something is dragged.
    """

    slug: str
    title: str
    meaning: str
    make: Callable[[], Landscape]
    rates: tuple[float, ...]
    axis: str = N_("loss above the minimum")
    dragged: int = HALF


KINDS = Registry[Kind](
    N_("landscape"),
    Kind(
        "bowl", N_("Bowl"),
        N_("Linear least squares on 64 drawn examples. The start turns with the bowl."),
        lambda: bowl(CONDITION, 0.0), (0.1, 0.1, 0.1, 0.02, 0.5, 0.1, 0.1),
    ),
    Kind(
        "ravine", N_("Ravine"),
        N_("64 drawn examples, and a model in which one weight enters squared: a curved valley."),
        cache(landscapes.ravine), (0.03, 0.01, 0.01, 0.02, 0.5, 0.1, 0.1),
    ),
    Kind(
        "saddle", N_("Saddle"),
        N_("The smallest deep network, y = w₂w₁x, on 64 drawn examples: at (0, 0) it is level."),
        cache(landscapes.saddle), (0.05, 0.02, 0.02, 0.02, 0.5, 0.1, 0.1),
    ),
    Kind(
        "minima", N_("Several minima"),
        N_("A sine’s frequency w₁ and phase w₂, fitted to 64 drawn examples."),
        cache(landscapes.minima), (0.3, 0.1, 0.1, 0.03, 0.5, 0.1, 0.1),
    ),
    Kind(
        "network", N_("A real network"),
        N_("A network of 760 weights on 100 digits, seen on a plane through three points of a path "
           "that training really took: the squares."),
        network, (0.5, 0.1, 0.1, 0.05, 0.5, 0.1, 0.1), N_("cross-entropy in nats"), 24,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What is run: a landscape by its slug, where from, how fast, on how many examples a step.

    `start` `(2,)` is None for the landscape's own. On the bowl it is a place of the bowl at 0°,
    which turns with it. A `batch` of all examples is no draw at all.
    """

    slug: str = "bowl"
    start: tuple[float, float] | None = None
    factor: float = 1.0
    batch: int = 10**6
    condition: float = CONDITION
    degrees: float = 0.0
    knobs: Knobs = field(default_factory=Knobs)
    seed: int = 0

    @property
    def landscape(self) -> Landscape:
        """The landscape itself."""
        if self.slug == "bowl":
            return bowl(self.condition, self.degrees)
        return KINDS[self.slug].make()

    @property
    def turned(self) -> Floats:
        """How the start is turned: with the bowl."""
        return turn(self.degrees if self.slug == "bowl" else 0.0)

    @property
    def settings(self) -> Settings:
        """The rates and the rest."""
        return Settings(tuple(self.factor * one for one in KINDS[self.slug].rates), self.knobs)

    @property
    def place(self) -> Floats:
        """Where all begin, on the plane."""
        if self.start is None:
            return np.array(self.landscape.start)
        found: Floats = self.turned @ np.array(self.start)
        return found

    def from_place(self, x: float, y: float) -> tuple[float, float]:
        """The start that lies at a place of the plane, or next to it within the picture."""
        box = self.landscape.box
        middle = np.array(box.middle)
        reach = EDGE * box.half * np.array([WIDE, 1.0])
        away = np.clip(np.array([x, y]) - middle, -reach, reach)
        if self.slug == "bowl":  # wherever it is turned to, it is seen
            away *= min(1.0, EDGE * box.half / max(float(np.hypot(*away)), 1e-12))
        first, second = self.turned.T @ (middle + away)
        return float(round(first, 3)) + 0.0, float(round(second, 3)) + 0.0


@dataclass(frozen=True, eq=False)
class Run:
    """T steps of M methods: history, losses `(T + 1, M)` on all examples, and how each ended.

    `diverged` has the first step beyond all bounds, `settled` the step from which on the loss stays
    below the target to the end; None for each that did not.
    """

    history: History
    losses: Floats
    diverged: tuple[int | None, ...]
    settled: tuple[int | None, ...]


def run(asked: Asked, steps: int = STEPS) -> Run:
    """All methods from one start, as far as `steps`."""
    found = asked.landscape
    rows = batches(found.examples, asked.batch, steps, asked.seed)

    def gradient(points: Floats, step: int) -> Floats:
        return found.gradient(points, rows[step - 1])

    history = descend(gradient, asked.place, steps, asked.settings)
    gone = far(found, history.places)
    diverged = tuple(_first(column) for column in gone.T)
    losses = found.loss(np.where(gone[..., None], np.nan, history.places))
    settled = tuple(_last(column <= found.target) for column in losses.T)
    return Run(history, losses, diverged, settled)


def far(found: Landscape, places: Floats) -> np.ndarray:
    """Which of the places `(T + 1, M, 2)` lie beyond all bounds, or come after one that does."""
    with np.errstate(all="ignore"):
        size = np.abs(places - np.array(found.box.middle)).max(-1)
        beyond = ~(size <= FAR * WIDE * found.box.half)
    return np.logical_or.accumulate(beyond, axis=0)


def batches(examples: int, batch: int, steps: int, seed: int) -> list[Rows]:
    """Which examples each step sees: all, or `batch` of them, each once before any comes again."""
    if batch >= examples:
        return [ALL] * steps
    draw = np.random.default_rng(seed)
    whole = examples // batch
    epochs = [
        draw.permutation(examples)[: whole * batch].reshape(whole, batch)
        for __ in range(-(-steps // whole))
    ]
    return list(np.concatenate(epochs)[:steps])


def _first(found: np.ndarray) -> int | None:
    return int(found.argmax()) if found.any() else None


def _last(found: np.ndarray) -> int | None:
    """From which step on `found` holds to the end."""
    return _first(np.logical_and.accumulate(found[::-1])[::-1])
