"""Bias and variance of real models on real pictures: 16 times 250 digits, none of them twice.

Each kind of model learns all 16 sets at each capacity, and answers 1,000 digits that are in none of
them. Where labels are drawn wrong, they are so in what is learned from, and for the test by chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from explainer.generalisation.at_once import results
from explainer.generalisation.decomposition import CLASSES, Labels, Outputs, Way
from explainer.generalisation.stacked import Stacked, trained
from explainer.registry import Registry
from explainer.regularisation.dropout.data_sizes import pooled
from explainer.regularisation.pixel_weights import of_ten
from explainer.training.data.stratify import with_noise
from explainer.training.instruments.student import interval
from explainer.words import N_

DRAWS, TRAINING = 16, 250
STEPS, BATCH, RATE = 250, 50, 0.01
FARTHEST = 100
"""Of how many neighbours at most an answer is the mean."""
Pictures = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Digits:
    """Pictures of 14 × 14 to learn from, `(D, n, 196)`, with labels `(D, n)`; 1,000 to test.

    A share `wrong` of the labels was drawn wrong; `test_labels` are right, `test_drawn` not all.
    """

    inputs: Pictures
    labels: Labels
    test_inputs: Pictures
    test_labels: Labels
    test_drawn: Labels
    wrong: float
    seed: int


@cache
def digits(wrong: float, seed: int = 0, draws: int = DRAWS) -> Digits:
    """Training sets that have no digit in common."""
    data = of_ten(draws * TRAINING, seed)
    generator = torch.Generator().manual_seed(seed)
    noisy, drawn = (
        with_noise(torch.from_numpy(one), CLASSES, wrong, generator=generator).numpy()
        for one in (data.labels, data.validation_labels)
    )
    return Digits(
        pooled(data.inputs).numpy().reshape(draws, TRAINING, -1),
        noisy.reshape(draws, TRAINING),
        pooled(data.validation_inputs).numpy(),
        data.validation_labels,
        drawn,
        wrong,
        seed,
    )


@dataclass(frozen=True)
class Kind:
    """A kind of model: `answers(digits, capacity)` are the outputs of one for each training set.

    `capacities` go from the least to the largest, and `capacity` says what they count.
    """

    slug: str
    title: str
    capacity: str
    capacities: tuple[int, ...]
    answers: Callable[[Digits, int], Outputs]


def of_networks(data: Digits, width: int) -> Outputs:
    """Networks with a hidden layer of that width: softmax after some hundred steps of Adam."""
    seeds = range(1000 * data.seed, 1000 * data.seed + len(data.inputs))
    randoms = [torch.Generator().manual_seed(seed) for seed in seeds]
    inputs = torch.from_numpy(data.inputs)
    networks = Stacked(inputs.shape[-1], width, randoms)

    def loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return cross_entropy(logits, labels, reduction="sum")

    labels = torch.from_numpy(data.labels)
    trained(networks, inputs, labels, loss, steps=STEPS, rate=RATE, batches=randoms, batch=BATCH)
    with torch.no_grad():
        test = torch.from_numpy(data.test_inputs).expand(len(inputs), -1, -1)
        return np.asarray(networks(test).softmax(-1).numpy())


def of_trees(data: Digits, depth: int) -> Outputs:
    """Trees of at most that depth: the shares of the labels in the leaf."""
    from sklearn.tree import DecisionTreeClassifier  # slow to import

    found = np.zeros((len(data.inputs), len(data.test_inputs), CLASSES), np.float32)
    for place, (inputs, labels) in enumerate(zip(data.inputs, data.labels, strict=True)):
        tree = DecisionTreeClassifier(max_depth=depth, random_state=data.seed + place)
        tree.fit(inputs, labels)
        found[place][:, tree.classes_] = tree.predict_proba(data.test_inputs)
    return found


def of_neighbours(data: Digits, count: int) -> Outputs:
    """The shares of the labels among the nearest `count` pictures that were learned from."""
    near = _neighbours(data)[..., :count]
    found = (near[..., None] == np.arange(CLASSES)).mean(2, dtype=np.float32)
    return np.asarray(found)


@cache
def _neighbours(data: Digits) -> NDArray[np.int8]:
    """The labels of the nearest `FARTHEST` pictures, the nearest first: `(D, N, FARTHEST)`."""
    from scipy.spatial.distance import cdist

    found = []
    for inputs, labels in zip(data.inputs, data.labels, strict=True):
        order = cdist(data.test_inputs, inputs, "sqeuclidean").argsort(axis=1)[:, :FARTHEST]
        found.append(labels[order].astype(np.int8))
    return np.stack(found)


KINDS = Registry[Kind](
    N_("kind of model"),
    Kind("networks", N_("Networks"), N_("hidden units"), (2, 4, 8, 16, 32, 64, 128),
         of_networks),
    Kind("trees", N_("Decision trees"), N_("depth at most"), (1, 2, 3, 4, 6, 8, 12), of_trees),
    Kind("neighbours", N_("Nearest neighbours"), N_("neighbours asked"),
         (FARTHEST, 50, 20, 10, 5, 3, 2, 1), of_neighbours),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Measured:
    """The outputs of one kind of model by capacity, as far as they are there: `(C, D, N, 10)`."""

    kind: Kind
    digits: Digits
    outputs: tuple[Outputs, ...]

    @property
    def capacities(self) -> tuple[int, ...]:
        """Those that were measured."""
        return self.kind.capacities[: len(self.outputs)]


def measured(
    kind: Kind,
    data: Digits,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[Measured], None] = lambda found: None,
) -> Measured:
    """Every capacity, from the least on; `seen` gets what there is after each."""
    outputs: list[Outputs] = []
    for one in results(partial(kind.answers, data, each) for each in kind.capacities):
        outputs.append(one)
        told(len(outputs) / len(kind.capacities))
        seen(Measured(kind, data, tuple(outputs)))
    return Measured(kind, data, tuple(outputs))


@dataclass(frozen=True)
class Least:
    """Where the error of a kind is least, its share of bias, and what is lost at the last capacity.

    The loss is the mean over the training sets; `low` to `high` in 95 of 100 such experiments.
    """

    place: int
    capacity: int
    error: float
    bias: float
    last: int
    loss: float
    low: float
    high: float


def least(found: Measured, way: Way) -> Least:
    """The least mean error over capacities."""
    data = found.digits
    parts = [way.parts(one, data.test_labels, data.wrong) for one in found.outputs]
    place = int(np.argmin([one.error.mean() for one in parts]))
    at = parts[place]
    loss, low, high = interval((parts[-1].by_model - at.by_model).tolist())
    error = float(at.error.mean())
    share = float(at.bias.mean()) / error if error else float("nan")
    return Least(
        place, found.capacities[place], error, share, found.capacities[-1], loss, low, high
    )
