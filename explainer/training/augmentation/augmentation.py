"""What a registered augmentation is, and the targets that it may soften."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from explainer.parameters import Parameter

Apply = Callable[..., tuple[Tensor, Tensor]]
"""`apply(inputs, targets, classes, generator, **values)`: new inputs and targets.

Nothing is changed in place. Targets are int64 `(B,)` or float32 `(B, classes)`.
"""


def never(**values: float) -> bool:
    """No values leave everything as it is."""
    return False


@dataclass(frozen=True)
class Augmentation:
    """An augmentation by name: what it does to a batch, and how strongly by default.

    `apply` works on pictures `(B, C, H, W)` in [0, 1], and on points `(B, 2)` too unless
    `pictures_only` is set. A geometric one has `maps` as well: `maps(batch size, (H, W), generator,
    **values)` are matrices `(B, 2, 3)` from output to input coordinates, both in [-1, 1], which
    several of them share in one pass over the pixels. `softens` says that targets become mixtures.
    `idle(**values)` says whether those values leave everything as it is.

    `source` is the same as code: a function of x, of y where it softens, and of the parameters;
    with `maps` it gives those. `grey_source` and `points_source` are for pictures of one channel
    and for points where the code is another, `source_alone` for a geometric one without neighbours.
    """

    slug: str
    title: str
    meaning: str
    parameters: tuple[Parameter, ...]
    apply: Apply
    source: str
    maps: Callable[..., Tensor] | None = None
    pictures_only: bool = True
    softens: bool = False
    idle: Callable[..., bool] = never
    grey_source: str = ""
    points_source: str = ""
    source_alone: str = ""

    def defaults(self) -> dict[str, float]:
        """The default value of each parameter, by name."""
        return {parameter.name: parameter.default for parameter in self.parameters}


def pixelwise(change: Callable[..., Tensor]) -> Apply:
    """An `apply` from `change(inputs, generator, **values)`, which leaves the targets alone."""

    def apply(
        inputs: Tensor,
        targets: Tensor,
        classes: int,
        generator: torch.Generator,
        **values: float,
    ) -> tuple[Tensor, Tensor]:
        return change(inputs, generator, **values), targets

    return apply


def soft(targets: Tensor, classes: int) -> Tensor:
    """Targets as shares of each class: float32 `(B, classes)`, each row with the sum 1."""
    if targets.is_floating_point():
        return targets
    # `one_hot` reads its targets to check them; an accelerator would be waited for.
    return (targets[:, None] == torch.arange(classes, device=targets.device)).float()


def uniform(count: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    """`count` numbers in [low, high), float32, on the device of the generator."""
    drawn = torch.rand(count, generator=generator, device=generator.device)
    return drawn.mul_(high - low).add_(low)


def each(values: Tensor, like: Tensor) -> Tensor:
    """`values` `(B,)` on the device of `like` `(B, ...)`, shaped to meet it picture by picture."""
    return values.to(like.device).view(-1, *[1] * (like.dim() - 1))
