"""Whole runs of many faults and seeds, each computed once for all visitors, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from explainer.clinic.case import case_with
from explainer.clinic.record import Record
from explainer.clinic.run import run
from explainer.generalisation.at_once import results
from explainer.kept import MEGABYTE, Kept

Asked = tuple[str, int]
"""A fault's slug and the seed of the case."""
LOOKS = 64_000
"""Bytes of the last look, about: its pictures."""


RUNS: Kept[Asked, Record] = Kept(64 * MEGABYTE, lambda one: one.bytes + LOOKS)


def pairs(faults: Iterable[str], seeds: Iterable[int]) -> list[Asked]:
    """Each fault with each seed; all faults of a seed stand together."""
    faults = tuple(faults)
    return [(fault, seed) for seed in seeds for fault in faults]


def gathered(
    asked: Sequence[Asked],
    *,
    told: Callable[[float], None] = lambda _: None,
    seen: Callable[[list[Record]], None] = lambda _: None,
) -> list[Record]:
    """The record of each of the `asked`, in their order; `told` takes the share that is done.

    `seen` is given the first of them, as many as there are, each time one more is there.
    """
    there = {one: RUNS.get(one) for one in asked}
    new = results([partial(_run, *one) for one, record in there.items() if record is None])
    found: list[Record] = []
    for place, one in enumerate(asked):
        record = there[one]
        if record is None:
            record = there[one] = next(new)
            RUNS.put(one, record)
        found.append(record)
        told((place + 1) / len(asked))
        seen(found)
    return found


def _run(fault: str, seed: int) -> Record:
    return run(case_with(fault, seed))
