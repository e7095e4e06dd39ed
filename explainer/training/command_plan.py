"""What the command line is asked to race: a preset or a JSON file, and what the options change.

Bad input is a `ValueError` with one sentence that names the value.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from explainer.parameters import Value
from explainer.training.data.data_set import DataError, Examples
from explainer.training.data.own.folders import from_path
from explainer.training.data.registry import EVERY_DATA_SET, load
from explainer.training.data.splits import Split
from explainer.training.engine.build_runs import RacePlan
from explainer.training.presets import PRESETS
from explainer.training.recipe.recipe import from_dict, with_value

ZIP = ".zip"
TOGETHER = "keep_copies_together"
SPLIT_FIELDS = {field.name for field in dataclasses.fields(Split)} - {"seed"}


@dataclass(frozen=True)
class DataPlan:
    """Which data: those of a slug with settings, or one's own, called `name`.

    One's own lie at `path`, a folder or a zip, and had this `fingerprint` when they were raced;
    either may be unknown.
    """

    name: str
    settings: tuple[tuple[str, Value], ...] = ()
    own: bool = False
    path: Path | None = None
    fingerprint: str = ""


@dataclass(frozen=True, kw_only=True)
class CommandPlan(RacePlan):
    """A race of the command line, with its data by name or place."""

    data: DataPlan


def planned(
    what: str,
    data: str | None = None,
    seeds: int | None = None,
    steps: int | None = None,
    train_size: int | None = None,
    folder: Path | None = None,
) -> CommandPlan:
    """The plan of a preset, by slug, or of a JSON file, with what is not None changed.

    `data` is a slug or the path of a zip, `folder` that of a folder or a zip.
    """
    if folder is None and data is not None and data.lower().endswith(ZIP):
        folder = Path(data)
    plan = _from_file(Path(what)) if what.endswith(".json") else _from_preset(what)
    if folder is not None:
        plan = replace(plan, data=replace(plan.data, name=folder.name, own=True, path=folder))
    elif data is not None and (plan.data.own or data != plan.data.name):
        plan = replace(plan, data=DataPlan(data))
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


def examples_of(plan: CommandPlan) -> Examples:
    """The examples of the plan: a registered data set, or the pictures of a folder or a zip.

    Raises :class:`DataError` where it is not known where one's own pictures lie.
    """
    data = plan.data
    if data.own and data.path:
        return from_path(data.path)
    if data.own:
        raise DataError(
            f"That race was on pictures of one's own, “{data.name}”: say where they lie with"
            " --data-folder PATH, a folder or a zip with a folder of pictures for each class."
        )
    if not data.name:
        raise DataError("That file names no data set: give “data” a slug, or --data.")
    return load(EVERY_DATA_SET[data.name].slug, **dict(data.settings))


def difference(plan: CommandPlan, examples: Examples) -> str:
    """One sentence where one's own pictures are others than those that were raced, else nothing."""
    expected = plan.data.fingerprint
    if not plan.data.own or expected in ("", examples.fingerprint):
        return ""
    return (
        f"{plan.data.path} holds other pictures than those of that race (fingerprint"
        f" {examples.fingerprint}, not {expected}): the numbers will differ."
    )


def _from_preset(slug: str) -> CommandPlan:
    found = PRESETS[slug]
    data = DataPlan(found.data, found.data_settings)
    return CommandPlan(
        recipes=found.recipes, data=data, split=found.split, seeds=tuple(range(found.seeds))
    )


def _from_file(path: Path) -> CommandPlan:
    """The plan in a JSON file: `recipes`, and `data`, `split` and `seeds` where they are given."""
    try:
        whole = json.loads(_bytes(path))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON: {error}") from None
    recipes = whole.get("recipes") if isinstance(whole, dict) else None
    if not isinstance(recipes, list) or not all(isinstance(one, dict) for one in recipes):
        raise ValueError(f"{path} has no list “recipes”")
    seeds = whole.get("seeds", [0, 1, 2])
    if not isinstance(seeds, list) or not all(type(one) is int and one >= 0 for one in seeds):
        raise ValueError(f"seeds is {seeds!r}, but it is a list of whole numbers from 0")
    return CommandPlan(
        recipes=tuple(from_dict(one) for one in recipes),
        data=_data(whole.get("data", "")),
        split=_split(whole.get("split", {})),
        seeds=tuple(dict.fromkeys(seeds)),
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None


def _data(given: Any) -> DataPlan:
    """The data from a slug or the path of a zip alone, or from what a race wrote of them."""
    whole = {"slug": given} if isinstance(given, str) else given
    if not isinstance(whole, dict) or not isinstance(whole.get("slug"), str):
        raise ValueError(f"data is {given!r}, but it is a slug, or it has one")
    name, fingerprint = whole["slug"], whole.get("fingerprint", "")
    if _is_own(whole):
        return DataPlan(name, own=True, fingerprint=str(fingerprint))
    if name.lower().endswith(ZIP):
        return DataPlan(name, own=True, path=Path(name))
    settings = whole.get("settings", {})
    if not isinstance(settings, dict):
        raise ValueError(f"settings is {settings!r}, but it has values by name")
    for one, value in settings.items():
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError(f"{one} is {value!r}, but it is a number or a text")
    return DataPlan(name, tuple(settings.items()))


def _is_own(whole: dict[str, Any]) -> bool:
    """Whether a race was on one's own data: it says so, or its title is of no data set."""
    known = {entry.slug: entry.title for entry in EVERY_DATA_SET}
    title = whole.get("title", known.get(whole["slug"]))
    return bool(whole.get("origin", "") == "own" or title != known.get(whole["slug"]))


def _split(given: Any) -> Split:
    if not isinstance(given, Mapping) or not set(given) <= SPLIT_FIELDS | {"seed"}:
        raise ValueError(f"split is {given!r}, but it has {', '.join(sorted(SPLIT_FIELDS))}")
    values = {name: given[name] for name in given if name in SPLIT_FIELDS}
    size = values.get("train_size")
    if not (size is None or type(size) is int):
        raise ValueError(f"train_size is {size!r}, but it is a whole number or null")
    together = values.get(TOGETHER, False)
    if type(together) is not bool:
        raise ValueError(f"{TOGETHER} is {together!r}, but it is true or false")
    for name in values.keys() - {"train_size", TOGETHER}:
        if isinstance(values[name], bool) or not isinstance(values[name], int | float):
            raise ValueError(f"{name} is {values[name]!r}, but it is a number")
    return Split(**values)
