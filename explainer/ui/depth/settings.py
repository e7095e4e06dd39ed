"""The settings that are compared: a row and a colour each, kept for the visit, and in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from explainer.gradients.depth.presets import DEPTH_PRESETS
from explainer.gradients.depth.settings import (
    MOST_LAYERS,
    MOST_SETTINGS,
    SETTING_FIELDS,
    from_text,
    text_of,
    title,
)
from explainer.gradients.depth.untrained_pass import UntrainedPass
from explainer.parameters import Choice, Parameter
from explainer.training.recipe.fields import Field, Switch
from explainer.training.recipe.recipe import Network
from explainer.ui.common.address import keep_in_link, linked
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.prose import escaped
from explainer.ui.common.refusal import forget, refuse, show_refusal
from explainer.ui.common.story import outcome
from explainer.ui.training_lab.recipe_editor import dot
from explainer.words import N_, _, later, sentence_of, told

KEY = "depth"
LINK = f"{KEY}.link"
SEPARATOR = "!"
OWN = Named("own", N_("Your own"))
FIRST = DEPTH_PRESETS["three"]
ACTIONS = {"copy": N_("Copy"), "remove": N_("Remove")}
CONTROL, LIST, IN_URL = f"{KEY}.preset", f"{KEY}.setting_list", f"{KEY}.settings"
LAYERS, WIDTH = f"{KEY}.layers", f"{KEY}.width"
WIDTHS = (16, 32, 64, 100, 128, 256, 512)


def settings() -> tuple[Network, ...]:
    """The settings of the visitor: as changed, else as in the link, else the first story's."""
    found: tuple[Network, ...] = st.session_state.get(LIST, FIRST.settings)
    return found


def preset_menu() -> None:
    """The choice of a story, and what to watch; a link with settings is taken as it is."""
    given, begins = linked(IN_URL), linked(CONTROL) or LIST not in st.session_state
    if given:
        _arrive(given)
    slug = choice(_("Begin with"), (*DEPTH_PRESETS, OWN), key=CONTROL, on_change=_take)
    if begins and not given:
        _take()
    if preset := DEPTH_PRESETS.get(slug):
        st.markdown(_(preset.watch))


def story(passages: Sequence[UntrainedPass]) -> None:
    """Behind a fold, what is seen in the passes of the chosen story, and why."""
    if preset := DEPTH_PRESETS.get(st.session_state[CONTROL]):
        outcome(preset, KEY, preset.told(passages))


def setting_rows() -> None:
    """A row for each setting: its colour, its name, its controls behind one button."""
    show_refusal(LINK, icon=":material/link_off:")
    entries = settings()
    for index, network in enumerate(entries):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(dot(index), width="content")
            _change(index, network)
            options = ["copy"] * (len(entries) < MOST_SETTINGS) + ["remove"] * (len(entries) > 1)
            key = f"{KEY}.more{index}"
            st.menu_button(
                _("More"), options, key=key, format_func=lambda action: _(ACTIONS[action]),
                on_click=_on_more, args=(index, key),
            )  # fmt: skip
    keep_in_link(IN_URL, SEPARATOR.join(text_of(network) for network in entries))


def _change(index: int, network: Network) -> None:
    popover = st.popover(
        title(network), icon=":material/tune:", key=f"{KEY}.change{index}", on_change="rerun"
    )
    if not popover.open:
        return
    with popover:
        if message := st.session_state.pop(f"{KEY}.refused{index}", ""):
            st.error(escaped(message))
        for field in SETTING_FIELDS:
            if field.name != "init_sigma" or network.initialisation == "normal":
                _field(index, field, getattr(network, field.name))


def _field(index: int, field: Field, current: Any) -> None:
    """One control; its key changes when the list does, so that it shows what is there."""
    setting, version = field.setting, st.session_state.get(f"{KEY}.version", 0)
    key = f"{KEY}.v{version}.s{index}.{field.name}"
    common: dict[str, Any] = {
        "key": key, "help": _(setting.help) or None, "on_change": _set,
        "args": (index, field.name, key),
    }  # fmt: skip
    label = _(setting.label)
    if isinstance(setting, Switch):
        st.toggle(label, current, **common)
    elif isinstance(setting, Choice):
        titles = {option.value: _(option.title) for option in setting.options}
        values = list(titles)
        st.selectbox(label, values, values.index(current), format_func=titles.__getitem__, **common)
    elif isinstance(setting, Parameter):
        bounds = (float(setting.minimum), float(setting.maximum))
        st.number_input(label, *bounds, float(current), step=0.01, format="%.3g", **common)


def _set(index: int, name: str, key: str) -> None:
    entries = list(settings())
    st.session_state[f"{KEY}.change{index}"] = True  # its title may be another now: it stays open
    try:
        changed: dict[str, Any] = {name: st.session_state[key]}
        entries[index] = replace(entries[index], **changed)
    except ValueError as error:
        st.session_state[f"{KEY}.refused{index}"] = _(
            "That does not go together: {reason}.", reason=told(error)
        )
        _show_anew()
        return
    st.session_state[LIST] = tuple(entries)
    st.session_state[CONTROL] = OWN.slug


def _on_more(index: int, key: str) -> None:
    entries, picked = list(settings()), st.session_state[key]
    if picked == "copy":
        entries.insert(index + 1, entries[index])
    elif picked == "remove":
        del entries[index]
    _replace(tuple(entries))
    st.session_state[CONTROL] = OWN.slug


def _replace(entries: tuple[Network, ...]) -> None:
    if 1 <= len(entries) <= MOST_SETTINGS:
        forget(LINK)
        st.session_state[LIST] = entries
        _show_anew()


def _show_anew() -> None:
    """Let every control begin with what its setting is, whatever it showed before."""
    st.session_state[f"{KEY}.version"] = st.session_state.get(f"{KEY}.version", 0) + 1


def _arrive(text: str) -> None:
    """Take the settings of a link, and the first story's size where the link has none."""
    if LIST in st.session_state:
        _show_anew()
    st.session_state[LIST] = _from_link(text)
    if CONTROL not in st.query_params and settings() != FIRST.settings:
        st.session_state[CONTROL] = OWN.slug
    for key, usual in ((LAYERS, FIRST.depth), (WIDTH, FIRST.width)):
        if key not in st.query_params:
            st.session_state[key] = usual


def _take() -> None:
    """Set everything as the chosen story has it."""
    if preset := DEPTH_PRESETS.get(st.session_state[CONTROL]):
        _replace(preset.settings)
        st.session_state[LAYERS] = min(preset.depth, MOST_LAYERS)
        st.session_state[WIDTH] = preset.width


def _from_link(text: str) -> tuple[Network, ...]:
    try:
        return tuple(from_text(part) for part in text.split(SEPARATOR))[:MOST_SETTINGS]
    except ValueError as error:
        reason = sentence_of(error)
        refuse(LINK, later("The settings of this link cannot be read: {reason}.", reason=reason))
        return FIRST.settings
