"""What a server allows: how many races share it, and how much each may take.

Read once from the environment, so that whoever runs the server sets the bounds and no visitor can.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

MEGABYTE = 1024**2


@dataclass(frozen=True)
class ServiceSettings:
    """The bounds of a :class:`~explainer.service.training_service.Service`.

    Up to `sharing` races take turns, `concurrent` of them at a time; `open_races` exist at all,
    paused ones included. A race without an owner lives `grace_seconds` s longer. A race trains for
    at most `most_steps` steps a run, is at work for `most_seconds` s, resets and questions
    included, and its history and checkpoints take at most `most_bytes` bytes. Raises `ValueError`
    naming a value below its bound.
    """

    concurrent: int = 1
    sharing: int = 48
    open_races: int = 64
    grace_seconds: float = 8.0
    most_steps: int = 200_000
    most_seconds: float = 1_800.0
    most_bytes: int = 64 * MEGABYTE

    def __post_init__(self) -> None:
        for bound in BOUNDS:
            value = getattr(self, bound.field)
            if not bound.least <= value < math.inf:
                raise ValueError(f"{bound.field} is {value}, but {bound.text}")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> ServiceSettings:
        """The defaults, and what the variables of :data:`BOUNDS` say instead.

        An empty variable counts as none. Raises `ValueError` with one sentence that names the
        variable, its value and the bound.
        """
        values: dict[str, Any] = {"concurrent": max(1, _cores() // 2)}
        for bound in BOUNDS:
            if environ.get(bound.name):
                values[bound.field] = _read(bound, environ)
        return cls(**values)


@dataclass(frozen=True)
class Bound:
    """One variable of the environment: its name, the field it sets, its kind and least value."""

    name: str
    field: str
    kind: Callable[[str], int | float]
    least: int

    @property
    def text(self) -> str:
        """What the value has to be, in words."""
        what = "a whole number" if self.kind is int else "a number"
        return f"it is {what} from {self.least:,} up"


BOUNDS: tuple[Bound, ...] = (
    Bound("DEEPGLASS_RACES", "concurrent", int, 1),
    Bound("DEEPGLASS_SHARING", "sharing", int, 1),
    Bound("DEEPGLASS_OPEN_RACES", "open_races", int, 1),
    Bound("DEEPGLASS_GRACE_SECONDS", "grace_seconds", float, 0),
    Bound("DEEPGLASS_STEPS", "most_steps", int, 1),
    Bound("DEEPGLASS_SECONDS", "most_seconds", float, 1),
    Bound("DEEPGLASS_BYTES", "most_bytes", int, MEGABYTE),
)


def _read(bound: Bound, environ: Mapping[str, str]) -> int | float:
    text = environ[bound.name]
    try:
        value = bound.kind(text)
    except ValueError:
        value = -1
    if not bound.least <= value < math.inf:
        raise ValueError(f"{bound.name} is {text!r}, but {bound.text}")
    return value


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
