"""Presets: a story to begin with, data, split and recipes in one choice."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import streamlit as st

from explainer.parameters import Choice, Setting, Value
from explainer.training.data.registry import DATA_SETS
from explainer.training.presets import PRESETS, Preset
from explainer.training.recipe.recipe import Recipe
from explainer.ui.common.address import keep_in_link
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.story import outcome
from explainer.ui.training_lab.instruments.verdict import ASKED
from explainer.ui.training_lab.plan import KEY, copy, recipes, set_recipes
from explainer.ui.training_lab.prediction import ask_about
from explainer.words import N_, _

PLAIN = Recipe(name=N_("Plain"))
OWN = Named("own", N_("Your own"))
FIRST = "four-remedies"
CONTROL = f"{KEY}.preset"
CHANGED = f"{KEY}.changed"
SHOWN = f"{KEY}.shown"


def chosen_preset() -> Preset | None:
    """The story that the menu stands at, if any."""
    return PRESETS.get(str(st.session_state.get(CONTROL)))


def preset_menu() -> None:
    """The choice of a preset."""
    if CONTROL not in st.session_state:
        _begin()
    choice(_("Story"), (*PRESETS, OWN), key=CONTROL, default=OWN.slug, on_change=_take_chosen)


def told_before() -> bool:
    """What to watch in the chosen story, as long as it is that story; whether it is."""
    preset = chosen_preset()
    is_told = preset is not None and _is_told(preset)
    if preset and is_told:
        st.markdown(_(preset.watch))
    elif preset:
        st.caption(_("Changed: what the story says need not hold for this race."))
    return is_told


def told_after() -> None:
    """What is seen in the chosen story and why, behind a fold."""
    if preset := chosen_preset():
        outcome(preset, KEY)


def keep_change_in_link() -> None:
    """Let the address say where a control of the story stands otherwise than the story has it.

    A control that stands where it always begins is not in the address; with this word, that is
    what its absence means.
    """
    preset = chosen_preset()
    keep_in_link(CHANGED, "yes" if preset and not _stands_as_in(preset) else "")


def _is_told(preset: Preset) -> bool:
    """Whether recipes, data and division are still those of `preset`."""
    return recipes() == preset.recipes and _stands_as_in(
        preset, free=(ASKED, SHOWN, f"{KEY}.seeds")
    )


def _stands_as_in(preset: Preset, free: Container[str] = ()) -> bool:
    """Whether the widgets are as in `preset`, those in `free` aside."""
    state = st.session_state
    held = ((key, value) for key, value in _state(preset).items() if key not in free)
    return all(state.get(key, value) == value for key, value in held)


def _begin() -> None:
    """The first preset for a visitor without a link; a link with recipes is taken as it is."""
    text = st.query_params.pop(CONTROL, "")
    begun = f"{KEY}.recipes" in st.query_params
    linked = (entry.slug for entry in (*PRESETS, OWN) if text in (entry.slug, entry.title))
    st.session_state[CONTROL] = next(linked, OWN.slug if begun else FIRST)
    preset = PRESETS.get(st.session_state[CONTROL])
    if not begun:
        _take_chosen()
    elif preset and recipes() == preset.recipes and CHANGED not in st.query_params:
        _show(preset, but=st.query_params)  # what its link leaves out is as in the story


def _take_chosen() -> None:
    preset = PRESETS.get(st.session_state[CONTROL])
    if preset is None:
        if any(recipes() == one.recipes for one in PRESETS):  # nothing of one's own yet
            set_recipes((PLAIN,))
            copy(0)
        return
    set_recipes(preset.recipes)
    ask_about(preset.judged)
    _show(preset)


def _show(preset: Preset, but: Container[str] = ()) -> None:
    """Set the widgets as they are in `preset`, those aside whose keys are in `but`."""
    for key, value in _state(preset).items():
        if key not in but:
            st.session_state[key] = value


def _state(preset: Preset) -> dict[str, Any]:
    """What the widgets of the data, the split and the seeds show for `preset`, by their keys."""
    entry = DATA_SETS[preset.data]
    base, split, changed = f"{KEY}.{preset.data}", preset.split, dict(preset.data_settings)
    state: dict[str, Any] = {
        f"{KEY}.data": entry.slug,
        # The verdict opens on what the story turns on; the shifted test is not scored yet.
        ASKED: "accuracy" if preset.shift else preset.judged,
        SHOWN: "weights" if preset.judged == "zeros" else "loss-accuracy",
        f"{KEY}.seeds": preset.seeds,
        f"{base}.validation": split.validation_share,
        f"{base}.test": split.test_share,
        f"{base}.wrong_labels": split.label_noise,
    }
    if split.train_size is not None:
        state[f"{base}.train_size"] = split.train_size
    for setting in entry.parameters:
        value = changed.get(setting.name, setting.default)
        state[f"{base}.{setting.name}"] = _shown(setting, value)
    return state


def _shown(setting: Setting, value: Value) -> Value:
    """`value` as its widget holds it."""
    if isinstance(setting, Choice):
        return value
    return int(value) if setting.whole else float(value)
