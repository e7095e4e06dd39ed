"""Why a run could not go on or be scored, in one sentence, from what was raised."""

from __future__ import annotations

import re

import torch

from explainer.words import later, nlater

NO_MEMORY = re.compile(r"out of memory|can't allocate memory|not enough memory", re.IGNORECASE)
LONGEST = 200
LOST = (torch.OutOfMemoryError, torch.AcceleratorError)
"""What says that a GPU could not go on: its memory is used up, or a kernel failed."""


def failure(step: int, error: Exception) -> str:
    """What stopped a run that had done `step` steps, and the cause as far as it is known."""
    return nlater(
        "After {count} step the next one could not be done: {cause}.",
        "After {count} steps the next one could not be done: {cause}.",
        step, cause=_cause(error),
    )  # fmt: skip


def not_scored(error: Exception) -> str:
    """Why the best network of a run has no score on the test part."""
    cause = _cause(error)
    return later("Its best network could not be scored on the test part: {cause}.", cause=cause)


def goes_on_the_cpu(title: str, error: Exception) -> str:
    """What became of a race whose GPU could not go on."""
    return later(
        "{device} could not go on, so this race goes on the CPU: {cause}.",
        device=title, cause=_cause(error),
    )  # fmt: skip


def _cause(error: Exception) -> str:
    """The first line of the message, without its full stop; of missing memory in our own words."""
    text = str(error)
    if isinstance(error, MemoryError) or NO_MEMORY.search(text):
        return later("there was not enough memory; smaller batches or a smaller network need less")
    first = next(iter(text.strip().splitlines()), "")[:LONGEST].rstrip(". ")
    return first or type(error).__name__
