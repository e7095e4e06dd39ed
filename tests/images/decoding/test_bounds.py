"""What decoding promises: honest files at the bound are accepted, with time and memory to spare.

Each case is the worst of its format within 50 megapixels that still decodes, measured in a fresh
process whose children are the decoders.
"""

import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SIZE = (8192, 6100)
MEASURE = """
import json, re, resource, sys
from explainer.images.decoding import decoders
from explainer.images.decoding.decode import decode, decode_full
from explainer.images.decoding.structure import outline
decoders.FORKED = False
data = open(sys.argv[1], "rb").read()
codes = decode(data, "worst").codes if sys.argv[2] == "work" else decode_full(data)
caller = int(re.search(r"RssAnon:\\s+(\\d+)", open("/proc/self/status").read())[1])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
allowed = outline(data)
seconds = (used.ru_utime + used.ru_stime) / allowed.cpu_seconds()
memory = used.ru_maxrss * 1000 / allowed.memory(len(data))
print(json.dumps([*codes.shape[1::-1], seconds, memory, caller / 1000]))
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="measures as Linux does")


def measured(path: Path, wanted: str) -> tuple[int, int, float, float, float]:
    """Width, height, the shares of its seconds and its memory that the decoder took, and the
    megabytes of its caller.
    """
    command = [sys.executable, "-c", MEASURE, str(path), wanted]
    output = subprocess.run(command, check=True, capture_output=True).stdout
    width, height, seconds, memory, caller = json.loads(output)
    return width, height, seconds, memory, caller


def smooth(mode: str) -> Image.Image:
    columns = (np.arange(SIZE[0]) // 33 % 256).astype(np.uint8)
    return Image.fromarray(np.broadcast_to(columns, SIZE[::-1])).convert(mode)


def interlaced_png(path: Path) -> None:
    """RGBA of 8 bits in Adam7: written by hand, since Pillow writes none."""
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2))
    compressor, body = zlib.compressobj(1), b""
    for left, top, across, down in (*passes, (0, 1, 1, 2)):
        columns = -(-(SIZE[0] - left) // across)
        row = b"\0" + bytes([9, 99, 200, 128]) * columns
        for _ in range(-(-(SIZE[1] - top) // down)):
            body += compressor.compress(row)
    body += compressor.flush()
    header = struct.pack(">IIBBBBB", *SIZE, 8, 6, 0, 0, 1)
    chunks = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(content))
            + kind
            + content
            + zlib.crc32(kind + content).to_bytes(4, "big")
            for kind, content in chunks
        )
    )


def animated_webp(path: Path) -> None:
    frames = [smooth("RGBA"), Image.new("RGBA", SIZE)]
    frames[0].save(path, "WEBP", save_all=True, append_images=frames[1:], method=0, quality=10)


def heic(path: Path) -> None:
    heif = pytest.importorskip("pillow_heif")
    photo = heif.from_pillow(smooth("RGB"))
    photo.save(path, quality=50, enc_params={"preset": "ultrafast"})


WORST: dict[str, Callable[[Path], None]] = {
    "interlaced RGBA PNG": interlaced_png,
    "progressive CMYK JPEG": lambda path: smooth("CMYK").save(path, "JPEG", progressive=True),
    "WebP with alpha": lambda path: smooth("RGBA").save(path, "WEBP", method=0, quality=10),
    "animated WebP with alpha": animated_webp,
    "deflated float TIFF": lambda path: smooth("F").save(
        path, "TIFF", compression="tiff_adobe_deflate"
    ),
    "GIF": lambda path: smooth("L").save(path, "GIF"),
    "HEIC": heic,
}
OFTEN = {"progressive CMYK JPEG"}  # the slowest
CASES = [
    pytest.param(write, id=name, marks=[] if name in OFTEN else [pytest.mark.slow])
    for name, write in WORST.items()
]


@linux
@pytest.mark.parametrize("write", CASES)
def test_50_megapixels_take_half_the_time_they_may_and_the_memory_they_may(
    write: Callable[[Path], None], tmp_path: Path
) -> None:
    write(tmp_path / "worst")
    width, height, seconds, memory, caller = measured(tmp_path / "worst", "work")
    assert (width, height) == (2048, 1525)
    assert seconds < 0.5
    assert memory < 1
    assert caller < 150


@linux
def test_the_full_resolution_of_50_megapixels_is_not_copied_by_its_caller(tmp_path: Path) -> None:
    WORST["progressive CMYK JPEG"](tmp_path / "worst")
    width, height, seconds, memory, caller = measured(tmp_path / "worst", "full")
    assert (width, height) == SIZE
    assert seconds < 0.5
    assert memory < 1
    assert caller < 150
