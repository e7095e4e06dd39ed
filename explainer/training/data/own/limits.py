"""What one's own data may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OwnLimits:
    """The bounds on a zip or a folder of one's own pictures.

    `unpacked_bytes` and `ratio` (unpacked to packed, from `ratio_bytes` on) are measured while
    reading, whatever the zip says of itself; `seconds` is for decoding all pictures,
    `wait_seconds` for one's turn.
    """

    zip_bytes: int = 50 * 1024**2
    unpacked_bytes: int = 300 * 1024**2
    picture_bytes: int = 20 * 1024**2
    ratio: int = 100
    ratio_bytes: int = 1024**2
    entries: int = 5000
    fewest_classes: int = 2
    most_classes: int = 20
    fewest_pictures: int = 2
    name_length: int = 100
    seconds: float = 60.0
    wait_seconds: float = 20.0


OWN_LIMITS = OwnLimits()


def megabytes(size: int) -> str:
    """A size in bytes, such as "50 MB" or "1.5 MB"."""
    return f"{round(size / 1024**2, 1):g} MB"
