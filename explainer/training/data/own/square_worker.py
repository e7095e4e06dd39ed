"""The process that decodes one's own pictures: bytes on stdin, codes of 32 × 32 pixels on stdout.

Run by :mod:`explainer.training.data.own.squares`. Each picture comes as its length (4 bytes) and
its bytes, and is answered before the next one is read: `+` and 32 · 32 · 3 codes, or `-`, the
length of a sentence as JSON (4 bytes) and the sentence. Time and memory are bounded, for each, as
for one upload.
"""

from __future__ import annotations

import json
import struct
import sys

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.images.decoding.limits import LIMITS
from explainer.images.decoding.reader import read
from explainer.images.decoding.structure import outline
from explainer.images.decoding.worker import Job, bound_this_process
from explainer.images.picture import PictureError
from explainer.images.thumbnails import centred_square
from explainer.words import sentence_of, to_json

SIDE = 32
LENGTH = struct.Struct(">I")


def square(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The centred square of `codes` (H, W, 3) as (32, 32, 3), by area; small ones are enlarged."""
    middle = np.ascontiguousarray(centred_square(codes))
    method = cv2.INTER_AREA if len(middle) > SIDE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(middle, (SIDE, SIDE), interpolation=method), np.uint8)


def job_of(data: bytes) -> Job:
    """What one picture may take. Raises :class:`PictureError` for one of absurdly many parts."""
    found = outline(data)
    return Job(None, found.cpu_seconds(), LIMITS.wall_seconds, found.memory(len(data)))


def answer(data: bytes) -> bytes:
    """What to say to the bytes of one picture."""
    try:
        bound_this_process(job_of(data))
        return b"+" + square(read(data).codes).tobytes()
    except PictureError as error:
        sentence = json.dumps(to_json(sentence_of(error))).encode()
        return b"-" + LENGTH.pack(len(sentence)) + sentence


def main() -> None:
    """Answer pictures until there are no more."""
    while header := sys.stdin.buffer.read(LENGTH.size):
        data = sys.stdin.buffer.read(LENGTH.unpack(header)[0])
        sys.stdout.buffer.write(answer(data))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
