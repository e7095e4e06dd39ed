"""What a visitor may set: a number with its range, or one of a few named options."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from explainer.powers import short
from explainer.words import later

Value = float | str


@dataclass(frozen=True)
class Parameter:
    """A number, with all that a slider needs.

    `minimum <= value <= maximum`; where `whole` is set, only `minimum + n * step` is accepted
    (odd sizes, choices of an angle), elsewhere `step` is a suggestion for the slider.
    """

    name: str
    label: str
    default: float
    minimum: float
    maximum: float
    step: float
    unit: str = ""
    help: str = ""
    whole: bool = False

    def check(self, value: float) -> float:
        """`value` as a float. Raises `ValueError` naming the value and the bound it breaks."""
        number = float(value)
        bounds = {
            "name": self.name, "value": short(number),
            "least": short(self.minimum), "most": short(self.maximum), "step": short(self.step),
        }  # fmt: skip
        if not math.isfinite(number) or not self.minimum <= number <= self.maximum:
            raise ValueError(
                later("{name} is {value}, but it goes from {least} to {most}", **bounds)
            )
        steps = (number - self.minimum) / self.step
        if self.whole and abs(steps - round(steps)) > 1e-9:
            raise ValueError(
                later(
                    "{name} is {value}, but it goes from {least} to {most} in steps of {step}",
                    **bounds,
                )
            )
        return number


@dataclass(frozen=True)
class Option:
    """One answer to a :class:`Choice`: the value itself, how it is shown, and what it does."""

    value: str
    title: str
    meaning: str = ""


@dataclass(frozen=True)
class Choice:
    """A setting with a few named options; the default is one of them."""

    name: str
    label: str
    default: str
    options: tuple[Option, ...]
    help: str = ""

    def check(self, value: object) -> str:
        """`value`, if it is one of the options. Raises `ValueError` naming it and the options."""
        known = [option.value for option in self.options]
        if value not in known:
            raise ValueError(not_among(self.name, value, known))
        return str(value)


Setting = Parameter | Choice


def checked(
    title: str, settings: tuple[Setting, ...], given: Mapping[str, Value]
) -> dict[str, Value]:
    """Every setting by name, checked; those left out take their defaults.

    Raises `ValueError` for a name that `title` does not have, and for a value out of its range.
    """
    known = {setting.name: setting for setting in settings}
    for name in given:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise ValueError(f"{title} has no setting {name!r}; {has}")
    return {name: _check(one, given.get(name, one.default)) for name, one in known.items()}


def _check(setting: Setting, value: Value) -> Value:
    if isinstance(setting, Choice):
        return setting.check(value)
    if isinstance(value, str):
        raise ValueError(not_a_number(setting.name, value))
    return setting.check(value)


def not_among(name: str, value: object, known: Iterable[object]) -> str:
    """What to say of a value that should be one of those `known`."""
    listed = ", ".join(map(str, known))
    return later(
        "{name} is {value}, but it is one of {known}", name=name, value=repr(value), known=listed
    )


def not_a_number(name: str, value: object) -> str:
    """What to say of a value that should be a number."""
    return later("{name} is {value}, but it is a number", name=name, value=repr(value))
