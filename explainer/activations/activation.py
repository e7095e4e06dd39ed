"""What a registered activation is: its formula, its parameters as data, its PyTorch module.

The derivatives that the app draws are autograd's, of the module that `module` makes. Those written
in `formulas` are for reading, and a test holds them to autograd's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from torch import nn

from explainer.activations.formula import Formula, parse
from explainer.parameters import Parameter


@dataclass(frozen=True)
class Formulas:
    """Value, first and second derivative in x and the parameters.

    They are what `explainer.activations.formula` reads.
    """

    value: str
    slope: str
    curvature: str


@dataclass(frozen=True)
class Activation:
    r"""An activation function by name.

    `module(**values)` makes a new PyTorch module, elementwise on any shape, from the values of the
    parameters; those left out take their defaults. It is random in training mode for RReLU alone.
    `code` is PyTorch's expression for it, with a place `{name}` for each parameter. `source` is who
    brought it to networks, or made it usual there, and when. `gain` multiplies the standard
    deviation of weights so that a layer keeps the variance of its inputs (the table of
    `torch.nn.init.calculate_gain`; of those it lacks, the ones that are ReLU-like count as ReLU,
    the others as linear). `trained`: whether the training engine offers it.
    """

    slug: str
    title: str
    formulas: Formulas
    source: str
    code: str
    module: Callable[..., nn.Module]
    parameters: tuple[Parameter, ...] = ()
    gain: float = 1.0
    trained: bool = False

    @cached_property
    def read(self) -> tuple[Formula, Formula, Formula]:
        """Value, first and second derivative as formulas to compute and to show."""
        names = tuple(parameter.name for parameter in self.parameters)
        texts = (self.formulas.value, self.formulas.slope, self.formulas.curvature)
        value, slope, curvature = (parse(text, names) for text in texts)
        return value, slope, curvature

    @property
    def formula(self) -> str:
        """The value as LaTeX, with symbols for the parameters."""
        return self.read[0].latex()

    @property
    def learns(self) -> bool:
        """Whether its module has weights of its own, which training changes."""
        return any(True for _ in self.module().parameters())

    def defaults(self) -> dict[str, float]:
        """The default value of each parameter, by name."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def check(self, **values: float) -> dict[str, float]:
        """Every parameter by name, checked; those left out take their defaults.

        Raises `ValueError` for an unknown parameter and for a value out of its range.
        """
        known = self.defaults()
        for name in values:
            if name not in known:
                has = f"it has {', '.join(known)}" if known else "it has none"
                raise ValueError(f"{self.title} has no parameter {name!r}; {has}")
        return {p.name: p.check(values.get(p.name, p.default)) for p in self.parameters}
