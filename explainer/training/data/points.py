"""Points in the plane that two or three classes share: where a boundary can be drawn and seen.

Moons, circles and blobs are scikit-learn's, imported on first use; spirals and XOR are made here.
Inputs are centred and scaled to lie in about [-1, 1].
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from explainer.parameters import Parameter, Value
from explainer.training.data.data_set import DataSet, Examples, Source
from explainer.words import N_

Points = tuple[NDArray[np.float64], NDArray[np.int64]]
Make = Callable[[int, float, int], Points]

TURNS = 1.5
BLOB_CENTRES = ((-0.5, -0.4), (0.6, -0.2), (0.0, 0.6))


COUNT = Parameter("count", N_("Points"), 300, 20, 2000, 20, whole=True)
SEED = Parameter("seed", N_("Seed"), 0, 0, 9999, 1, whole=True)


def noise_of(usual: float) -> Parameter:
    """How far points stray, `usual` to begin with."""
    return Parameter("noise", N_("Noise"), usual, 0, 0.5, 0.01, help=N_("How far points stray."))


def moons(count: int, noise: float, seed: int) -> Points:
    """Two half circles that reach into each other."""
    from sklearn.datasets import make_moons

    points, labels = make_moons(count, noise=0.0, random_state=seed)
    return scattered((points - (0.5, 0.25)) / 1.5, noise, seed), labels


def circles(count: int, noise: float, seed: int) -> Points:
    """A ring around a ring of half its radius."""
    from sklearn.datasets import make_circles

    points, labels = make_circles(count, noise=0.0, random_state=seed, factor=0.5)
    return scattered(points, noise, seed), labels


def spirals(count: int, noise: float, seed: int) -> Points:
    """Two arms of one and a half turns; the radius grows with the angle, evenly along the arm."""
    labels = np.arange(count) % 2
    along = np.sqrt(np.random.default_rng(seed).uniform(0.01, 1, count))
    angle = 2 * np.pi * TURNS * along + np.pi * labels
    points = np.stack([along * np.cos(angle), along * np.sin(angle)], axis=1)
    return scattered(points, noise, seed), labels


def xor(count: int, noise: float, seed: int) -> Points:
    """Four squares; opposite ones belong together. Labels are those before the noise."""
    corner = np.arange(count) % 4
    inside = np.random.default_rng(seed).uniform(0.1, 1, (count, 2))
    signs = np.stack([1 - 2 * (corner % 2), 1 - 2 * (corner // 2)], axis=1)
    return scattered(signs * inside, noise, seed), (signs.prod(axis=1) < 0).astype(np.int64)


def blobs(count: int, noise: float, seed: int) -> Points:
    """Three round heaps; the noise is their spread."""
    from sklearn.datasets import make_blobs

    points, labels = make_blobs(count, centers=BLOB_CENTRES, cluster_std=0, random_state=seed)
    return scattered(points, noise, seed), labels


def scattered(points: NDArray[np.float64], noise: float, seed: int) -> NDArray[np.float64]:
    """`points` `(N, 2)` moved by Gaussian noise of standard deviation `noise`.

    The same seed moves the same points by the same directions, further as the noise grows.
    """
    moves = np.random.default_rng((seed, 1)).standard_normal(points.shape)
    return np.asarray(points + noise * moves)


def _load(
    slug: str,
    title: str,
    classes: tuple[str, ...],
    make: Make,
    *,
    count: float,
    noise: float,
    seed: float,
) -> Examples:
    points, labels = make(int(count), noise, int(seed))
    return Examples(
        name=slug,
        title=title,
        inputs=torch.from_numpy(points.astype(np.float32)),
        labels=torch.from_numpy(np.asarray(labels, np.int64)),
        classes=classes,
        test_from=None,
        credit=N_("Computed by Deepglass"),
        settings=(("count", count), ("noise", noise), ("seed", seed)),
    )


def _code(text: str) -> Callable[[dict[str, Value], Examples], str]:
    def code(settings: dict[str, Value], examples: Examples) -> str:
        count, seed = int(settings["count"]), int(settings["seed"])
        made = text.replace("COUNT", str(count)).replace("DATA_SEED", str(seed))
        return f"""{made}
moves = np.random.default_rng(({seed}, 1)).standard_normal(points.shape)
inputs = torch.tensor(points + {settings["noise"]!r} * moves, dtype=torch.float32)
labels = torch.tensor(classes)"""

    return code


MOONS = """points, classes = make_moons(COUNT, noise=0.0, random_state=DATA_SEED)
points = (points - (0.5, 0.25)) / 1.5"""

CIRCLES = """points, classes = make_circles(COUNT, noise=0.0, random_state=DATA_SEED, factor=0.5)"""

SPIRALS = f"""classes = np.arange(COUNT) % 2
along = np.sqrt(np.random.default_rng(DATA_SEED).uniform(0.01, 1, COUNT))
angle = 2 * np.pi * {TURNS} * along + np.pi * classes
points = np.stack([along * np.cos(angle), along * np.sin(angle)], axis=1)"""

XOR = """corner = np.arange(COUNT) % 4
inside = np.random.default_rng(DATA_SEED).uniform(0.1, 1, (COUNT, 2))
signs = np.stack([1 - 2 * (corner % 2), 1 - 2 * (corner // 2)], axis=1)
points, classes = signs * inside, (signs.prod(axis=1) < 0).astype(np.int64)"""

BLOBS = f"""centres = {BLOB_CENTRES}
points, classes = make_blobs(COUNT, centers=centres, cluster_std=0, random_state=DATA_SEED)"""


def _entry(
    slug: str,
    title: str,
    meaning: str,
    classes: tuple[str, ...],
    make: Make,
    noise: float,
    needs: str,
    code: str,
) -> DataSet:
    return DataSet(
        slug=slug,
        title=title,
        group="Points",
        meaning=meaning,
        load=partial(_load, slug, title, classes, make),
        parameters=(COUNT, noise_of(noise), SEED),
        source=Source("Its points are drawn by this script", needs, _code(code)),
    )


POINTS: tuple[DataSet, ...] = (
    _entry(
        "moons",
        N_("Two moons"),
        N_("Two half circles that reach into each other: no straight line parts them."),
        ("upper moon", "lower moon"),
        moons,
        0.12,
        "scikit-learn",
        MOONS,
    ),
    _entry(
        "circles",
        N_("Circles"),
        N_("One class surrounds the other: the boundary has to close."),
        ("outer circle", "inner circle"),
        circles,
        0.1,
        "scikit-learn",
        CIRCLES,
    ),
    _entry(
        "spirals",
        N_("Spirals"),
        N_("Two arms wound around each other: the boundary is longer than any of them."),
        ("first arm", "second arm"),
        spirals,
        0.03,
        "",
        SPIRALS,
    ),
    _entry(
        "xor",
        N_("XOR"),
        N_("Opposite corners belong together: neither coordinate says anything alone."),
        ("same signs", "different signs"),
        xor,
        0.1,
        "",
        XOR,
    ),
    _entry(
        "blobs",
        N_("Blobs"),
        N_("Three round heaps: straight lines will do, and what strays over them is noise."),
        ("first blob", "second blob", "third blob"),
        blobs,
        0.2,
        "scikit-learn",
        BLOBS,
    ),
)
