"""A step of an optimiser for small networks that train beside a page.

The formulas are those of the training lab. `torch.optim` gives the same, but whoever first makes
an optimiser of it waits for two seconds and 870 modules of PyTorch's compiler.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from explainer.training.recipe.optimisers import OPTIMISERS


class PlainOptimiser:
    """Steps of size `rate` on `parameters` by the method `slug`, `momentum` for those that use it.

    The parameters and their gradients become windows onto one vector each, so that a step is a few
    operations for all of them.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        rate: float,
        slug: str = "adam",
        momentum: float = 0.9,
    ) -> None:
        given = list(parameters)
        self.rate, self._momentum = rate, momentum
        self._method, self._step = OPTIMISERS[slug], 0
        self._values = torch.cat([one.detach().flatten() for one in given])
        self._gradients = torch.zeros_like(self._values)
        self._slots = {name: torch.zeros_like(self._values) for name in self._method.slots}
        start = 0
        for one in given:
            part = slice(start, start := start + one.numel())
            one.data = self._values[part].view(one.shape)
            one.grad = self._gradients[part].view(one.shape)

    def zero_grad(self) -> None:
        """Forget the gradients."""
        self._gradients.zero_()

    @torch.no_grad()
    def step(self) -> None:
        """Take a step with the gradients that are there."""
        self._step += 1
        self._method.update(
            self._values, self._gradients, self._slots, self._step, self.rate, self._momentum
        )
