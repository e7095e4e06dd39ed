"""Forward and back through a graph, one step at a time, each step spelled out.

A step gives one node its value, or one use of a node its share of the gradient:

    ∂L/∂a  gains  ∂L/∂c · ∂c/∂a      for each use of a by a node c

Where a value or a slope does not exist, the walk ends there and says so.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from explainer.gradients.backprop.graph import Edge, Graph, leaf_value, operation_of
from explainer.powers import short
from explainer.words import N_, _

STUCK = N_("Change an input to go on.")


@dataclass(frozen=True)
class BackpropStep:
    """One step: the node that gains something, and the words.

    `value` is its value from now on, or `gradient` its gradient. On the way back `edge` is the use
    that is followed, `slope` the local derivative and `share` what it brings.
    """

    kind: str
    node: int
    heading: str
    lines: tuple[str, ...]
    says: str = ""
    value: float | None = None
    gradient: float | None = None
    edge: Edge | None = None
    slope: float | None = None


@dataclass(frozen=True)
class Walk:
    """All steps, and what stands at the end: values and gradients by node, as far as they go."""

    steps: tuple[BackpropStep, ...]
    values: dict[int, float]
    gradients: dict[int, float]
    complete: bool


def figure(value: float) -> str:
    """A number as the steps print it: four significant digits, a true minus sign."""
    text = short(value, 4)
    return "0" if text in ("−0", "0") else text


def factor(value: float) -> str:
    """The same after an operation sign, where a negative number needs parentheses."""
    text = figure(value)
    return f"({text})" if text.startswith("−") else text


def walk(graph: Graph, inputs: Mapping[str, float]) -> Walk:
    """Every step with the inputs at these values."""
    values = {
        index: leaf_value(node, inputs)
        for index, node in enumerate(graph.nodes)
        if node.operation is None
    }
    steps = [_start(graph, values)]
    for index, node in enumerate(graph.nodes):
        if node.operation is None:
            continue
        step = _forward(graph, index, values)
        steps.append(step)
        if step.value is None:
            return Walk(tuple(steps), values, {}, complete=False)
        values[index] = step.value
    back, gradients, complete = _all_back(graph, values)
    return Walk((*steps, *back), values, gradients, complete)


def _start(graph: Graph, values: Mapping[int, float]) -> BackpropStep:
    known = ", ".join(
        f"{node.name} = {figure(values[index])}"
        for index, node in enumerate(graph.nodes)
        if node.is_input
    )
    heading = _("The inputs have their values")
    says = _("Step forward to compute the rest, node by node.")
    return BackpropStep("inputs", 0, heading, (known,), says)


def _forward(graph: Graph, index: int, values: Mapping[int, float]) -> BackpropStep:
    node = graph.nodes[index]
    heading = _("Forward: {name}", name=node.name)
    operation = operation_of(node)
    numbers = [values[source] for source in node.inputs]
    text = f"{node.name} = {operation.text.format(*_bracketed(graph, index))}"
    value = _sound(operation.value, numbers)
    if value is None:
        at = ", ".join(figure(number) for number in numbers)
        stuck = (text, _("This has no value for {numbers}.", numbers=at))
        return BackpropStep("stuck", index, heading, stuck, _(STUCK))
    plugged = operation.text.format(
        *(
            factor(number) if place or operation.tight else figure(number)
            for place, number in enumerate(numbers)
        )
    )
    line = f"{text} = {plugged} = {figure(value)}"
    return BackpropStep("forward", index, heading, (line,), value=value)


def _bracketed(graph: Graph, index: int) -> tuple[str, ...]:
    """The names of the inputs; a negative constant in parentheses."""
    return tuple(f"({n})" if n.startswith("−") else n for n in graph.names_into(index))


def _sound(compute: Callable[..., float], numbers: Sequence[float]) -> float | None:
    """A finite value, or `None` where there is none."""
    try:
        value = compute(*numbers)
    except (ArithmeticError, ValueError):
        return None
    return float(value) if math.isfinite(value) else None


def _all_back(
    graph: Graph, values: Mapping[int, float]
) -> tuple[list[BackpropStep], dict[int, float], bool]:
    output, gradients = graph.output, {graph.output: 1.0}
    steps, met = [_seed(graph)], Counter[int]()
    for target in range(output, -1, -1):
        for edge in graph.into(target):
            met[edge.source] += 1
            step = _back(graph, values, gradients, edge, met[edge.source])
            steps.append(step)
            if step.gradient is None:
                return steps, gradients, False
            gradients[edge.source] = step.gradient
    return steps, gradients, True


def _seed(graph: Graph) -> BackpropStep:
    name = graph.nodes[graph.output].name
    says = _("Where {name} grows by a little, {name} grows by as much.", name=name)
    heading, line = _("Backward starts at {name}", name=name), f"∂{name}/∂{name} = 1"
    return BackpropStep("seed", graph.output, heading, (line,), says, gradient=1.0)


def _back(
    graph: Graph,
    values: Mapping[int, float],
    gradients: Mapping[int, float],
    edge: Edge,
    count: int,
) -> BackpropStep:
    source, target, out = (graph.nodes[i].name for i in (edge.source, edge.target, graph.output))
    operation = operation_of(graph.nodes[edge.target])
    numbers = [values[edge.target], *(values[one] for one in graph.nodes[edge.target].inputs)]
    slope, gained = _sound(operation.slopes[edge.slot], numbers), gradients[edge.target]
    heading = _("Backward: from {target} to {source}", target=target, source=source)
    local = _local(graph, edge)
    slope_text = _(operation.slope_texts[edge.slot])
    written = slope_text.format(*_bracketed(graph, edge.target), out=target)
    if slope is None or not math.isfinite(slope * gained):
        stuck = (f"{local} = {written}", _("{target} has no slope here.", target=target))
        return BackpropStep("stuck", edge.source, heading, stuck, _(STUCK), edge=edge)
    share = gained * slope
    lines = [_local_line(local, written, slope)]
    if edge.target != graph.output:
        whole = f"∂{out}/∂{source} = " if graph.uses(edge.source) == 1 else ""
        product = f"{figure(gained)} · {factor(slope)} = {figure(share)}"
        lines.append(f"{whole}∂{out}/∂{target} · {local} = {product}")
    if graph.uses(edge.source) > 1:
        lines.append(_sum_line(graph, gradients, edge.source, share, count))
    total = gradients.get(edge.source, 0.0) + share
    return BackpropStep(
        "backward",
        edge.source,
        heading,
        tuple(lines),
        _(operation.says),
        gradient=total,
        edge=edge,
        slope=slope,
    )


def _local(graph: Graph, edge: Edge) -> str:
    """The local derivative as it is written; with its place where a node is used twice at once."""
    source, target = graph.nodes[edge.source].name, graph.nodes[edge.target].name
    if graph.nodes[edge.target].inputs.count(edge.source) == 1:
        return f"∂{target}/∂{source}"
    return _(
        "∂{target}/∂{source} (place {place})", target=target, source=source, place=edge.slot + 1
    )


def _local_line(local: str, written: str, slope: float) -> str:
    number = figure(slope)
    return f"{local} = {written}" if written == number else f"{local} = {written} = {number}"


def _sum_line(
    graph: Graph, gradients: Mapping[int, float], source: int, share: float, count: int
) -> str:
    name, out, uses = graph.nodes[source].name, graph.nodes[graph.output].name, graph.uses(source)
    if count == 1:
        return _(
            "{name} is used {uses} times, so its gradient is a sum. So far: {share}",
            name=name, uses=uses, share=figure(share),
        )  # fmt: skip
    before = gradients[source]
    added = f"{figure(before)} + {factor(share)} = {figure(before + share)}"
    if count < uses:
        return _(
            "{name} is used {uses} times: the shares add up. So far: {added}",
            name=name, uses=uses, added=added,
        )  # fmt: skip
    return _(
        "{name} is used {uses} times: the shares add up. ∂{out}/∂{name}: {added}",
        name=name, uses=uses, out=out, added=added,
    )  # fmt: skip
