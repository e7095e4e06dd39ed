"""What people upload: hostile bytes in, a bounded picture or one sentence out.

The outline of a file is looked at first; that of absurdly many parts goes no further. Then every
decode runs in a process of its own, because a codec inside this one could be neither stopped nor
kept from memory, and because a crash there is only one more damaged file. What it will need is
known from the outline, and all decoders together share one budget of memory.
"""

import json
import signal
import sys
import weakref
from pathlib import PurePosixPath
from typing import IO

import numpy as np
from numpy.typing import NDArray

from explainer.images.decoding import limits
from explainer.images.decoding.budget import Budget
from explainer.images.decoding.decoders import decoded
from explainer.images.decoding.limits import LIMITS
from explainer.images.decoding.reader import Reading
from explainer.images.decoding.refusals import DIED
from explainer.images.decoding.structure import outline
from explainer.images.decoding.worker import Job
from explainer.images.picture import WORK_LIMIT, Picture, PictureError
from explainer.words import from_json, later

BUDGET = Budget(LIMITS.memory_bytes, most=LIMITS.processes, patience=LIMITS.passed_by)


def decode(data: bytes, filename: str) -> Picture:
    """Decode an uploaded picture of any of :data:`~explainer.images.decoding.formats.FORMATS`.

    The first frame, upright by its EXIF orientation, in sRGB, transparency over white,
    at most :data:`~explainer.images.picture.WORK_LIMIT` pixels on the longer
    side. ``filename`` only names the picture; the bytes decide its format.
    Raises :class:`PictureError`, and nothing else, with one sentence.
    """
    reading = _read_apart(data, WORK_LIMIT)
    height, width = reading.codes.shape[:2]
    notes = reading.notes
    if (width, height) != reading.original_size:
        before = " × ".join(map(str, reading.original_size))
        notes += (
            later(
                "Brought from {before} to {width} × {height} pixels for work;"
                " the download uses the full resolution.",
                before=before,
                width=width,
                height=height,
            ),
        )
    title = _title(filename)
    alt = later(
        "Your picture “{title}”, {width} × {height} pixels", title=title, width=width, height=height
    )
    return Picture(title, title, alt, reading.codes, reading.original_size, notes)


def decode_full(data: bytes) -> NDArray[np.uint8]:
    """The same picture at its own resolution, as codes (H, W, 3) uint8; errors as above.

    The codes are a read-only view of what the decoder has written. As long as they live they count
    in the budget, and as much again for what is made of them.
    """
    return _read_apart(data, None).codes


def _title(filename: str) -> str:
    """The last part of ``filename``, printable and at most 80 characters long."""
    last = PurePosixPath(filename.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[:80] or later("picture")


def _read_apart(data: bytes, longest: int | None) -> Reading:
    """Decode ``data`` in a process of its own, as soon as there is room for it."""
    if not data:
        raise PictureError(later("This file is empty: it has 0 bytes."))
    if len(data) > LIMITS.file_bytes:
        raise PictureError(limits.too_heavy(len(data)))
    found = outline(data)
    memory = found.memory(len(data))
    job = Job(longest, found.cpu_seconds(), LIMITS.wall_seconds, memory)
    try:
        room = BUDGET.take(memory, LIMITS.wait_seconds)
    except TimeoutError as error:
        raise PictureError(limits.too_busy()) from error
    try:
        with decoded(job, data) as (returned, taken):
            _check(returned, job)
            reading = _collected(taken)
    except TimeoutError as error:
        BUDGET.give_back(room)
        raise PictureError(limits.too_slow(job.wall_seconds)) from error
    except BaseException:
        BUDGET.give_back(room)
        raise
    BUDGET.shrink(room, 2 * reading.codes.nbytes)
    weakref.finalize(reading.codes, BUDGET.give_back, room)
    return reading


def _check(returned: int, job: Job) -> None:
    """Raise :class:`PictureError` where a decoder has not answered."""
    if sys.platform != "win32":
        bounds = {-signal.SIGPROF: job.cpu_seconds, -signal.SIGALRM: job.wall_seconds}
        if returned in bounds:
            raise PictureError(limits.too_slow(bounds[returned]))
    if returned != 0:
        raise PictureError(DIED)


def _collected(taken: IO[bytes]) -> Reading:
    """What a decoder has written; the codes stay where they are and are not copied."""
    taken.seek(0)
    facts = json.loads(taken.readline())
    if "refused" in facts:
        raise PictureError(from_json(facts["refused"]))
    codes = np.memmap(taken, np.uint8, "r", taken.tell(), tuple(facts["shape"]))
    return Reading(codes, tuple(facts["original_size"]), tuple(map(from_json, facts["notes"])))
