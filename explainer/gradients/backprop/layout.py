"""Where the nodes of a graph are drawn: in levels from the inputs to the output (Sugiyama 1981).

An edge that passes other levels takes a place in each of them, so that it goes around what stands
there. Constants have no place: they are written into the node that uses them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from explainer.gradients.backprop.graph import Edge, Graph

SWEEPS = 12
PASSING = 0.5  # how much room a passing edge takes, in nodes


@dataclass(frozen=True)
class Place:
    """A level, from 0, and a position in it, in nodes, from 0."""

    level: int
    position: float


@dataclass(frozen=True)
class Layout:
    """The place of each node that is drawn, and the places each edge goes through."""

    nodes: dict[int, Place]
    edges: tuple[tuple[Edge, tuple[Place, ...]], ...]
    levels: int
    width: float


@dataclass(eq=False)
class _Spot:
    """Something that takes room in a level: a node, or an edge passing."""

    level: int
    room: float
    position: float = 0.0


def layout(graph: Graph) -> Layout:
    """The places of the nodes and edges of `graph`."""
    levels = _levels(graph)
    spots = {node: _Spot(level, 1.0) for node, level in levels.items()}
    chains = [_chain(edge, levels, spots) for edge in graph.edges]
    links = [pair for chain in chains for pair in pairwise(chain)]
    rows = _rows([*spots.values(), *(spot for chain in chains for spot in chain[1:-1])])
    for sweep in range(SWEEPS):
        _settle(rows, links, upwards=sweep % 2 == 1)
    least = min(spot.position - spot.room / 2 for row in rows for spot in row)
    most = max(spot.position + spot.room / 2 for row in rows for spot in row)
    placed = {id(spot): Place(spot.level, spot.position - least) for row in rows for spot in row}
    return Layout(
        {node: placed[id(spot)] for node, spot in spots.items()},
        tuple(
            (edge, tuple(placed[id(spot)] for spot in chain))
            for edge, chain in zip(graph.edges, chains, strict=True)
        ),
        len(rows),
        most - least,
    )


def _levels(graph: Graph) -> dict[int, int]:
    """An operation after all it needs; an input just before the first that needs it."""
    found: dict[int, int] = {}
    for index, node in enumerate(graph.nodes):
        before = [found[source] for source in node.inputs if source in found]
        if node.constant is None:
            found[index] = 1 + max(before, default=-1)
    for index, node in enumerate(graph.nodes):
        if node.is_input:
            found[index] = min(found[e.target] for e in graph.edges if e.source == index) - 1
    return found


def _chain(edge: Edge, levels: dict[int, int], spots: dict[int, _Spot]) -> list[_Spot]:
    between = range(levels[edge.source] + 1, levels[edge.target])
    return [spots[edge.source], *(_Spot(level, PASSING) for level in between), spots[edge.target]]


def _rows(spots: list[_Spot]) -> list[list[_Spot]]:
    rows: defaultdict[int, list[_Spot]] = defaultdict(list)
    for spot in spots:
        rows[spot.level].append(spot)
    found = [rows[level] for level in sorted(rows)]
    for row in found:
        _spread(row, [float(place) for place in range(len(row))])
    return found


def _settle(rows: list[list[_Spot]], links: list[tuple[_Spot, _Spot]], *, upwards: bool) -> None:
    """Move each spot towards what it is linked to in the level before, or after."""
    for row in reversed(rows) if upwards else rows:
        wanted = []
        for spot in row:
            near = [a if b is spot else b for a, b in links if spot in (a, b)]
            towards = [one for one in near if (one.level > spot.level) == upwards] or near
            wanted.append(sum(one.position for one in towards) / len(towards))
        pairs = sorted(zip(wanted, range(len(row)), row, strict=True), key=lambda pair: pair[:2])
        row[:] = [spot for _, _, spot in pairs]
        _spread(row, [want for want, _, _ in pairs])


def _spread(row: list[_Spot], wanted: list[float]) -> None:
    """As near to what is wanted as the room of each allows, the order kept.

    Neighbours that would overlap become a block around the mean of what they want.
    """
    blocks: list[tuple[float, list[int]]] = []
    offsets = [0.0]
    for before, after in pairwise(row):
        offsets.append(offsets[-1] + (before.room + after.room) / 2)
    for place, want in enumerate(wanted):
        blocks.append((want - offsets[place], [place]))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (first, left), (second, right) = blocks[-2:]
            count = len(left) + len(right)
            mean = (first * len(left) + second * len(right)) / count
            blocks[-2:] = [(mean, left + right)]
    for start, places in blocks:
        for place in places:
            row[place].position = start + offsets[place]
