"""What the feature maps page looks at: a photo, a network, a layer; and which pixel is pinned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from torch import nn

from explainer.networks.recording.graph import Layer
from explainer.networks.zoo.entry import Entry
from explainer.networks.zoo.preprocessing import SeenPicture, as_input, for_maps, see
from explainer.networks.zoo.shared import layers_of, network_of
from explainer.ui.common.memory import remembered
from explainer.ui.common.picture import Chosen, picture_input
from explainer.ui.networks.choice import network_card, network_choice
from explainer.ui.networks.own import picture_for
from explainer.words import _

KEY = "feature_maps"
SIDES = (128, 192, 256, 384, 512)
FIRST_SIDE = 256


@dataclass(frozen=True, eq=False)
class Subject:
    """What is looked at: a network, the photo at the size it is looked at, and the layers."""

    entry: Entry
    photo: NDArray[np.uint8]
    layers: tuple[Layer, ...]

    @property
    def network(self) -> nn.Module:
        """The network, for now: kept, it could not go when nobody looks at it any more."""
        return network_of(self.entry)

    @property
    def place(self) -> tuple[object, ...]:
        """What everything that is seen of it depends on, apart from the layer."""
        return (self.entry.slug, self.photo.shape, hash(self.photo.tobytes()))


def picture_and_network() -> tuple[Chosen, Subject]:
    """The picture bar with the choice of a network beside it, and how large it sees the photo."""
    left, right = st.columns([1, 1.7], gap="medium")
    with left:
        chosen = picture_input()
    with right:
        entry = network_choice(KEY)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.popover(_("About this network"), icon=":material/info:"):
                network_card(entry)
            side = _side() if entry.any_size else entry.input_size
    chosen = picture_for(chosen, entry, KEY)
    photo = for_maps(chosen.picture.codes, entry, side)
    layers = layers_of(entry, (entry.channels, *photo.shape[:2]))
    return chosen, Subject(entry, photo, layers)


def _side() -> int:
    with st.popover(_("Size of the maps"), icon=":material/tune:"):
        picked = st.select_slider(
            _("Look at the photo with this many pixels"),
            SIDES,
            FIRST_SIDE,
            key=f"{KEY}.side",
            bind="query-params",
            persist_state="session",
        )
    return int(picked)


def observed(looked: Subject, layer: Layer) -> SeenPicture:
    """What the layer gives for the photo; kept until the photo, the network or the layer change."""
    place = (*looked.place, layer.name)
    return remembered(
        f"{KEY}.seen", place,
        lambda: see(
            looked.network, as_input(looked.photo, looked.entry), looked.layers, layer.name
        ),
    )  # fmt: skip


def layer_key(looked: Subject) -> str:
    """Where the session keeps which layer of the network is looked at."""
    return f"{KEY}.layer.{looked.entry.slug}"


def map_key(layer: str) -> str:
    """Where the session keeps which map of a layer is looked at."""
    return f"{KEY}.map.{layer}"


def pinned_key(layer: str) -> str:
    """Where the session keeps which pixel (y, x) of a layer's maps is pinned."""
    return f"{KEY}.pinned.{layer}"


def pinned_pixel(seen: SeenPicture) -> tuple[int, int] | None:
    """The pixel (y, x) of the layer's maps that is pinned, if any is."""
    found: tuple[int, int] | None = st.session_state.get(pinned_key(seen.layer.name))
    return found
