"""A recipe: everything that decides how one run trains, as data and as text.

`to_text` gives a short text that may stand in a URL as it is; it names what differs from the
defaults alone, so that links stay short and keep their meaning when a field is added.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from explainer.parameters import not_a_number
from explainer.training.augmentation.pipeline import AUGMENTATIONS, AugmentationStep, step
from explainer.training.recipe.fields import Field, fields_of
from explainer.training.recipe.network import Network
from explainer.training.recipe.sections import Regularisation, Training, elastic_net
from explainer.words import _, later

__all__ = [
    "FIELDS",
    "AugmentationStep",
    "Field",
    "Network",
    "Recipe",
    "Regularisation",
    "Training",
    "elastic_net",
    "from_dict",
    "from_text",
    "to_dict",
    "to_text",
    "with_value",
]

LONGEST_NAME = 40
LONGEST_TEXT = 2000
MOST_AUGMENTATIONS = 12
PART, ITEM, VALUE = "~", "_", "-"
ESCAPED = re.compile(r"\.([0-9a-f]{1,6})\.")


@dataclass(frozen=True)
class Recipe:
    """One entrant of a race. `name` is what the visitor calls it, at most 40 characters.

    `augmentation` is applied in its order to the training batches. Raises `ValueError` with one
    sentence where a value is out of its range.
    """

    network: Network = field(default_factory=Network)
    regularisation: Regularisation = field(default_factory=Regularisation)
    training: Training = field(default_factory=Training)
    augmentation: tuple[AugmentationStep, ...] = ()
    name: str = ""

    def called(self, index: int) -> str:
        """Its name; without one its number, which begins with 1, to be put into words later."""
        return self.name or later("Recipe {number}", number=index + 1)

    def __post_init__(self) -> None:
        if len(self.name) > LONGEST_NAME:
            count, most = len(self.name), LONGEST_NAME
            raise ValueError(
                later(
                    "name has {count} characters, but it has at most {most}", count=count, most=most
                )
            )
        if not self.name.isprintable():
            name = repr(self.name)
            raise ValueError(
                later("name is {name}, but it holds printable characters alone", name=name)
            )
        if len(self.augmentation) > MOST_AUGMENTATIONS:
            count, most = len(self.augmentation), MOST_AUGMENTATIONS
            raise ValueError(
                later("there are {count} augmentations, but at most {most}", count=count, most=most)
            )
        checked = (step(one.slug, **dict(one.values)) for one in self.augmentation)
        object.__setattr__(self, "augmentation", tuple(checked))


FIELDS: tuple[Field, ...] = (
    *fields_of("network", Network),
    *fields_of("regularisation", Regularisation),
    *fields_of("training", Training),
)
_BY_KEY = {entry.key: entry for entry in FIELDS}
_BY_NAME = {entry.name: entry for entry in FIELDS}


def value_of(recipe: Recipe, entry: Field) -> Any:
    """The value that `recipe` has for that field."""
    return getattr(getattr(recipe, entry.section), entry.name)


def idle(recipe: Recipe, entry: Field, *, plane: bool = False) -> str:
    """One sentence that says why that field changes nothing in `recipe`; empty where it does.

    `plane` says that the data are points in the plane.
    """
    if entry.only not in ("", recipe.network.kind):
        return _("No effect: the network is of another kind.")
    if entry.plane and not plane:
        return _("No effect: the data are no points in the plane.")
    return entry.idle(recipe)


def with_value(recipe: Recipe, name: str, value: Any) -> Recipe:
    """`recipe` with one field changed, whichever section it lives in. Raises `ValueError`."""
    if name not in _BY_NAME:
        known = ", ".join(_BY_NAME)
        raise ValueError(
            later("a recipe has no field {name}; it has {known}", name=repr(name), known=known)
        )
    entry = _BY_NAME[name]
    section = replace(getattr(recipe, entry.section), **{name: value})
    changed: dict[str, Any] = {entry.section: section}
    return replace(recipe, **changed)


@lru_cache(maxsize=256)
def to_text(recipe: Recipe) -> str:
    """A short text of letters, digits and `.-_~`; the default recipe is the empty text."""
    parts = [f"name{VALUE}{_escaped(recipe.name)}"] if recipe.name else []
    for entry in FIELDS:
        value = value_of(recipe, entry)
        if value != entry.default:
            parts.append(f"{entry.key}{VALUE}{entry.write(value)}")
    parts.extend(f"aug{VALUE}{_augmentation_text(one)}" for one in recipe.augmentation)
    return PART.join(parts)


def from_text(text: str) -> Recipe:
    """The recipe that :func:`to_text` wrote. Raises `ValueError` with one sentence."""
    if len(text) > LONGEST_TEXT:
        count, most = len(text), LONGEST_TEXT
        raise ValueError(
            later("the recipe has {count} characters, but at most {most}", count=count, most=most)
        )
    values: dict[str, Any] = {}
    steps: list[AugmentationStep] = []
    for part in filter(None, text.split(PART)):
        key, separator, value = part.partition(VALUE)
        if not separator or (key not in _BY_KEY and key not in ("name", "aug")):
            raise ValueError(later("a recipe has no part {part}", part=repr(part[:40])))
        if key == "aug":
            steps.append(_augmentation(value))
        elif key in values:
            raise ValueError(later("the recipe names {key} twice", key=repr(key)))
        else:
            values[key] = _unescaped(value) if key == "name" else value
    name = values.pop("name", "")
    texts = {_BY_KEY[key].name: _BY_KEY[key].read(value) for key, value in values.items()}
    return _built(texts, tuple(steps), name)


def to_dict(recipe: Recipe) -> dict[str, Any]:
    """Every field by name, ready for JSON."""
    return {
        "name": recipe.name,
        **{entry.name: value_of(recipe, entry) for entry in FIELDS},
        "augmentation": [{"slug": one.slug, **dict(one.values)} for one in recipe.augmentation],
    }


def from_dict(values: dict[str, Any]) -> Recipe:
    """The recipe that :func:`to_dict` wrote; what is left out takes its default.

    Raises `ValueError` with one sentence that names the value and what it should be.
    """
    rest = dict(values)
    name, listed = rest.pop("name", ""), rest.pop("augmentation", [])
    if not isinstance(name, str) or not isinstance(listed, list):
        raise ValueError("name must be a text and augmentation a list")
    return _built(rest, tuple(_augmentation_of(one) for one in listed), name)


def _built(values: dict[str, Any], steps: tuple[AugmentationStep, ...], name: str) -> Recipe:
    recipe = Recipe(augmentation=steps, name=name)
    for attribute, value in values.items():
        recipe = with_value(recipe, attribute, value)
    return recipe


def _augmentation_text(one: AugmentationStep) -> str:
    return ITEM.join([one.slug, *(str(value) for _, value in one.values)])


def _augmentation(text: str) -> AugmentationStep:
    slug, *numbers = text.split(ITEM)
    names = [parameter.name for parameter in AUGMENTATIONS[slug].parameters]
    if len(numbers) != len(names):
        raise ValueError(
            later(
                "{step} takes {wanted} values, but there are {count}",
                step=slug, wanted=len(names), count=len(numbers),
            )
        )  # fmt: skip
    return _augmentation_of({"slug": slug, **dict(zip(names, numbers, strict=True))})


def _augmentation_of(entry: Any) -> AugmentationStep:
    if not isinstance(entry, dict) or not isinstance(entry.get("slug"), str):
        raise ValueError("an augmentation has a slug and its values")
    values = {}
    for name, value in entry.items():
        if name != "slug":
            try:
                values[str(name)] = float(value)
            except (TypeError, ValueError):
                raise ValueError(not_a_number(name, str(value)[:40])) from None
    return step(entry["slug"], **values)


def _escaped(name: str) -> str:
    text = re.sub(r"[^A-Za-z0-9 ]", lambda found: f".{ord(found[0]):x}.", name)
    return text.replace(" ", "_")


def _unescaped(text: str) -> str:
    return ESCAPED.sub(_character, text.replace("_", " "))


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    if code > 0x10FFFF:
        raise ValueError(later("the name holds {code}, which is no character", code=repr(found[0])))
    return chr(code)
