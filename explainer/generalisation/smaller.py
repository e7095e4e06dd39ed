"""A smaller model: width, depth and channels against the gap, compared at equal training accuracy.

And what the same networks learn of random labels, which is what a network *can* learn by heart:
the number of its parameters does not say it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from explainer.generalisation.memorising import Architecture, Networks, Task, right, task, train
from explainer.registry import Registry
from explainer.regularisation.augmentation.small_networks import as_they_come
from explainer.training.instruments.student import interval
from explainer.words import N_

SEEDS = (0, 1, 2, 3)
STEPS, EVERY = 280, 10
WIDE = "32"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Family:
    """Networks of one shape, from small to large."""

    slug: str
    title: str
    members: tuple[tuple[str, Architecture], ...]


def _dense(depth: int, widths: tuple[int, ...]) -> tuple[tuple[str, Architecture], ...]:
    return tuple((f"{width}", Architecture((width,) * depth)) for width in widths)


FAMILIES = Registry[Family](
    N_("family"),
    Family("one", N_("one hidden layer"), _dense(1, (4, 8, 16, 32, 64, 128))),
    Family("two", N_("two hidden layers"), _dense(2, (4, 8, 16, 32, 64))),
    Family("three", N_("three hidden layers"), _dense(3, (8, 16, 32, 64))),
    Family("convolution", N_("a convolution"), tuple(
        (f"{count}", Architecture((), channels=count)) for count in (1, 2, 4, 8, 16)
    )),
)  # fmt: skip
EQUAL = Registry[Family](
    N_("network"),
    Family("flat", N_("one hidden layer of 9"), (("", Architecture((9,))),)),
    Family("deep", N_("four hidden layers of 8"), (("", Architecture((8,) * 4)),)),
    Family("convolution", N_("a convolution with 10 channels"),
           (("", Architecture((), channels=10)),)),
    Family("coarse", N_("31 units that see coarse pictures"),
           (("", Architecture((31,), coarse=True)),)),
)  # fmt: skip
"""Networks with equally many parameters, to one percent."""


@dataclass(frozen=True, eq=False)
class Grown:
    """One network as it learned true labels: accuracies `(S, T)`; and of random labels `(S,)`."""

    family: str
    size: str
    parameters: int
    training: Floats
    validation: Floats
    by_heart: Floats

    def at(self, level: float) -> tuple[Floats, Floats]:
        """Training and validation accuracy `(S,)` where training first reaches `level`.

        Between two measurements on a straight line; NaN where it is never reached. A `level` over 1
        means the end.
        """
        if level > 1:
            return self.training[:, -1], self.validation[:, -1]
        pairs = zip(self.training, self.validation, strict=True)
        found = np.array([_crossed(inside, outside, level) for inside, outside in pairs])
        return np.where(np.isnan(found), np.nan, level), found

    def gap(self, level: float) -> Floats:
        """Training less validation accuracy `(S,)` there."""
        inside, outside = self.at(level)
        return inside - outside


def _crossed(inside: Floats, outside: Floats, level: float) -> float:
    reached = np.flatnonzero(inside >= level)
    if not len(reached):
        return float("nan")
    after = int(reached[0])
    if not after:
        return float(outside[0])
    before = after - 1
    share = (level - inside[before]) / (inside[after] - inside[before])
    return float(outside[before] + share * (outside[after] - outside[before]))


@dataclass(frozen=True, eq=False)
class Smaller:
    """What is measured so far, family by family and from small to large."""

    grown: tuple[Grown, ...]

    def of(self, family: str) -> tuple[Grown, ...]:
        """Those of one family that are there."""
        return tuple(one for one in self.grown if one.family == family)

    def pairs(self, level: float) -> tuple[tuple[Grown, Grown], ...]:
        """A smaller and a larger network, each of which reaches `level` with every seed.

        The ends of each family; one layer and three, equally wide; the least convolution and the
        widest layer.
        """
        there = {one.slug: self._reaching(one.slug, level) for one in FAMILIES}
        found = [(few[0], few[-1]) for few in there.values() if len(few) > 1]
        wide = [one for few in (there["one"], there["three"]) for one in few if one.size == WIDE]
        if len(wide) == 2:
            found.append((wide[0], wide[1]))
        if there["convolution"] and there["one"]:
            found.append((there["convolution"][0], there["one"][-1]))
        return tuple(found)

    def _reaching(self, family: str, level: float) -> list[Grown]:
        return [one for one in self.of(family) if not np.isnan(one.at(level)[1]).any()]


def gained(one: Grown, other: Grown, level: float) -> tuple[float, float, float]:
    """Validation accuracy of `one` less that of `other`: mean, and its interval of 95 %."""
    return interval((one.at(level)[1] - other.at(level)[1]).tolist())


def smaller(
    families: Registry[Family] = FAMILIES,
    seeds: tuple[int, ...] = SEEDS,
    *,
    only: Callable[[str, str], bool] = lambda family, size: True,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[Smaller], None] = lambda found: None,
) -> Smaller:
    """Train those of whose slug and size `only` is true; `seen` gets what there is."""
    jobs = [
        (one.slug, size, architecture)
        for one in families
        for size, architecture in one.members
        if only(one.slug, size)
    ]
    found: dict[int, Grown] = {}
    for place, one in as_they_come([partial(_grown, seeds, *job) for job in jobs], told):
        found[place] = one
        seen(Smaller(tuple(found[place] for place in sorted(found))))
    return Smaller(tuple(found[place] for place in sorted(found)))


def _grown(seeds: tuple[int, ...], family: str, size: str, architecture: Architecture) -> Grown:
    given = Task.joined([task(seed, share) for share in (0.0, 1.0) for seed in seeds])
    networks = Networks(seeds * 2, architecture)
    rows: list[tuple[Floats, Floats]] = []

    def measure(step: int) -> None:
        inside = right(networks.logits(given.inputs), given.labels)
        outside = right(networks.logits(given.validation_inputs), given.validation_labels)
        rows.append((inside.numpy(), outside.numpy()))

    train(networks, given, STEPS, EVERY, measure)
    training, validation = (np.stack(one, -1) for one in zip(*rows, strict=True))  # (B, T)
    true, count = slice(len(seeds)), architecture.parameters
    by_heart = training[len(seeds) :, -1]
    return Grown(family, size, count, training[true], validation[true], by_heart)
