"""What a transformation of the wall is: torchvision's, with its parameters and its line of code.

The line that a reader sees is the line that runs. What it draws comes from a generator of its own:
the same numbers as after `torch.manual_seed`, and nobody else's are disturbed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torchvision.transforms import v2

from explainer.parameters import Parameter
from explainer.words import N_

SIDE = 128
"""The side in pixels of a sample on the wall, which is square."""
BILINEAR = v2.InterpolationMode.BILINEAR
DRAWING = frozenset(
    {"rand", "randint", "randn_like", "randperm", "uniform_", "_sample_dirichlet"}
)  # what the transformations draw by; a test holds them to torchvision's own draws
GEOMETRY, COLOUR, PIXELS, POLICIES, MIXING = (
    N_("Geometry"), N_("Colour"), N_("Pixels"), N_("Policies"), N_("Two pictures"),
)  # fmt: skip
Draws = Mapping[str, Any]


class DrawnFrom(TorchFunctionMode):
    """Within, PyTorch draws from this generator, in this thread alone."""

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        self._generator = generator

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """The call itself, and with the generator where something is drawn."""
        given = dict(kwargs or {})
        if getattr(func, "__name__", "") in DRAWING:
            given["generator"] = self._generator
        return func(*args, **given)


@dataclass(frozen=True)
class Transformation:
    """One transformation of `torchvision.transforms.v2`.

    `line(**values)` is its code; it is given `p` as well where `own_p` says that the class has a
    probability of its own. `label` says what becomes of the label. `told(draws)` says in words what
    was drawn: `draws` are what `make_params` returns, and what the class has beside. With `whole`
    it draws in `forward`, and with `mixes` it is given a batch and its labels. `quick` makes the
    same of the same draws in less time, within one of 255 levels for nearly every pixel. `usual` is
    the probability to begin with.
    """

    slug: str
    title: str
    family: str
    label: str
    line: Callable[..., str]
    told: Callable[[Draws], str]
    parameters: tuple[Parameter, ...] = ()
    own_p: bool = False
    whole: bool = False
    mixes: bool = False
    usual: float = 1.0
    quick: Callable[..., v2.Transform] | None = None
    source: str = ""

    @cached_property
    def settings(self) -> tuple[Parameter, ...]:
        """The parameters, and last the probability `p`."""
        words = N_("A sample is changed with this probability, and else left as it is.")
        p = Parameter("p", N_("probability"), self.usual, 0, 1, 0.05, help=words)
        return (*self.parameters, p)

    def code(self, p: float, **values: float) -> str:
        """The line with its probability, as it stands in a pipeline."""
        if self.own_p:
            return self.line(p=p, **values)
        return f"v2.RandomApply([{self.line(**values)}], p={p:g})"

    def built(self, **values: float) -> v2.Transform:
        """The transformation by itself: always, or by chance where the class decides."""
        if self.quick:
            return self.quick(**values)
        return run(self.line(p=1.0, **values) if self.own_p else self.line(**values))


def run(line: str) -> Any:
    """What a line of a pipeline stands for."""
    return eval(line, {"v2": v2, "BILINEAR": BILINEAR, "SIDE": SIDE})


def changed(
    one: Transformation,
    transform: v2.Transform,
    p: float,
    picture: Tensor,
    generator: torch.Generator,
) -> tuple[Tensor, str]:
    """`picture` `(3, H, W)`, uint8, as `transform` makes it, and what was drawn in words.

    With the probability 1 - p it is as it was, and there are no words. What is drawn is what
    `one.code` draws after `torch.manual_seed`: whether, then how.
    """
    if torch.rand(1, generator=generator) >= p:
        return picture, ""
    with DrawnFrom(generator):
        if one.whole:
            found = transform(picture)
            return found, one.told(vars(transform))
        draws = transform.make_params([picture])
    return transform.transform(picture, draws), one.told({**vars(transform), **draws})


def signed(value: float, decimals: int = 0) -> str:
    """A number with its sign: `+12`, `−0.5`."""
    return f"{value:+z.{decimals}f}".replace("-", "−")
