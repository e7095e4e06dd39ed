"""What takes a second: who wants the same waits for the first, who wants another does not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Lock

from explainer.kept import Kept
from explainer.ui.common.waiting import waited

LONGEST = 60.0  # seconds; only a test that fails waits for so long


def test_two_who_want_different_things_do_not_wait_for_one_another() -> None:
    kept: Kept[str, str] = Kept(100, len)
    at_once = Barrier(2)

    def compute(told: Callable[[float], None]) -> str:
        at_once.wait(LONGEST)  # goes on when the other computes too
        told(1.0)
        return "found"

    with ThreadPoolExecutor() as pool:
        found = pool.map(lambda key: waited(kept, key, "Both learn", compute), ("a", "b"))
        assert list(found) == ["found", "found"]


def test_who_wants_what_another_computes_waits_and_computes_nothing() -> None:
    waits = Event()

    class Watched(Kept[str, str]):
        def computing(self, key: str) -> Lock:
            waits.set()
            return super().computing(key)

    kept = Watched(100, len)
    with ThreadPoolExecutor() as pool:
        with Kept.computing(kept, "a"):
            second = pool.submit(waited, kept, "a", "One learns", lambda _told: "computed again")
            assert waits.wait(LONGEST)
            kept.put("a", "found")
        assert second.result(LONGEST) == "found"
