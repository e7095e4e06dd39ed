"""Where runs train, and how many at once: CUDA where there is one, Apple's MPS, else the CPU."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import cache

import torch

from explainer.accelerator import accelerator
from explainer.freed_memory import keep_freed_memory
from explainer.training.engine.run_group import Grouping, RunGroup, Way
from explainer.words import later, nlater

MOST_RUNS = 80
PIECES = 4  # parts in which a group of runs does what it is to do
ALL_AT_ONCE = Grouping(threads=0, largest=MOST_RUNS, most_values=sys.maxsize, across_seeds=True)
TRAINING_NICENESS = 10
# By default whoever wants the interpreter waits for up to 5 ms: pages, and threads that train.
SWITCH_SECONDS = 2e-4


@dataclass(frozen=True)
class Device:
    """A device by name, how runs are grouped on it, and how their steps are done.

    On the CPU a stack of four keeps its maps in the cache, and every thread has stacks of its own;
    an accelerator takes as many runs at once as there are. `problem` is one sentence where another
    device was wanted.
    """

    slug: str
    title: str
    grouping: Grouping
    way: Way = Way.IN_TURN
    problem: str = ""

    @property
    def torch(self) -> torch.device:
        """The device as PyTorch knows it."""
        return torch.device(self.slug)


def device(slug: str) -> Device:
    """The device of that slug: `cuda`, `mps` or `cpu`. Raises `ValueError` for another."""
    if slug == "cuda":
        return Device(slug, torch.cuda.get_device_name(), ALL_AT_ONCE, Way.GRAPHED)
    if slug == "mps":
        return Device(slug, later("Apple GPU"), ALL_AT_ONCE, Way.AHEAD)
    if slug == "cpu":
        count = cores()
        title = nlater("CPU, {count} core", "CPU, {count} cores", count)
        return Device(slug, title, Grouping(threads=count, largest=4))
    raise ValueError(f"no device {slug!r}; there are cuda, mps, cpu")


def best_device() -> Device:
    """The fastest device that works, or the one that `DEEPGLASS_DEVICE` names."""
    found = accelerator()
    return replace(device(found.slug), problem=found.problem)


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def workers(threads: int) -> ThreadPoolExecutor:
    """The threads in which runs train, one for the process; each computes with one core.

    Two threads inside one operator lose more than they win at the sizes of these networks. The
    interpreter is handed over sooner than by default: two stacks of dense networks train half as
    fast again, and a page waits less.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    torch.set_num_threads(1)
    keep_freed_memory()
    return ThreadPoolExecutor(threads, thread_name_prefix="training", initializer=give_way)


def give_way() -> None:
    """Lower the priority of the calling thread, so that visitors' pages come before training.

    Linux gives every thread a niceness of its own; elsewhere nothing changes.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        now = os.getpriority(os.PRIO_PROCESS, thread)  # which only a superuser may raise again
        os.setpriority(os.PRIO_PROCESS, thread, max(now, TRAINING_NICENESS))


def share_out(behind: Sequence[RunGroup], goal: int, threads: int) -> None:
    """Advance the groups `behind` to the step `goal` in `threads` threads, which end together.

    Where there are more groups than threads they take turns, a few steps each: a thread that was
    held up, by a visitor's page say, leaves the more to the others.
    """
    steps = goal - min(group.step for group in behind)
    piece = -(-steps // PIECES) if len(behind) > threads else steps
    ready = deque((group, goal - group.step) for group in behind)

    def work() -> None:
        while True:
            try:
                group, left = ready.popleft()
            except IndexError:
                return  # what is left is in the hands of the others
            group.advance(min(piece, left))
            if left > piece:
                ready.append((group, left - piece))

    working = [workers(threads).submit(work) for _ in range(min(threads, len(behind)))]
    wait(working)
    for one in working:
        one.result()
