"""Recording what every layer of a network takes and gives, by forward hooks that leave no trace.

A layer is a module without modules of its own. A recording sees the calls of its own thread alone,
so a network can be shared; two recordings of one network follow each other. What happens inside a
module's `forward` between layers is not seen: see `steps.unfolded`.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from explainer.accelerator import accelerator, replica
from explainer.freed_memory import keep_freed_memory

Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a layer: `name` is the path `module`, numbered from its second call on.

    `inputs` are empty where the recording was to keep none.
    """

    name: str
    module: str
    inputs: tuple[Tensor, ...]
    output: Tensor


@dataclass(frozen=True, eq=False)
class Recording:
    """What went through a network: the input, the calls of its layers in order, the output.

    Tensors are the network's own, not copies: `(N, C, H, W)`, or `(N, F)` of dense layers.
    """

    inputs: Tensor
    calls: tuple[Call, ...]
    output: Tensor

    @cached_property
    def activations(self) -> dict[str, Tensor]:
        """What each layer gave, by name, in the order of the calls."""
        return {call.name: call.output for call in self.calls}

    def call(self, name: str) -> Call:
        """The call of that name. Raises `ValueError` where it was not recorded."""
        if name not in self._by_name:
            raise ValueError(
                f"no layer {name!r} in the recording; it has {', '.join(self._by_name)}"
            )
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Call]:
        return {call.name: call for call in self.calls}


@dataclass
class _Lock:
    """A lock by reference, so that a dictionary with weak keys can hold it."""

    held: Any


_LOCKS: WeakKeyDictionary[nn.Module, _Lock] = WeakKeyDictionary()
_MAKING_LOCKS = threading.Lock()


@contextmanager
def exclusive(network: nn.Module) -> Iterator[None]:
    """Keep other threads from hooking into, or changing the mode of, `network` meanwhile.

    A thread may enter it again. Running the network needs no permission.
    """
    with _MAKING_LOCKS:
        lock = _LOCKS.setdefault(network, _Lock(threading.RLock()))
    with lock.held:
        yield


@contextmanager
def still(modules: Collection[nn.Module], parameters: Iterable[nn.Parameter]) -> Iterator[None]:
    """The modules in evaluation mode, none in place, and the parameters without gradients.

    Afterwards each is as it was, also after an exception.
    """
    training = [module for module in modules if module.training]
    overwriting = [module for module in modules if getattr(module, "inplace", False)]
    learning = [parameter for parameter in parameters if parameter.requires_grad]
    try:
        _set(training, "training", False)
        _set(overwriting, "inplace", False)
        _set(learning, "requires_grad", False)
        yield
    finally:
        _set(training, "training", True)
        _set(overwriting, "inplace", True)
        _set(learning, "requires_grad", True)


def _set(things: Collection[object], name: str, value: bool) -> None:
    for thing in things:
        setattr(thing, name, value)


class _EnoughError(BaseException):
    """All that was asked for is recorded: the rest of the network need not run."""

    def __init__(self, output: Tensor) -> None:
        super().__init__()
        self.output = output


@contextmanager
def recorded(
    network: nn.Module,
    names: Collection[str] | None = None,
    *,
    keep_inputs: bool = True,
    stop: bool = False,
) -> Iterator[list[Call]]:
    """A list that, after `with`, holds the calls of layers that this thread made inside it.

    Of the layers called `names`, or of all. The network is :func:`exclusive` and :func:`still`
    meanwhile, its parameters only where gradients are on when `with` begins. Raises `ValueError` at
    the end where a step overwrote what a layer had given. With `stop` the network ends, by an
    exception that :func:`record` knows, as soon as all of `names` are there.
    """
    thread, noted = threading.get_ident(), list[_Noted]()
    calls: list[Call] = []
    missing, counts = set(names or ()), Counter[nn.Module]()

    def enough(module: nn.Module, output: Tensor) -> None:
        missing.discard(_name(paths[module], counts[module]))
        counts[module] += 1
        if not missing:
            raise _EnoughError(output)

    def note(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        # This runs once a layer: what can be done afterwards is.
        if threading.get_ident() == thread:
            kept = inputs if keep_inputs else ()
            noted.append((module, kept, output, _version(output)))
            if stop:
                enough(module, output)

    with ExitStack() as after:
        after.enter_context(exclusive(network))
        named = dict(network.named_modules())
        # Without gradients it does not matter which weights would have some.
        parameters = network.parameters() if torch.is_grad_enabled() else ()
        after.enter_context(still(named.values(), parameters))
        paths = _leaves(named, names)
        after.callback(_remove, [module.register_forward_hook(note) for module in paths])
        yield calls
    calls.extend(_calls(noted, paths, names))


@contextmanager
def measured(network: nn.Module, measure: Callable[[Tensor], Value]) -> Iterator[list[Value]]:
    """A list that, within `with`, grows by `measure(output)` at each call of a layer.

    As :func:`recorded`, but of what the layers give nothing is kept.
    """
    thread, found = threading.get_ident(), list[Value]()

    def note(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if threading.get_ident() == thread:
            found.append(measure(output))

    with ExitStack() as after:
        after.enter_context(exclusive(network))
        modules = list(network.modules())
        after.enter_context(still(modules, ()))
        layers = [one for one in modules if not any(True for _ in one.children())]
        after.callback(_remove, [one.register_forward_hook(note) for one in layers])
        yield found


_Noted = tuple[nn.Module, tuple[Tensor, ...], Tensor, int]


def _leaves(named: dict[str, nn.Module], names: Collection[str] | None) -> dict[nn.Module, str]:
    """The paths of the modules without modules of their own, of which there may be a call."""
    if names is not None:
        paths = {name.rpartition("_")[0] for name in names}.union(names)
        named = {path: named[path] for path in named if path in paths}
    return {
        module: path for path, module in named.items() if not any(True for _ in module.children())
    }


def _remove(handles: list[RemovableHandle]) -> None:
    for handle in handles:
        handle.remove()


def _calls(
    noted: list[_Noted], paths: dict[nn.Module, str], names: Collection[str] | None
) -> Iterator[Call]:
    counts: Counter[nn.Module] = Counter()
    for module, inputs, output, version in noted:
        path, count = paths[module], counts[module]
        counts[module] = count + 1
        name = _name(path, count)
        if names is not None and name not in names:
            continue
        if _version(output) != version:
            raise ValueError(
                f"what layer {name!r} gave was overwritten; record the unfolded network"
            )
        # A layer may be called with None for what it can do without.
        yield Call(name, path, tuple(one for one in inputs if one is not None), output)


def _name(path: str, count: int) -> str:
    """What the call of a layer is called that was called `count` times before."""
    return f"{path}_{count}" if count else path


def _version(tensor: Tensor) -> int:
    """How often the tensor was written to; tensors of inference mode do not count."""
    return 0 if tensor.is_inference() else tensor._version


def record(
    network: nn.Module,
    inputs: Tensor,
    names: Collection[str] | None = None,
    *,
    gradients: bool = False,
    keep_inputs: bool = True,
    whole: bool = True,
) -> Recording:
    """Send `inputs` `(N, C, H, W)` through `network` and record the layers called `names`, or all.

    With `gradients` the recorded tensors can be derived by the inputs, where those require it.
    Without `keep_inputs` only what layers give is kept, which matters where `names` are few. Unless
    the `whole` network is to run, it ends behind the last of `names`, whose output stands for the
    network's.
    Raises `ValueError` for a name that no layer has.
    """
    keep_freed_memory()
    with (
        torch.set_grad_enabled(gradients),
        recorded(network, names, keep_inputs=keep_inputs, stop=not whole) as calls,
    ):
        try:
            output = network(inputs)
        except _EnoughError as enough:
            output = enough.output
    recording = Recording(inputs, tuple(calls), output)
    missing = set(names or ()).difference(recording.activations)
    if missing:
        raise ValueError(f"no layer {', '.join(sorted(missing))}")
    return recording


def record_fast(
    network: nn.Module,
    inputs: Tensor,
    names: Collection[str],
    *,
    keep_inputs: bool = True,
    whole: bool = True,
) -> Recording:
    """As :func:`record`, without gradients, computed where it is fastest; all is on the CPU then.

    Where a GPU computes, `network` is represented by its :func:`replica`.
    """
    found = record(
        replica(network),
        inputs.to(accelerator().torch),
        names,
        keep_inputs=keep_inputs,
        whole=whole,
    )
    calls = tuple(
        replace(call, inputs=tuple(one.cpu() for one in call.inputs), output=call.output.cpu())
        for call in found.calls
    )
    return Recording(inputs, calls, found.output.cpu())
