"""A training thread gives way, and never asks for more of the processor than it was left."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from explainer.training.engine.devices import TRAINING_NICENESS, give_way


def niceness(before: int) -> int:
    """That of a thread of `before`, after it has given way."""
    thread = threading.get_native_id()
    os.setpriority(os.PRIO_PROCESS, thread, before)
    give_way()
    return os.getpriority(os.PRIO_PROCESS, thread)


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness of their own here")
def test_a_thread_of_a_process_that_is_nicer_stays_as_it_is() -> None:
    for before in (TRAINING_NICENESS, TRAINING_NICENESS + 5):
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(niceness, before).result() == before
