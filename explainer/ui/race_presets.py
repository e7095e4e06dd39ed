"""Presets: a story to begin with, data, split and recipes in one choice."""

from __future__ import annotations

import streamlit as st

from explainer.training.data.registry import data_set
from explainer.training.presets import PRESETS, Preset
from explainer.ui.race_plan import KEY, set_recipes

OWN = "Your own"
FIRST = "Dropout or nothing"
CONTROL = f"{KEY}.preset"


def preset_menu() -> None:
    """The choice of a preset, and its three sentences while it is chosen."""
    if CONTROL not in st.session_state:
        _begin()
    title = st.segmented_control(
        "Begin with",
        [*(preset.title for preset in PRESETS), OWN],
        required=True,
        key=CONTROL,
        bind="query-params",
        persist_state="session",
        on_change=_take_chosen,
    )
    preset = _preset(str(title))
    if preset:
        st.markdown(f"{preset.watch} {preset.usually} {preset.why}")


def _begin() -> None:
    """The first preset for a visitor without a link; a link with recipes is taken as it is."""
    if f"{KEY}.recipes" in st.query_params:
        st.session_state[CONTROL] = st.query_params.get(CONTROL, OWN)
        return
    st.session_state[CONTROL] = st.query_params.get(CONTROL, FIRST)
    _take_chosen()


def _take_chosen() -> None:
    preset = _preset(st.session_state[CONTROL])
    if preset is None:
        return
    set_recipes(preset.recipes)
    state = {
        f"{KEY}.data": data_set(preset.data).title,
        f"{KEY}.{preset.data}.train_size": preset.split.train_size,
        f"{KEY}.{preset.data}.wrong_labels": preset.split.label_noise,
        f"{KEY}.seeds": preset.seeds,
    }
    for key, value in state.items():
        if value is not None:
            st.session_state[key] = value


def _preset(title: str) -> Preset | None:
    return next((preset for preset in PRESETS if preset.title == title), None)
