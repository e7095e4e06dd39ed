"""The current plane as a script of its own: PyTorch and scikit-learn, nothing of this app.

It trains the first network of a plan from the same random numbers and prints the loss at the points
of the coarsest grid, so the numbers are those of the page up to the rounding of sums. What defines
the network and the direction is the very source that runs here.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from explainer.activations.registry import ACTIVATIONS
from explainer.gradients.landscape import directions, networks, path, rescaling, training
from explainer.gradients.landscape.plan import PATH, SurveyPlan
from explainer.gradients.landscape.plane import PICTURES
from explainer.gradients.landscape.setup import MOMENTUM, Setup
from explainer.training.data.registry import load
from explainer.training.recipe.recipe import Recipe
from explainer.training.script.division import data_source
from explainer.training.script.task import Task
from explainer.training.seeds import derived

HEAD = '''"""The loss on a plane through a network trained on the digits, at {points} points.

Needs PyTorch, NumPy and scikit-learn. Prints a row for each y, from the largest: the loss on
{pictures} training pictures for each x.
"""

import copy
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import Tensor, nn

torch.set_num_threads(1)'''

TRAIN = """network = Network(
    {sizes},
    lambda: nn.{activation},
    convolutional={convolutional},
    skips={skips},
    batch_norm={batch_norm},
)
initialise(network, {gain!r}, torch.Generator().manual_seed({initial}))


def weights_now():
    kept = copy.deepcopy(network)
{rescale}    return torch.cat([one.detach().flatten() for one in kept.parameters()])


optimiser = torch.optim.SGD(
    network.parameters(), lr={learning_rate}, momentum={momentum}, foreach=True
)
order = torch.Generator().manual_seed({batches})
rows, kept = torch.zeros(0, dtype=torch.int64), [weights_now()]
for step in range(1, {steps} + 1):
    if len(rows) < {batch}:
        rows = torch.cat([rows, torch.randperm(len(train_labels), generator=order)])
    batch, rows = rows[:{batch}], rows[{batch}:]
    loss = F.cross_entropy(network(train_inputs[batch]), train_labels[batch])
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    if step % {every} == 0 or step == {steps}:
        kept.append(weights_now())
end = kept[-1]"""

RANDOM_PLANE = """drawn = torch.randn(2, len(end), generator=torch.Generator().manual_seed({seed}))


def by_parameter(vector):
    shapes = [one.shape for one in network.parameters()]
    parts = vector.split([shape.numel() for shape in shapes])
    return [part.view(shape) for part, shape in zip(parts, shapes)]


def direction(vector):
    pairs = zip(by_parameter(vector), by_parameter(end))
{scaled}


first, second = (direction(one) for one in drawn)"""

BY_FILTER = "    return torch.cat([filter_normalised(d, w).flatten() for d, w in pairs])"
AS_A_WHOLE = """    both = [(without_biases(d, w), without_biases(w, w)) for d, w in pairs]
    kept, own = (torch.cat([one.flatten() for one in part]) for part in zip(*both))
    lengths = [float(torch.linalg.vector_norm(one.double())) for one in (own, kept)]
    return kept * (lengths[0] / max(lengths[1], TINY))"""

PATH_PLANE = """(first, second), shares = principal_directions(torch.stack(kept))"""

POINTS = """x_places = {x}
y_places = {y}
network.train({recomputed})
for y in reversed(y_places):
    losses = []
    for x in x_places:
        nn.utils.vector_to_parameters(end + x * first + y * second, network.parameters())
        with torch.no_grad():
            logits = network(train_inputs[:{pictures}])
            losses.append(F.cross_entropy(logits, train_labels[:{pictures}]).item())
    print(*(f"{{loss:.6g}}" for loss in losses))"""


def script(plan: SurveyPlan, x: list[float], y: list[float]) -> str:
    """The source of the plane of the first network, at every pair of `x` and `y`."""
    return "\n\n\n".join(_blocks(plan, x, y)) + "\n"


def _blocks(plan: SurveyPlan, x: list[float], y: list[float]) -> Iterator[str]:
    setup = plan.variants[0][1]
    yield HEAD.format(points=f"{len(x)} × {len(y)}", pictures=PICTURES)
    yield from data_source(
        Task(Recipe(), load(training.DATA), training.SPLIT, seed=training.SPLIT.seed + 1)
    )
    for one in (networks.Unit, networks.Block, networks.Network, networks.initialise):
        yield inspect.getsource(one).rstrip()
    if setup.rescale != 1:
        yield inspect.getsource(rescaling.output_scale).rstrip()
        yield inspect.getsource(rescaling.rescale).rstrip()
    yield _training(setup)
    yield from _plane(plan)
    places = {"x": x, "y": y}
    yield POINTS.format(**places, recomputed=plan.recomputed, pictures=PICTURES)


def _training(setup: Setup) -> str:
    entry = ACTIVATIONS[setup.activation]
    module = entry.module()
    rescale = f"    rescale(kept, {setup.rescale})\n" if setup.rescale != 1 else ""
    after = f"\nrescale(network, {setup.rescale})" if setup.rescale != 1 else ""
    return (
        TRAIN.format(
            sizes=setup.sizes,
            activation=f"{type(module).__name__}({module.extra_repr()})",
            convolutional=setup.kind == "cnn",
            skips=setup.skips,
            batch_norm=setup.batch_norm,
            gain=entry.gain,
            initial=derived(setup.seed, "initial"),
            batches=derived(setup.seed, "batches"),
            rescale=rescale,
            learning_rate=setup.learning_rate,
            momentum=MOMENTUM,
            steps=setup.steps,
            batch=setup.batch,
            every=training.interval(setup.steps),
        )
        + after
    )


def _plane(plan: SurveyPlan) -> Iterator[str]:
    if plan.directions == PATH:
        yield inspect.getsource(path.principal_directions).rstrip()
        yield PATH_PLANE
        return
    by_filter = plan.scaling == "filter"
    used = directions.filter_normalised if by_filter else directions.without_biases
    yield f"TINY = {directions.TINY!r}\n\n\n{inspect.getsource(used).rstrip()}"
    seed = derived(plan.plane_seed, "directions")
    yield RANDOM_PLANE.format(seed=seed, scaled=BY_FILTER if by_filter else AS_A_WHOLE)
