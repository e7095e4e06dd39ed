"""What a division leaves empty: a part without examples, a class that is missing from a part."""

from __future__ import annotations

import torch
from torch import Tensor

from explainer.training.data.data_set import Examples
from explainer.training.data.splits import Parts
from explainer.words import N_, _, ngettext

NAMED = 3  # so many missing classes are called by name
SHORT = 30  # letters of a name
EMPTY_TRAINING = N_("The training part is empty: of {count} examples its share is none.")
EMPTY_VALIDATION = N_("The validation part is empty: of {count} examples its share is none.")
EMPTY_TEST = N_("The test part is empty: of {count} examples its share is none.")
LACKING_TRAINING = N_(
    "The training part has no example of {classes}; what is missing cannot be learned."
)
LACKING_VALIDATION = N_(
    "The validation part has no example of {classes}; validation says nothing of what is missing."
)
LACKING_TEST = N_(
    "The test part has no example of {classes}; the test says nothing of what is missing."
)


def gaps(examples: Examples, parts: Parts) -> tuple[str, ...]:
    """One sentence for each part that is empty or lacks classes, the training part first."""
    found = (
        _missing(examples, parts.train, EMPTY_TRAINING, LACKING_TRAINING),
        _missing(examples, parts.validation, EMPTY_VALIDATION, LACKING_VALIDATION),
        _missing(examples, parts.test, EMPTY_TEST, LACKING_TEST),
    )
    return tuple(filter(None, found))


def _missing(examples: Examples, rows: Tensor, empty: str, lacks: str) -> str:
    if not len(rows):
        return _(empty, count=f"{len(examples):,}")
    if not examples.classes:
        return ""
    count = len(examples.classes)
    there = torch.bincount(examples.labels, minlength=count) > 0
    taken = torch.bincount(examples.labels[rows], minlength=count) > 0
    lacking = [examples.classes[label] for label in (there & ~taken).nonzero()[:, 0].tolist()]
    if not lacking:
        return ""
    called = ", ".join(f"“{one[:SHORT]}”" for one in lacking[:NAMED])
    if len(lacking) > NAMED:
        called = ngettext(
            "{classes} and {count} more class", "{classes} and {count} more classes",
            len(lacking) - NAMED, classes=called,
        )  # fmt: skip
    return _(lacks, classes=called)
