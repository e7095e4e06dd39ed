"""The network as a schematic: a block for each layer, a click chooses one; and their menu."""

from __future__ import annotations

import streamlit as st

from explainer.charts.network import blocks, links, shape_text, shown_layers
from explainer.networks.recording.graph import Layer
from explainer.powers import percent
from explainer.ui.common.address import keep_in_link
from explainer.ui.common.appearance import theme
from explainer.ui.common.components import mark_read, mount, number_of, reported, unread
from explainer.ui.common.picture import Chosen
from explainer.ui.feature_maps.subject import KEY, Subject, layer_key
from explainer.ui.networks.answer import answered
from explainer.words import _

MOST_BLOCKS = 80
NAME = f"{KEY}.schematic"
LIKELIEST = 3


def chosen_layer(looked: Subject) -> str:
    """The layer that is looked at: as clicked, else as remembered, else as the link says."""
    names, key = [layer.name for layer in looked.layers], layer_key(looked)
    if st.session_state.get(key) not in names:
        linked = st.query_params.get(f"{KEY}.layer")
        st.session_state[key] = linked if linked in names else names[0]
    clicked = unread(NAME, "picked").get("name")
    if clicked in names:
        st.session_state[key] = clicked
    return str(st.session_state[key])


def schematic(chosen: Chosen, looked: Subject, current: str) -> None:
    """Blocks from the photo to the output, the layer called `current` marked."""
    message = unread(NAME, "picked")
    shown = shown_layers(looked.layers, current, every=_every_layer(len(looked.layers)))
    mount(
        "schematic", key=NAME, on_picked_change=reported,
        data={
            "number": number_of(NAME, message),
            "blocks": blocks(shown, theme()),
            "links": links(looked.layers, shown),
            "selected": [one.name for one in shown].index(current),
            "facts": [_facts(one) for one in shown],
            "input": " × ".join(map(str, (looked.entry.channels, *looked.photo.shape[:2]))),
            "output": _likeliest(chosen, looked),
            "alt": _("The layers of {network}, from the photo to the output.",
                     network=_(looked.entry.title)),
        },
    )  # fmt: skip
    mark_read(NAME, message)


def layer_menu(looked: Subject) -> Layer:
    """The same choice by name."""
    names = [layer.name for layer in looked.layers]
    name = str(st.selectbox(_("Layer"), names, key=layer_key(looked), persist_state="session"))
    keep_in_link(f"{KEY}.layer", name)
    return looked.layers[names.index(name)]


def _every_layer(count: int) -> bool:
    """Whether there is a block for each of `count` layers; of very many only when asked."""
    if count <= MOST_BLOCKS:
        return True
    label = _("Show all {count} layers, norms and activations too", count=count)
    return bool(st.toggle(label, key=f"{KEY}.every", bind="query-params", persist_state="session"))


def _likeliest(chosen: Chosen, looked: Subject) -> list[tuple[str, str]]:
    """The likeliest classes with their probabilities, in percent."""
    found = answered(chosen, looked.entry).probabilities
    return [
        (looked.entry.classes[place], percent(float(found[place])))
        for place in found.argsort()[::-1][:LIKELIEST].tolist()
    ]


def _facts(layer: Layer) -> str:
    """What there is to know of a layer: shape, weights, multiplications, receptive field."""
    size, shape = layer.field[0].size, shape_text(layer)
    flat = layer.layout == "flat"
    parts = [
        layer.title,
        _("{count} numbers", count=shape)
        if flat
        else _("{shape} (maps × height × width)", shape=shape),
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
    return " · ".join(parts)
