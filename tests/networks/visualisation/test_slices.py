"""Work in slices: driven while somebody asks, by one at a time, and heard when stopped."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from explainer.networks.visualisation.slices import Work


def counting(closed: list[bool], *, to: int = 5) -> Generator[int]:
    """Numbers up to `to`; notes when it is closed."""
    try:
        yield from range(to)
    finally:
        closed.append(True)


def test_a_slice_makes_one_step_at_least_and_the_end_is_known() -> None:
    work = Work(counting([], to=2))
    shown: list[int | None] = []
    for seconds in (0, 60):
        shown.append(work.latest)
        assert not work.ended
        work.advance(seconds)
    assert [*shown, work.latest] == [None, 0, 1]
    assert work.ended
    work.advance(60)
    assert work.latest == 1


def test_what_was_stopped_is_closed_and_goes_no_further() -> None:
    closed: list[bool] = []
    work = Work(counting(closed))
    work.advance(0)
    work.stop()
    work.advance(60)
    assert (work.latest, work.ended, closed) == (0, True, [True])


def test_a_stop_is_heard_at_the_next_step_of_another_thread() -> None:
    going, closed = threading.Event(), list[bool]()

    def endless() -> Generator[int]:
        try:
            number = 0
            while True:
                going.set()
                yield (number := number + 1)
        finally:
            closed.append(True)

    work = Work(endless())
    thread = threading.Thread(target=work.advance, args=(60,))
    thread.start()
    assert going.wait(60)
    work.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert work.ended
    assert closed == [True]


def test_two_at_once_do_not_drive_it_twice() -> None:
    inside, release = threading.Event(), threading.Event()

    def slow() -> Generator[int]:
        inside.set()
        release.wait(60)
        yield 1

    work = Work(slow())
    thread = threading.Thread(target=work.advance, args=(0,))
    thread.start()
    assert inside.wait(60)
    work.advance(0)
    assert work.latest is None
    release.set()
    thread.join(10)
    assert work.latest == 1


def test_an_exception_ends_the_work_and_is_seen() -> None:
    def failing() -> Generator[int]:
        yield 1
        raise RuntimeError("no")

    work = Work(failing())
    work.advance(0)
    with pytest.raises(RuntimeError, match="no"):
        work.advance(0)
    assert (work.latest, work.ended) == (1, True)
