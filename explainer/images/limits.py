"""What one upload may cost, and the sentences that say so."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The bounds on an uploaded picture and on the work of decoding it.

    ``aspect`` bounds longer side / shorter side. ``cpu_seconds`` and
    ``memory_bytes`` hold for the process that decodes; a download at full
    resolution has ``full_cpu_seconds``, so that what was accepted can be had
    back. ``wall_seconds`` ends the process on a machine so busy that it hardly
    gets any CPU, and ``wait_seconds`` bounds the wait for one of the
    ``processes``.
    """

    file_bytes: int = 20 * 1024**2
    pixels: int = 50_000_000
    aspect: int = 256
    cpu_seconds: float = 2.5
    full_cpu_seconds: float = 6.0
    wall_seconds: float = 10.0
    wait_seconds: float = 20.0
    memory_bytes: int = 850_000_000
    processes: int = 2


LIMITS = Limits()


def too_heavy(size: int) -> str:
    """The sentence for a file of ``size`` bytes, over the limit."""
    limit = LIMITS.file_bytes // 1024**2
    return f"This file has {size / 1024**2:.1f} MB; the limit is {limit} MB."


def too_many_pixels(pixels: str) -> str:
    """The sentence for a header that announces ``pixels``, such as "268,402,689"."""
    return f"This picture has {pixels} pixels; the limit is {LIMITS.pixels:,} pixels."


def too_narrow(width: int, height: int) -> str:
    """The sentence for a strip of ``width`` × ``height`` pixels."""
    return (
        f"This picture is a strip of {width:,} × {height:,} pixels; the longer side may be"
        f" at most {LIMITS.aspect} times the shorter one."
    )


def too_slow(seconds: float) -> str:
    """The sentence for a decoder that ran out of its ``seconds``."""
    return (
        f"Decoding this picture takes more than {seconds:g} seconds, the limit;"
        " a smaller copy of it, saved as PNG or JPEG, will do."
    )


def too_large() -> str:
    """The sentence for a decoder that ran out of memory."""
    return (
        f"Decoding this picture takes more than {LIMITS.memory_bytes // 10**6} MB of memory,"
        " the limit; a smaller copy of it, saved as PNG or JPEG, will do."
    )


def too_busy() -> str:
    """The sentence for an upload that found no free decoder."""
    return (
        f"The server is busy with other pictures and had no time for this one within"
        f" {LIMITS.wait_seconds:g} seconds; please try again."
    )
