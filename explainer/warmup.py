"""Warm-up of the process: the slow imports in the background, then the heap frozen once.

With torch imported there are about half a million objects to walk whenever garbage is collected,
some 200 ms each time; frozen objects are not walked. So the slow libraries are imported once, in a
thread that no visitor waits for, then what the pages import; a race is begun; and what is there
then is frozen. What comes later is collected every few seconds. Last the process that decodes
uploads is started.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from explainer.freed_memory import give_back_freed_memory
from explainer.libraries import FIRST, SLOW, import_libraries, modules_of
from explainer.quiet_exit import end_quietly
from explainer.service import stop_service

PAGES = Path(__file__).parents[1] / "pages"
HEAD_START_SECONDS = 2.5
TIDY_SECONDS = 20.0


def freeze_heap() -> None:
    """Move every object that lives now out of the garbage collector's sight, until exit.

    `DEEPGLASS_FREEZE=0` in the environment leaves it out.
    """
    if os.environ.get("DEEPGLASS_FREEZE", "1") == "0":
        return
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)


def tidy() -> None:
    """Collect garbage, and give the system back the memory that is free.

    The C library keeps what lies below the last block in use, of every thread that has ever run a
    script; after large pictures that is hundreds of megabytes.
    """
    gc.collect()
    give_back_freed_memory()


async def keep_tidy() -> None:
    """Tidy up every few seconds; Python's own collector goes on beside it.

    Streamlit would do it after every rerun (`runner.postScriptGC`), and hold up all that goes on
    in the process for several milliseconds each time, a race above all.
    """
    while True:
        await asyncio.sleep(TIDY_SECONDS)
        await asyncio.to_thread(tidy)


def multiply_in_one_thread() -> None:
    """Let NumPy and SciPy multiply in the thread that asks, from now on.

    The products of a page are small, and its threads are many: on two cores that a browser uses as
    well, a second thread in each product halves the pictures that a drag gets in a second.
    """
    from threadpoolctl import threadpool_limits  # sees only libraries that are imported by now

    threadpool_limits(1, user_api="blas")


def warm_decoders() -> None:
    """Have the process that decodes uploads started, so that the first does not wait for it."""
    from explainer.images.decoding.decoders import (
        start_decoders,  # not before the first page is drawn
    )

    start_decoders()


def warm_training() -> None:
    """Begin a race such as the first visitor's, who would wait for what torch makes ready once."""
    from explainer.training.data.registry import load  # not before the first page is drawn
    from explainer.training.data.splits import prepare
    from explainer.training.engine.race import Race
    from explainer.training.presets import PRESETS

    story = next(iter(PRESETS))
    examples = load(story.data, **dict(story.data_settings))
    race = Race(story.recipes, prepare(examples, story.split), seeds=(0,))
    race.play()
    race.run_slice()
    race.close()


def page_modules(folder: Path = PAGES) -> tuple[str, ...]:
    """The modules that the pages import, read from their source."""
    found = (name for path in sorted(folder.glob("*.py")) for name in modules_of(path))
    return tuple(dict.fromkeys(found))


async def warm_up() -> None:
    """Import, freeze and keep tidy, in a thread; what takes long waits for the first page.

    Importing torch at once would cost the visitor who has just started the app a second, since
    the home page is drawn meanwhile and needs none of it.
    """
    await asyncio.to_thread(import_libraries, FIRST)
    await asyncio.sleep(HEAD_START_SECONDS)
    await asyncio.to_thread(import_libraries, SLOW)
    await asyncio.to_thread(import_libraries, page_modules())
    await asyncio.to_thread(multiply_in_one_thread)
    await asyncio.to_thread(warm_training)
    await asyncio.to_thread(freeze_heap)
    await asyncio.to_thread(warm_decoders)
    await keep_tidy()


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Start the warm-up with the server and let it end with the server."""
    warming = asyncio.create_task(warm_up())
    yield {"warming": warming}
    warming.cancel()
    await asyncio.to_thread(stop_service)
    with suppress(asyncio.CancelledError):
        await warming
    end_quietly()
