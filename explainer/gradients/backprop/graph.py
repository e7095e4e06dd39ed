"""A computation graph: named nodes in an order in which they can be computed, the output last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explainer.gradients.backprop.operations import Operation


@dataclass(frozen=True)
class Node:
    """A number of the graph: an input by name, a constant, or what an operation gives.

    `inputs` are the indices of earlier nodes. A constant's name is the number as it was typed.
    """

    name: str
    operation: Operation | None = None
    inputs: tuple[int, ...] = ()
    constant: float | None = None

    @property
    def is_input(self) -> bool:
        """Whether its value is the reader's to choose."""
        return self.operation is None and self.constant is None


@dataclass(frozen=True)
class Edge:
    """That node `source` is the input number `slot` of node `target`."""

    source: int
    target: int
    slot: int


@dataclass(frozen=True)
class Graph:
    """The nodes; the last one is the output."""

    nodes: tuple[Node, ...]

    @property
    def output(self) -> int:
        """The index of what is differentiated."""
        return len(self.nodes) - 1

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the inputs, as they first appear."""
        return tuple(node.name for node in self.nodes if node.is_input)

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Every use of a node that is not a constant."""
        return tuple(
            Edge(source, target, slot)
            for target, node in enumerate(self.nodes)
            for slot, source in enumerate(node.inputs)
            if self.nodes[source].constant is None
        )

    def into(self, target: int) -> tuple[Edge, ...]:
        """The edges that end in node `target`, by their slot."""
        return tuple(edge for edge in self.edges if edge.target == target)

    def uses(self, source: int) -> int:
        """How many edges begin at node `source`."""
        return sum(edge.source == source for edge in self.edges)

    def names_into(self, target: int) -> tuple[str, ...]:
        """The names of what a node is computed from, constants included."""
        return tuple(self.nodes[source].name for source in self.nodes[target].inputs)


def leaf_value(node: Node, values: Mapping[str, float]) -> float:
    """The value of an input or a constant."""
    return values[node.name] if node.constant is None else node.constant


def operation_of(node: Node) -> Operation:
    """The operation of a node that has one."""
    if node.operation is None:
        raise ValueError(f"{node.name} is not computed from anything")
    return node.operation
