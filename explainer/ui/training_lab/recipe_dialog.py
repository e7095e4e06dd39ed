"""Every field of one recipe in a dialog. What is shown there is what the recipe holds.

A control's key changes whenever its recipe changes by something else than that control, so that it
begins anew with what the recipe holds: after a refusal, or where one choice brings another.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from explainer.parameters import Choice
from explainer.training.recipe.fields import Field, Switch
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.training.recipe.recipe import FIELDS, Recipe, idle, value_of
from explainer.ui.common.prose import escaped
from explainer.ui.training_lab.plan import KEY, change, recipes, set_recipe
from explainer.ui.training_lab.recipe_augmentation import augmentation_steps
from explainer.words import N_, _, told

SECTIONS = {
    "network": N_("Network"),
    "regularisation": N_("Regularisation"),
    "training": N_("Training"),
}
VERSION, REFUSED = f"{KEY}.editing_version", f"{KEY}.refused"


def edit_recipe(index: int, *, points: bool = False) -> None:
    """Open a dialog with every field of one recipe; what is refused is said and changes nothing."""

    @st.dialog(_("Recipe"), width="large", on_dismiss="rerun")
    def dialog() -> None:
        recipe_controls(index, points=points)
        if st.button(_("Done"), type="primary", key=f"{KEY}.editing{index}.done"):
            st.rerun()

    dialog()


def recipe_controls(index: int, *, points: bool = False) -> None:
    """The controls of the recipe with that index; `points` says what the data are."""
    recipe = recipes()[index]
    key = f"{KEY}.editing{index}.v{st.session_state.get(VERSION, 0)}"
    st.text_input(
        _("Name"),
        recipe.name,
        max_chars=40,
        key=f"{key}.name",
        on_change=_rename,
        args=(index, key),
    )
    if message := st.session_state.pop(REFUSED, ""):
        st.error(escaped(message))
    tabs = st.tabs([*map(_, SECTIONS.values()), _("Augmentation")])
    for tab, section in zip(tabs, SECTIONS, strict=False):
        with tab, st.grid(columns=2, min_column_width=220):
            for entry in FIELDS:
                if entry.section == section and entry.only in ("", recipe.network.kind):
                    with st.container():
                        _field(index, key, entry, recipe)
    with tabs[-1]:
        augmentation_steps(index, key, recipe, _show_anew, points=points)


def _field(index: int, key: str, entry: Field, recipe: Recipe) -> None:
    """One control, and beneath it why it changes nothing, where that is so."""
    widget_key, setting, value = f"{key}.{entry.name}", entry.setting, value_of(recipe, entry)
    common: dict[str, Any] = {
        "key": widget_key,
        "help": _(setting.help) or None,
        "on_change": _set,
        "args": (index, entry.name, widget_key),
    }
    if isinstance(setting, Switch):
        st.toggle(_(setting.label), value, **common)
    elif isinstance(setting, Choice):
        values = [option.value for option in setting.options]
        titles = {option.value: option.title for option in setting.options}
        st.selectbox(
            _(setting.label), values, values.index(value),
            format_func=lambda slug: _(titles[slug]), **common,
        )  # fmt: skip
        if meaning := next(one.meaning for one in setting.options if one.value == value):
            st.caption(_(meaning))
    elif entry.logarithmic:
        kind = entry.kind
        st.number_input(
            _(setting.label), kind(setting.minimum), kind(setting.maximum), value,
            step=kind(max(setting.step, 1)) if kind is int else 0.001,
            format="%d" if kind is int else "%.5g", **common,
        )  # fmt: skip
    else:
        kind = entry.kind
        bounds = (kind(setting.minimum), kind(setting.maximum), value, kind(setting.step))
        st.slider(_(setting.label), *bounds, **common)
    if reason := idle(recipe, entry):
        st.caption(reason)


def _set(index: int, name: str, widget_key: str) -> None:
    """Take what a control says; a refusal is said, and the control shows again what is."""
    if message := change(index, name, st.session_state[widget_key]):
        st.session_state[REFUSED] = _("That does not go together: {reason}.", reason=message)
        _show_anew()
    elif name == "optimiser":
        _bring_decay(index)


def _bring_decay(index: int) -> None:
    """A method that comes with a weight decay brings it, in sight, where there is none."""
    recipe = recipes()[index]
    usual = OPTIMISERS[recipe.training.optimiser].usual_decay
    if usual and not recipe.regularisation.weight_decay:
        change(index, "weight_decay", usual)
        _show_anew()


def _rename(index: int, key: str) -> None:
    typed = str(st.session_state[f"{key}.name"])
    try:
        set_recipe(index, replace(recipes()[index], name=typed.strip()))
    except ValueError as error:
        st.session_state[REFUSED] = _("This name cannot be taken: {reason}.", reason=told(error))
    if recipes()[index].name != typed:
        _show_anew()


def _show_anew() -> None:
    """Let every control begin with what the recipe holds, whatever it showed before."""
    st.session_state[VERSION] = st.session_state.get(VERSION, 0) + 1
