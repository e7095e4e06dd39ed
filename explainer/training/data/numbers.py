"""Numbers to be told: a curve with noise, and two surfaces over the plane.

The surfaces are those of TensorFlow Playground (`src/dataset.ts`, Smilkov et al. 2017), whose
points go from -6 to 6 and here from -1 to 1. Points stray after their target was read, as those of
classes do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from explainer.parameters import Choice, Option, Parameter, Value
from explainer.training.data.data_set import DataSet, Examples, Source
from explainer.training.data.points import COUNT, SEED, noise_of, scattered
from explainer.training.task import TASKS
from explainer.words import N_

WAVES = 1.5
SLOPE = 0.6  # from -6 to 6, x + y reaches ±1 at ±10
STEEPNESS = 3  # a cone ends 2 of 6 from its middle
HILLS = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))
PLAYGROUND_REACH = 6

Surface = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def plane(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """$0.6 (x + y)$ at `points` `(N, 2)`, `(N,)`."""
    return np.asarray(SLOPE * points.sum(axis=1))


def gaussians(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Six cones, up and down in turn: ±1 at their middle, 0 from a third away on, `(N,)`."""
    hills = np.array(HILLS)
    away = np.linalg.norm(points[:, None] - hills[:, :2] / PLAYGROUND_REACH, axis=2)
    heights = hills[:, 2] * np.clip(1 - STEEPNESS * away, 0, 1)
    return np.asarray(heights.sum(axis=1))  # cones that touch, and do not overlap


def _over_the_plane(
    slug: str,
    title: str,
    surface: Surface,
    *,
    count: float,
    noise: float,
    seed: float,
    loss: str,
) -> Examples:
    points = np.random.default_rng(int(seed)).uniform(-1, 1, (int(count), 2))
    inputs = scattered(points, noise, int(seed))
    settings: dict[str, Value] = {"count": count, "noise": noise, "seed": seed, "loss": loss}
    return _examples(slug, title, inputs, surface(points)[:, None], **settings)


def noisy_sine(*, count: float, noise: float, seed: float, loss: str) -> Examples:
    r"""$y = \sin(2\pi \cdot 1.5\,x) + \sigma\epsilon$ at random x in [-1, 1], both `(N, 1)`."""
    draw = np.random.default_rng(int(seed))
    x = draw.uniform(-1, 1, (int(count), 1))
    y = np.sin(2 * np.pi * WAVES * x) + noise * draw.standard_normal(x.shape)
    return _examples(SINE, SINE_TITLE, x, y, count=count, noise=noise, seed=seed, loss=loss)


def _examples(
    slug: str,
    title: str,
    inputs: NDArray[np.float64],
    targets: NDArray[np.float64],
    **settings: Value,
) -> Examples:
    return Examples(
        name=slug,
        title=title,
        inputs=torch.tensor(inputs, dtype=torch.float32),
        labels=torch.tensor(targets, dtype=torch.float32),
        classes=(),
        test_from=None,
        credit=N_("Computed by Deepglass"),
        settings=tuple(settings.items()),
        task=TASKS[str(settings["loss"])],
    )


def _sine_code(settings: dict[str, Value], examples: Examples) -> str:
    count, seed = int(settings["count"]), int(settings["seed"])
    return f"""draw = np.random.default_rng({seed})
x = draw.uniform(-1, 1, ({count}, 1))
y = np.sin(2 * np.pi * {WAVES} * x) + {settings["noise"]!r} * draw.standard_normal(x.shape)
inputs = torch.tensor(x, dtype=torch.float32)
labels = torch.tensor(y, dtype=torch.float32)"""


def _surface_code(text: str) -> Callable[[dict[str, Value], Examples], str]:
    def code(settings: dict[str, Value], examples: Examples) -> str:
        count, seed = int(settings["count"]), int(settings["seed"])
        return f"""points = np.random.default_rng({seed}).uniform(-1, 1, ({count}, 2))
{text}
moves = np.random.default_rng(({seed}, 1)).standard_normal(points.shape)
inputs = torch.tensor(points + {settings["noise"]!r} * moves, dtype=torch.float32)
labels = torch.tensor(targets[:, None], dtype=torch.float32)"""

    return code


PLANE_CODE = f"targets = {SLOPE} * points.sum(axis=1)"

GAUSSIANS_CODE = f"""hills = np.array({HILLS})
away = np.linalg.norm(points[:, None] - hills[:, :2] / {PLAYGROUND_REACH}, axis=2)
targets = (hills[:, 2] * np.clip(1 - {STEEPNESS} * away, 0, 1)).sum(axis=1)"""

LOSS = Choice(
    "loss",
    N_("Loss"),
    "squared",
    tuple(Option(one.slug, one.title) for one in TASKS if not one.measure.percent),
)
SINE, SINE_TITLE = "noisy-sine", N_("Noisy sine")


def _surface(slug: str, title: str, meaning: str, surface: Surface, code: str) -> DataSet:
    return _entry(
        slug,
        title,
        meaning,
        partial(_over_the_plane, slug, title, surface),
        noise_of(0.05),
        COUNT,
        _surface_code(code),
    )


def _entry(
    slug: str,
    title: str,
    meaning: str,
    load: Callable[..., Examples],
    noise: Parameter,
    count: Parameter,
    code: Callable[[dict[str, Value], Examples], str],
) -> DataSet:
    return DataSet(
        slug=slug,
        title=title,
        group=N_("Numbers"),
        meaning=meaning,
        load=load,
        parameters=(count, noise, SEED, LOSS),
        source=Source("Its points are drawn by this script", "", code),
    )


NUMBERS: tuple[DataSet, ...] = (
    _surface(
        "plane",
        N_("Plane"),
        N_("The target rises evenly from one corner to the other: a network without hidden layers"
           " can tell it."),
        plane,
        PLANE_CODE,
    ),
    _surface(
        "gaussians",
        N_("Gaussians"),
        N_("Three hills and three hollows, round and in turn (cones, to be exact); between them the"
           " target is 0."),
        gaussians,
        GAUSSIANS_CODE,
    ),
    _entry(
        SINE,
        SINE_TITLE,
        N_("One number from another: three waves of a sine, and noise on every point."),
        noisy_sine,
        Parameter("noise", N_("Noise"), 0.2, 0, 1, 0.01, help=N_("Its standard deviation.")),
        Parameter("count", N_("Points"), 200, 20, 2000, 20, whole=True),
        _sine_code,
    ),
)  # fmt: skip
