"""The table of recipes: one row and one colour each, and what sets each apart."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from explainer.parameters import Choice
from explainer.training.recipe.fields import Field, Switch
from explainer.training.recipe.recipe import FIELDS, AugmentationStep, Recipe, idle, value_of
from explainer.ui.common.appearance import theme
from explainer.ui.common.prose import escaped
from explainer.ui.common.refusal import show_refusal
from explainer.ui.training_lab.plan import KEY, LINK, MOST_RECIPES, copy, recipes, remove
from explainer.ui.training_lab.recipe_dialog import edit_recipe

COPY, REMOVE = "Copy", "Remove"
NO_EFFECT = " (no effect)"


def recipe_table(*, points: bool) -> None:
    """One row for each recipe: its colour, its name, and what sets it apart.

    `points` says that the data are points in the plane, not pictures.
    """
    entries = recipes()
    show_refusal(LINK, icon=":material/link_off:")
    for index, recipe in enumerate(entries):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(dot(index), width="content")
            st.markdown(f"**{escaped(name_of(recipe, index))}**", width="content")
            st.caption(escaped(_difference(recipe, entries[0] if index else Recipe())))
            with st.container(horizontal=True, gap="small", width="content"):
                _actions(index, len(entries), points=points)


def _actions(index: int, count: int, *, points: bool) -> None:
    """What can be done with one of `count` recipes."""
    if st.button("Edit", key=f"{KEY}.edit{index}", icon=":material/tune:"):
        edit_recipe(index, points=points)
    options = [COPY] * (count < MOST_RECIPES) + [REMOVE] * (count > 1)
    st.menu_button("More", options, key=f"{KEY}.more{index}", on_click=_on_more, args=(index,))


def name_of(recipe: Recipe, index: int) -> str:
    """What a recipe is called on the page."""
    return recipe.name or f"Recipe {index + 1}"


def dot(index: int) -> str:
    """The colour of a recipe as a small disc, HTML."""
    colour = theme().categorical[index]
    return (
        f'<span aria-hidden="true" style="display:inline-block;width:0.8rem;height:0.8rem;'
        f'border-radius:50%;background:{escape(colour)}"></span>'
    )


def _on_more(index: int) -> None:
    picked = st.session_state[f"{KEY}.more{index}"]
    if picked == COPY:
        copy(index)
    elif picked == REMOVE:
        remove(index)


def _difference(recipe: Recipe, base: Recipe) -> str:
    """What sets a recipe apart from `base`, field by field."""
    parts = [
        f"{_described(entry, value_of(recipe, entry))}{NO_EFFECT if idle(recipe, entry) else ''}"
        for entry in FIELDS
        if value_of(recipe, entry) != value_of(base, entry)
    ]
    if recipe.augmentation != base.augmentation:
        parts.append(" + ".join(map(_titled, recipe.augmentation)) or "no augmentation")
    return " · ".join(parts) or ("as the defaults" if base == Recipe() else "as the first")


def _titled(one: AugmentationStep) -> str:
    return f"{one.record.title}{NO_EFFECT if one.idle else ''}"


def _described(entry: Field, value: Any) -> str:
    setting = entry.setting
    if isinstance(setting, Switch):
        return setting.label if value else f"no {setting.label.lower()}"
    if isinstance(setting, Choice):
        return next(option.title for option in setting.options if option.value == value)
    return f"{setting.label} {value:g}"
