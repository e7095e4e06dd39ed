"""A formula as a tree: its value for tensors, its LaTeX with or without numbers, its code."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from explainer.activations.formula.functions import CONSTANTS, Function

Values = Mapping[str, Tensor]
Texts = Mapping[str, str]
LONGEST = 10
SUM, PRODUCT, MINUS, POWER, ATOM = range(5)
SYMBOLS = {
    "alpha": r"\alpha", "beta": r"\beta", "pi": r"\pi", "slope": "a", "limit": "c",
    "lower": "l", "upper": "u",
}  # fmt: skip


class Node(Protocol):
    """A part of a formula; `binds` says how strongly its outermost operation does."""

    @property
    def binds(self) -> int: ...

    def value(self, values: Values) -> Tensor:
        """What it gives for tensors, in the shape of x or of none, elementwise."""

    def latex(self, texts: Texts) -> str:
        """How it is written, with `texts` in place of names."""

    def code(self) -> str:
        """A PyTorch expression in x, for numbers in place of parameters."""

    def constant(self) -> bool:
        """Whether no x stands in it, so that no derivative passes."""


@dataclass(frozen=True)
class Number:
    """A number, with the text that was typed for it."""

    number: float
    text: str
    binds: int = ATOM

    def value(self, values: Values) -> Tensor:
        """A tensor of no dimensions, of the type of x."""
        return values["x"].new_tensor(self.number)

    def latex(self, texts: Texts) -> str:
        """As typed, ten characters at most; a power of ten where it has one."""
        if len(self.text) > LONGEST:
            return written(self.number)
        mantissa, _, exponent = self.text.lower().partition("e")
        return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa

    def code(self) -> str:
        """The number as Python writes it, in full."""
        return repr(self.number)

    def constant(self) -> bool:
        """A number is: no x stands in it."""
        return True


@dataclass(frozen=True)
class Name:
    """A name that stands for a value: x, a parameter or a constant."""

    name: str
    binds: int = ATOM

    def value(self, values: Values) -> Tensor:
        """The tensor that stands for the name, of the type of x."""
        found = values.get(self.name)
        return values["x"].new_tensor(CONSTANTS[self.name]) if found is None else found

    def latex(self, texts: Texts) -> str:
        """The number that `texts` puts in its place, else its symbol."""
        return texts.get(self.name, SYMBOLS.get(self.name, self.name))

    def code(self) -> str:
        """`x` itself, or the number of the constant."""
        return self.name if self.name == "x" else repr(CONSTANTS[self.name])

    def constant(self) -> bool:
        """Every name but x is: parameters do not move."""
        return self.name != "x"


@dataclass(frozen=True)
class Minus:
    """A part of a formula with a minus sign before it."""

    inner: Node
    binds: int = MINUS

    def value(self, values: Values) -> Tensor:
        """The negative of the inner value, elementwise."""
        return -self.inner.value(values)

    def latex(self, texts: Texts) -> str:
        """The inner part after a minus sign, in parentheses where they are needed."""
        return "-" + inside(self.inner, MINUS + 1, texts)

    def code(self) -> str:
        """The inner code after a minus sign: it binds as in Python."""
        return f"-{self.inner.code()}"

    def constant(self) -> bool:
        """As the part that it negates: a sign adds no x."""
        return self.inner.constant()


@dataclass(frozen=True)
class Operator:
    """An operation between two values: how strongly it binds, how it is computed and written."""

    sign: str
    binds: int
    compute: Callable[[Tensor, Tensor], Tensor]
    latex: str
    left: int
    right: int


OPERATORS = {
    operator.sign: operator
    for operator in (
        Operator("+", SUM, torch.add, "{0} + {1}", SUM, SUM + 1),
        Operator("-", SUM, torch.sub, "{0} - {1}", SUM, PRODUCT),
        Operator("*", PRODUCT, torch.mul, r"{0} \, {1}", PRODUCT, MINUS + 1),
        Operator("/", PRODUCT, torch.div, r"\frac{{{0}}}{{{1}}}", SUM, SUM),
        Operator("^", POWER, torch.pow, r"{0}^{{{1}}}", ATOM, SUM),
    )
}


@dataclass(frozen=True)
class Binary:
    """Two values and the operation between them."""

    operator: Operator
    left: Node
    right: Node

    @property
    def binds(self) -> int:
        """As strongly as the operation; a fraction keeps itself together."""
        return self.operator.binds

    def value(self, values: Values) -> Tensor:
        """The operation on both values, elementwise, by PyTorch's broadcasting."""
        return self.operator.compute(self.left.value(values), self.right.value(values))

    def latex(self, texts: Texts) -> str:
        """With parentheses where they are needed, and a dot beside numbers."""
        first = self.operator.left < ATOM  # a leading minus needs no parentheses
        left = inside(self.left, self.operator.left, texts, signed=first)
        right = inside(self.right, self.operator.right, texts)
        dotted = self.operator.sign == "*" and (right[:1].isdigit() or left in texts.values())
        return (r"{0} \cdot {1}" if dotted else self.operator.latex).format(left, right)

    def code(self) -> str:
        """In parentheses; two numbers are made tensors, whose rules for 1/0 are PyTorch's."""
        left = tensor_code(self.left) if self.constant() else self.left.code()
        sign = "**" if self.operator.sign == "^" else self.operator.sign
        left = f"({left})" if sign == "**" else left
        return f"({left} {sign} {self.right.code()})"

    def constant(self) -> bool:
        """Whether no x stands on either side."""
        return self.left.constant() and self.right.constant()


@dataclass(frozen=True)
class Call:
    """A function of `FUNCTIONS`, called with one value or two."""

    function: Function
    arguments: tuple[Node, ...]

    @property
    def binds(self) -> int:
        """As a power for exp, which is written as one; else as a whole."""
        return POWER if self.function.name == "exp" else ATOM

    def value(self, values: Values) -> Tensor:
        """The function of its values, elementwise."""
        return self.function.compute(*(one.value(values) for one in self.arguments))

    def latex(self, texts: Texts) -> str:
        """The function's own LaTeX with its values put in."""
        return self.function.latex.format(*(one.latex(texts) for one in self.arguments))

    def code(self) -> str:
        """A call of PyTorch's function, each value a tensor."""
        return self.function.code.format(*(tensor_code(one) for one in self.arguments))

    def constant(self) -> bool:
        """Whether no x stands in any of its values."""
        return all(one.constant() for one in self.arguments)


@dataclass(frozen=True)
class Where:
    """One value where a comparison holds, else another."""

    sign: str
    left: Node
    right: Node
    then: Node
    otherwise: Node
    binds: int = ATOM

    def value(self, values: Values) -> Tensor:
        """Elementwise; each side is given an x that is differentiated where it is taken alone."""
        holds = COMPARISONS[self.sign][0](self.left.value(values), self.right.value(values))
        x = values["x"]
        then = self.then.value({**values, "x": torch.where(holds, x, x.detach())})
        otherwise = self.otherwise.value({**values, "x": torch.where(holds, x.detach(), x)})
        return torch.where(holds, then, otherwise)

    def latex(self, texts: Texts) -> str:
        """Two cases, the second for `else`."""
        condition = (
            f"{self.left.latex(texts)} {COMPARISONS[self.sign][1]} {self.right.latex(texts)}"
        )
        return (
            rf"\begin{{cases}} {self.then.latex(texts)} & {condition} \\ "
            rf"{self.otherwise.latex(texts)} & \text{{else}} \end{{cases}}"
        )

    def code(self) -> str:
        """By the function `where` of :data:`WHERE_CODE`."""
        condition = f"{tensor_code(self.left)} {self.sign} {self.right.code()}"
        then, otherwise = tensor_code(self.then), tensor_code(self.otherwise)
        return f"where(x, {condition}, lambda x: {then}, lambda x: {otherwise})"

    def constant(self) -> bool:
        """Whether no x stands in the comparison or in either side."""
        return all(one.constant() for one in (self.left, self.right, self.then, self.otherwise))


WHERE_CODE = '''def where(x, holds, then, otherwise):
    """Each side differentiates x only where it is taken: 0 times infinity is no number."""
    taken, other = torch.where(holds, x, x.detach()), torch.where(holds, x.detach(), x)
    return torch.where(holds, then(taken), otherwise(other))
'''
COMPARISONS: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], str]] = {
    ">": (torch.gt, ">"),
    "<": (torch.lt, "<"),
    ">=": (torch.ge, r"\ge"),
    "<=": (torch.le, r"\le"),
}


def tensor_code(node: Node) -> str:
    """The code of a part, as a tensor where it is only a number."""
    code = node.code()
    return f"torch.as_tensor({code}, dtype=x.dtype)" if node.constant() else code


def inside(node: Node, least: int, texts: Texts, *, signed: bool = False) -> str:
    """The LaTeX of a part; in parentheses where it binds less than `least`, or has a sign.

    `signed`: a minus sign may stand here.
    """
    text = node.latex(texts)
    loose = node.binds < least or (least > SUM and not signed and text.startswith("-"))
    return rf"\left({text}\right)" if loose else text


def written(number: float) -> str:
    """A number for LaTeX: six digits at most, a power of ten written as one; NaN as undefined."""
    if math.isnan(number):
        return r"\text{undefined}"
    if math.isinf(number):
        return r"\infty" if number > 0 else r"-\infty"
    mantissa, _, exponent = f"{number:.6g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa
