"""A number to be told from another: a curve with noise, for tasks whose targets are no classes."""

from __future__ import annotations

import numpy as np
import torch

from explainer.parameters import Choice, Option, Parameter, Value
from explainer.training.data.data_set import DataSet, Examples, Source
from explainer.training.task import TASKS
from explainer.words import N_

WAVES = 1.5
SLUG, TITLE = "noisy-sine", N_("Noisy sine")


def noisy_sine(*, count: float, noise: float, seed: float, loss: str) -> Examples:
    r"""$y = \sin(2\pi \cdot 1.5\,x) + \sigma\epsilon$ at random x in [-1, 1], both `(N, 1)`."""
    draw = np.random.default_rng(int(seed))
    x = draw.uniform(-1, 1, (int(count), 1))
    y = np.sin(2 * np.pi * WAVES * x) + noise * draw.standard_normal(x.shape)
    return Examples(
        name=SLUG,
        title=TITLE,
        inputs=torch.tensor(x, dtype=torch.float32),
        labels=torch.tensor(y, dtype=torch.float32),
        classes=(),
        test_from=None,
        credit="Computed by Deepglass",
        settings=(("count", count), ("noise", noise), ("seed", seed), ("loss", loss)),
        task=TASKS[loss],
    )


def _code(settings: dict[str, Value], examples: Examples) -> str:
    count, seed = int(settings["count"]), int(settings["seed"])
    return f"""draw = np.random.default_rng({seed})
x = draw.uniform(-1, 1, ({count}, 1))
y = np.sin(2 * np.pi * {WAVES} * x) + {settings["noise"]!r} * draw.standard_normal(x.shape)
inputs = torch.tensor(x, dtype=torch.float32)
labels = torch.tensor(y, dtype=torch.float32)"""


NUMBERS: tuple[DataSet, ...] = (
    DataSet(
        slug=SLUG,
        title=TITLE,
        group=N_("Numbers"),
        meaning=N_("One number from another: three waves of a sine, and noise on every point."),
        load=noisy_sine,
        parameters=(
            Parameter("count", N_("Points"), 200, 20, 2000, 20, whole=True),
            Parameter("noise", N_("Noise"), 0.2, 0, 1, 0.01, help=N_("Its standard deviation.")),
            Parameter("seed", N_("Seed"), 0, 0, 9999, 1, whole=True),
            Choice(
                "loss",
                N_("Loss"),
                "squared",
                tuple(Option(one.slug, one.title) for one in TASKS if not one.measure.percent),
            ),
        ),
        source=Source("Its points are drawn by this script", "", _code),
    ),
)
