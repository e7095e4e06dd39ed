"""The table of recipes: one row and one colour each, and what sets each apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

from explainer.messages import whole
from explainer.parameters import Choice
from explainer.powers import short
from explainer.training.recipe.fields import Field, Several, Switch, Wholes
from explainer.training.recipe.recipe import FIELDS, Recipe, idle, value_of
from explainer.ui.common.appearance import theme
from explainer.ui.common.components import heard, mount, pack
from explainer.ui.common.memory import remembered
from explainer.ui.common.refusal import show_refusal
from explainer.ui.training_lab.plan import KEY, LINK, MOST_RECIPES, copy, recipes, remove
from explainer.ui.training_lab.recipe_dialog import edit_recipe, in_a_row
from explainer.words import _, in_words, language

NAME = f"{KEY}.table"
CHANGES = {"copy": copy, "remove": remove}
MOST_IN_TWO_LINES = 5  # what more recipes answer over the plane would not be seen below them


def recipe_table(*, points: bool, plane: bool, numbers: bool) -> None:
    """One row for each recipe: its colour, its name, and what sets it apart.

    `points` says that the data are points, not pictures, `plane` that they lie in the plane,
    `numbers` that they have no classes.
    """
    entries = recipes()
    show_refusal(LINK, icon=":material/link_off:")
    kind = {"points": points, "plane": plane}
    message = remembered(
        f"{KEY}.rows", (entries, kind, language(), theme()), lambda: _message(entries, **kind)
    )
    asked = heard(NAME, "asked")
    mount("recipes", key=NAME, data=message, on_asked_change=_change)
    index = whole(asked.get("index"), 0, len(entries) - 1)
    if asked.get("what") == "edit" and index is not None:
        edit_recipe(index, **kind, numbers=numbers)


def _change() -> None:
    """Copy a recipe, or take one away, as the browser asked."""
    asked = heard(NAME, "asked")
    change, index = CHANGES.get(str(asked.get("what"))), whole(asked.get("index"), 0, MOST_RECIPES)
    if change and index is not None and index < len(recipes()):
        change(index)


def _message(entries: Sequence[Recipe], *, points: bool, plane: bool) -> bytes:
    """What the browser draws: a row for each recipe."""
    rows = []
    for index, recipe in enumerate(entries):
        base = entries[0] if index else Recipe()
        apart = _alike(entries, index) or _difference(recipe, base, points=points, plane=plane)
        colour, name = theme().categorical[index], name_of(recipe, index)
        rows.append({"colour": colour, "name": name, "difference": apart})
    last = rows[-1]["name"]
    return pack(
        {
            "rows": rows,
            "most": MOST_RECIPES,
            "close": plane and len(entries) > MOST_IN_TWO_LINES,
            "help": _("A copy of the last one, {recipe}: change one thing in it.", recipe=last),
        }
    )


def name_of(recipe: Recipe, index: int) -> str:
    """What a recipe is called on the page."""
    return in_words(recipe.called(index))


def named(recipe: Recipe, index: int) -> str:
    """The same as HTML that nobody translates, for it is the visitor's own."""
    return f'<span translate="no">{escape(name_of(recipe, index))}</span>'


def dot(index: int) -> str:
    """The colour of a recipe as a small disc, HTML."""
    colour = theme().categorical[index]
    return (
        f'<span aria-hidden="true" style="display:inline-block;width:0.8rem;height:0.8rem;'
        f'border-radius:50%;background:{escape(colour)}"></span>'
    )


def _alike(entries: Sequence[Recipe], index: int) -> str:
    """That a recipe is an earlier one again but for its name; empty where it is not."""
    recipe = entries[index]
    for earlier, one in enumerate(entries[:index]):
        if replace(one, name=recipe.name) == recipe:
            return _(
                "the same as {recipe} so far",
                recipe=name_of(one, earlier),
            )
    return ""


def _difference(recipe: Recipe, base: Recipe, *, points: bool, plane: bool) -> str:
    """What sets a recipe apart from `base`, field by field."""
    parts = [
        _marked(
            _described(entry, value_of(recipe, entry)),
            idle=bool(idle(recipe, entry, plane=plane)),
        )
        for entry in FIELDS
        if value_of(recipe, entry) != value_of(base, entry)
    ]
    if recipe.augmentation != base.augmentation:
        steps = [
            _marked(_(one.record.title), idle=one.idle or (points and one.record.pictures_only))
            for one in recipe.augmentation
        ]
        parts.append(" + ".join(steps) or _("no augmentation"))
    return " · ".join(parts) or _("as the defaults")


def _marked(setting: str, *, idle: bool) -> str:
    return _("{setting} (no effect)", setting=setting) if idle else setting


def _described(entry: Field, value: Any) -> str:
    setting = entry.setting
    label = _(setting.label)
    if isinstance(setting, Switch):
        return label if value else _("{setting}: off", setting=label)
    if isinstance(setting, Choice):
        return _(next(option.title for option in setting.options if option.value == value))
    if isinstance(setting, Several):
        titles = ", ".join(_(option.title) for option in setting.options if option.value in value)
        return _("{setting} {value}", setting=label, value=titles)
    if isinstance(setting, Wholes):
        return _("{setting} {value}", setting=label, value=in_a_row(value) or "–")
    return _("{setting} {value}", setting=label, value=short(value))
