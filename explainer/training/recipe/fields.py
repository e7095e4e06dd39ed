"""The fields of a recipe as data: name, key in a URL, default, bounds, help.

A section of a recipe is a frozen dataclass whose fields are made by :func:`number`, :func:`whole`,
:func:`choice`, :func:`several`, :func:`wholes` and :func:`switch`; controls, texts and checks all
read the same record.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from explainer.parameters import Choice, Option, Parameter, not_a_number, not_among
from explainer.words import later

JOINED, BETWEEN = "_", re.compile(r"[_,;\s]+")
Idle = Callable[[Any], str]
"""One sentence that says why a field changes nothing in a recipe; empty where it does."""


def always_matters(recipe: Any) -> str:
    """No recipe keeps the field from having its effect."""
    return ""


class Entry(Protocol):
    """An entry of a registry, as far as a choice needs it."""

    @property
    def slug(self) -> str: ...

    @property
    def title(self) -> str: ...


@dataclass(frozen=True)
class Switch:
    """A setting that is on or off."""

    name: str
    label: str
    default: bool
    help: str = ""

    def check(self, value: object) -> bool:
        """`value` as a bool; 0 and 1 count. Raises `ValueError` naming it."""
        if value not in (0, 1):
            given = repr(value)
            raise ValueError(
                later("{name} is {value}, but it is 0 or 1", name=self.name, value=given)
            )
        return bool(value)


@dataclass(frozen=True)
class Several:
    """A setting with some of a few named options, at least one, in the order of the options."""

    name: str
    label: str
    default: tuple[str, ...]
    options: tuple[Option, ...]
    help: str = ""

    def check(self, value: object) -> tuple[str, ...]:
        """`value`, a sequence of options or their text. Raises `ValueError` naming what is not."""
        given = value.split(JOINED) if isinstance(value, str) else value
        if not isinstance(given, list | tuple) or not given:
            raise ValueError(later("{name} is empty, but it holds at least one", name=self.name))
        known = [option.value for option in self.options]
        for one in given:
            if one not in known:
                raise ValueError(not_among(self.name, one, known))
        return tuple(slug for slug in known if slug in given)


@dataclass(frozen=True)
class Wholes:
    """A setting with up to `most` whole numbers from `minimum` to `maximum`, perhaps none."""

    name: str
    label: str
    default: tuple[int, ...]
    minimum: int
    maximum: int
    most: int
    help: str = ""

    def check(self, value: object) -> tuple[int, ...]:
        """`value`, a sequence of numbers or their text. Raises `ValueError` naming it."""
        given = [*filter(None, BETWEEN.split(value))] if isinstance(value, str) else value
        if not isinstance(given, list | tuple):
            raise ValueError(not_a_number(self.name, value))
        if len(given) > self.most:
            count, most = len(given), self.most
            sentence = "{name} has {count} numbers, but at most {most}"
            raise ValueError(later(sentence, name=self.name, count=count, most=most))
        low, high = self.minimum, self.maximum
        one = Parameter(self.name, self.label, low, low, high, 1, whole=True)
        return tuple(int(one.check(_as_number(self.name, number))) for number in given)


@dataclass(frozen=True)
class Field:
    """One field of a recipe: where it lives, its short `key` in a URL, and how to set it.

    `section` is the attribute of the recipe and `setting.name` the attribute of the section.
    `kind` is int, float, str, bool or tuple. `logarithmic` suggests a slider in powers of ten;
    `only` is the kind of network that the field concerns, or empty for both, and `plane` says that
    it concerns points in the plane alone. `idle` tells of a recipe why the field changes nothing in
    it.
    """

    section: str
    key: str
    setting: Parameter | Choice | Several | Wholes | Switch
    kind: type
    logarithmic: bool = False
    only: str = ""
    idle: Idle = always_matters
    plane: bool = False

    @property
    def name(self) -> str:
        """The name of the attribute."""
        return self.setting.name

    @property
    def default(self) -> Any:
        """The default, as an instance of `kind`."""
        return self.kind(self.setting.default)

    def check(self, value: Any) -> Any:
        """`value` as an instance of `kind`. Raises `ValueError` with one sentence."""
        if isinstance(self.setting, Parameter):
            value = _as_number(self.name, value)
        return self.kind(self.setting.check(value))

    def read(self, text: str) -> Any:
        """The value that `text` stands for; the inverse of :meth:`write`."""
        if isinstance(self.setting, Switch):
            return self.check({"0": 0, "1": 1}.get(text, text))
        return self.check(text)

    def write(self, value: Any) -> str:
        """The shortest text that :meth:`read` turns back into `value`."""
        if self.kind is tuple:
            return JOINED.join(map(str, value))
        return str(int(value)) if self.kind is bool else str(value)


def number(
    key: str,
    label: str,
    default: float,
    minimum: float,
    maximum: float,
    step: float,
    help_text: str,
    *,
    logarithmic: bool = False,
    only: str = "",
    idle: Idle = always_matters,
) -> Any:
    """A dataclass field that holds a float from `minimum` to `maximum`."""
    setting = Parameter("", label, default, minimum, maximum, step, help=help_text)
    return _field(Field("", key, setting, float, logarithmic, only, idle))


def whole(
    key: str,
    label: str,
    default: int,
    minimum: int,
    maximum: int,
    help_text: str,
    *,
    step: int = 1,
    logarithmic: bool = False,
    only: str = "",
    idle: Idle = always_matters,
) -> Any:
    """A dataclass field that holds an int: `minimum`, `minimum + step`, … up to `maximum`."""
    setting = Parameter("", label, default, minimum, maximum, step, help=help_text, whole=True)
    return _field(Field("", key, setting, int, logarithmic, only, idle))


def choice(
    key: str,
    label: str,
    default: str,
    entries: Iterable[Entry],
    help_text: str,
    only: str = "",
    idle: Idle = always_matters,
) -> Any:
    """A dataclass field that holds the slug of one of `entries`."""
    options = tuple(
        Option(entry.slug, entry.title, getattr(entry, "meaning", "")) for entry in entries
    )
    setting = Choice("", label, default, options, help_text)
    return _field(Field("", key, setting, str, only=only, idle=idle))


def several(
    key: str,
    label: str,
    default: tuple[str, ...],
    entries: Iterable[Entry],
    help_text: str,
    *,
    only: str = "",
    plane: bool = False,
) -> Any:
    """A dataclass field that holds the slugs of some of `entries`, at least one."""
    options = tuple(Option(entry.slug, entry.title) for entry in entries)
    setting = Several("", label, default, options, help_text)
    return _field(Field("", key, setting, tuple, only=only, plane=plane))


def wholes(
    key: str,
    label: str,
    most: int,
    minimum: int,
    maximum: int,
    help_text: str,
    *,
    only: str = "",
    idle: Idle = always_matters,
) -> Any:
    """A dataclass field that holds up to `most` ints from `minimum` to `maximum`."""
    setting = Wholes("", label, (), minimum, maximum, most, help_text)
    return _field(Field("", key, setting, tuple, only=only, idle=idle))


def switch(
    key: str,
    label: str,
    default: bool,
    help_text: str,
    only: str = "",
    idle: Idle = always_matters,
) -> Any:
    """A dataclass field that is on or off."""
    setting = Switch("", label, default, help_text)
    return _field(Field("", key, setting, bool, only=only, idle=idle))


@cache
def fields_of(section: str, holder: type) -> tuple[Field, ...]:
    """The fields of a section's dataclass, in their order, with their names filled in."""
    named = []
    for attribute in dataclasses.fields(holder):
        record: Field = attribute.metadata["field"]
        setting = dataclasses.replace(record.setting, name=attribute.name)
        named.append(dataclasses.replace(record, section=section, setting=setting))
    return tuple(named)


def check_all(holder: object) -> None:
    """Check every field of a frozen section, and give each value its own type."""
    for field in fields_of("", type(holder)):  # type: ignore[arg-type]  # classes do hash
        object.__setattr__(holder, field.name, field.check(getattr(holder, field.name)))


def _as_number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(not_a_number(name, value))
    try:
        return float(value)
    except (ValueError, OverflowError):
        raise ValueError(not_a_number(name, str(value)[:40])) from None


def _field(record: Field) -> Any:
    return dataclasses.field(default=record.default, metadata={"field": record})
