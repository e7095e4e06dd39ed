"""Warm-up of the process: the slow imports in the background, then the heap frozen once.

Streamlit collects garbage after every script run. With torch imported there are about a million
objects to walk, some 200 ms each time; frozen objects are not walked. So the slow libraries are
imported once, in a thread that no visitor waits for, and what is there then is frozen.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import importlib
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

SLOW_IMPORTS = ("cv2", "altair", "pandas", "torch", "torchvision", "sklearn.metrics")

_log = logging.getLogger(__name__)


def import_slow_libraries() -> None:
    """Import what the pages need and what takes long; a library that fails is logged, not fatal."""
    for name in SLOW_IMPORTS:
        try:
            importlib.import_module(name)
        except ImportError:
            _log.warning("%s could not be imported; pages that need it will say so", name)


def freeze_heap() -> None:
    """Move every object that lives now out of the garbage collector's sight, until exit."""
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)


def warm_up() -> None:
    """Import the slow libraries, then freeze; `DEEPGLASS_FREEZE=0` leaves the freezing out."""
    import_slow_libraries()
    if os.environ.get("DEEPGLASS_FREEZE", "1") != "0":
        freeze_heap()
    _log.info("warm-up finished")


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Start the warm-up with the server and let it end with the server."""
    warming = asyncio.create_task(asyncio.to_thread(warm_up))
    yield {"warming": warming}
    await warming
