"""A stack's forward and backward pass as one CUDA graph: recorded once, replayed every step.

At these sizes a GPU spends its time waiting for Python to launch kernels; a graph launches all of
them at once. Shapes and addresses stay the same from step to step, so inputs are copied into fixed
places, and parameters and gradients live in the fixed matrices of `flat.py` anyway.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from explainer.training.layers import Noisy
from explainer.training.stacked import Stack

WARM_UPS = 3


class GraphedPass:
    """The same as `stack.learn`, on a CUDA device, for batches of one shape.

    Recording and the warm-up before it change neither running means nor generators: what they
    touch is put back, so the numbers are those of the eager pass.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._graph: torch.cuda.CUDAGraph | None = None
        self._inputs: list[Tensor] = []
        self._targets: list[Tensor] = []
        self._losses: Tensor | None = None

    def __call__(self, inputs: list[Tensor], targets: list[Tensor]) -> Tensor:
        """Inputs and targets in, data losses `(K,)` out, gradients in their windows."""
        if self._graph is None:
            self._record(inputs, targets)
        for fixed, given in zip(self._inputs + self._targets, inputs + targets, strict=True):
            fixed.copy_(given)
        assert self._graph is not None
        assert self._losses is not None
        self._graph.replay()
        return self._losses.clone()

    def _record(self, inputs: list[Tensor], targets: list[Tensor]) -> None:
        self._inputs, self._targets = (
            [one.clone(memory_format=torch.preserve_format) for one in group]
            for group in (inputs, targets)
        )
        models = [run.model for run in self._stack.runs]
        generators, buffers = _generators(models), _buffers(models)
        states = [one.get_state() for one in generators]
        copies = [one.clone() for one in buffers]
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM_UPS):
                self._stack.learn(self._inputs, self._targets)
        torch.cuda.current_stream().wait_stream(side)
        self._graph = torch.cuda.CUDAGraph()
        for one, state in zip(generators, states, strict=True):
            one.set_state(state)
            self._graph.register_generator_state(one)
        with torch.cuda.graph(self._graph):
            self._losses = self._stack.learn(self._inputs, self._targets)
        for buffer, copy in zip(buffers, copies, strict=True):
            buffer.copy_(copy)


def _generators(models: Sequence[nn.Module]) -> list[torch.Generator]:
    found = [
        module.generator
        for model in models
        for module in model.modules()
        if isinstance(module, Noisy) and module.generator is not None
    ]
    return list({id(one): one for one in found}.values())


def _buffers(models: Sequence[nn.Module]) -> list[Tensor]:
    return [buffer for model in models for buffer in model.buffers()]
