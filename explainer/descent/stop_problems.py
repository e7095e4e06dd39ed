"""Small problems on which networks descend until they stand still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import avg_pool2d, one_hot

from explainer.registry import Registry
from explainer.regularisation.pixel_weights import SIDE, of_ten
from explainer.words import N_

MOONS, SPIRALS, DIGITS = 60, 60, 120
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Problem:
    """Inputs `(N, D)` and targets `(N, K)`: of two classes 1 or −1, of ten a 1 among zeros."""

    inputs: Tensor
    targets: Tensor
    steps: int

    def right(self, answers: Tensor) -> Values:
        """The share `(S,)` of answers `(S, N, K)` on the right side, or largest in place."""
        if self.targets.shape[1] == 1:
            found = (answers * self.targets > 0).squeeze(-1)
        else:
            found = answers.argmax(-1) == self.targets.argmax(-1)
        return np.asarray(found.double().mean(1).numpy())


@dataclass(frozen=True)
class Option:
    """One way to build a network; the slug is for links."""

    slug: str
    title: str


UNITS = (Option(RELU := "relu", N_("ReLU")), Option(TANH := "tanh", N_("tanh")))
STARTS = (
    Option(RANDOM := "random", N_("each unit its own")), Option(ALIKE := "alike", N_("all alike")),
)  # fmt: skip


@dataclass(frozen=True)
class Task:
    """A problem to choose, and the widths that are tried on it."""

    slug: str
    title: str
    make: Callable[[], tuple[Tensor, Tensor]]
    steps: int
    widths: tuple[int, ...] = (1, 2, 3, 4, 6, 8)
    script: str = ""
    """Lines of Python that make its inputs `x` and targets `y`, where they are that short."""

    def problem(self) -> Problem:
        """Its examples, float64."""
        return Problem(*_made(self.make), self.steps)


@cache
def _made(make: Callable[[], tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    inputs, targets = make()
    return inputs.double(), targets.double()


def xor() -> tuple[Tensor, Tensor]:
    """The four corners; 1 where the signs differ."""
    corners = torch.tensor([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])
    return corners, -corners.prod(1, keepdim=True)


def moons() -> tuple[Tensor, Tensor]:
    """Two half circles that reach into each other, with noise."""
    random = np.random.default_rng(0)
    turns = random.uniform(0, np.pi, MOONS // 2)
    one = np.column_stack([np.cos(turns), np.sin(turns)])
    return _two(np.concatenate([one - (0.5, 0.25), (0.5, 0.25) - one]), random, 0.1)


def spirals() -> tuple[Tensor, Tensor]:
    """Two arms of one turn around each other."""
    random = np.random.default_rng(0)
    share = np.sqrt(random.uniform(0.05, 1, SPIRALS // 2))[:, None]
    turns = 2 * np.pi * share
    arm = 1.6 * share * np.column_stack([np.cos(turns[:, 0]), np.sin(turns[:, 0])])
    return _two(np.concatenate([arm, -arm]), random, 0.04)


def _two(places: Values, random: np.random.Generator, noise: float) -> tuple[Tensor, Tensor]:
    half = len(places) // 2
    inputs = places + noise * random.standard_normal(places.shape)
    return torch.from_numpy(inputs), torch.tensor([1.0, -1.0]).repeat_interleave(half)[:, None]


def digits() -> tuple[Tensor, Tensor]:
    """Ten digits at a quarter of their size, 49 pixels less their mean."""
    drawn = of_ten(DIGITS)
    pictures = torch.from_numpy(drawn.inputs).reshape(-1, 1, SIDE, SIDE)
    pixels = avg_pool2d(pictures, 4).flatten(1)
    return 3 * (pixels - pixels.mean(0)), one_hot(torch.from_numpy(drawn.labels), 10)


XOR_LINES = """\
x = torch.tensor([[-1.0, -1], [-1, 1], [1, -1], [1, 1]], dtype=torch.float64)
y = -x.prod(1, keepdim=True)
"""
MOON_LINES = """\
draw = np.random.default_rng(0)
turns = draw.uniform(0, np.pi, 30)
one = np.column_stack([np.cos(turns), np.sin(turns)])
places = np.concatenate([one - (0.5, 0.25), (0.5, 0.25) - one])
"""
SPIRAL_LINES = """\
draw = np.random.default_rng(0)
share = np.sqrt(draw.uniform(0.05, 1, 30))[:, None]
turns = 2 * np.pi * share
arm = 1.6 * share * np.column_stack([np.cos(turns[:, 0]), np.sin(turns[:, 0])])
places = np.concatenate([arm, -arm])
"""
TWO_LINES = """\
x = torch.from_numpy(places + {noise} * draw.standard_normal(places.shape))
y = torch.tensor([1.0, -1.0], dtype=torch.float64).repeat_interleave(30)[:, None]
"""

TASKS = Registry[Task](
    N_("problem"),
    Task("xor", N_("XOR"), xor, 2500, script=XOR_LINES),
    Task("moons", N_("Moons"), moons, 2500, script=MOON_LINES + TWO_LINES.format(noise=0.1)),
    Task(
        "spirals", N_("Spirals"), spirals, 2500, script=SPIRAL_LINES + TWO_LINES.format(noise=0.04)
    ),
    Task("digits", N_("Digits"), digits, 600, (1, 2, 3, 4, 6)),
)

TEXT = """\
# One network of {width} hidden units descends with every example in each step, until it stands;
# then the eigenvalues of the Hessian say whether that is a minimum or a saddle.
import numpy as np
import torch
from torch.autograd.functional import hessian

{data}
width, steps = {width}, {steps}
random = torch.Generator().manual_seed({seed})
first = {gain}torch.randn(2, {drawn}, generator=random, dtype=torch.float64){first}
weights = torch.cat([
    (first / 2**0.5).flatten(), torch.zeros(width, dtype=torch.float64),
    (torch.randn({drawn}, 1, generator=random, dtype=torch.float64){last} / width**0.5).flatten(),
    torch.zeros(1, dtype=torch.float64),
])


def loss(weights):
    first, bias, last, out = weights.split([2 * width, width, width, 1])
    hidden = torch.{unit}(x @ first.view(2, width) + bias)
    return ((hidden @ last[:, None] + out - y) ** 2).sum() / (2 * len(x))


def gradient(weights):
    weights = weights.detach().requires_grad_()
    value = loss(weights)
    return value.detach(), torch.autograd.grad(value, weights)[0]


rate, growth = 0.1, 1.05
value, slope = gradient(weights)
for step in range(1, steps + 1):
    if step == steps - steps // 20:
        rate, growth = rate / 4, 1.0  # come to rest
    there = weights - rate * slope
    new, new_slope = gradient(there)
    if new <= value:
        weights, value, slope, rate = there, new, new_slope, rate * growth
    else:
        rate = rate / 2
values = torch.linalg.eigvalsh(hessian(loss, weights))
print(f"loss {{value:.6f}}, length of the gradient {{slope.norm():.1e}}")
print("curvatures", [round(float(one), 5) for one in values])
"""


def script(task: Task, width: int, unit: str, start: str, seed: int) -> str:
    """The script of the network of that seed; it prints the loss, the gradient, all curvatures."""
    alike = start == ALIKE
    return TEXT.format(
        width=width, data=task.script, steps=task.steps, seed=seed, unit=unit,
        gain="2**0.5 * " if unit == RELU else "", drawn=1 if alike else width,
        first=".repeat(1, width)" if alike else "", last=".repeat(width, 1)" if alike else "",
    )  # fmt: skip
