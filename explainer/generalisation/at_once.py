"""Long jobs of a page, as many at once as there are cores, and their results in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from explainer.training.engine.devices import cores, give_way, workers

T = TypeVar("T")


def results(jobs: Iterable[Callable[[], T]]) -> Iterator[T]:
    """What each of the jobs gives, in their order; whoever stops asking leaves the rest undone.

    Their threads are their own: a race that somebody trains has not to wait for them.
    """
    workers(cores())  # for what it sets: operators as small as these run in one thread
    pool = ThreadPoolExecutor(cores(), initializer=give_way)
    try:
        for job in [pool.submit(one) for one in jobs]:
            yield job.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
