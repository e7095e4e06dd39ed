"""What a data set is: examples in memory, and the registered record that makes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Literal

import torch
from torch import Tensor

from explainer.parameters import Setting, Value
from explainer.training.task import CLASSIFICATION, Task

Origin = Literal["shipped", "generated", "real", "own"]
WHITE = 255


class DataError(ValueError):
    """Data that cannot be had or used; the text is one sentence for the visitor."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Labelled examples in memory.

    `inputs` are pictures, float32 `(N, C, H, W)` in [0, 1], or points, float32 `(N, 2)`;
    `labels` are int64 `(N,)`, each an index into `classes`, or where the `task` is to tell numbers
    float32 `(N, T)`, and then there are no classes. Where an official test split exists it
    begins at index `test_from`. `name` is the slug of the data set, or where `origin` is "own" the
    name that somebody gave to theirs, which may be a slug by chance; `settings` are the values that
    it was made with; `notes` are sentences on what was left out. Raises `ValueError` where these do
    not agree.
    """

    name: str
    title: str
    inputs: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    test_from: int | None
    credit: str
    settings: tuple[tuple[str, Value], ...] = ()
    notes: tuple[str, ...] = ()
    origin: Origin = "generated"
    task: Task = CLASSIFICATION

    def __post_init__(self) -> None:
        count, shape = len(self.labels), tuple(self.inputs.shape)
        if len(shape) not in (2, 4) or shape[0] != count:
            raise ValueError(f"{count} labels need inputs (N, C, H, W) or (N, 2), not {shape}")
        if self.test_from is not None and not 0 < self.test_from < count:
            raise ValueError(f"the test split must begin in 1..{count - 1}, not {self.test_from}")

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def outputs(self) -> int:
        """How many outputs a network needs for them: one for each class, or each number."""
        return len(self.classes) if self.labels.dim() == 1 else self.labels.shape[1]

    @property
    def strata(self) -> Tensor:
        """What a fair division keeps in balance, int64 `(N,)`: the classes, if there are any."""
        return self.labels if self.labels.dim() == 1 else torch.zeros(len(self), dtype=torch.int64)

    @cached_property
    def fingerprint(self) -> str:
        """32 digits that stay the same while classes, labels and pictures, at 8 bits, do."""
        found = sha256("\0".join((*self.classes, *map(str, self.shape))).encode())
        found.update(self.labels.numpy().tobytes())
        values = (self.inputs * WHITE).round().byte() if self.pictures else self.inputs
        found.update(values.contiguous().numpy().tobytes())
        return found.hexdigest()[:32]

    @property
    def pictures(self) -> bool:
        """Whether the inputs are pictures (points otherwise)."""
        return self.inputs.dim() == 4

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input: `(C, H, W)` or `(2,)`."""
        return tuple(self.inputs.shape[1:])


@dataclass(frozen=True)
class Source:
    """How a script of its own comes to the examples of a data set.

    `code(settings, examples)` leaves `inputs` and `labels`; `needs` names the library that it takes
    besides PyTorch and NumPy, or is empty; `where` says it in words.
    """

    where: str
    needs: str
    code: Callable[[dict[str, Value], Examples], str]


@dataclass(frozen=True)
class DataSet:
    """A data set by name: what it is, and how to load it.

    `load(**values)` takes every parameter by name and returns :class:`Examples`, the same ones for
    the same values. Where `needs_download` is set it raises :class:`DataError` until the files lie
    in the data root. `source` is for scripts; without one a script reads a file of the examples.
    """

    slug: str
    title: str
    group: str
    meaning: str
    load: Callable[..., Examples]
    parameters: tuple[Setting, ...] = ()
    needs_download: bool = False
    source: Source | None = None

    def defaults(self) -> dict[str, Value]:
        """The default value of each parameter, by name."""
        return {parameter.name: parameter.default for parameter in self.parameters}
