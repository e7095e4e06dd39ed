"""What one upload may cost, and the sentences that say so."""

from dataclasses import dataclass

from explainer.words import later


@dataclass(frozen=True)
class Limits:
    """The bounds on an uploaded picture and on the work of decoding it.

    ``aspect`` bounds longer side / shorter side. ``parts`` bounds the chunks, segments or strips
    that a file is made of, of which honest ones have some thousands at most; ``blocks`` those of a
    GIF, of which 20 MB need 82,000, and the bytes without meaning in a JPEG; ``scans`` those of a
    progressive JPEG, usually ten; ``profiles`` the colour profiles of a PNG, usually one.

    Every decoder gets ``cpu_seconds`` and as much again for each megapixel as
    ``cpu_seconds_a_megapixel`` says, four times what the slowest format takes, so that the size of
    a picture decides and not how busy the machine is; ``wall_seconds`` ends it where it hardly gets
    any CPU. All decoders together use at most ``memory_bytes``; ``wait_seconds`` bounds the wait
    for a share of it and for one of the ``processes``, and a large picture lets at most
    ``passed_by`` small ones pass.
    """

    file_bytes: int = 20 * 1024**2
    pixels: int = 50_000_000
    aspect: int = 256
    parts: int = 25_000
    blocks: int = 100_000
    scans: int = 100
    profiles: int = 4
    cpu_seconds: float = 2.5
    cpu_seconds_a_megapixel: float = 0.25
    wall_seconds: float = 30.0
    wait_seconds: float = 20.0
    memory_bytes: int = 850_000_000
    processes: int = 4
    passed_by: int = 8


LIMITS = Limits()


def too_heavy(size: int) -> str:
    """The sentence for a file of ``size`` bytes, over the limit."""
    return later(
        "This file has {size} MB; the limit is {limit} MB.",
        size=f"{size / 1024**2:.1f}", limit=LIMITS.file_bytes // 1024**2,
    )  # fmt: skip


def too_many_pixels(pixels: str) -> str:
    """The sentence for a header that announces ``pixels``, such as "268,402,689"."""
    return later(
        "This picture has {pixels} pixels; the limit is {limit} pixels.",
        pixels=pixels, limit=f"{LIMITS.pixels:,}",
    )  # fmt: skip


def too_narrow(width: int, height: int) -> str:
    """The sentence for a strip of ``width`` × ``height`` pixels."""
    return later(
        "This picture is a strip of {width} × {height} pixels; the longer side may be at most"
        " {aspect} times the shorter one.",
        width=f"{width:,}", height=f"{height:,}", aspect=LIMITS.aspect,
    )  # fmt: skip


def too_many_parts(format_name: str, parts: str, most: int) -> str:
    """The sentence for a file of more than ``most`` ``parts``, such as "chunks"."""
    return later(
        "This {format} has more than {most} {parts}, the limit; a copy of it, saved anew, will do.",
        format=format_name, most=f"{most:,}", parts=later(parts),
    )  # fmt: skip


def too_slow(seconds: float) -> str:
    """The sentence for a decoder that ran out of its ``seconds``."""
    return later(
        "Decoding this picture takes more than {seconds} seconds, the limit;"
        " a smaller copy of it, saved as PNG or JPEG, will do.",
        seconds=f"{seconds:.1f}",
    )


def too_large() -> str:
    """The sentence for a decoder that ran out of the memory it was given."""
    return later(
        "Decoding this picture takes more memory than one of its size may take here;"
        " a smaller copy of it, saved as PNG or JPEG, will do."
    )


def too_busy() -> str:
    """The sentence for an upload that found no free decoder."""
    return later(
        "The server is busy with other pictures and had no time for this one within {seconds}"
        " seconds; please try again.",
        seconds=f"{LIMITS.wait_seconds:g}",
    )
