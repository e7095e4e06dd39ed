"""Presets: a story to begin with, data, split and recipes in one choice."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explainer.parameters import Choice, Setting, Value
from explainer.training.data.registry import DATA_SETS
from explainer.training.presets import PRESETS, Preset
from explainer.ui.training_lab.plan import KEY, set_recipes
from explainer.ui.training_lab.prediction import ask_about

OWN = "Your own"
FIRST = "Dropout or nothing"
CONTROL = f"{KEY}.preset"


def chosen_preset() -> Preset | None:
    """The story that the menu stands at, if any."""
    return _preset(str(st.session_state.get(CONTROL)))


def preset_menu() -> None:
    """The choice of a preset; while it is chosen, what to watch, and behind a fold the outcome."""
    if CONTROL not in st.session_state:
        _begin()
    title = st.selectbox(
        "Begin with",
        [*(preset.title for preset in PRESETS), OWN],
        key=CONTROL,
        bind="query-params",
        persist_state="session",
        on_change=_take_chosen,
    )
    preset = _preset(str(title))
    if preset:
        _tell(preset)


def _tell(preset: Preset) -> None:
    """Prediction first: the outcome is folded away, for each story anew."""
    st.markdown(f"**Watch**{preset.watch.removeprefix('Watch')}")
    with st.expander("What usually happens, and why", key=f"{KEY}.story.{preset.slug}"):
        st.markdown(f"**What usually happens.** {preset.usually}")
        st.markdown(f"**Why.** {preset.why}")


def _begin() -> None:
    """The first preset for a visitor without a link; a link with recipes is taken as it is."""
    if f"{KEY}.recipes" in st.query_params:
        st.session_state[CONTROL] = _known(st.query_params.get(CONTROL, OWN), OWN)
        return
    st.session_state[CONTROL] = _known(st.query_params.get(CONTROL, FIRST), FIRST)
    _take_chosen()


def _known(title: str, otherwise: str) -> str:
    return title if title == OWN or _preset(title) else otherwise


def _take_chosen() -> None:
    preset = _preset(st.session_state[CONTROL])
    if preset is None:
        return
    set_recipes(preset.recipes)
    ask_about(preset.judged)
    for key, value in _state(preset).items():
        st.session_state[key] = value


def _state(preset: Preset) -> dict[str, Any]:
    """What the widgets of the data, the split and the seeds show for `preset`, by their keys."""
    entry = DATA_SETS[preset.data]
    base, split, changed = f"{KEY}.{preset.data}", preset.split, dict(preset.data_settings)
    state: dict[str, Any] = {
        f"{KEY}.data": entry.title,
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
    """`value` as its widget holds it: a choice by its title, a number as its slider has it."""
    if isinstance(setting, Choice):
        return next(option.title for option in setting.options if option.value == value)
    return int(value) if setting.whole else float(value)


def _preset(title: str) -> Preset | None:
    return next((preset for preset in PRESETS if preset.title == title), None)
