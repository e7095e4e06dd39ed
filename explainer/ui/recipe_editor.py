"""The table of recipes: one row and one colour each; every field of one in a dialog."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from explainer.training.augmentation import AUGMENTATIONS, Step, step
from explainer.training.fields import Field, Switch
from explainer.training.parameter import Choice
from explainer.training.recipe import FIELDS, Recipe, value_of
from explainer.ui.appearance import theme
from explainer.ui.prose import escaped
from explainer.ui.race_plan import (
    KEY,
    MOST_RECIPES,
    change,
    copy,
    recipes,
    remove,
    set_recipes,
)

SECTIONS = {"network": "Network", "regularisation": "Regularisation", "training": "Training"}
COPY, REMOVE = "Copy", "Remove"


def recipe_table() -> None:
    """One row for each recipe: its colour, its name, and what sets it apart."""
    entries = recipes()
    if message := st.session_state.get(f"{KEY}.link_error"):
        st.warning(escaped(message), icon=":material/link_off:")
    for index, recipe in enumerate(entries):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(dot(index), width="content")
            st.markdown(f"**{escaped(name_of(recipe, index))}**", width="content")
            st.caption(escaped(_difference(recipe, entries[0] if index else Recipe())))
            with st.container(horizontal=True, gap="small", width="content"):
                _actions(index, len(entries))


def _actions(index: int, count: int) -> None:
    """What can be done with one of `count` recipes."""
    if st.button("Edit", key=f"{KEY}.edit{index}", icon=":material/tune:"):
        edit_recipe(index)
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


@st.dialog("Recipe", width="large", on_dismiss="rerun")
def edit_recipe(index: int) -> None:
    """Every field of one recipe. What is refused is said and changes nothing."""
    recipe = recipes()[index]
    key = f"{KEY}.editing{index}"
    st.text_input(
        "Name", recipe.name, max_chars=40, key=f"{key}.name", on_change=_rename, args=(index, key)
    )
    if message := st.session_state.pop(f"{KEY}.refused", ""):
        st.error(escaped(message))
    tabs = st.tabs([*SECTIONS.values(), "Augmentation"])
    for tab, section in zip(tabs, SECTIONS, strict=False):
        with tab, st.grid(columns=2, min_column_width=220):
            for entry in FIELDS:
                if entry.section == section and entry.only in ("", recipe.network.kind):
                    _field(index, key, entry, value_of(recipe, entry))
    with tabs[-1]:
        _augmentation(index, key, recipe)
    if st.button("Done", type="primary", key=f"{key}.done"):
        st.rerun()


def _field(index: int, key: str, entry: Field, value: Any) -> None:
    widget_key, setting = f"{key}.{entry.name}", entry.setting
    common: dict[str, Any] = {
        "key": widget_key,
        "help": setting.help or None,
        "on_change": _set,
        "args": (index, entry.name, widget_key),
    }
    if isinstance(setting, Switch):
        st.toggle(setting.label, value, **common)
    elif isinstance(setting, Choice):
        values = [option.value for option in setting.options]
        titles = {option.value: option.title for option in setting.options}
        st.selectbox(
            setting.label, values, values.index(value), format_func=titles.__getitem__, **common
        )
    elif entry.logarithmic:
        kind = entry.kind
        st.number_input(
            setting.label, kind(setting.minimum), kind(setting.maximum), value,
            step=kind(max(setting.step, 1)) if kind is int else 0.001,
            format="%d" if kind is int else "%.5g", **common,
        )  # fmt: skip
    else:
        kind = entry.kind
        bounds = (kind(setting.minimum), kind(setting.maximum), value, kind(setting.step))
        st.slider(setting.label, *bounds, **common)


def _augmentation(index: int, key: str, recipe: Recipe) -> None:
    chosen = {one.slug: dict(one.values) for one in recipe.augmentation}
    titles = {entry.title: entry for entry in AUGMENTATIONS}
    names = st.multiselect(
        "What is done to the training pictures, in this order",
        list(titles),
        [entry.title for entry in AUGMENTATIONS if entry.slug in chosen],
        key=f"{key}.augmentations",
    )
    steps: list[Step] = []
    for name in names:
        entry = titles[name]
        values = {
            p.name: st.slider(
                f"{entry.title}: {p.label}",
                float(p.minimum),
                float(p.maximum),
                float(chosen.get(entry.slug, {}).get(p.name, p.default)),
                float(p.step),
                key=f"{key}.{entry.slug}.{p.name}",
                help=p.help or None,
            )
            for p in entry.parameters
        }
        steps.append(step(entry.slug, **values))
    if tuple(steps) != recipe.augmentation:
        entries = list(recipes())
        entries[index] = replace(recipe, augmentation=tuple(steps))
        set_recipes(tuple(entries))


def _set(index: int, name: str, widget_key: str) -> None:
    st.session_state[f"{KEY}.refused"] = change(index, name, st.session_state[widget_key])


def _rename(index: int, key: str) -> None:
    entries = list(recipes())
    try:
        entries[index] = replace(entries[index], name=st.session_state[f"{key}.name"].strip())
    except ValueError as error:
        st.session_state[f"{KEY}.refused"] = str(error)
    set_recipes(tuple(entries))


def _on_more(index: int) -> None:
    picked = st.session_state[f"{KEY}.more{index}"]
    if picked == COPY:
        copy(index)
    elif picked == REMOVE:
        remove(index)


def _difference(recipe: Recipe, base: Recipe) -> str:
    """What sets a recipe apart from `base`, field by field."""
    parts = [
        _described(entry, value_of(recipe, entry))
        for entry in FIELDS
        if value_of(recipe, entry) != value_of(base, entry)
    ]
    titles = {entry.slug: entry.title for entry in AUGMENTATIONS}
    if recipe.augmentation != base.augmentation:
        parts.append(
            " + ".join(titles[one.slug] for one in recipe.augmentation) or "no augmentation"
        )
    return " · ".join(parts) or ("as the defaults" if base == Recipe() else "as the first")


def _described(entry: Field, value: Any) -> str:
    setting = entry.setting
    if isinstance(setting, Switch):
        return setting.label if value else f"no {setting.label.lower()}"
    if isinstance(setting, Choice):
        return next(option.title for option in setting.options if option.value == value)
    return f"{setting.label} {value:g}"
