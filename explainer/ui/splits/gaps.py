"""Rows of bars on one scale with what each says, and a sentence below, which follow a slider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explainer.ui.common.components import mount, pack


@dataclass(frozen=True)
class Row:
    """A bar from `start` to `end`, what stands before it and behind it; the `strong` are bold."""

    title: str
    start: float
    end: float
    colour: str
    value: str
    says: str = ""
    note: str = ""
    strong: bool = False


def gaps_message(
    name: str, rows: Sequence[Row], *, most: float, told: str, alt: str, number: int,
    also: tuple[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    """Bars on a scale from 0 to `most`; `also` is the key of a second chart and its message."""
    header: dict[str, Any] = {
        "name": name, "number": number, "told": told, "alt": alt,
        "rows": [{**vars(one), "start": one.start / most, "end": one.end / most} for one in rows],
    }  # fmt: skip
    if also is None:
        return pack(header)
    key, message = also
    return pack({**header, "also": key}, message)


def gaps(key: str, message: bytes) -> None:
    """Show the bars of that message."""
    mount("gaps", key=f"{key}.gaps", data=message)
