"""A computation graph on the page, walked forward and back with the arrow keys.

The browser steps by itself; what it draws is one message, so that new inputs come from a rerun or
from a `LivePicture` alike. At which step it rests, it reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explainer.charts.theme import Theme
from explainer.gradients.backprop.graph import Graph, Node
from explainer.gradients.backprop.layout import Layout, Place, layout
from explainer.gradients.backprop.steps import BackpropStep, Walk, figure, walk
from explainer.ui.common.components import mark_read, mount, pack, reported, unread
from explainer.words import _

LONGEST_TITLE = 12  # of a node, in letters


def graph_message(
    graph: Graph, inputs: Mapping[str, float], *, name: str, step: int, number: int, theme: Theme
) -> bytes:
    """What the component draws: the graph, all steps with the inputs at these values."""
    found, drawn = walk(graph, inputs), layout(graph)
    edges = [edge for edge, __ in drawn.edges]
    return pack({
        "name": name,
        "number": number,
        "signature": repr([(node.name, node.inputs) for node in graph.nodes]),
        "step": step,
        "levels": drawn.levels,
        "width": drawn.width,
        "nodes": [_node(graph, index, drawn) for index in drawn.nodes],
        "edges": [_edge(edge.source, edge.target, places) for edge, places in drawn.edges],
        "inputs": {
            index: figure(found.values[index])
            for index, node in enumerate(graph.nodes)
            if node.is_input
        },
        "steps": [_step(one, edges.index(one.edge) if one.edge else None) for one in found.steps],
        "colours": {"value": theme.categorical[0], "gradient": theme.categorical[1]},
        "alt": _alt(graph, found),
    })  # fmt: skip


def graph_view(key: str, message: bytes) -> int | None:
    """Show a graph and return the step that the browser has come to since the last run."""
    name = f"{key}.graph"
    heard = unread(name, "stepped")
    mount("graph", key=name, data=message, on_stepped_change=reported)
    mark_read(name, heard)
    step = heard.get("step")
    return step if isinstance(step, int) else None


def _node(graph: Graph, index: int, drawn: Layout) -> dict[str, Any]:
    node = graph.nodes[index]
    kind = "input" if node.is_input else "output" if index == graph.output else "inner"
    return {
        "index": index,
        "name": node.name,
        "sign": _sign(graph, node),
        "kind": kind,
        "place": _pair(drawn.nodes[index]),
    }


def _sign(graph: Graph, node: Node) -> str:
    """What a node does: written out where there is room, else its sign, as in `· + 1`."""
    if node.operation is None:
        return ""
    names = [graph.nodes[source] for source in node.inputs]
    text = node.operation.text.format(*(one.name for one in names))
    if len(f"{node.name} = {text}") <= LONGEST_TITLE:
        return text
    if all(one.constant is None for one in names):
        return node.operation.sign
    return node.operation.text.format(*("·" if one.constant is None else one.name for one in names))


def _edge(source: int, target: int, places: tuple[Place, ...]) -> dict[str, Any]:
    return {"source": source, "target": target, "points": [_pair(place) for place in places]}


def _pair(place: Place) -> tuple[int, float]:
    return place.level, round(place.position, 3)


def _step(step: BackpropStep, edge: int | None) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "node": step.node,
        "heading": step.heading,
        "lines": step.lines,
        "says": step.says,
        "value": None if step.value is None else figure(step.value),
        "gradient": None if step.gradient is None else figure(step.gradient),
        "slope": None if step.slope is None else figure(step.slope),
        "edge": edge,
    }


def _alt(graph: Graph, found: Walk) -> str:
    inputs = ", ".join(graph.variables)
    output = graph.nodes[graph.output].name
    return _("A graph that computes {output} from {inputs}.", output=output, inputs=inputs)
