"""The strip of layers, the menu beside it, and what there is to know of the chosen layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from explainer.charts.network import PICK, shape_text, strip_layers, strip_points, strip_spec
from explainer.networks.recording.graph import Layer
from explainer.ui.common.appearance import theme
from explainer.ui.common.prose import say
from explainer.ui.feature_maps.page import KEY, Subject
from explainer.words import _

MOST_BARS = 80


def layer_choice(looked: Subject) -> Layer:
    """The strip of layers and the menu beside it; a click on a bar chooses too."""
    names = [layer.name for layer in looked.layers]
    key = f"{KEY}.layer.{looked.entry.slug}"
    if st.session_state.get(key) not in names:
        linked = st.query_params.get(f"{KEY}.layer")
        st.session_state[key] = linked if linked in names else names[0]
    say(KEY, "strip")
    st.caption(_sizes(looked))
    chosen = str(st.session_state[key])
    shown = strip_layers(looked.layers, chosen, every=_every_layer(len(names)))
    st.vega_lite_chart(
        strip_points(shown, chosen),
        strip_spec(theme()),
        key=f"{KEY}.strip",
        on_select=_picked(key, names),
        selection_mode=PICK,
        alt=_("A bar for each layer, from the picture to the output: how many numbers it gives."),
    )
    name = st.selectbox(_("Layer"), names, key=key, persist_state="session")
    st.query_params[f"{KEY}.layer"] = str(name)
    layer = looked.layers[names.index(str(name))]
    st.caption(_facts(layer))
    return layer


def _every_layer(count: int) -> bool:
    """Whether the strip has a bar for each of `count` layers; of very many only when asked."""
    if count <= MOST_BARS:
        return True
    label = _("Show all {count} layers, norms and activations too", count=count)
    return bool(st.toggle(label, key=f"{KEY}.every", bind="query-params", persist_state="session"))


def _sizes(looked: Subject) -> str:
    """Which size the output above is for, and which the maps are of."""
    side = f"{looked.entry.input_size} × {looked.entry.input_size}"
    height, width = looked.photo.shape[:2]
    if not looked.entry.any_size:
        return _(
            "This network takes {side} pixels and no other size: output and maps are of those.",
            side=side,
        )
    return _(
        "The output above is for a square of {side} pixels from the middle, as in training; the "
        "maps below are of the whole photo at {width} × {height}.",
        side=side, width=width, height=height,
    )  # fmt: skip


def _picked(key: str, names: list[str]) -> Callable[[], None]:
    def take() -> None:
        event: Any = st.session_state.get(f"{KEY}.strip") or {}
        rows = event.get("selection", {}).get(PICK, [])
        if rows and rows[0].get("name") in names:
            st.session_state[key] = rows[0]["name"]

    return take


def _facts(layer: Layer) -> str:
    size, shape = layer.field[0].size, shape_text(layer)
    flat = layer.layout == "flat"
    parts = [
        _("{count} numbers", count=shape)
        if flat
        else _("{shape} numbers (maps × height × width)", shape=shape)
    ]
    if layer.parameters:
        parts.append(_("{count} weights", count=f"{layer.parameters:,}"))
    if layer.multiplications:
        parts.append(_("{count} multiplications", count=f"{layer.multiplications:,}"))
    parts.append(
        _("each number sees one pixel of the photo")
        if size == 1
        else _("each number sees {size} × {size} pixels of the photo", size=size)
    )
    return f"**{layer.title}:** {' · '.join(parts)}"
