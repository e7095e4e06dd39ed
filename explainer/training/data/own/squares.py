"""Many untrusted pictures in, 32 × 32 pixels each: decoded in one process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import BoundedSemaphore, Event, Timer
from typing import IO

import numpy as np
from numpy.typing import NDArray

from explainer.images.decoding.decode import BUDGET
from explainer.images.decoding.structure import outline
from explainer.images.picture import PictureError
from explainer.training.data.data_set import DataError
from explainer.training.data.own.limits import OWN_LIMITS
from explainer.training.data.own.names import printable
from explainer.training.data.own.square_worker import LENGTH, SIDE
from explainer.words import from_json, later, sentence_of

ROOT = Path(__file__).parents[4]
BYTES = SIDE * SIDE * 3
BUSY = later("The server is busy with other people's pictures; please try again.")
ONE_AT_A_TIME = BoundedSemaphore(1)


def squares(names: Iterable[str], contents: Iterable[bytes]) -> NDArray[np.uint8]:
    """Decode `contents`, called `names`, to codes (N, 32, 32, 3), RGB.

    Raises :class:`DataError` naming the file that cannot be read, or the limit on time.
    """
    if not ONE_AT_A_TIME.acquire(timeout=OWN_LIMITS.wait_seconds):
        raise DataError(BUSY)
    try:
        with _worker() as (given, answered, late):
            codes = []
            for name, data in zip(names, contents, strict=True):
                with _room(name, data):
                    codes.append(_ask(name, data, given, answered, late))
    finally:
        ONE_AT_A_TIME.release()
    return np.stack(codes)


@contextmanager
def _room(name: str, data: bytes) -> Iterator[None]:
    """A share of the memory for decoders, as for an upload."""
    try:
        needed = outline(data).memory(len(data))
    except PictureError as error:
        raise DataError(
            later("“{name}”: {reason}", name=printable(name), reason=sentence_of(error))
        ) from error
    try:
        room = BUDGET.take(needed, OWN_LIMITS.wait_seconds)
    except TimeoutError as error:
        raise DataError(BUSY) from error
    try:
        yield
    finally:
        BUDGET.give_back(room)


@contextmanager
def _worker() -> Iterator[tuple[IO[bytes], IO[bytes], Event]]:
    """The process, as its two pipes, and an event that tells whether it was ended for its time."""
    late = Event()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "explainer.training.data.own.square_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"},
    )

    def give_up() -> None:
        late.set()
        process.kill()

    timer = Timer(OWN_LIMITS.seconds, give_up)
    timer.start()
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdin, process.stdout, late
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        process.stdout.close()
        with suppress(BrokenPipeError):  # its reader may be gone with bytes still on their way
            process.stdin.close()


def _ask(
    name: str, data: bytes, given: IO[bytes], answered: IO[bytes], late: Event
) -> NDArray[np.uint8]:
    """Hand one picture over and take its codes (32, 32, 3)."""
    with suppress(BrokenPipeError):  # what there is to say about it, the answer says
        given.write(LENGTH.pack(len(data)) + data)
        given.flush()
    verdict = answered.read(1)
    if verdict == b"+":
        codes = answered.read(BYTES)
        if len(codes) == BYTES:
            return np.frombuffer(codes, np.uint8).reshape(SIDE, SIDE, 3)
    raise DataError(
        later("“{name}”: {reason}", name=printable(name), reason=_refusal(verdict, answered, late))
    )


def _refusal(verdict: bytes, answered: IO[bytes], late: Event) -> str:
    if verdict == b"-":
        length = answered.read(LENGTH.size)
        sentence: str = from_json(json.loads(answered.read(LENGTH.unpack(length)[0])))
        return sentence
    if late.is_set():
        return later(
            "the pictures up to this one took {seconds} seconds, the limit.",
            seconds=f"{OWN_LIMITS.seconds:g}",
        )
    return later("this picture is damaged, or takes too much time or memory to decode.")
