"""Unfolding a network: the same network with every step a module of its own, none in place.

torchvision's networks add, concatenate and flatten inside `forward`, use one ReLU in several places
and let it overwrite what the layer before it gave. A forward hook then misses steps and sees
overwritten values. :func:`unfolded` traces the network once (torch.fx) and rebuilds it from the
trace; the weights are shared with the original, which stays as it was. Left out: what training
alone does (auxiliary heads, dropout), since the network is traced in evaluation mode.
"""

from __future__ import annotations

import copy
import operator
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, fx, nn

from explainer.networks.architectures.residual import Addition


class Multiplication(nn.Module):
    """The product of two tensors; one may be `(N, C, 1, 1)`: a factor for each map."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        return first * second


class Scale(nn.Module):
    """Each map times its own trained factor, `weight` `(C, 1, 1)`."""

    def __init__(self, weight: nn.Parameter) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, maps: Tensor) -> Tensor:
        return maps * self.weight


class Concatenation(nn.Module):
    """Several tensors one behind the other: `(N, C1, H, W)`, `(N, C2, H, W)`… by their maps."""

    def forward(self, *parts: Tensor) -> Tensor:
        return torch.cat(parts, 1)


Step = tuple[nn.Module, tuple[fx.Node, ...]]


@dataclass(frozen=True)
class Conversion:
    """Which functions one module can stand for, and how: `step` gives it and what it takes."""

    name: str
    functions: tuple[Callable[..., Any], ...]
    step: Callable[[fx.Node, nn.Module], Step]


def _relu(node: fx.Node, _network: nn.Module) -> Step:
    return nn.ReLU(), _nodes(node.args[:1])


def _addition(node: fx.Node, _network: nn.Module) -> Step:
    return Addition(), _nodes(node.args)


def _multiplication(node: fx.Node, network: nn.Module) -> Step:
    factors = _nodes(node.args)
    constants = [factor for factor in factors if factor.op == "get_attr"]
    if not constants:
        return Multiplication(), factors
    weight = operator.attrgetter(str(constants[0].target))(network)
    return Scale(weight), tuple(factor for factor in factors if factor not in constants)


def _concatenation(node: fx.Node, _network: nn.Module) -> Step:
    parts, axis = (*node.args, node.kwargs.get("dim", 0))[:2]
    if axis != 1:
        raise ValueError(f"{node.name} concatenates along axis {axis}, not along the maps")
    return Concatenation(), _nodes(parts)


def _flatten(node: fx.Node, _network: nn.Module) -> Step:
    begin = (*node.args, node.kwargs.get("start_dim", 0))[1]
    return nn.Flatten(begin), _nodes(node.args[:1])  # type: ignore[arg-type]


def _nodes(arguments: Any) -> tuple[fx.Node, ...]:
    """The arguments, each of which must be the result of a step."""
    if not all(isinstance(argument, fx.Node) for argument in arguments):
        raise ValueError(f"a step takes the constant {arguments!r}, which no module here does")
    return tuple(arguments)


CONVERSIONS: tuple[Conversion, ...] = (
    Conversion("relu", (F.relu, torch.relu), _relu),
    Conversion("add", (operator.add, operator.iadd, torch.add), _addition),
    Conversion("mul", (operator.mul, operator.imul, torch.mul), _multiplication),
    Conversion("cat", (torch.cat, torch.concat), _concatenation),
    Conversion("flatten", (torch.flatten,), _flatten),
)

# fx replaces `nn.Module.__call__` while it traces; two traces at once would undo each other.
_TRACING = threading.Lock()


class _Tracer(fx.Tracer):
    """Traces down to the modules without modules of their own, and leaves other threads alone."""

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.get_ident()

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return next(m.children(), None) is None

    def call_module(
        self,
        m: nn.Module,
        forward: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        # Networks that train in other threads meanwhile come past here too.
        if threading.get_ident() != self._thread:
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        if threading.get_ident() != self._thread:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)


def unfolded(network: nn.Module) -> fx.GraphModule:
    """`network` in evaluation mode, each step a module with a name, none in place.

    Names are the paths of the modules (`layer1.0.conv1`), of a function that of its module and its
    own (`layer1.0.add`); from the second use on with a number (`layer1.0.relu_1`). These are the
    names that `torchvision.models.feature_extraction` gives. Raises `ValueError` for a function
    that :data:`CONVERSIONS` lacks.
    """
    modes = {module: module.training for module in network.modules()}
    network.eval()
    try:
        with _TRACING:
            graph = _Tracer().trace(network)
    finally:
        for module, mode in modes.items():
            module.training = mode
    return _rebuilt(network, graph).eval()


def _rebuilt(network: nn.Module, graph: fx.Graph) -> fx.GraphModule:
    steps: dict[str, nn.Module] = {}
    for node in list(graph.nodes):
        if node.op == "call_module":
            name = _unused(str(node.target), steps)
            steps[name] = _out_of_place(network.get_submodule(str(node.target)))
            node.target = name
        elif node.op in ("call_function", "call_method"):
            conversion = _conversion(node)
            name = _unused(f"{_path(node)}{conversion.name}", steps)
            steps[name], inputs = conversion.step(node, network)
            with graph.inserting_before(node):
                node.replace_all_uses_with(graph.call_module(name, inputs))
            graph.erase_node(node)
    for node in [node for node in graph.nodes if node.op == "get_attr"]:
        graph.erase_node(node)
    return fx.GraphModule(steps, graph, type(network).__name__)


def _conversion(node: fx.Node) -> Conversion:
    for conversion in CONVERSIONS:
        if node.target in conversion.functions or node.target == conversion.name:
            return conversion
    raise ValueError(f"the step {node.name} ({node.target}) has no module to stand for it")


def _path(node: fx.Node) -> str:
    """The module inside which a function was called, with a dot; nothing at the top."""
    inside = [path for path in node.meta.get("nn_module_stack", {}) if path]
    return f"{inside[-1]}." if inside else ""


def _unused(name: str, taken: Mapping[str, object]) -> str:
    number, free = 0, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _out_of_place(module: nn.Module) -> nn.Module:
    twin = with_other_tensors(module, lambda tensor: tensor)
    if getattr(twin, "inplace", False):
        twin.inplace = False  # type: ignore[assignment]
    return twin


def with_other_tensors(module: nn.Module, other: Callable[[Tensor], Tensor]) -> nn.Module:
    """A copy of `module` with `other(tensor)` in place of each parameter and buffer."""
    tensors = [*module.parameters(), *module.buffers()]
    # deepcopy takes for copied what its memo names.
    return copy.deepcopy(module, {id(tensor): other(tensor) for tensor in tensors})
