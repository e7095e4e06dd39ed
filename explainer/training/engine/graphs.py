"""The steps of a stack as CUDA graphs: recorded once, replayed from then on.

At these sizes a GPU spends its time waiting for Python to launch kernels; a graph launches all of a
step, forward, backward and update, at once, and a longer one several steps. `ahead.py` sees to it
that a step reads nothing from the host and that its tensors stay where they are.
"""

from __future__ import annotations

import logging

import torch

from explainer.training.engine.ahead import Ahead, Replay
from explainer.training.recipe.layers import Noisy

WARM_UPS = 3
SEVERAL = 8  # steps of the longer graph

_log = logging.getLogger(__name__)


def recorded(ahead: Ahead) -> Replay:
    """What does the steps of `ahead` by replaying them; where that cannot be, one by one."""
    try:
        return _Graphs(ahead)
    except RuntimeError as error:
        _log.warning("No graphs could be recorded; steps are done one by one", exc_info=error)
    return ahead.steps


class _Graphs:
    """A graph of one step and one of several.

    Recording, and the steps before it that let libraries choose their ways, leave no trace: what
    they change is put back, generators too, so the numbers are those of steps that are launched.
    """

    def __init__(self, ahead: Ahead) -> None:
        generators = _generators(ahead)
        states = [one.get_state() for one in generators]
        copies = [(tensor, tensor.clone()) for tensor in ahead.touched]
        try:
            _warm_up(ahead)
        finally:
            _put_back(copies, generators, states)
        self._graphs = {count: _graph(ahead, count, generators) for count in (SEVERAL, 1)}
        _put_back(copies, generators, states)

    def __call__(self, count: int) -> None:
        for length, graph in self._graphs.items():
            for _ in range(count // length):
                graph.replay()
            count %= length


def _graph(ahead: Ahead, count: int, generators: list[torch.Generator]) -> torch.cuda.CUDAGraph:
    graph = torch.cuda.CUDAGraph()
    for one in generators:
        graph.register_generator_state(one)
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        for _ in range(count):
            ahead.step()
    return graph


def _warm_up(ahead: Ahead) -> None:
    """A few steps on another stream, as recording asks for; all of the first prepared one."""
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM_UPS):
            ahead.place.zero_()
            ahead.step()
    torch.cuda.current_stream().wait_stream(side)


def _put_back(
    copies: list[tuple[torch.Tensor, torch.Tensor]],
    generators: list[torch.Generator],
    states: list[torch.Tensor],
) -> None:
    with torch.no_grad():
        for tensor, copy in copies:
            tensor.copy_(copy)
    for one, state in zip(generators, states, strict=True):
        one.set_state(state)


def _generators(ahead: Ahead) -> list[torch.Generator]:
    """All that a step draws from."""
    masks = [
        module.generator
        for run in ahead.stack.runs
        for module in run.model.modules()
        if isinstance(module, Noisy) and module.generator is not None
    ]
    changes = [run.augmenting for run in ahead.sources if run.recipe.augmentation]
    return list({id(one): one for one in [*masks, *changes]}.values())
