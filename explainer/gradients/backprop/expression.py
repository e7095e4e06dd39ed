"""From text to graph: `q = x + y; L = q * z`, read by the parser of formulas, never executed.

Statements are separated by `;` or by lines. A name that was given a value can be used afterwards,
as often as one likes; every other name is an input.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from explainer.activations.formula.functions import BY_NAME, CONSTANTS
from explainer.activations.formula.parser import parse_tree
from explainer.activations.formula.tree import Binary, Call, Minus, Name, Number
from explainer.activations.formula.tree import Node as Tree
from explainer.gradients.backprop.graph import Graph, Node
from explainer.gradients.backprop.operations import (
    BINARY,
    FUNCTIONS,
    NEGATE,
    SQUARE,
    Operation,
)
from explainer.words import later

MOST_NODES, MOST_INPUTS, LONGEST_NAME = 40, 10, 6
STATEMENT = re.compile(r"[^;\n]+")
GIVEN = re.compile(r"\s*([A-Za-z][A-Za-z0-9]*)\s*=(?!=)")
LETTERS = tuple("abcdfghjkmnopqrstuvw")  # e is a constant; i and l look like others
OUTPUT_NAMES = ("L", "out", "result")


@dataclass
class _Builder:
    nodes: list[Node] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)

    def add(self, node: Node) -> int:
        if len(self.nodes) == MOST_NODES:
            raise ValueError(
                later("The graph has more than {most} nodes, which is the most.", most=MOST_NODES)
            )
        self.nodes.append(node)
        return len(self.nodes) - 1

    def operation(self, operation: Operation, *inputs: Tree) -> int:
        return self.add(Node("", operation, tuple(self.tree(one) for one in inputs)))

    def tree(self, tree: Tree) -> int:
        """Add what a formula needs; the index of its value."""
        match tree:
            case Name(name=name):
                return self.name(name)
            case Number(number=number, text=text):
                return self.add(Node(text, constant=number))
            case Minus(inner=Number(number=number, text=text)):
                return self.add(Node(f"−{text}", constant=-number))
            case Minus(inner=inner):
                return self.operation(NEGATE, inner)
            case Binary(operator=operator, left=left, right=Number(number=2.0)) if (
                operator.sign == "^"
            ):
                return self.operation(SQUARE, left)
            case Binary(operator=operator, left=left, right=right):
                return self.operation(BINARY[operator.sign], left, right)
            case Call(function=function, arguments=arguments):
                return self.operation(FUNCTIONS[function.name], *arguments)
        raise ValueError(
            later("A graph has no “where”; relu, max and abs are switches it can have.")
        )

    def name(self, name: str) -> int:
        if name in CONSTANTS and name not in self.known:
            return self.add(Node(name, constant=CONSTANTS[name]))
        if name not in self.known:
            self.known[name] = self.add(Node(_checked(name)))
        return self.known[name]

    def statement(self, text: str, start: int) -> int:
        """Read one statement that begins at `start` of the whole text; the index of its value."""
        found = GIVEN.match(text)
        body = text[found.end() :] if found else text
        # Spaces in front: the places that an error names are those of the whole text.
        index = self.tree(parse_tree(" " * (start + len(text) - len(body)) + body, None))
        if found:
            self.give(found[1], index)
        return index

    def give(self, name: str, index: int) -> None:
        if name in self.known:
            if name in self.given:
                raise ValueError(
                    later("“{name}” has a value already; give this value another name.", name=name)
                )
            raise ValueError(
                later("“{name}” was used before; give this value another name.", name=name)
            )
        if name.lower() in (*BY_NAME, *CONSTANTS, "where", "ln"):
            raise ValueError(later("“{name}” is the name of a function or a constant.", name=name))
        self.known[_checked(name)] = index
        self.given.add(name)
        node = self.nodes[index]
        if node.operation and not node.name:
            self.nodes[index] = Node(name, node.operation, node.inputs)


def read(text: str) -> Graph:
    """The graph that `text` says. Raises `ValueError` in one sentence."""
    builder, last = _Builder(), -1
    for found in STATEMENT.finditer(text):
        if found[0].strip():
            last = builder.statement(found[0], found.start())
    if last < 0 or builder.nodes[last].operation is None:
        raise ValueError(later("Nothing is computed; write a formula such as (x + y) * z."))
    graph = Graph(tuple(_named(_needed(builder.nodes, last))))
    if len(graph.variables) > MOST_INPUTS:
        raise ValueError(
            later(
                "The formula has {count} inputs; at most {most} have room.",
                count=len(graph.variables),
                most=MOST_INPUTS,
            )
        )
    if not graph.variables:
        raise ValueError(later("The formula has no input to differentiate for, such as x."))
    return graph


def _checked(name: str) -> str:
    if len(name) > LONGEST_NAME:
        raise ValueError(
            later(
                "The name “{name}” is too long; at most {most} letters.",
                name=name,
                most=LONGEST_NAME,
            )
        )
    return name


def _needed(nodes: list[Node], output: int) -> list[Node]:
    """The nodes that the output depends on, the output last."""
    wanted = {output}
    for index in range(output, -1, -1):
        if index in wanted:
            wanted.update(nodes[index].inputs)
    kept = sorted(wanted)
    places = {old: new for new, old in enumerate(kept)}
    return [
        Node(n.name, n.operation, tuple(places[i] for i in n.inputs), n.constant)
        for n in (nodes[index] for index in kept)
    ]


def _named(nodes: list[Node]) -> list[Node]:
    """Every node with a name: letters for those between, L for the output."""
    taken = {node.name for node in nodes}
    free = (letter for letter in LETTERS if letter not in taken)
    output = next(name for name in OUTPUT_NAMES if name not in taken or nodes[-1].name == name)
    named: list[Node] = []
    for node in nodes:
        name = node.name or (output if node is nodes[-1] else next(free, f"n{len(named)}"))
        named.append(Node(name, node.operation, node.inputs, node.constant))
    return named
