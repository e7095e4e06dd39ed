"""What the command line is asked to race: a preset or a JSON file, and what the options change.

Bad input is a `ValueError` with one sentence that names the value.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from explainer.training.data.own import from_zip
from explainer.training.data.record import Examples
from explainer.training.data.registry import data_set, load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.parameter import Value
from explainer.training.presets import preset
from explainer.training.recipe import Recipe, from_dict, with_value

ZIP = ".zip"
SPLIT_FIELDS = {field.name for field in dataclasses.fields(Split)} - {"seed"}


@dataclass(frozen=True)
class Plan:
    """Everything a race is built from; `data` is a slug, or the path of a zip."""

    recipes: tuple[Recipe, ...]
    data: str
    settings: tuple[tuple[str, Value], ...]
    split: Split
    seeds: tuple[int, ...]

    def source(self, examples: Examples) -> Callable[[int], Prepared]:
        """The data of each seed, which divides them anew, as the training lab does."""

        @cache
        def prepared(seed: int) -> Prepared:
            return prepare(examples, replace(self.split, seed=seed))

        return prepared


def planned(
    what: str,
    data: str | None = None,
    seeds: int | None = None,
    steps: int | None = None,
    train_size: int | None = None,
) -> Plan:
    """The plan of a preset, by slug, or of a JSON file, with what is not None changed."""
    plan = _from_file(Path(what), data) if what.endswith(".json") else _from_preset(what)
    if data is not None and data != plan.data:
        plan = replace(plan, data=data, settings=())
    if seeds is not None:
        if seeds < 1:
            raise ValueError(f"--seeds is {seeds}, but it starts at 1")
        plan = replace(plan, seeds=tuple(range(seeds)))
    if steps is not None:
        changed = (with_value(with_value(one, "steps", steps), "epochs", 0) for one in plan.recipes)
        plan = replace(plan, recipes=tuple(changed))
    if train_size is not None:
        plan = replace(plan, split=replace(plan.split, train_size=train_size))
    return plan


def examples_of(plan: Plan) -> Examples:
    """The examples of the plan: a registered data set, or the pictures of a zip."""
    if plan.data.lower().endswith(ZIP):
        path = Path(plan.data)
        return from_zip(_bytes(path), path.name)
    return load(data_set(plan.data).slug, **dict(plan.settings))


def _from_preset(slug: str) -> Plan:
    found = preset(slug)
    return Plan(
        found.recipes, found.data, found.data_settings, found.split, tuple(range(found.seeds))
    )


def _from_file(path: Path, data: str | None) -> Plan:
    """The plan in a JSON file: `recipes`, and `data`, `split` and `seeds` where they are given."""
    try:
        whole = json.loads(_bytes(path))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON: {error}") from None
    recipes = whole.get("recipes") if isinstance(whole, dict) else None
    if not isinstance(recipes, list) or not all(isinstance(one, dict) for one in recipes):
        raise ValueError(f"{path} has no list “recipes”")
    slug, settings = _data(whole.get("data", data), path)
    seeds = whole.get("seeds", [0, 1, 2])
    if not isinstance(seeds, list) or not all(type(one) is int and one >= 0 for one in seeds):
        raise ValueError(f"seeds is {seeds!r}, but it is a list of whole numbers from 0")
    return Plan(
        tuple(from_dict(one) for one in recipes),
        slug,
        settings,
        _split(whole.get("split", {})),
        tuple(dict.fromkeys(seeds)),
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None


def _data(given: Any, path: Path) -> tuple[str, tuple[tuple[str, Value], ...]]:
    """A slug and settings, from the slug alone or from an object that has both."""
    whole = {"slug": given} if isinstance(given, str) else given
    if not isinstance(whole, dict) or not isinstance(whole.get("slug"), str):
        raise ValueError(f"{path} names no data set: give “data” a slug, or --data")
    settings = whole.get("settings", {})
    if not isinstance(settings, dict):
        raise ValueError(f"settings is {settings!r}, but it has values by name")
    for name, value in settings.items():
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError(f"{name} is {value!r}, but it is a number or a text")
    return whole["slug"], tuple(settings.items())


def _split(given: Any) -> Split:
    if not isinstance(given, Mapping) or not set(given) <= SPLIT_FIELDS | {"seed"}:
        raise ValueError(f"split is {given!r}, but it has {', '.join(sorted(SPLIT_FIELDS))}")
    values = {name: given[name] for name in given if name in SPLIT_FIELDS}
    size = values.get("train_size")
    if not (size is None or type(size) is int):
        raise ValueError(f"train_size is {size!r}, but it is a whole number or null")
    for name in values.keys() - {"train_size"}:
        if isinstance(values[name], bool) or not isinstance(values[name], int | float):
            raise ValueError(f"{name} is {values[name]!r}, but it is a number")
    return Split(**values)
