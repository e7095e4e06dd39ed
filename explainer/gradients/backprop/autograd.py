"""The same graph by PyTorch: its autograd as a judge, and the script that asks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from explainer.activations.formula.functions import FUNCTIONS
from explainer.gradients.backprop.graph import Graph, operation_of

COMPUTE: dict[str, Callable[..., Tensor]] = {
    "+": torch.add,
    "−": torch.sub,
    "×": torch.mul,
    "÷": torch.div,
    "^": torch.pow,
    "( )²": torch.square,
    "−( )": torch.neg,
    **{function.name: function.compute for function in FUNCTIONS},
}


def autograd(graph: Graph, inputs: Mapping[str, float]) -> dict[str, float]:
    """The derivative of the output with respect to each input, in float64."""
    made: list[Tensor] = []
    for node in graph.nodes:
        if node.operation is None:
            number = inputs[node.name] if node.constant is None else node.constant
            made.append(torch.tensor(number, dtype=torch.float64, requires_grad=node.is_input))
        else:
            made.append(COMPUTE[node.operation.sign](*(made[source] for source in node.inputs)))
    leaves = {node.name: made[i] for i, node in enumerate(graph.nodes) if node.is_input}
    found = torch.autograd.grad(made[-1], list(leaves.values()))
    return {name: float(one) for name, one in zip(leaves, found, strict=True)}


def script(graph: Graph, inputs: Mapping[str, float]) -> str:
    """Python source in which PyTorch computes all values and gradients of the graph."""
    lines = ["import torch", ""]
    names = []
    for node in graph.nodes:
        if node.is_input:
            value = f"torch.tensor({inputs[node.name]!r}, dtype=torch.float64, requires_grad=True)"
            lines.append(f"{node.name} = {value}")
        elif node.constant is None:
            code = operation_of(node).code.format(*(_written(graph, one) for one in node.inputs))
            lines.append(f"{node.name} = {code}")
        if node.constant is None:
            names.append(node.name)
    output = graph.nodes[graph.output].name
    lines += ["", f"nodes = dict({', '.join(f'{name}={name}' for name in names)})"]
    lines += ["for node in nodes.values():", "    node.retain_grad()", f"{output}.backward()"]
    lines += ["for name, node in nodes.items():"]
    lines += ['    print(f"{name} = {node.item():.6g}, gradient {node.grad.item():.6g}")', ""]
    return "\n".join(lines)


def _written(graph: Graph, index: int) -> str:
    node = graph.nodes[index]
    if node.constant is None:
        return node.name
    return f"torch.tensor({node.constant!r}, dtype=torch.float64)"
