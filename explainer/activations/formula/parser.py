"""From text to tree, by recursive descent; what cannot be read is refused with its place.

sum       = product (("+" | "-") product)*
product   = signed (("*" | "/") signed)*
signed    = ("-" | "+") signed | power
power     = atom ["^" signed]
atom      = number | name | name "(" sum {"," sum} ")" | "(" sum ")"
          | "where" "(" sum (">" | "<" | ">=" | "<=") sum "," sum "," sum ")"
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from explainer.activations.formula.formula import Formula
from explainer.activations.formula.functions import BY_NAME, CONSTANTS
from explainer.activations.formula.tree import (
    COMPARISONS,
    OPERATORS,
    Binary,
    Call,
    Minus,
    Name,
    Node,
    Number,
    Where,
)
from explainer.words import N_, later, nlater

MOST_LETTERS, MOST_NESTED = 200, 30
TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z][A-Za-z0-9]*)"
    r"|(?P<sign>\*\*|>=|<=|[-+*/^(),<>]))",
    re.ASCII,
)
TYPED = str.maketrans({"−": "-", "–": "-", "·": "*", "×": "*", "÷": "/"})


class FormulaError(ValueError):
    """A formula that cannot be read: one sentence, and the place in the text, from 1."""

    def __init__(self, sentence: str, place: int) -> None:
        super().__init__(sentence)
        self.place = place


@dataclass(frozen=True)
class Token:
    """A number, a name or a sign, and where it begins, from 1. The kind of the last is `end`."""

    kind: str
    text: str
    place: int


def parse(text: str, parameters: tuple[str, ...] = ()) -> Formula:
    """The formula that `text` says, in x and `parameters`. Raises `FormulaError`."""
    return Formula(text, parse_tree(text, ("x", *parameters)))


def parse_tree(text: str, names: tuple[str, ...] | None) -> Node:
    """The tree of a formula in `names`; `None`: every name that is no function's is a variable.

    Raises `FormulaError`.
    """
    if len(text) > MOST_LETTERS:
        raise FormulaError(
            later(
                "The formula has {count} letters; at most {most} are read.",
                count=len(text), most=MOST_LETTERS,
            ),
            MOST_LETTERS,
        )  # fmt: skip
    reader = _Reader(list(_tokens(text)), names)
    tree = reader.sum()
    reader.finish()
    return tree


def _tokens(text: str) -> Iterator[Token]:
    typed, position = text.translate(TYPED).rstrip(), 0
    while position < len(typed):
        found = TOKEN.match(typed, position)
        if found is None:
            place = position + _spaces(typed[position:]) + 1
            sentence = later(
                "At place {place}, “{sign}” is no part of a formula.",
                place=place, sign=typed[place - 1],
            )  # fmt: skip
            raise FormulaError(sentence, place)
        kind = str(found.lastgroup)
        yield Token(kind, found[kind].replace("**", "^"), found.start(kind) + 1)
        position = found.end()
    yield Token("end", "", len(typed) + 1)


def _spaces(text: str) -> int:
    return len(text) - len(text.lstrip())


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[Token], names: tuple[str, ...] | None) -> None:
        self.tokens, self.names = tokens, names
        self.position = self.nested = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.position]

    @property
    def begins_a_value(self) -> bool:
        return self.next.kind in ("name", "number") or self.next.text == "("

    def missing_sign(self) -> FormulaError:
        return self.error(
            N_("At place {place}, a sign is missing before {found}, such as *."),
            found=_named(self.next),
        )

    def take(self, *signs: str) -> str:
        """The next sign, taken, where it is one of `signs`; else nothing."""
        token = self.next
        if token.kind != "sign" or token.text not in signs:
            return ""
        self.position += 1
        return token.text

    def expect(self, *signs: str) -> str:
        found = self.take(*signs)
        if not found and self.begins_a_value and "(" not in signs:
            raise self.missing_sign()
        if not found:
            raise self.error(
                N_("At place {place}, {signs} is expected, not {found}."),
                signs=_listed(signs), found=_named(self.next),
            )  # fmt: skip
        return found

    def error(self, message: str, place: int | None = None, **values: object) -> FormulaError:
        place = self.next.place if place is None else place
        return FormulaError(later(message, place=place, **values), place)

    def finish(self) -> None:
        if self.next.kind == "end":
            return
        if self.begins_a_value:
            raise self.missing_sign()
        raise self.error(N_("At place {place}, {found} does not fit."), found=_named(self.next))

    def sum(self) -> Node:
        found = self.product()
        while sign := self.take("+", "-"):
            found = Binary(OPERATORS[sign], found, self.product())
        return found

    def product(self) -> Node:
        found = self.signed()
        while sign := self.take("*", "/"):
            found = Binary(OPERATORS[sign], found, self.signed())
        return found

    def signed(self) -> Node:
        self.nested += 1
        if self.nested > MOST_NESTED:
            raise self.error(
                N_("At place {place}, the formula is nested more than {most} deep."),
                most=MOST_NESTED,
            )
        sign = self.take("-", "+")
        inner = self.signed() if sign else self.power()
        self.nested -= 1
        return Minus(inner) if sign == "-" else inner

    def power(self) -> Node:
        base = self.atom()
        return Binary(OPERATORS["^"], base, self.signed()) if self.take("^") else base

    def atom(self) -> Node:
        token = self.next
        if self.take("("):
            inner = self.sum()
            self.expect(")")
            return inner
        if token.kind not in ("number", "name"):
            raise self.error(
                N_("At place {place}, a number, x or a function is expected, not {found}."),
                found=_named(token),
            )
        self.position += 1
        return self.number(token) if token.kind == "number" else self.name(token)

    def number(self, token: Token) -> Node:
        number = float(token.text)
        if not math.isfinite(number):
            raise self.error(
                N_("At place {place}, {number} is too large."), token.place, number=token.text
            )
        return Number(number, token.text)

    def name(self, token: Token) -> Node:
        name = token.text.lower()
        if name == "where":
            return self.where()
        if name in (self.names or ()) or name in CONSTANTS:
            return Name(name)
        if self.is_variable(name):
            return Name(token.text)
        function = BY_NAME.get("log" if name == "ln" else name)
        if function is None:
            known = ", ".join((*(self.names or ()), *CONSTANTS, *BY_NAME, "where"))
            raise self.error(
                N_("At place {place}, “{name}” is not known; there are {known}."),
                token.place, name=token.text, known=known,
            )  # fmt: skip
        arguments = self.arguments()
        if len(arguments) != function.values:
            sentence = nlater(
                "At place {place}, {name} takes {count} value, not {given}.",
                "At place {place}, {name} takes {count} values, not {given}.",
                function.values, place=token.place, name=name, given=len(arguments),
            )  # fmt: skip
            raise FormulaError(sentence, token.place)
        return Call(function, arguments)

    def is_variable(self, name: str) -> bool:
        """Whether a name that was just taken, and may be any, is no function's."""
        called = self.next.kind == "sign" and self.next.text == "("
        return self.names is None and not called and name not in BY_NAME

    def arguments(self) -> tuple[Node, ...]:
        self.expect("(")
        found = [self.sum()]
        while self.take(","):
            found.append(self.sum())
        self.expect(")")
        return tuple(found)

    def where(self) -> Node:
        self.expect("(")
        left = self.sum()
        sign = self.expect(*COMPARISONS)
        right = self.sum()
        self.expect(",")
        then = self.sum()
        self.expect(",")
        otherwise = self.sum()
        self.expect(")")
        return Where(sign, left, right, then, otherwise)


def _listed(signs: tuple[str, ...]) -> str:
    first, *others = (f"“{sign}”" for sign in signs)
    for other in others:
        first = later("{these} or {this}", these=first, this=other)
    return first


def _named(token: Token) -> str:
    return later("the end") if token.kind == "end" else f"“{token.text}”"
