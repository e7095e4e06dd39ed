"""What uploads cost: seconds until a photo or its sentence is there, and the memory they take.

Measured from outside, on the real server, as a browser uploads: the file is sent, the page runs
anew with it, and the clock stops when the run has ended. Memory is that of the server and of all
processes below it, each shared page counted once (PSS, from Linux's /proc).

- *alone*: an honest photo and files made to keep a decoder busy, one after the other.
- *beside*: the photo, while six visitors upload such a file each.
- *many*: 50 large photos in three sessions: the highest sum, and what is kept in the end.
- *download*: the answer of a filter at 50 megapixels.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
import time
import urllib.request
import uuid
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection

from benchmarks.server import visitor, wait_until_warm
from explainer.images.gallery import DEFAULT, gallery_picture
from scripts.serving import Served, serving

OPEN = {"STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION": "false"}
UPLOADS, SESSIONS, HOSTILE_VISITORS = 50, 3, 6
TWELVE, FIFTY = (4000, 3000), (8160, 6120)
KEPT_MEGABYTES = 300
EVERY_SECONDS = 0.05


def photo(size: tuple[int, int], kind: str, **options: Any) -> bytes:
    """A photo of the gallery, enlarged to `size` and with the grain of a camera, as a file."""
    picture = Image.fromarray(gallery_picture(DEFAULT).codes).resize(size)
    grain = np.random.default_rng(0).integers(-4, 5, (size[1], size[0], 1), np.int8)
    codes = np.clip(np.asarray(picture, np.int16) + grain, 0, 255).astype(np.uint8)
    buffer = BytesIO()
    Image.fromarray(codes).save(buffer, kind, **options)
    return buffer.getvalue()


def _small(kind: str) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (32, 24), "teal").save(buffer, kind)
    return buffer.getvalue()


def _png_texts(count: int) -> bytes:
    data, content = _small("PNG"), b"tEXta\0b"
    text = struct.pack(">I", 3) + content + struct.pack(">I", zlib.crc32(content))
    return data[:33] + text * count + data[33:]


def _rle_bmp(pairs: int) -> bytes:
    """A run-length coded BMP with one run for each of its pixels."""
    width = 7000
    codes = np.random.default_rng(0).integers(0, 256, (pairs // width, width), np.uint8)
    rows = np.zeros((len(codes), 2 * width + 2), np.uint8)
    rows[:, 0:-2:2], rows[:, 1:-2:2] = 1, codes
    body, palette = rows.tobytes() + b"\0\1", b"".join(bytes([i, i, i, 0]) for i in range(256))
    start = 54 + len(palette)
    head = b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start)
    shape = struct.pack("<IiiHHIIiiII", 40, width, len(codes), 1, 8, 1, len(body), 0, 0, 0, 0)
    return head + shape + palette + body


def hostile_files() -> dict[str, bytes]:
    """Small pictures, or none, whose files keep a reader busy."""
    jpeg = _small("JPEG")
    return {
        "JPEG, 3,000,000 markers": jpeg[:2] + b"\xff\xe9\0\2" * 3_000_000 + jpeg[2:],
        "JPEG, 19,000,000 fill bytes": jpeg[:2] + b"\xff" * 19_000_000 + jpeg[2:],
        "PNG, 700,000 texts": _png_texts(700_000),
        "BMP, 9,900,000 runs": _rle_bmp(9_900_000),
        "GIF, 4,900,000 comments": _small("GIF")[:-1] + b"\x21\xfe\0" * 4_900_000 + b";",
    }


class Visitor:
    """A session on the page of the filters that uploads files to its picture bar."""

    def __init__(self, served: Served, connection: ClientConnection) -> None:
        self._url, self._connection = served.url, connection
        self.session = self.uploader = self.download = self._uploaded = ""
        self._rerun(BackMsg())

    def upload(self, data: bytes) -> tuple[float, str]:
        """Seconds from the first byte sent to the end of the run, and the error shown, or ""."""
        started = time.perf_counter()
        name, identity = "photo.png", str(uuid.uuid4())
        address = f"/_stcore/upload_file/{self.session}/{identity}"
        boundary = uuid.uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"'
        body = b"".join((head.encode(), b"\r\n\r\n", data, f"\r\n--{boundary}--\r\n".encode()))
        request = urllib.request.Request(self._url + address, body, method="PUT")
        request.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
        urllib.request.urlopen(request, timeout=60).close()
        message = BackMsg()
        widget = message.rerun_script.widget_states.widgets.add(id=self.uploader)
        info = widget.file_uploader_state_value.uploaded_file_info.add()
        info.file_id, info.name, info.size = identity, name, len(data)
        info.file_urls.file_id = identity
        info.file_urls.upload_url = info.file_urls.delete_url = address
        error = self._rerun(message)
        seconds = time.perf_counter() - started
        self._remove(self._uploaded)
        self._uploaded = address
        return seconds, error

    def _remove(self, address: str) -> None:
        """Have the server drop a file, as Streamlit's uploader does with one that is replaced."""
        if address:
            request = urllib.request.Request(self._url + address, method="DELETE")
            urllib.request.urlopen(request, timeout=60).close()

    def take_answer(self) -> tuple[float, int]:
        """Seconds and bytes of the download of the answer at full resolution."""
        started = time.perf_counter()
        message = BackMsg()
        operation = message.backend_operation_request
        operation.request_id, operation.session_id = uuid.uuid4().hex, self.session
        operation.deferred_file.file_id = self.download
        self._connection.send(message.SerializeToString())
        for answer in self._answers():
            if answer.WhichOneof("type") == "backend_operation_response":
                break
        found = answer.backend_operation_response
        if found.error_msg:
            raise RuntimeError(found.error_msg)
        url = found.deferred_file.url
        with urllib.request.urlopen(self._url + url, timeout=60) as response:
            size = sum(map(len, iter(lambda: response.read(2**20), b"")))
        return time.perf_counter() - started, size

    def _rerun(self, message: BackMsg) -> str:
        message.rerun_script.page_name = "filters"
        self._connection.send(message.SerializeToString())
        error = ""
        for answer in self._answers():
            kind = answer.WhichOneof("type")
            if kind == "script_finished":
                return error
            if kind == "new_session":
                self.session = answer.new_session.initialize.session_id
            element = answer.delta.new_element
            if element.file_uploader.id:
                self.uploader = element.file_uploader.id
            if element.download_button.label.startswith("Download the answer"):
                self.download = element.download_button.deferred_file_id
            if element.alert.format == Alert.ERROR:
                error = element.alert.body
        return error

    def _answers(self) -> Iterator[ForwardMsg]:
        while True:
            data = self._connection.recv(timeout=120)
            assert isinstance(data, bytes)
            yield ForwardMsg.FromString(data)


@contextmanager
def visitors(served: Served, count: int) -> Iterator[list[Visitor]]:
    """Sessions of their own on the page of the filters."""
    with ExitStack() as stack:
        connections = [stack.enter_context(visitor(served)) for _ in range(count)]
        yield [Visitor(served, connection) for connection in connections]


def family(process_id: int) -> list[int]:
    """A process and all below it."""
    found = [process_id]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found.extend(map(int, task.read_text().split()))
    return found


def megabytes(process_id: int) -> float:
    """What a process and all below it hold, each shared page counted once."""
    total = 0
    for member in family(process_id):
        try:
            text = Path(f"/proc/{member}/smaps_rollup").read_text()
        except OSError:  # it has ended meanwhile
            continue
        total += int(text.split("\nPss:")[1].split()[0]) if "\nPss:" in text else 0
    return total / 1000


@dataclass
class Peak:
    """The highest sum seen so far, in megabytes."""

    megabytes: float = 0.0
    _ended: threading.Event = field(default_factory=threading.Event)

    def watch(self, process_id: int) -> None:
        """Look every few milliseconds, until told to end."""
        while not self._ended.wait(EVERY_SECONDS):
            self.megabytes = max(self.megabytes, megabytes(process_id))

    def end(self) -> None:
        """Look no longer."""
        self._ended.set()


@contextmanager
def watched(served: Served) -> Iterator[Peak]:
    """The peak over a block."""
    peak = Peak()
    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(peak.watch, served.process.pid)
        try:
            yield peak
        finally:
            peak.end()
        watching.result()


def print_times(served: Served, honest: bytes) -> None:
    """Each file alone, then the photo beside six of each."""
    with visitors(served, HOSTILE_VISITORS + 1) as (one, *others):
        one.upload(honest)
        print(f"{'file':30} {'MB':>6} {'alone s':>8} {'photo beside six s':>19}  sentence")
        print(f"{'photo, 12 megapixels':30} {len(honest) / 1e6:6.1f} {one.upload(honest)[0]:8.2f}")
        for name, data in hostile_files().items():
            seconds, error = one.upload(data)
            with ThreadPoolExecutor(len(others)) as pool:
                busy = [pool.submit(other.upload, data) for other in others]
                time.sleep(0.3)
                beside, _ = one.upload(honest)
                for upload in busy:
                    upload.result()
            print(f"{name:30} {len(data) / 1e6:6.1f} {seconds:8.2f} {beside:19.2f}  {error}")


def upload_in_turns(sessions: list[Visitor], files: list[bytes]) -> set[str]:
    """Upload the files in turns, all sessions at once, 50 uploads in all; the errors shown."""

    def share(first: int) -> set[str]:
        numbers = range(first, UPLOADS, len(sessions))
        return {sessions[first].upload(files[number % len(files)])[1] for number in numbers}

    with ThreadPoolExecutor(len(sessions)) as pool:
        return set().union(*pool.map(share, range(len(sessions)))) - {""}


def print_memory(served: Served) -> None:
    """The sum of 50 uploads in three sessions, and of one download."""
    files = {
        "JPEG": photo(FIFTY, "JPEG", quality=75),
        "WebP": photo(FIFTY, "WEBP", quality=50, method=0),
    }
    first = photo(FIFTY, "WEBP", quality=40, method=0)
    frames = [Image.open(BytesIO(first)), Image.new("RGB", FIFTY)]
    buffer = BytesIO()
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:], quality=40, method=0)
    files["animated WebP"] = buffer.getvalue()
    with visitors(served, SESSIONS) as sessions:
        before = megabytes(served.process.pid)
        print(f"\nserver and decoders at rest: {before:.0f} MB")
        for name, data in files.items():
            with watched(served) as peak:
                seconds, error = sessions[0].upload(data)
            size = len(data) / 1e6
            print(f"{name}, 50 megapixels, {size:.1f} MB: {seconds:.1f} s,"
                  f" highest sum {peak.megabytes:.0f} MB {error}")  # fmt: skip
        with watched(served) as peak:
            errors = upload_in_turns(sessions, list(files.values()))
        after = megabytes(served.process.pid)
        kept = after - before
        verdict = "met" if kept <= KEPT_MEGABYTES else "missed"
        print(f"{UPLOADS} uploads in {SESSIONS} sessions: highest sum {peak.megabytes:.0f} MB")
        print(f"kept {kept:.0f} MB; goal {KEPT_MEGABYTES} MB: {verdict} {errors or ''}")
        sessions[0].upload(files["JPEG"])
        before = megabytes(served.process.pid)
        with watched(served) as peak:
            seconds, size = sessions[0].take_answer()
        print(f"download of {size / 1e6:.0f} MB: {seconds:.1f} s")
        print(f"highest sum {peak.megabytes:.0f} MB, from {before:.0f} MB before")


def main() -> int:
    """Print all tables; 1 where the system does not tell the memory of a process."""
    if not os.path.exists("/proc/self/smaps_rollup"):
        print("uploads are measured on Linux alone", file=sys.stderr)
        return 1
    with serving(OPEN) as served:
        wait_until_warm(served)
        print_times(served, photo(TWELVE, "JPEG", quality=90))
        print_memory(served)
    return 0


if __name__ == "__main__":
    sys.exit(main())
