"""Four trainings side by side: an MLP and a CNN, on digits as they are and with permuted pixels.

The permutation is one and the same for all pictures, in training and in validation, so that not a
bit of information is lost; only neighbours are neighbours no more. Trained by the engine of the
training lab on scikit-learn's 8 × 8 digits, each kind from several seeds; within a seed all four
learn from the same pictures in the same order. `explainer.service` schedules them as it does races.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from explainer.networks.digits.field import permuted
from explainer.training.data.data_set import Examples
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.build_runs import Source
from explainer.training.engine.devices import device
from explainer.training.engine.race import Race, Settings
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.recipe.recipe import Network, Recipe, Training
from explainer.words import N_

TRAINING = Training(optimiser="adam", learning_rate=3e-3, batch_size=32, steps=300)
RECIPES: tuple[Recipe, ...] = (
    Recipe(Network(kind="mlp", depth=2, width=64), training=TRAINING, name=N_("MLP")),
    Recipe(Network(blocks=2, channels=16), training=TRAINING, name=N_("CNN")),
)
SPLIT = Split(train_size=600, validation_share=0.4, test_share=0.0)


@dataclass(frozen=True)
class Arm:
    """One of the four: a kind of network, and whether its pixels are permuted."""

    network: str
    permuted: bool
    accuracies: tuple[float, ...]
    steps: tuple[int, ...]
    curves: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Progress:
    """How the four stand: the `share` of the steps that are done, in [0, 1], and the curves so far.

    `arms` are the MLP plain and permuted, then the CNN plain and permuted.
    """

    arms: tuple[Arm, ...]
    share: float
    playing: bool
    finished: bool
    history_bytes: int
    checkpoint_bytes: int


class PermutedRace:
    """The two races, plain and permuted, trained slice by slice; paused at first.

    Every method may be called from any thread.
    """

    def __init__(self, seeds: Sequence[int] = (0, 1, 2)) -> None:
        plain = digits()
        settings = Settings(test_at_end=False)
        sources = (_source(plain), _source(replace(plain, inputs=permuted(plain.inputs))))
        self.seeds = tuple(seeds)
        self.races = tuple(
            Race(RECIPES, source, seeds=self.seeds, settings=settings, device=device("cpu"))
            for source in sources
        )
        self._news = threading.Event()
        self._ended: Progress | None = None

    def play(self) -> None:
        """Train both races until the end, from where they stand."""
        for race in self.races:
            race.play()
        self._news.set()

    def pause(self) -> None:
        """Stand still after the step that is being done."""
        for race in self.races:
            race.pause()
        self._news.set()

    @property
    def snapshot(self) -> Progress:
        """How the four stood after the last slice."""
        return self._ended or _progress([race.snapshot for race in self.races])

    @property
    def has_work(self) -> bool:
        """Whether a slice would train: one race plays, and is not at its end."""
        return any(race.has_work for race in self.races)

    def wait_for_work(self, timeout: float) -> bool:
        """Return True when a command has come since the last slice, False after `timeout` s."""
        return self._news.wait(timeout)

    def run_slice(self, seconds: float = 0.1) -> int:
        """Train for about so long, both races alike; returns the steps that each run went on."""
        self._news.clear()
        steps = max(race.run_slice(seconds / len(self.races)) for race in self.races)
        if self._ended is None and all(race.snapshot.finished for race in self.races):
            self.close()
        return steps

    def close(self) -> None:
        """Let go of networks and data; what was measured stays."""
        self._ended = replace(self.snapshot, playing=False, history_bytes=0, checkpoint_bytes=0)
        for race in self.races:
            race.close()


@cache
def digits() -> Examples:
    """scikit-learn's 1,797 digits: pictures `(N, 1, 8, 8)` in [0, 1]; read once a process."""
    return load("digits")


def _source(examples: Examples) -> Source:
    @cache
    def prepared(seed: int) -> Prepared:
        return prepare(examples, replace(SPLIT, seed=seed))

    return prepared


def _progress(races: Sequence[Snapshot]) -> Progress:
    parts = [race.step / race.total_steps for race in races]
    return Progress(
        arms=tuple(
            _arm(race, recipe, permuted=bool(place))
            for recipe in range(len(RECIPES))
            for place, race in enumerate(races)
        ),
        share=sum(parts) / len(parts),
        playing=any(race.playing for race in races),
        finished=all(race.finished for race in races),
        history_bytes=sum(race.history_bytes for race in races),
        checkpoint_bytes=sum(race.checkpoint_bytes for race in races),
    )


def _arm(snapshot: Snapshot, recipe: int, *, permuted: bool) -> Arm:
    runs = snapshot.of_recipe(recipe)
    count = min(len(run.curves) for run in runs)  # they are measured one after the other
    curves = tuple(tuple(run.curves.validation_measure[:count].tolist()) for run in runs)
    return Arm(
        network=snapshot.recipes[recipe].name,
        permuted=permuted,
        accuracies=tuple(run.last.validation_measure for run in runs if run.last),
        steps=tuple(int(step) for step in runs[0].curves.step[:count]),
        curves=curves,
    )
