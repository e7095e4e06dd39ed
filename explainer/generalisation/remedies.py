"""How far each remedy keeps a network from learning by heart, and what it costs on true labels.

Every remedy is tried on true labels, on half random ones and on random ones alone. Early stopping
is the network without any remedy, as it was when its loss on *other* digits was least.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from explainer.generalisation.memorising import (
    NOTHING,
    UNITS,
    Architecture,
    Networks,
    Remedy,
    Task,
    right,
    task,
    train,
)
from explainer.registry import Registry
from explainer.regularisation.augmentation.small_networks import as_they_come
from explainer.training.instruments.student import interval
from explainer.words import N_

SEEDS = (0, 1, 2, 3)
SHARES = TRUE, HALF, ALL = (0.0, 0.5, 1.0)
STEPS, EVERY = 240, 10
Floats = NDArray[np.float64]
Setting = tuple[Architecture, Remedy]


@dataclass(frozen=True)
class Tried:
    """A remedy by name, and its settings from weak to strong, each with what it is called."""

    slug: str
    title: str
    settings: tuple[tuple[str, Setting], ...]


def _with(remedy: Remedy) -> Setting:
    return Architecture(), remedy


NONE, STOPPING = "none", "stopping"
REMEDIES = Registry[Tried](
    N_("remedy"),
    Tried(NONE, N_("nothing"), (("", _with(NOTHING)),)),
    Tried("l2", N_("L2"), tuple(
        (f"λ = {one:g}", _with(Remedy(l2=one))) for one in (0.01, 0.03, 0.1)
    )),
    Tried("l1", N_("L1"), tuple(
        (f"λ = {one:g}", _with(Remedy(l1=one))) for one in (0.001, 0.002, 0.004)
    )),
    Tried("dropout", N_("dropout"), tuple(
        (f"1 − q = {one:g}", _with(Remedy(drop=one))) for one in (0.5, 0.7, 0.85)
    )),
    Tried("shift", N_("augmentation: shifts"), tuple(
        (f"± {one} px", _with(Remedy(shift=one))) for one in (1, 2, 3)
    )),
    Tried("units", N_("fewer units"), tuple(
        (f"{one} / {UNITS}", (Architecture((one,)), NOTHING)) for one in (32, 8, 4)
    )),
    Tried(STOPPING, N_("early stopping"), ()),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Measured:
    """Accuracy at the end, by share of random labels and seed `(3, S)`.

    `training` is that on the labels learned, `validation` that on new digits, true labels.
    """

    remedy: str
    strength: str
    training: Floats
    validation: Floats

    @property
    def by_heart(self) -> Floats:
        """The share of random labels that each seed's network learned `(S,)`."""
        found: Floats = self.training[SHARES.index(ALL)]
        return found

    def right(self, share: float) -> Floats:
        """Validation accuracy of each seed `(S,)` after learning with that share at random."""
        found: Floats = self.validation[SHARES.index(share)]
        return found


@dataclass(frozen=True, eq=False)
class Remedies:
    """What is measured so far, as REMEDIES have it."""

    measured: tuple[Measured, ...]

    def of(self, slug: str) -> tuple[Measured, ...]:
        """Those of one remedy, from weak to strong."""
        return tuple(one for one in self.measured if one.remedy == slug)

    def gain(self, one: Measured, share: float) -> tuple[float, float, float]:
        """Validation accuracy gained on doing nothing: mean, and its interval of 95 %."""
        return interval((one.right(share) - self.of(NONE)[0].right(share)).tolist())

    def less(self, one: Measured) -> tuple[float, float, float]:
        """By how much less of random labels is learned than without: mean, and its interval."""
        return interval((self.of(NONE)[0].by_heart - one.by_heart).tolist())


def remedies(
    seeds: tuple[int, ...] = SEEDS,
    *,
    only: Callable[[str, int], bool] = lambda slug, place: True,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[Remedies], None] = lambda found: None,
) -> Remedies:
    """Try the settings for whose slug and place `only` is true; `seen` gets what there is."""
    jobs = [
        (one.slug, words, setting)
        for one in REMEDIES
        for place, (words, setting) in enumerate(one.settings)
        if one.slug == NONE or only(one.slug, place)
    ]
    order = [(slug, words) for slug, words, _ in jobs] + [(STOPPING, "")]
    found: dict[tuple[str, str], Measured] = {}
    tries = [partial(_tried, seeds, *job) for job in jobs]
    for _, several in as_they_come(tries, told):
        found |= {(one.remedy, one.strength): one for one in several}
        if (NONE, "") in found:
            seen(Remedies(tuple(found[one] for one in order if one in found)))
    return Remedies(tuple(found[one] for one in order))


def _tried(seeds: tuple[int, ...], slug: str, words: str, setting: Setting) -> list[Measured]:
    given = Task.joined([task(seed, share) for share in SHARES for seed in seeds])
    networks = Networks(seeds * len(SHARES), *setting)
    plain = slug == NONE
    others = _others(seeds) if plain else None
    rows: list[tuple[Floats, Floats]] = []
    losses: list[Floats] = []

    def measure(step: int) -> None:
        if not plain and step < STEPS:
            return
        inside = right(networks.logits(given.inputs), given.labels)
        outside = right(networks.logits(given.validation_inputs), given.validation_labels)
        rows.append((inside.numpy(), outside.numpy()))
        if others:
            logits = networks.logits(others.validation_inputs).flatten(0, 1)
            each = cross_entropy(logits, others.validation_labels.flatten(), reduction="none")
            losses.append(each.reshape(len(given.labels), -1).double().mean(-1).numpy())

    train(networks, given, STEPS, EVERY, measure)
    training, validation = (np.stack(one) for one in zip(*rows, strict=True))  # (T, B)
    shape = (len(SHARES), len(seeds))
    found = [Measured(slug, words, training[-1].reshape(shape), validation[-1].reshape(shape))]
    if plain:
        best, every = np.stack(losses).argmin(axis=0), torch.arange(len(given.labels)).numpy()
        stopped = (one[best, every].reshape(shape) for one in (training, validation))
        found.append(Measured(STOPPING, "", *stopped))
    return found


def _others(seeds: tuple[int, ...]) -> Task:
    """The digits by which early stopping stops: no others see them."""
    return Task.joined([task(seed, share, others=True) for share in SHARES for seed in seeds])
