"""Who learns from what: disjoint, stratified parts of a data set, normalised and ready to train.

The test and validation parts are drawn first, so that they do not depend on the number of training
examples: runs with 20 and with 1,000 are judged on the same pictures.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary, WeakValueDictionary

import numpy as np
import torch
from torch import Tensor

from explainer.training.data.copies import copies
from explainer.training.data.data_set import Examples
from explainer.training.data.stratify import take, with_noise
from explainer.training.task import CLASSIFICATION, Task
from explainer.words import later

LARGEST_NOISE = 0.5
SMALLEST_STD = 1e-6
KINDS = ("inputs", "labels")


@dataclass(frozen=True)
class Split:
    """How to divide a data set.

    `train_size` examples to learn from (None: all that remain); `validation_share` and
    `test_share`, in [0, 1), of all examples. Where the data set has an official test split that is
    the test part, whatever `test_share` says, and validation takes its share of the rest.
    `label_noise`, in [0, 0.5], is the share of training labels replaced by another class. With
    `keep_copies_together` all copies of an example are in one part, and shares are of different
    ones; what is a copy of an official test example is in no other part.
    Raises `ValueError` naming the value that is out of its range.
    """

    train_size: int | None = None
    validation_share: float = 0.2
    test_share: float = 0.2
    label_noise: float = 0.0
    seed: int = 0
    keep_copies_together: bool = False

    def __post_init__(self) -> None:
        if self.train_size is not None and self.train_size < 1:
            raise ValueError(
                later(
                    "{name} is {value}, but it starts at 1",
                    name="train_size",
                    value=self.train_size,
                )
            )
        for name in ("validation_share", "test_share"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(
                    later(
                        "{name} is {value}, but it lies in [0, 1)",
                        name=name,
                        value=getattr(self, name),
                    )
                )
        if not 0 <= self.label_noise <= LARGEST_NOISE:
            raise ValueError(
                later(
                    "{name} is {value}, but it lies in [0, 0.5]",
                    name="label_noise",
                    value=self.label_noise,
                )
            )


@dataclass(frozen=True, eq=False)
class Parts:
    """Rows of the data set: `train`, `validation` and `test`, int64, disjoint, in random order.

    `noisy_labels` int64 `(len(train),)` are the labels to learn from, in the order of `train`.
    """

    train: Tensor
    validation: Tensor
    test: Tensor
    noisy_labels: Tensor


def split(examples: Examples, config: Split) -> Parts:
    """Divide `examples` as `config` says; the same seed gives the same parts.

    Each part keeps the balance of the classes: within one example of its share. Smaller training
    parts are taken from the front of the same order as larger ones. Raises `ValueError` where
    fewer than `train_size` examples remain, or none.
    """
    generator = torch.Generator().manual_seed(config.seed)
    order = torch.randperm(len(examples), generator=generator)
    groups = _groups(examples, config)
    test, rest = _test_part(examples, config, order, groups)
    different = first_of_each(rest, groups)
    before = different if examples.test_from is not None else first_of_each(order, groups)
    count = min(round(config.validation_share * len(before)), len(different))
    validation, rest = with_copies(rest, groups, take(different, examples.strata, count)[0])
    if not len(rest):
        raise ValueError(
            later(
                "No example is left to learn from: of {examples} examples {validation} are for"
                " validation and {test} for the test; make their shares smaller.",
                examples=len(examples), validation=len(validation), test=len(test),
            )
        )  # fmt: skip
    wanted = len(rest) if config.train_size is None else config.train_size
    if wanted > len(rest):
        raise ValueError(
            later(
                "train_size is {wanted}, but only {left} of {examples} examples remain beside"
                " {validation} for validation and {test} for the test",
                wanted=wanted, left=len(rest), examples=len(examples),
                validation=len(validation), test=len(test),
            )
        )  # fmt: skip
    train, __ = take(rest, examples.strata, wanted)
    train = train[torch.randperm(len(train), generator=generator)]
    labels = examples.labels[train]
    if examples.classes:
        labels = with_noise(labels, len(examples.classes), config.label_noise, generator=generator)
    elif config.label_noise:
        raise ValueError(later("Label noise gives examples another class, and these have numbers."))
    return Parts(train, validation, test, labels)


def most_for_training(examples: Examples, config: Split) -> int:
    """The largest `train_size` that leaves room for the validation and test parts of `config`.

    It holds for every seed; where copies are kept together some seeds would leave more.
    """
    groups, held_out = _groups(examples, config), 0
    if examples.test_from is not None:
        test, groups = groups[examples.test_from :], groups[: examples.test_from]
        groups = groups[~torch.isin(groups, test)]
    sizes = groups.bincount().sort(descending=True).values
    different = int((sizes > 0).sum())
    if examples.test_from is None:
        held_out = round(config.test_share * different)
    held_out += round(config.validation_share * different)
    return int(sizes[held_out:].sum())


def first_of_each(rows: Tensor, groups: Tensor) -> Tensor:
    """Of `rows` the first one of each of their `groups` (one for each row of the data set)."""
    _, first = np.unique(groups[rows].numpy(), return_index=True)
    return rows[np.sort(first)]


def with_copies(rows: Tensor, groups: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """Of `rows` those in the groups of the `chosen` ones, and the others, in their order."""
    taken = torch.isin(groups[rows], groups[chosen])
    return rows[taken], rows[~taken]


def _groups(examples: Examples, config: Split) -> Tensor:
    return copies(examples) if config.keep_copies_together else torch.arange(len(examples))


def _test_part(
    examples: Examples, config: Split, order: Tensor, groups: Tensor
) -> tuple[Tensor, Tensor]:
    if examples.test_from is not None:
        official = order >= examples.test_from
        test, rest = order[official], order[~official]
        return test, with_copies(rest, groups, test)[1]
    different = first_of_each(order, groups)
    count = round(config.test_share * len(different))
    return with_copies(order, groups, take(different, examples.strata, count)[0])


@dataclass(frozen=True, eq=False)
class Normaliser:
    r"""$(x - \mu_c) / \sigma_c$ for each channel c; `mean` and `std` are float32 `(C,)`."""

    mean: Tensor
    std: Tensor

    def apply(self, inputs: Tensor) -> Tensor:
        """Normalise `inputs` `(N, C, ...)`."""
        return (inputs - self._along(self.mean, inputs)).div_(self._along(self.std, inputs))

    def invert(self, inputs: Tensor) -> Tensor:
        """Bring normalised `inputs` `(N, C, ...)` back to their own range."""
        return inputs * self._along(self.std, inputs) + self._along(self.mean, inputs)

    def to(self, device: torch.device | str) -> Normaliser:
        """The same normaliser on `device`."""
        return Normaliser(self.mean.to(device), self.std.to(device))

    @staticmethod
    def _along(values: Tensor, inputs: Tensor) -> Tensor:
        return values.view(-1, *[1] * (inputs.dim() - 2))


@dataclass(frozen=True, eq=False)
class Prepared:
    """The parts of a data set, normalised with the mean and spread of the training part alone.

    Inputs are float32 `(N, C, H, W)` or `(N, F)`, labels as the `task` has them; `train_labels`
    carry the label noise, `clean_train_labels` do not. `shape` is that of one input.
    """

    train_inputs: Tensor
    train_labels: Tensor
    clean_train_labels: Tensor
    validation_inputs: Tensor
    validation_labels: Tensor
    test_inputs: Tensor
    test_labels: Tensor
    classes: tuple[str, ...]
    shape: tuple[int, ...]
    normaliser: Normaliser
    parts: Parts
    task: Task = CLASSIFICATION

    @property
    def outputs(self) -> int:
        """How many outputs a network needs for them."""
        return len(self.classes) if self.classes else self.train_labels.shape[1]

    def to(self, device: torch.device | str) -> Prepared:
        """The same parts with every tensor that training needs on `device`."""
        names = [f"{part}_{what}" for part in ("train", "validation", "test") for what in KINDS]
        moved = {name: getattr(self, name).to(device) for name in [*names, "clean_train_labels"]}
        return replace(self, normaliser=self.normaliser.to(device), **moved)


def normaliser_of(inputs: Tensor) -> Normaliser:
    """Mean and standard deviation of each channel of `inputs` `(N, C, ...)`.

    A channel that never changes keeps its scale: its deviation counts as 1.
    """
    others = [0, *range(2, inputs.dim())]
    std, mean = torch.std_mean(inputs, others, correction=0)
    std = torch.where(std < SMALLEST_STD, torch.ones_like(std), std)
    return Normaliser(mean, std)


def prepare(examples: Examples, config: Split) -> Prepared:
    """Split `examples`, normalise every part by the training part; errors as in :func:`split`."""
    parts = split(examples, config)
    normaliser = normaliser_of(examples.inputs[parts.train])
    return Prepared(
        train_inputs=normaliser.apply(examples.inputs[parts.train]),
        train_labels=parts.noisy_labels,
        clean_train_labels=examples.labels[parts.train],
        validation_inputs=normaliser.apply(examples.inputs[parts.validation]),
        validation_labels=examples.labels[parts.validation],
        test_inputs=normaliser.apply(examples.inputs[parts.test]),
        test_labels=examples.labels[parts.test],
        classes=examples.classes,
        shape=examples.shape,
        normaliser=normaliser,
        parts=parts,
        task=examples.task,
    )


def prepare_once(examples: Examples, config: Split) -> Prepared:
    """:func:`prepare`, whose parts all share who ask for the same while somebody holds them.

    Nobody may change them. Safe from any thread.
    """
    with _turn:
        known = _prepared.setdefault(examples, WeakValueDictionary())
        found = known.get(config)
    if found is None:
        found = prepare(examples, config)
        with _turn:
            known[config] = found
    return found


_turn = threading.Lock()
_prepared = WeakKeyDictionary[Examples, "WeakValueDictionary[Split, Prepared]"]()
