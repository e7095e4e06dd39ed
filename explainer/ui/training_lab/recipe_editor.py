"""The table of recipes: one row and one colour each, and what sets each apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from explainer.parameters import Choice
from explainer.powers import short
from explainer.training.recipe.fields import Field, Several, Switch, Wholes
from explainer.training.recipe.recipe import FIELDS, Recipe, idle, value_of
from explainer.ui.common.appearance import theme
from explainer.ui.common.prose import escaped
from explainer.ui.common.refusal import show_refusal
from explainer.ui.training_lab.plan import KEY, LINK, MOST_RECIPES, copy, recipes, remove
from explainer.ui.training_lab.recipe_dialog import edit_recipe, in_a_row
from explainer.words import N_, _, in_words

CHANGES = {"copy": (N_("Copy"), copy), "remove": (N_("Remove"), remove)}


def recipe_table(*, points: bool, plane: bool, numbers: bool) -> None:
    """One row for each recipe: its colour, its name, and what sets it apart.

    `points` says that the data are points, not pictures, `plane` that they lie in the plane,
    `numbers` that they have no classes.
    """
    entries = recipes()
    show_refusal(LINK, icon=":material/link_off:")
    with st.container(gap="xsmall"):
        for index in range(len(entries)):
            _row(entries, index, points=points, plane=plane, numbers=numbers)
    if len(entries) < MOST_RECIPES:
        last = escaped(name_of(entries[-1], len(entries) - 1))
        st.button(
            _("Add recipe"), icon=":material/add:", type="tertiary", key=f"{KEY}.add",
            on_click=copy, args=(len(entries) - 1,),
            help=_("A copy of the last one, {recipe}: change one thing in it.", recipe=last),
        )  # fmt: skip


def _row(
    entries: Sequence[Recipe], index: int, *, points: bool, plane: bool, numbers: bool
) -> None:
    """What one recipe is, and what can be done with it."""
    recipe, base = entries[index], entries[0] if index else Recipe()
    with st.container(horizontal=True, gap="xsmall"):
        difference = _alike(entries, index)
        difference = escape(difference or _difference(recipe, base, points=points, plane=plane))
        st.html(
            '<div style="display:flex;gap:.6rem;line-height:1.3;contain:inline-size">'
            f"<div>{dot(index)}</div><div><b>{named(recipe, index)}</b><br>"
            f'<small style="opacity:.75">{difference}</small></div></div>'
        )
        _actions(index, len(entries), points=points, plane=plane, numbers=numbers)


def _actions(index: int, count: int, *, points: bool, plane: bool, numbers: bool) -> None:
    """What can be done with one of `count` recipes."""
    if st.button(_("Edit"), key=f"{KEY}.edit{index}", icon=":material/tune:"):
        edit_recipe(index, points=points, plane=plane, numbers=numbers)
    st.menu_button(
        _("More"), ["copy"] * (count < MOST_RECIPES) + ["remove"] * (count > 1),
        key=f"{KEY}.more{index}", on_click=_on_more, args=(index,),
        format_func=lambda slug: _(CHANGES[slug][0]),
    )  # fmt: skip


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


def _on_more(index: int) -> None:
    if picked := st.session_state[f"{KEY}.more{index}"]:
        CHANGES[picked][1](index)


def _alike(entries: Sequence[Recipe], index: int) -> str:
    """That a recipe is an earlier one again but for its name; empty where it is not."""
    recipe = entries[index]
    for earlier, one in enumerate(entries[:index]):
        if replace(one, name=recipe.name) == recipe:
            return _(
                "the same as {recipe}: until one is changed, their curves coincide",
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
