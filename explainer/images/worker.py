"""The process that decodes one upload: bytes on stdin, a line of JSON and codes on stdout.

Run by :mod:`explainer.images.decode`. The operating system ends it where it
takes more CPU time than :class:`~explainer.images.limits.Limits` allow
(SIGPROF) and refuses it more memory than that; both where the system can.
"""

import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from explainer.images.limits import LIMITS
from explainer.images.picture import WORK_LIMIT, PictureError
from explainer.images.reader import Reading, read


@dataclass(frozen=True)
class Job:
    """What the caller wants: the longest side (None: as it is) and the CPU time it may take."""

    longest: int | None
    cpu_seconds: float


JOBS: Mapping[str, Job] = {
    "work": Job(WORK_LIMIT, LIMITS.cpu_seconds),
    "full": Job(None, LIMITS.full_cpu_seconds),
}


def bound_this_process(cpu_seconds: float) -> None:
    """Limit the CPU time and the memory of this process, and Pillow's idea of a bomb."""
    cv2.setNumThreads(1)
    Image.MAX_IMAGE_PIXELS = LIMITS.pixels // 2  # Pillow refuses from twice this on
    if sys.platform != "win32":
        import resource

        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        resource.setrlimit(resource.RLIMIT_DATA, (LIMITS.memory_bytes, LIMITS.memory_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(reading: Reading) -> None:
    """Write ``reading`` to stdout: its facts as one line of JSON, then its codes."""
    facts = {
        "shape": reading.codes.shape,
        "original_size": reading.original_size,
        "notes": reading.notes,
    }
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n")
    rows = max(1, 2**20 // reading.codes.shape[1])
    for top in range(0, reading.codes.shape[0], rows):
        sys.stdout.buffer.write(np.ascontiguousarray(reading.codes[top : top + rows]).data)


def main(wanted: str) -> None:
    """Decode stdin as the job ``wanted``, a key of :data:`JOBS`, asks."""
    job = JOBS[wanted]
    bound_this_process(job.cpu_seconds)
    try:
        answer(read(sys.stdin.buffer.read(), longest=job.longest))
    except PictureError as error:
        sys.stdout.buffer.write(json.dumps({"refused": str(error)}).encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
