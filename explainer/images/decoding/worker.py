"""The process that decodes one upload: its bytes in, a line of JSON and its codes out.

Forked by :mod:`explainer.images.decoding.fork_server` or, elsewhere than on Linux, run as a program
with the job as its argument. The operating system ends it where it takes more time than the job
allows (SIGPROF for the processor's, SIGALRM for the clock's) and refuses it more memory than that;
each where the system can.
"""

import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import cv2
import numpy as np
from PIL import Image

from explainer.images.decoding.limits import LIMITS
from explainer.images.decoding.reader import Reading, read
from explainer.images.picture import PictureError
from explainer.words import sentence_of, to_json


@dataclass(frozen=True)
class Job:
    """What is wanted: the longest side (None: as it is), and what decoding may take."""

    longest: int | None
    cpu_seconds: float
    wall_seconds: float
    memory_bytes: int

    def text(self) -> str:
        """The job as one line of text."""
        return json.dumps(asdict(self))

    @staticmethod
    def of(text: str) -> "Job":
        """The job that :meth:`text` has written."""
        return Job(**json.loads(text))


def bound_this_process(job: Job) -> None:
    """Limit the time and the memory of this process from here on, and Pillow's idea of a bomb."""
    cv2.setNumThreads(1)
    Image.MAX_IMAGE_PIXELS = LIMITS.pixels // 2  # Pillow refuses from twice this on
    if sys.platform != "win32":
        import resource

        signal.setitimer(signal.ITIMER_PROF, job.cpu_seconds)
        signal.setitimer(signal.ITIMER_REAL, job.wall_seconds)
        memory = _bytes_in_use() + job.memory_bytes
        resource.setrlimit(
            resource.RLIMIT_DATA, (memory, resource.getrlimit(resource.RLIMIT_DATA)[1])
        )
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _bytes_in_use() -> int:
    """What this process has reserved for its data so far, by Linux's account; 0 elsewhere."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def answer(reading: Reading, taken: IO[bytes]) -> None:
    """Write ``reading``: its facts as one line of JSON, then its codes."""
    facts = {
        "shape": reading.codes.shape,
        "original_size": reading.original_size,
        "notes": [to_json(note) for note in reading.notes],
    }
    taken.write(json.dumps(facts).encode() + b"\n")
    rows = max(1, 2**20 // reading.codes.shape[1])
    for top in range(0, reading.codes.shape[0], rows):
        taken.write(np.ascontiguousarray(reading.codes[top : top + rows]).data)


def decode(job: Job, given: IO[bytes], taken: IO[bytes]) -> None:
    """Decode the bytes ``given`` as ``job`` says, and write the answer, or why there is none."""
    bound_this_process(job)
    try:
        answer(read(given.read(), longest=job.longest), taken)
    except PictureError as error:
        taken.write(json.dumps({"refused": to_json(sentence_of(error))}).encode() + b"\n")
    taken.flush()


if __name__ == "__main__":
    decode(Job.of(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)
