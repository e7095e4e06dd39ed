"""Four trainings side by side: an MLP and a CNN, on digits as they are and with permuted pixels.

The permutation is one and the same for all pictures, in training and in validation, so that not a
bit of information is lost; only neighbours are neighbours no more. Trained by the engine of the
training lab on scikit-learn's 8 × 8 digits, each kind from several seeds; within a seed all four
learn from the same pictures in the same order.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from explainer.networks.digit_field import permuted
from explainer.training.data.record import Examples
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.devices import device
from explainer.training.lineup import Source
from explainer.training.race import Race, Settings
from explainer.training.recipe import Network, Recipe, Training
from explainer.training.snapshot import Snapshot

TRAINING = Training(optimiser="adam", learning_rate=3e-3, batch_size=32, steps=300)
RECIPES: tuple[Recipe, ...] = (
    Recipe(Network(kind="mlp", depth=2, width=64), training=TRAINING, name="MLP"),
    Recipe(Network(blocks=2, channels=16), training=TRAINING, name="CNN"),
)
SPLIT = Split(train_size=600, validation_share=0.4, test_share=0.0)
_TURN = threading.Lock()


@dataclass(frozen=True)
class Arm:
    """One of the four: a kind of network, and whether its pixels are permuted."""

    network: str
    permuted: bool
    accuracies: tuple[float, ...]
    steps: tuple[int, ...]
    curves: tuple[tuple[float, ...], ...]


class PermutedRace:
    """The two races, plain and permuted, that are trained slice by slice."""

    def __init__(self, seeds: Sequence[int] = (0, 1, 2)) -> None:
        plain = digits()
        settings = Settings(test_at_end=False)
        sources = (_source(plain), _source(replace(plain, inputs=permuted(plain.inputs))))
        self.seeds = tuple(seeds)
        self._ended: tuple[Arm, ...] | None = None
        self.races = tuple(
            Race(RECIPES, source, seeds=self.seeds, settings=settings, device=device("cpu"))
            for source in sources
        )
        for race in self.races:
            race.play()

    def advance(self, seconds: float) -> None:
        """Train for about so long, both races alike; several visitors' slices take turns."""
        with _TURN:
            for race in self.races:
                if race.has_work:
                    race.run_slice(seconds / len(self.races))
        if not self.finished and all(race.snapshot.finished for race in self.races):
            self._ended = self.arms()
            self.close()  # what is left to show are the curves

    @property
    def share(self) -> float:
        """The share of the steps that are done, in [0, 1]."""
        parts = [race.snapshot.step / race.snapshot.total_steps for race in self.races]
        return sum(parts) / len(parts)

    @property
    def finished(self) -> bool:
        """Whether all trainings have ended."""
        return self._ended is not None

    def arms(self) -> tuple[Arm, ...]:
        """What was measured so far: MLP plain and permuted, then CNN plain and permuted."""
        if self._ended is not None:
            return self._ended
        snapshots = [race.snapshot for race in self.races]
        return tuple(
            _arm(snapshot, recipe, permuted=bool(place))
            for recipe in range(len(RECIPES))
            for place, snapshot in enumerate(snapshots)
        )

    def close(self) -> None:
        """Let go of networks and data."""
        for race in self.races:
            race.close()


@cache
def digits() -> Examples:
    """The 1,797 digits of 8 × 8 pixels."""
    return load("digits")


def _source(examples: Examples) -> Source:
    @cache
    def prepared(seed: int) -> Prepared:
        return prepare(examples, replace(SPLIT, seed=seed))

    return prepared


def _arm(snapshot: Snapshot, recipe: int, *, permuted: bool) -> Arm:
    runs = snapshot.of_recipe(recipe)
    curves = tuple(tuple(run.curves.validation_accuracy.tolist()) for run in runs)
    return Arm(
        network=snapshot.recipes[recipe].name,
        permuted=permuted,
        accuracies=tuple(run.last.validation_accuracy for run in runs if run.last),
        steps=tuple(int(step) for step in runs[0].curves.step),
        curves=curves,
    )
