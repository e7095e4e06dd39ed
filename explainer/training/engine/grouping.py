"""Which runs train together: stacks of runs of one shape, as even as the threads need them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby

from explainer.training.engine.run import Run
from explainer.training.engine.stacked import stack_key
from explainer.training.recipe.build_network import first_maps

Group = tuple[Run, ...]


@dataclass(frozen=True)
class Grouping:
    """How to group on a device: at most `largest` runs a stack, spread over `threads`.

    0 threads is the thread that schedules.

    Where one batch fills maps of more than `most_values` numbers in the first layer of a run, two
    runs make a stack: four would leave the cache. With `across_seeds`, runs of different seeds
    may be in one stack, although they share no batches then.
    """

    threads: int
    largest: int
    most_values: int = 800_000
    across_seeds: bool = False


def groups(runs: Sequence[Run], how: Grouping) -> tuple[Group, ...]:
    """The runs that go on, in stacks; runs of one seed stay together, as they share batches.

    Stacks of one kind are of even size, and where threads would stand idle they are smaller.
    """
    alike: dict[Hashable, list[Run]] = {}
    for run in runs:
        if run.active:
            alike.setdefault(stack_key(run), []).append(run)
    seeds = [part for kind in alike.values() for part in _by_seed(kind, how)]
    parts = [part for members in seeds for part in evenly(members, _pieces(members, seeds, how))]
    return tuple(sorted(parts, key=len, reverse=True))


def _by_seed(runs: list[Run], how: Grouping) -> list[list[Run]]:
    if how.across_seeds:
        return [runs]
    ordered = sorted(runs, key=lambda run: run.seed)
    return [list(same) for _, same in groupby(ordered, key=lambda run: run.seed)]


def evenly(runs: Sequence[Run], pieces: int) -> list[Group]:
    """`runs` in so many groups whose sizes differ by one at most, dealt out like cards.

    Neighbours in a table of recipes often cost alike; dealt out, the groups take equally long.
    """
    return [tuple(runs[place::pieces]) for place in range(pieces)]


def _pieces(members: list[Run], seeds: list[list[Run]], how: Grouping) -> int:
    run = members[0]
    values = run.batches.size * first_maps(run.recipe.network, run.data.shape)
    largest = how.largest if values <= how.most_values else min(2, how.largest)
    needed = -(-len(members) // largest)
    idle = -(-how.threads // len(seeds))
    return min(len(members), max(needed, idle))
