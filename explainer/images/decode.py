"""What people upload: hostile bytes in, a bounded picture or one sentence out.

Every decode runs in a process of its own (about a tenth of a second to start),
because a codec inside this one could be neither stopped nor kept from memory,
and because a crash there is only one more damaged file.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import IO, Literal

import numpy as np
from numpy.typing import NDArray

from explainer.images import limits
from explainer.images.limits import LIMITS
from explainer.images.picture import Picture, PictureError
from explainer.images.reader import Reading

_ROOT = Path(__file__).parents[2]
_SLOTS = BoundedSemaphore(LIMITS.processes)


def decode(data: bytes, filename: str) -> Picture:
    """Decode an uploaded picture of any of :data:`~explainer.images.formats.FORMATS`.

    The first frame, upright by its EXIF orientation, in sRGB, transparency over white,
    at most :data:`~explainer.images.picture.WORK_LIMIT` pixels on the longer
    side. ``filename`` only names the picture; the bytes decide its format.
    Raises :class:`PictureError`, and nothing else, with one sentence.
    """
    reading = _read_apart(data, "work")
    height, width = reading.codes.shape[:2]
    notes = reading.notes
    if (width, height) != reading.original_size:
        before = " × ".join(map(str, reading.original_size))
        notes += (
            f"Brought from {before} to {width} × {height} pixels for work;"
            " the download uses the full resolution.",
        )
    title = _title(filename)
    alt = f"Your picture “{title}”, {width} × {height} pixels"
    return Picture(title, title, alt, reading.codes, reading.original_size, notes)


def decode_full(data: bytes) -> NDArray[np.uint8]:
    """The same picture at its own resolution, as codes (H, W, 3) uint8; errors as above."""
    return _read_apart(data, "full").codes


def _title(filename: str) -> str:
    """The last part of ``filename``, printable and at most 80 characters long."""
    last = PurePosixPath(filename.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[:80] or "picture"


def _read_apart(data: bytes, wanted: Literal["work", "full"]) -> Reading:
    """Run :mod:`explainer.images.worker` on ``data`` and collect what it says."""
    if not data:
        raise PictureError("This file is empty: it has 0 bytes.")
    if len(data) > LIMITS.file_bytes:
        raise PictureError(limits.too_heavy(len(data)))
    if not _SLOTS.acquire(timeout=LIMITS.wait_seconds):
        raise PictureError(limits.too_busy())
    try:
        with TemporaryFile() as output:
            returned = _run_worker(data, wanted, output)
            output.seek(0)
            return _collect(output, returned, wanted)
    finally:
        _SLOTS.release()


def _run_worker(data: bytes, wanted: str, output: IO[bytes]) -> int:
    command = [sys.executable, "-W", "ignore", "-m", "explainer.images.worker", wanted]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
    try:
        return subprocess.run(
            command,
            input=data,
            stdout=output,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env=environment,
            timeout=LIMITS.wall_seconds,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired as error:
        raise PictureError(limits.too_slow(LIMITS.wall_seconds)) from error


def _collect(output: IO[bytes], returned: int, wanted: Literal["work", "full"]) -> Reading:
    if sys.platform != "win32" and returned == -signal.SIGPROF:
        seconds = LIMITS.cpu_seconds if wanted == "work" else LIMITS.full_cpu_seconds
        raise PictureError(limits.too_slow(seconds))
    if returned != 0:
        raise PictureError("This picture is damaged: its decoder gave up without a word.")
    facts = json.loads(output.readline())
    if "refused" in facts:
        raise PictureError(facts["refused"])
    height, width, channels = facts["shape"]
    codes = np.empty((height, width, channels), np.uint8)
    output.readinto(codes.data)  # type: ignore[attr-defined]
    return Reading(codes, tuple(facts["original_size"]), tuple(facts["notes"]))
