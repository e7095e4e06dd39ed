"""What can be drawn as an activation: an entry of the registry with values, or one's own formula.

Both say the same things of themselves, so nobody has to ask which it is; both serve as keys of
caches.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from explainer.activations.curves import Corner, Function, Numbers, corners, derivatives
from explainer.activations.facts import Facts, facts
from explainer.activations.formula import Formula, parse
from explainer.activations.formula.tree import tensor_code
from explainer.activations.registry import ACTIVATIONS
from explainer.words import N_, _

COUNT = 1201


class Chosen(Protocol):
    """A function of x: its name, what it computes, and its formula."""

    @property
    def slug(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def source(self) -> str: ...

    def function(self) -> Function:
        """What computes it, elementwise, on float64 tensors of any shape."""

    def formulas(self) -> tuple[Formula, ...]:
        """Its value, and where they are written its derivatives, as formulas."""

    def numbers(self) -> dict[str, float]:
        """The value of each parameter by name."""

    def code(self) -> str:
        """A Python expression for it, of PyTorch."""

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class Registered:
    """An activation of the registry with the values of its parameters, in their order."""

    slug: str
    values: tuple[float, ...] = ()

    @property
    def title(self) -> str:
        """The name in the visitor's language, with what differs from the usual."""
        entry = ACTIVATIONS[self.slug]
        changed = [
            f"{p.label.split()[-1]} = {value:g}"
            for p, value in zip(entry.parameters, self.values, strict=True)
            if value != p.default
        ]
        return ", ".join([_(entry.title), *changed])

    @property
    def source(self) -> str:
        """Authors and year, as the registry has them."""
        return ACTIVATIONS[self.slug].source

    def function(self) -> Function:
        """The module in evaluation mode, in float64."""
        return ACTIVATIONS[self.slug].module(**self.numbers()).double().eval()

    def formulas(self) -> tuple[Formula, ...]:
        """Value, first and second derivative as written in the registry."""
        return ACTIVATIONS[self.slug].read

    def numbers(self) -> dict[str, float]:
        """The value of each parameter by name."""
        entry = ACTIVATIONS[self.slug]
        return {p.name: value for p, value in zip(entry.parameters, self.values, strict=True)}

    def code(self) -> str:
        """The registry's expression with the values put in."""
        return ACTIVATIONS[self.slug].code.format(**self.numbers())


@dataclass(frozen=True)
class Own:
    """A formula that a visitor typed; one that can be read."""

    text: str
    slug: str = "own"
    name: str = N_("Your own")
    source: str = ""

    @property
    def title(self) -> str:
        """The name in the visitor's language."""
        return _(self.name)

    def function(self) -> Function:
        """The formula as typed, elementwise on tensors of any shape."""
        return parse(self.text)

    def formulas(self) -> tuple[Formula, ...]:
        """The value alone: its derivatives are autograd's."""
        return (parse(self.text),)

    def numbers(self) -> dict[str, float]:
        """Nothing: a typed formula has no parameters."""
        return {}

    def code(self) -> str:
        """The formula as PyTorch computes it."""
        return f"lambda x: {tensor_code(parse(self.text).tree)}"


def told_by_autograd(chosen: Chosen, x: float) -> bool:
    """Whether autograd, which its script has, comes to the derivatives of a function at `x`.

    It comes to none where it has to multiply 0 by infinity on its way.
    """
    function = chosen.function()
    if not isinstance(function, Formula):
        return True
    ours, autograds = (derivatives(one, [x]) for one in (function, function.by_torch))
    return bool(np.allclose(ours, autograds, rtol=1e-6, atol=1e-9, equal_nan=True))


@dataclass(frozen=True, eq=False)
class Curves:
    """Value, slope and curvature `(3, 1201)` from −reach to reach, and where they jump."""

    values: Numbers
    corners: tuple[Corner, ...]


def places(reach: float) -> Numbers:
    """The x of the curves: 1201 from −reach to reach, 0 among them."""
    return np.round(np.linspace(-reach, reach, COUNT), 9) + 0.0


@lru_cache(maxsize=512)
def curves_of(chosen: Chosen, reach: float) -> Curves:
    """The curves of a function; kept, for whoever asks next."""
    function = chosen.function()
    return Curves(derivatives(function, places(reach)), corners(function, -reach, reach))


@lru_cache(maxsize=256)
def facts_of(chosen: Chosen) -> Facts:
    """The facts of a function; kept, for whoever asks next."""
    return facts(chosen.function())
