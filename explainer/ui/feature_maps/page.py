"""The parts of the feature maps page: network, all maps of a layer, one map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from torch import nn

from explainer.charts.maps import (
    ORDERS,
    Order,
    Span,
    montage,
    painted,
    sorted_places,
    span_of,
    span_within,
    tile_size,
)
from explainer.messages import LARGEST_NUMBER, linked_whole, said_shortly, whole
from explainer.networks.recording.arithmetic import drill
from explainer.networks.recording.graph import INPUT, Layer
from explainer.networks.zoo.entry import Entry
from explainer.networks.zoo.preprocessing import SeenPicture, as_input, for_maps, see, usual_reach
from explainer.networks.zoo.shared import layers_of, network_of
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.components import pack
from explainer.ui.common.live import live_picture
from explainer.ui.common.maps import maps_montage
from explainer.ui.common.memory import remembered
from explainer.ui.common.picture import Chosen
from explainer.ui.common.prose import say
from explainer.ui.feature_maps.drills import described
from explainer.ui.feature_maps.unit import Legend, unit_view
from explainer.ui.networks.choice import network_card, network_choice
from explainer.words import N_, _, ngettext

KEY = "feature_maps"
PER_NETWORK = Named("network", N_("the network"))
PER_LAYER, PER_MAP = Named("layer", N_("the layer")), Named("map", N_("each map"))
SIDES = (128, 192, 256, 384, 512)
FIRST_SIDE = 256
COLUMNS, GAP, LARGEST_TILE, SMALLEST_TILE = 8, 3, 118, 20


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


def network_and_side() -> tuple[Entry, int]:
    """Which network, and how large it is to see the photo."""
    entry = network_choice(KEY)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        network_card(entry)
        side = _side() if entry.any_size else entry.input_size
    return entry, side


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


def subject(chosen: Chosen, entry: Entry, side: int) -> Subject:
    """The photo as `entry` is to look at it."""
    photo = for_maps(chosen.picture.codes, entry, side)
    return Subject(entry, photo, layers_of(entry, (entry.channels, *photo.shape[:2])))


def observed(looked: Subject, layer: Layer) -> SeenPicture:
    """What the layer gives for the photo; kept until the photo, the network or the layer change."""
    place = (*looked.place, layer.name)
    return remembered(
        f"{KEY}.seen", place,
        lambda: see(
            looked.network, as_input(looked.photo, looked.entry), looked.layers, layer.name
        ),
    )  # fmt: skip


def all_maps(looked: Subject, seen: SeenPicture) -> tuple[int, Span]:
    """Every map of the layer in one picture; which one is chosen, and its colour scale."""
    order, scale = _map_controls()
    places = sorted_places(seen.values, order)
    spans = _spans(looked, seen, scale)
    shape = (seen.values.shape[1], seen.values.shape[2])
    height, width = tile_size(shape, LARGEST_TILE, SMALLEST_TILE)
    columns = min(len(places), COLUMNS * (1 if width > LARGEST_TILE // 2 else 2))
    kept = f"{KEY}.map.{seen.layer.name}"
    current = int(st.session_state.get(kept, _linked_map(len(places))))
    tile = maps_montage(
        f"{KEY}.{seen.layer.name}.{order.slug}",
        montage(
            seen.values, places, theme(), columns=columns, size=(height, width), spans=spans,
            gap=GAP,
        ),
        columns=columns,
        tile=(height, width),
        gap=GAP,
        labels=[_label(seen, place) for place in places],
        selected=places.index(min(current, len(places) - 1)),
        alt=ngettext(
            "The one map of {layer}.", "All {count} maps of {layer}.", len(places),
            layer=seen.layer.name,
        ),
    )  # fmt: skip
    index = places[tile or 0]
    st.session_state[kept] = index
    st.query_params[f"{KEY}.map"] = str(index)
    return index, spans[index]


def _spans(looked: Subject, seen: SeenPicture, scale: str) -> list[Span]:
    """The colour scale of each map."""
    if scale == PER_MAP.slug:
        return [span_of(one) for one in seen.values]
    layer = span_of(seen.values)
    if scale == PER_NETWORK.slug:
        layer = span_within(seen.values, _reach(looked))
    return [layer] * len(seen.values)


def _reach(looked: Subject) -> float:
    """One scale for all layers; kept until the photo or the network change."""
    return remembered(
        f"{KEY}.reach", looked.place,
        lambda: usual_reach(looked.network, as_input(looked.photo, looked.entry)),
    )  # fmt: skip


def _map_controls() -> tuple[Order, str]:
    left, right = st.columns(2)
    with left:
        order = choice(_("Order"), ORDERS, key=f"{KEY}.order", widget=st.segmented_control)
    with right:
        scale = choice(
            _("One colour scale for"), (PER_NETWORK, PER_LAYER, PER_MAP), key=f"{KEY}.scale",
            default=PER_LAYER.slug, widget=st.segmented_control,
        )  # fmt: skip
    return ORDERS[order], scale


def _linked_map(count: int) -> int:
    return linked_whole(st.query_params.get(f"{KEY}.map"), 0, count - 1) or 0


def _label(seen: SeenPicture, place: int) -> str:
    values = seen.values[place]
    mean, largest = (f"{one:.2f}".replace("-", "−") for one in (values.mean(), values.max()))
    return _("Map {index}: mean {mean}, largest {largest}", index=place, mean=mean, largest=largest)


def one_map(looked: Subject, seen: SeenPicture, index: int, span: Span) -> None:
    """The chosen map over the photo, and the arithmetic behind each of its pixels."""
    say(KEY, "unit")
    values = np.ascontiguousarray(seen.values[index])
    colours = seen.layer.inputs[0] == INPUT

    def render(moved: dict[str, object], number: int) -> bytes:
        y, x = (_whole(moved, name) for name in ("y", "x"))
        found = drill(looked.network, seen.recording, looked.layers, seen.layer.name, index, y, x)
        return pack({**described(found, colours=colours), "number": number, "y": y, "x": x})

    st.session_state[_pinned(seen)] = unit_view(
        KEY,
        photo=looked.photo,
        painted=painted(values, span, theme()),
        values=values,
        field=seen.layer.field,
        legend=Legend(
            span.stops(theme()), f"{span.low:.2g}", f"{span.high:.2g}", _("the map's value")
        ),
        title=_("{layer}, map {index}", layer=seen.layer.name, index=index),
        address=live_picture(KEY, render),
        pinned=pinned_pixel(seen),
        alt=_("Map {index} of {layer}, laid over the photo.", index=index, layer=seen.layer.name),
    )


def pinned_pixel(seen: SeenPicture) -> tuple[int, int] | None:
    """The pixel (y, x) of the layer's maps that is pinned, if any is."""
    found: tuple[int, int] | None = st.session_state.get(_pinned(seen))
    return found


def _pinned(seen: SeenPicture) -> str:
    return f"{KEY}.pinned.{seen.layer.name}"


def _whole(values: dict[str, object], name: str) -> int:
    value = whole(values.get(name), 0, LARGEST_NUMBER)
    if value is None:
        said = said_shortly(values.get(name))
        raise ValueError(
            _("{name} is {value}, but it is a whole number from 0 up", name=name, value=said)
        )
    return value
