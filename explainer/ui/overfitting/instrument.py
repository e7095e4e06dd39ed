"""The instrument of the page on overfitting: fifty fits at once, and what they miss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from explainer.generalisation.cloud import LAYOUTS, MOST_PLACES, REACH, TRUTHS, Setting
from explainer.generalisation.cloud_models import MODELS, Curve, curve
from explainer.generalisation.cloud_script import script
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.messages import number as number_in
from explainer.messages import whole
from explainer.ui.common import live
from explainer.ui.common.address import keep_in_link, linked
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import mark_read, mount, number_of, pack, reported, unread
from explainer.ui.common.memory import remembered
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.places import kept_whole, next_whole, sent_values
from explainer.ui.overfitting.cloud import NOISE, POINTS, RIDGE, Asked, cloud_message
from explainer.words import _, language

KEY = "overfitting"
CLOUD = f"{KEY}.cloud"
NAME, PINS, SEED = (f"{CLOUD}.{name}" for name in ("picture", "pins", "draws"))
SEEDS = 999
PARAMETERS = (*(one.capacity for one in MODELS), NOISE, POINTS, RIDGE)
CURVES: Kept[tuple[Setting, float], Curve] = Kept(MEGABYTE, lambda _: 4096)
Pins = dict[int, tuple[float, float]]


@st.fragment
def instrument() -> None:
    """The controls, and below them the plane beside the errors over capacity."""
    news = unread(NAME, "moved")
    sent = sent_values(news)
    menus = _menus()
    if (capacity := number_in(sent.get("capacity"))) is not None:
        live.put(CLOUD, menus.model.capacity, capacity)
    moved = live.values(CLOUD, PARAMETERS)
    pins = _pins(sent)
    asked = replace(menus, setting=_pinned(menus.setting, pins)).moved_to(moved.values)
    found = _curve(asked)
    address = live.live_picture(CLOUD, _renderer(menus, found, moved.values, pins))
    live.sliders(CLOUD, asked.parameters, moved, address=address)
    header, blobs = remembered(
        f"{CLOUD}.message", (asked, theme(), language()),
        lambda: cloud_message(asked, found, theme()),
    )  # fmt: skip
    number = max(moved.number, number_of(NAME, news))
    message = pack({**header, "name": CLOUD, "number": number, "address": address}, *blobs)
    mount("cloud", key=NAME, data=message, on_moved_change=reported)
    mark_read(NAME, news)
    live.write_to_url(CLOUD, asked.parameters, moved.values)
    if pins:
        st.button(
            _("Let the points go"), key=f"{CLOUD}.free", icon=":material/undo:",
            on_click=_forget_pins,
        )  # fmt: skip
    fold = code_fold(_("The same in Python"), f"{CLOUD}.code")
    if fold.open:
        with fold:
            line = f"{asked.model.capacity.name.upper()} = {asked.capacity}"
            text = script(asked.model.program, asked.setting, asked.ridge, line)
            show_script(KEY, text, "deepglass_overfitting")


def _menus() -> Asked:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        model = choice(_("Model"), MODELS, key=f"{CLOUD}.model", widget=st.segmented_control)
        truth = choice(_("Truth"), TRUTHS, key=f"{CLOUD}.truth", widget=st.segmented_control)
        layout = choice(
            _("Points lie"), LAYOUTS, key=f"{CLOUD}.layout", widget=st.segmented_control
        )
        st.button(
            _("New draws"), key=f"{CLOUD}.again", icon=":material/casino:",
            on_click=next_whole, args=(SEED, SEEDS),
        )  # fmt: skip
    seed = kept_whole(SEED, SEEDS)
    return Asked(MODELS[model], Setting(truth, layout, seed=seed))


def _curve(asked: Asked) -> Curve:
    """The errors over capacity; of networks, which take a second, with progress."""
    model, setting, ridge = asked.model, asked.setting, asked.ridge
    if model.quick:
        return remembered(
            f"{CLOUD}.curve", (setting, ridge, model.slug), lambda: curve(model, setting, ridge)
        )
    words = _("Fifty networks of each size learn")
    return waited(CURVES, (setting, ridge), words, lambda told: curve(model, setting, ridge, told))


def _pins(sent: Mapping[str, Any]) -> Pins:
    """The points that were put somewhere: as a link says, as kept, and as was sent now."""
    if text := linked(PINS):
        st.session_state[PINS] = _read(text)
    pins = _with(st.session_state.get(PINS, {}), sent)
    st.session_state[PINS] = pins
    keep_in_link(PINS, ",".join(f"{one}:{x:g}:{y:g}" for one, (x, y) in sorted(pins.items())))
    return pins


def _with(pins: Pins, sent: Mapping[str, Any]) -> Pins:
    """The same with the point that is `sent`, or without it where it is let go."""
    index = whole(sent.get("index"), 0, MOST_PLACES - 1)
    if index is None:
        return pins
    x, y = number_in(sent.get("x")), number_in(sent.get("y"))
    if x is None or y is None:
        return {one: place for one, place in pins.items() if one != index}
    return {**pins, index: (round(_within(x, 1), 3), round(_within(y, REACH), 3))}


def _within(value: float, reach: float) -> float:
    return min(max(value, -reach), reach) + 0.0


def _read(text: str) -> Pins:
    """What a link says of points: `index:x:y`, with commas between; what is none is left out."""
    pins: Pins = {}
    for one in text.split(",")[:MOST_PLACES]:
        parts = one.split(":")
        try:
            index, x, y = map(float, parts)
        except ValueError:
            continue
        if all(map(_finite, (index, x, y))):
            pins = _with(pins, {"index": index, "x": x, "y": y})
    return pins


def _finite(value: float) -> bool:
    return number_in(value) is not None


def _forget_pins() -> None:
    st.session_state[PINS] = {}
    keep_in_link(PINS, "")


def _pinned(setting: Setting, pins: Pins) -> Setting:
    return replace(setting, pins=tuple((one, *place) for one, place in sorted(pins.items())))


def _renderer(menus: Asked, found: Curve, resting: Mapping[str, float], pins: Pins) -> Render:
    """What answers a drag: of a slider, of a point, or over the capacities."""
    held, colours, model = dict(resting), theme(), menus.model
    still = replace(menus, setting=_pinned(menus.setting, pins)).moved_to(held)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        said = {model.capacity.name: moved["capacity"]} if "capacity" in moved else {}
        values = {one.name: live.first_sound(one, [said, moved, held]) for one in PARAMETERS}
        setting = _pinned(menus.setting, _with(pins, moved))
        asked = replace(menus, setting=setting).moved_to(values)
        same = (asked.setting, asked.ridge) == (still.setting, still.ridge)
        over = found
        if model.quick and not same:
            over = curve(model, asked.setting, asked.ridge)
        header, blobs = cloud_message(asked, over, colours, stale=not (model.quick or same))
        return pack({**header, "name": CLOUD, "number": number}, *blobs)

    return render
