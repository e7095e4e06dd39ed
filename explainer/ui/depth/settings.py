"""The settings that are compared: a row and a colour each, kept for the visit, and in the URL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from explainer.gradients.depth.presets import DEPTH_PRESETS, DepthPreset, depth_preset
from explainer.gradients.depth.settings import (
    MOST_LAYERS,
    MOST_SETTINGS,
    SETTING_FIELDS,
    from_text,
    text_of,
    title,
    value,
)
from explainer.parameters import Choice
from explainer.training.recipe.fields import Field, Switch
from explainer.training.recipe.recipe import Network
from explainer.ui.common.prose import escaped
from explainer.ui.common.refusal import forget, refuse, show_refusal
from explainer.ui.training_lab.recipe_editor import dot

KEY = "depth"
LINK = f"{KEY}.link"
SEPARATOR = "!"
OWN = "Your own"
COPY, REMOVE = "Copy", "Remove"
CONTROL, LIST, IN_URL = f"{KEY}.preset", f"{KEY}.setting_list", f"{KEY}.settings"
LAYERS, WIDTH = f"{KEY}.layers", f"{KEY}.width"
WIDTHS = (16, 32, 64, 100, 128, 256, 512)


def settings() -> tuple[Network, ...]:
    """The settings of the visitor: as changed, else as in the link, else the first story's."""
    found: tuple[Network, ...] = st.session_state.get(LIST, DEPTH_PRESETS[0].settings)
    return found


def preset_menu() -> None:
    """The choice of a story, and what to watch."""
    if CONTROL not in st.session_state:
        _begin()
    names = [*(entry.title for entry in DEPTH_PRESETS), OWN]
    chosen = st.selectbox(
        "Begin with", names, key=CONTROL, bind="query-params", persist_state="session",
        on_change=_take_chosen,
    )  # fmt: skip
    if preset := depth_preset(str(chosen)):
        st.markdown(f"**Watch**{preset.watch.removeprefix('Watch')}")


def story() -> None:
    """Behind a fold, what is seen in the chosen story, and why: the reader guesses first."""
    if preset := depth_preset(str(st.session_state.get(CONTROL))):
        with st.expander("What is seen, and why", key=f"{KEY}.story.{preset.slug}"):
            st.markdown(preset.seen)


def setting_rows() -> None:
    """A row for each setting: its colour, its name, its controls behind one button."""
    show_refusal(LINK, icon=":material/link_off:")
    entries = settings()
    for index, network in enumerate(entries):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(dot(index), width="content")
            _change(index, network)
            options = [COPY] * (len(entries) < MOST_SETTINGS) + [REMOVE] * (len(entries) > 1)
            key = f"{KEY}.more{index}"
            st.menu_button("More", options, key=key, on_click=_on_more, args=(index, key))
    text = SEPARATOR.join(text_of(network) for network in entries)
    if st.query_params.get(IN_URL) != text:
        st.query_params[IN_URL] = text


def _change(index: int, network: Network) -> None:
    with st.popover(title(network), icon=":material/tune:", key=f"{KEY}.change{index}"):
        if message := st.session_state.pop(f"{KEY}.refused{index}", ""):
            st.error(escaped(message))
        for field in SETTING_FIELDS:
            if field.name != "init_sigma" or network.initialisation == "normal":
                _field(index, field, value(network, field))


def _field(index: int, field: Field, current: Any) -> None:
    """One control; its key changes when the list does, so that it shows what is there."""
    setting, version = field.setting, st.session_state.get(f"{KEY}.version", 0)
    key = f"{KEY}.v{version}.s{index}.{field.name}"
    common: dict[str, Any] = {
        "key": key, "help": setting.help or None, "on_change": _set,
        "args": (index, field.name, key),
    }  # fmt: skip
    if isinstance(setting, Switch):
        st.toggle(setting.label, current, **common)
    elif isinstance(setting, Choice):
        titles = {option.value: option.title for option in setting.options}
        values = list(titles)
        st.selectbox(
            setting.label, values, values.index(current), format_func=titles.__getitem__, **common
        )
    else:
        bounds = (float(setting.minimum), float(setting.maximum))
        st.number_input(setting.label, *bounds, float(current), step=0.01, format="%.3g", **common)


def _set(index: int, name: str, key: str) -> None:
    entries = list(settings())
    try:
        changed: dict[str, Any] = {name: st.session_state[key]}
        entries[index] = replace(entries[index], **changed)
    except ValueError as error:
        st.session_state[f"{KEY}.refused{index}"] = f"That does not go together: {error}."
        _show_anew()
        return
    st.session_state[LIST] = tuple(entries)
    st.session_state[CONTROL] = OWN


def _on_more(index: int, key: str) -> None:
    entries, picked = list(settings()), st.session_state[key]
    if picked == COPY:
        entries.insert(index + 1, entries[index])
    elif picked == REMOVE:
        del entries[index]
    _replace(tuple(entries))
    st.session_state[CONTROL] = OWN


def _replace(entries: tuple[Network, ...]) -> None:
    if 1 <= len(entries) <= MOST_SETTINGS:
        forget(LINK)
        st.session_state[LIST] = entries
        _show_anew()


def _show_anew() -> None:
    """Let every control begin with what its setting is, whatever it showed before."""
    st.session_state[f"{KEY}.version"] = st.session_state.get(f"{KEY}.version", 0) + 1


def _begin() -> None:
    """The first story for a visitor without a link; a link with settings is taken as it is."""
    if IN_URL in st.query_params:
        st.session_state[LIST] = _from_url(st.query_params[IN_URL])
        st.session_state[CONTROL] = _known(st.query_params.get(CONTROL, OWN), OWN)
        for key, usual in ((LAYERS, DEPTH_PRESETS[0].depth), (WIDTH, DEPTH_PRESETS[0].width)):
            if key not in st.query_params:
                st.session_state[key] = usual
        return
    first = DEPTH_PRESETS[0].title
    st.session_state[CONTROL] = _known(st.query_params.get(CONTROL, first), first)
    _take_chosen()


def _known(name: str, otherwise: str) -> str:
    return name if name == OWN or depth_preset(name) else otherwise


def _take_chosen() -> None:
    preset: DepthPreset | None = depth_preset(st.session_state[CONTROL])
    if preset is not None:
        _replace(preset.settings)
        st.session_state[LAYERS] = min(preset.depth, MOST_LAYERS)
        st.session_state[WIDTH] = preset.width


def _from_url(text: str) -> tuple[Network, ...]:
    try:
        return tuple(from_text(part) for part in text.split(SEPARATOR))[:MOST_SETTINGS]
    except ValueError as error:
        refuse(LINK, f"The settings of this link cannot be read: {error}.")
        return DEPTH_PRESETS[0].settings
