"""The parts of the feature maps page: network, answer, strip of layers, all maps, one map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from torch import nn

from explainer.charts.maps import (
    ORDERS,
    PER_LAYER,
    PER_MAP,
    PER_NETWORK,
    Order,
    Span,
    montage,
    painted,
    sorted_places,
    span_of,
    span_within,
    tile_size,
)
from explainer.charts.network import PICK, shape_text, strip_layers, strip_points, strip_spec
from explainer.messages import LARGEST_NUMBER, linked_whole, said_shortly, whole
from explainer.networks.recording.arithmetic import drill
from explainer.networks.recording.graph import INPUT, Layer
from explainer.networks.zoo.entry import Entry
from explainer.networks.zoo.preprocessing import SeenPicture, as_input, for_maps, see, usual_reach
from explainer.networks.zoo.shared import layers_of, network_of
from explainer.ui.common.appearance import theme
from explainer.ui.common.components import pack
from explainer.ui.common.live import live_picture
from explainer.ui.common.maps import maps_montage
from explainer.ui.common.picture import Chosen
from explainer.ui.common.prose import say
from explainer.ui.feature_maps.drills import described
from explainer.ui.feature_maps.unit import Legend, unit_view
from explainer.ui.networks.choice import network_card, network_choice

KEY = "feature_maps"
SIDES = (128, 192, 256, 384, 512)
FIRST_SIDE = 256
MOST_BARS = 80
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
    with st.popover("Size of the maps", icon=":material/tune:"):
        picked = st.select_slider(
            "Look at the photo with this many pixels",
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
        alt="A bar for each layer, from the picture to the answer: how many numbers it gives.",
    )
    name = st.selectbox("Layer", names, key=key, persist_state="session")
    st.query_params[f"{KEY}.layer"] = str(name)
    layer = looked.layers[names.index(str(name))]
    st.caption(_facts(layer))
    return layer


def _every_layer(count: int) -> bool:
    """Whether the strip has a bar for each of `count` layers; of very many only when asked."""
    if count <= MOST_BARS:
        return True
    label = f"Show all {count} layers, norms and activations too"
    return bool(st.toggle(label, key=f"{KEY}.every", bind="query-params", persist_state="session"))


def _sizes(looked: Subject) -> str:
    """Which size the answer was for, and which the maps are of."""
    side = f"{looked.entry.input_size} × {looked.entry.input_size}"
    height, width = looked.photo.shape[:2]
    if not looked.entry.any_size:
        return f"This network takes {side} pixels and no other size: answer and maps are of those."
    return (
        f"The answer above is for a square of {side} pixels from the middle, as in training; the "
        f"maps below are of the whole photo at {width} × {height}."
    )


def _picked(key: str, names: list[str]) -> Callable[[], None]:
    def take() -> None:
        event: Any = st.session_state.get(f"{KEY}.strip") or {}
        rows = event.get("selection", {}).get(PICK, [])
        if rows and rows[0].get("name") in names:
            st.session_state[key] = rows[0]["name"]

    return take


def _facts(layer: Layer) -> str:
    size = layer.field[0].size
    sees = "one pixel" if size == 1 else f"{size} × {size} pixels"
    layout = "" if layer.layout == "flat" else " (maps × height × width)"
    parts = [f"gives {shape_text(layer)} numbers{layout}"]
    if layer.parameters:
        parts.append(f"has {layer.parameters:,} weights")
    if layer.multiplications:
        parts.append(f"multiplies {layer.multiplications:,} times")
    return f"**{layer.title}** {', '.join(parts)}. Each number sees {sees} of the photo."


def observed(looked: Subject, layer: Layer) -> SeenPicture:
    """What the layer gives for the photo; kept until the photo, the network or the layer change."""
    place = (*looked.place, layer.name)
    kept = st.session_state.get(f"{KEY}.seen")
    if kept is None or kept[0] != place:
        inputs = as_input(looked.photo, looked.entry)
        kept = (place, see(looked.network, inputs, looked.layers, layer.name))
        st.session_state[f"{KEY}.seen"] = kept
    seen: SeenPicture = kept[1]
    return seen


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
        f"{KEY}.{seen.layer.name}.{order.title}",
        montage(
            seen.values, places, theme(), columns=columns, size=(height, width), spans=spans,
            gap=GAP,
        ),
        columns=columns,
        tile=(height, width),
        gap=GAP,
        labels=[_label(seen, place) for place in places],
        selected=places.index(min(current, len(places) - 1)),
        alt=f"All {len(places)} maps of {seen.layer.name}.",
    )  # fmt: skip
    index = places[tile or 0]
    st.session_state[kept] = index
    st.query_params[f"{KEY}.map"] = str(index)
    return index, spans[index]


def _spans(looked: Subject, seen: SeenPicture, scale: str) -> list[Span]:
    """The colour scale of each map."""
    if scale == PER_MAP:
        return [span_of(one) for one in seen.values]
    layer = span_of(seen.values)
    if scale == PER_NETWORK:
        layer = span_within(seen.values, _reach(looked))
    return [layer] * len(seen.values)


def _reach(looked: Subject) -> float:
    """One scale for all layers; kept until the photo or the network change."""
    kept = st.session_state.get(f"{KEY}.reach")
    if kept is None or kept[0] != looked.place:
        reach = usual_reach(looked.network, as_input(looked.photo, looked.entry))
        kept = st.session_state[f"{KEY}.reach"] = (looked.place, reach)
    return float(kept[1])


def _map_controls() -> tuple[Order, str]:
    orders = {order.title: order for order in ORDERS}
    left, right = st.columns(2)
    with left:
        title = st.segmented_control(
            "Order", list(orders), default=ORDERS[0].title, required=True, key=f"{KEY}.order",
            persist_state="session",
        )  # fmt: skip
    with right:
        scale = st.segmented_control(
            "One colour scale for", [PER_NETWORK, PER_LAYER, PER_MAP], default=PER_LAYER,
            required=True, key=f"{KEY}.scale", persist_state="session",
        )  # fmt: skip
    return orders[str(title)], str(scale)


def _linked_map(count: int) -> int:
    return linked_whole(st.query_params.get(f"{KEY}.map"), 0, count - 1) or 0


def _label(seen: SeenPicture, place: int) -> str:
    values = seen.values[place]
    return f"Map {place}: mean {values.mean():.2f}, largest {values.max():.2f}".replace("-", "−")


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
            span.stops(theme()), f"{span.low:.2g}", f"{span.high:.2g}", "the map's value"
        ),
        title=f"{seen.layer.name}, map {index}",
        address=live_picture(KEY, render),
        pinned=pinned_pixel(seen),
        alt=f"Map {index} of {seen.layer.name}, laid over the photo.",
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
        raise ValueError(f"{name} is {said}, but it is a whole number from 0 up")
    return value
