"""Decoders are there at once, bounded, and gone with what has started them, in whatever way."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explainer.images.decoding import decode as decoding
from explainer.images.decoding import decoders
from explainer.images.decoding.decode import BUDGET, decode, decode_full
from explainer.images.decoding.limits import LIMITS
from explainer.images.decoding.outline import Outline
from explainer.images.picture import PictureError

ROOT = Path(__file__).parents[3]
PIXELS = np.random.default_rng(1).integers(0, 256, (30, 40, 3)).astype(np.uint8)
linux = pytest.mark.skipif(sys.platform != "linux", reason="decoders are forked on Linux")

MAIN = """
import sys
from pathlib import Path
from explainer.images.decoding import decode as decoding
from explainer.images.decoding import decoders
from explainer.images.decoding.decode import decode
with open("started", "a") as started:
    started.write("once ")
data = Path("a.png").read_bytes()
print([decode(data, "a").codes.shape for _ in range(2)], flush=True)
print(decoders._FORK_SERVER._process.pid, flush=True)
sys.stdin.read()
"""
"""A program without a guard for its main part, as Streamlit's scripts are."""


def png() -> bytes:
    buffer = BytesIO()
    Image.fromarray(PIXELS).save(buffer, "PNG")
    return buffer.getvalue()


def slow_jpeg() -> bytes:
    """A progressive JPEG of many scans and pixels, which takes tenths of a second."""
    buffer = BytesIO()
    Image.new("L", (8000, 6000), 128).save(buffer, "JPEG", progressive=True)
    return buffer.getvalue()


def fork_server() -> int:
    """The process that forks decoders, which is there after this."""
    decoders.start_decoders()
    process = decoders._FORK_SERVER._process
    assert process is not None
    return process.pid


def children(process_id: int) -> list[int]:
    return [
        int(n) for n in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    ]


def wait_until_gone(process_id: int) -> None:
    for _ in range(500):
        if not Path(f"/proc/{process_id}").exists():
            return
        time.sleep(0.02)
    raise AssertionError(f"process {process_id} is still there")


@pytest.mark.parametrize("forked", [pytest.param(True, marks=linux), False])
def test_a_decoder_gives_the_same_forked_and_as_a_program(
    forked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoders, "FORKED", forked)
    assert np.array_equal(decode(png(), "a").codes, PIXELS)
    assert np.array_equal(decode_full(png()), PIXELS)
    with pytest.raises(PictureError, match="damaged"):
        decode(png()[:90], "cut")
    assert BUDGET.taken == 0


@linux
def test_decoders_come_from_one_process_and_leave_nothing_behind() -> None:
    server = fork_server()
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda _: decode(png(), "a").codes, range(12)))
    assert all(np.array_equal(codes, PIXELS) for codes in results)
    assert fork_server() == server
    for child in children(server):  # an attendant may be about to end
        wait_until_gone(child)
    assert (BUDGET.taken, BUDGET.waiting) == (0, 0)


@linux
def test_a_fork_server_that_was_killed_is_replaced() -> None:
    server = fork_server()
    os.kill(server, signal.SIGKILL)
    assert np.array_equal(decode(png(), "a").codes, PIXELS)
    assert fork_server() != server
    wait_until_gone(server)


@linux
def test_a_decoder_that_is_not_heard_of_again_is_one_refused_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decoders, "GRACE_SECONDS", 0.1)
    monkeypatch.setattr(decoding, "LIMITS", replace(LIMITS, wall_seconds=0.4))
    silent = fork_server()
    process = decoders._FORK_SERVER._process
    assert process is not None
    os.kill(silent, signal.SIGSTOP)
    try:
        with pytest.raises(PictureError, match=r"takes more than 0\.4 seconds, the limit"):
            decode(png(), "a.png")
    finally:
        os.kill(silent, signal.SIGKILL)
        process.wait(60)  # or whoever asks next is told of a process that is about to end
    assert BUDGET.taken == 0


@linux
def test_an_attendant_that_was_killed_costs_a_second_try() -> None:
    server = fork_server()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(decode, slow_jpeg(), "slow")
        while not (attendants := children(server)):
            time.sleep(0.001)
        while not children(attendants[0]):  # the decoder, which is lost and goes on reading
            time.sleep(0.001)
        os.kill(attendants[0], signal.SIGKILL)
        assert slow.result().codes.shape == (1536, 2048, 3)


@linux
def test_a_decoder_that_was_killed_is_one_more_damaged_file() -> None:
    server = fork_server()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(decode, slow_jpeg(), "slow")
        while not (attendants := children(server)) or not (found := children(attendants[0])):
            time.sleep(0.001)
        os.kill(found[0], signal.SIGKILL)
        with pytest.raises(PictureError, match="gave up without a word"):
            slow.result()
    assert BUDGET.taken == 0


@linux
@pytest.mark.parametrize("how", ["the end", "SIGKILL"])
def test_decoders_end_with_the_program_that_asked_for_them_and_never_import_it(
    how: str, tmp_path: Path
) -> None:
    (tmp_path / "main.py").write_text(MAIN)
    (tmp_path / "a.png").write_bytes(png())
    program = subprocess.Popen(
        [sys.executable, "-W", "error", "main.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "[(30, 40, 3), (30, 40, 3)]\n"
    server = int(program.stdout.readline())
    if how == "SIGKILL":
        program.kill()
    _, errors = program.communicate()
    wait_until_gone(server)
    assert errors == ""
    assert (tmp_path / "started").read_text() == "once "


@pytest.mark.parametrize("bound", ["cpu_seconds", "wall_seconds"])
def test_a_decoder_that_takes_too_long_is_stopped(
    bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds = {"cpu_seconds": 5.0, "wall_seconds": 5.0, bound: 0.1}
    monkeypatch.setattr(Outline, "cpu_seconds", lambda _: bounds["cpu_seconds"])
    monkeypatch.setattr(decoding, "LIMITS", replace(LIMITS, wall_seconds=bounds["wall_seconds"]))
    with pytest.raises(PictureError, match=r"more than 0\.1 seconds, the limit"):
        decode(slow_jpeg(), "slow.jpg")


@linux
def test_a_decoder_gets_no_more_memory_than_its_picture_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Outline, "memory", lambda *_: 60_000_000)
    buffer = BytesIO()
    Image.new("RGB", (5000, 4000)).save(buffer, "PNG", compress_level=1)
    with pytest.raises(PictureError, match="takes more memory than one of its size may take"):
        decode_full(buffer.getvalue())


def test_where_no_decoder_can_be_started_the_file_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decoders, "FORKED", False)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(PictureError, match="gave up without a word"):
        decode(png(), "a.png")
    assert BUDGET.taken == 0
