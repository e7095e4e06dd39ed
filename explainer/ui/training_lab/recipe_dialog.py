"""Every field of one recipe in a dialog. What is shown there is what the recipe holds.

A control's key changes whenever its recipe changes by something else than that control, so that it
begins anew with what the recipe holds: after a refusal, or where one choice brings another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from explainer.parameters import Choice
from explainer.training.recipe.fields import Field, Several, Switch, Wholes
from explainer.training.recipe.optimisers import OPTIMISERS, Optimiser
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
SMOOTHING = "label_smoothing"
VERSION, REFUSED = f"{KEY}.editing_version", f"{KEY}.refused"


def edit_recipe(
    index: int, *, points: bool = False, plane: bool = False, numbers: bool = False
) -> None:
    """Open a dialog with every field of one recipe; what is refused is said and changes nothing."""

    @st.dialog(_("Recipe"), width="large", on_dismiss="rerun")
    def dialog() -> None:
        recipe_controls(index, points=points, plane=plane, numbers=numbers)
        if st.button(_("Done"), type="primary", key=f"{KEY}.editing{index}.done"):
            st.rerun()

    dialog()


def recipe_controls(
    index: int, *, points: bool = False, plane: bool = False, numbers: bool = False
) -> None:
    """The controls of the recipe with that index; `points` and the others say what the data are."""
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
                shown = entry.only in ("", recipe.network.kind) and (plane or not entry.plane)
                if entry.section == section and shown:
                    with st.container():
                        _field(index, key, entry, recipe, plane=plane)
                        if numbers and entry.name == SMOOTHING:
                            st.caption(_("For classes alone: a number has none to be spread over."))
    with tabs[-1]:
        augmentation_steps(index, key, recipe, _show_anew, points=points)


def _field(index: int, key: str, entry: Field, recipe: Recipe, *, plane: bool) -> None:
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
    elif isinstance(setting, Several):
        titles = {option.value: _(option.title) for option in setting.options}
        st.pills(
            _(setting.label), list(titles), selection_mode="multi", default=value,
            format_func=titles.__getitem__, **common,
        )  # fmt: skip
    elif isinstance(setting, Wholes):
        st.text_input(_(setting.label), in_a_row(value), **common)
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
    if reason := idle(recipe, entry, plane=plane):
        st.caption(reason)


def in_a_row(numbers: Sequence[int]) -> str:
    """Whole numbers as one types them."""
    return ", ".join(map(str, numbers))


def _set(index: int, name: str, widget_key: str) -> None:
    """Take what a control says; a refusal is said, and the control shows again what is."""
    before = OPTIMISERS[recipes()[index].training.optimiser]
    if message := change(index, name, st.session_state[widget_key]):
        st.session_state[REFUSED] = _("That does not go together: {reason}.", reason=message)
        _show_anew()
    elif name == "widths":  # typed in any of several ways
        _show_anew()
    elif name == "optimiser":
        _bring_usual(index, before)


def _bring_usual(index: int, before: Optimiser) -> None:
    """A method brings, in sight, the rate that is usual with it, and a decay where there is none.

    A rate of 0.02, good for plain steps, makes Adam jump; where the usual rate stays what it was
    with the method `before`, the visitor's own stays too.
    """
    recipe = recipes()[index]
    chosen = OPTIMISERS[recipe.training.optimiser]
    if chosen.usual_rate != before.usual_rate:
        change(index, "learning_rate", chosen.usual_rate)
    if chosen.usual_decay and not recipe.regularisation.weight_decay:
        change(index, "weight_decay", chosen.usual_decay)
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
