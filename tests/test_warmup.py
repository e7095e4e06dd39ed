"""The warm-up knows what the pages need."""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import sys
import tomllib
import weakref
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from explainer import warmup
from explainer.images.decoding import decoders
from explainer.topics import TOPICS
from explainer.training.engine.race import Race
from explainer.training.presets import PRESETS
from explainer.warmup import PAGES, page_modules


def test_the_modules_of_every_page_are_known_and_can_be_imported() -> None:
    found = page_modules()
    assert "explainer.ui.common.page" in found
    assert len(found) == len(set(found))
    for name in found:
        assert name.startswith("explainer.")
        importlib.import_module(name)
    for topic in TOPICS:
        text = (PAGES / f"{topic.slug}.py").read_text(encoding="utf-8")
        assert any(f"from {name} import" in text for name in found)


def test_a_race_has_been_measured_before_the_first_visitor_starts_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured: list[object] = []
    close = Race.close

    def closed(race: Race) -> None:
        measured.extend(run.curves for run in race.snapshot.runs)
        close(race)

    monkeypatch.setattr(Race, "close", closed)
    warmup.warm_training()
    assert len(measured) == len(next(iter(PRESETS)).recipes)
    assert all(measured)


class Ring:
    """Refers to itself, so that the collector alone can free it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_streamlit_no_longer_collects_is_collected_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = Path(__file__).parents[1] / ".streamlit" / "config.toml"
    assert tomllib.loads(config.read_text(encoding="utf-8"))["runner"]["postScriptGC"] is False
    monkeypatch.setattr(warmup, "TIDY_SECONDS", 0.01)
    gc.disable()
    try:
        ring = weakref.ref(Ring())
        assert ring() is not None
        with suppress(TimeoutError):
            asyncio.run(asyncio.wait_for(warmup.keep_tidy(), 0.5))
        assert ring() is None
    finally:
        gc.enable()


def resident_bytes() -> int:
    """What this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_below_a_block_in_use_is_given_back() -> None:
    blocks = [bytearray(10_000) for _ in range(20_000)]
    kept = bytearray(10_000)
    del blocks
    before = resident_bytes()
    warmup.tidy()
    assert before - resident_bytes() > 100_000_000
    assert len(kept) == 10_000


@pytest.mark.skipif(sys.platform != "linux", reason="decoders are forked on Linux")
def test_numpy_multiplies_in_one_thread_after_the_warm_up() -> None:
    np.ones((2, 2)) @ np.ones((2, 2))
    with threadpool_limits(2, user_api="blas"):
        warmup.multiply_in_one_thread()
        found = [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]
        assert found
        assert set(found) == {1}


def test_the_warm_up_leaves_a_process_that_decodes() -> None:
    warmup.warm_decoders()
    process = decoders._FORK_SERVER._process
    assert process is not None
    assert process.poll() is None
