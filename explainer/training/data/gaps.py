"""What a division leaves empty: a part without examples, a class that is missing from a part."""

from __future__ import annotations

import torch
from torch import Tensor

from explainer.training.data.data_set import Examples
from explainer.training.data.splits import Parts

NAMED = 3  # so many missing classes are called by name
SHORT = 30  # letters of a name


def gaps(examples: Examples, parts: Parts) -> tuple[str, ...]:
    """One sentence for each part that is empty or lacks classes, the training part first."""
    found = (
        _missing(examples, parts.train, "training", "so the network cannot learn"),
        _missing(examples, parts.validation, "validation", "so validation says nothing of"),
        _missing(examples, parts.test, "test", "so the test says nothing of"),
    )
    return tuple(filter(None, found))


def _missing(examples: Examples, rows: Tensor, part: str, so: str) -> str:
    if not len(rows):
        return f"The {part} part is empty: of {len(examples):,} examples its share is none."
    count = len(examples.classes)
    there = torch.bincount(examples.labels, minlength=count) > 0
    taken = torch.bincount(examples.labels[rows], minlength=count) > 0
    lacking = [examples.classes[label] for label in (there & ~taken).nonzero()[:, 0].tolist()]
    if not lacking:
        return ""
    called = ", ".join(f"“{one[:SHORT]}”" for one in lacking[:NAMED])
    more = f" and {len(lacking) - NAMED} more classes" if len(lacking) > NAMED else ""
    it = "it" if len(lacking) == 1 else "them"
    return f"The {part} part has no example of {called}{more}, {so} {it}."
