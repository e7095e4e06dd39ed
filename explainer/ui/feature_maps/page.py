"""The heart of the feature maps page: the schematic, a layer's maps, and one map beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.charts.maps import (
    ORDERS,
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
from explainer.networks.visualisation.map_likeness import DETECTORS, likeness
from explainer.networks.zoo.preprocessing import SeenPicture, as_input, usual_reach
from explainer.powers import short
from explainer.ui.common.address import keep_in_link, keep_pixel_in_link, linked, pixel_of
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.components import pack
from explainer.ui.common.live import live_picture
from explainer.ui.common.maps import maps_montage
from explainer.ui.common.memory import remembered
from explainer.ui.common.picture import Chosen
from explainer.ui.feature_maps.drills import described
from explainer.ui.feature_maps.schematic import chosen_layer, layer_menu, schematic
from explainer.ui.feature_maps.subject import (
    KEY,
    Subject,
    layer_key,
    map_key,
    observed,
    pinned_key,
    pinned_pixel,
)
from explainer.ui.feature_maps.unit import Legend, unit_view
from explainer.words import N_, _, ngettext

PIXEL = f"{KEY}.pixel"
PER_NETWORK = Named("network", N_("the network"))
PER_LAYER, PER_MAP = Named("layer", N_("the layer")), Named("map", N_("each map"))
COLUMNS, GAP, LARGEST_TILE, SMALLEST_TILE = 6, 3, 118, 20


def maps_and_unit(chosen: Chosen, looked: Subject) -> tuple[SeenPicture, int]:
    """Choose a layer, a map, a pixel: the layer's maps, and which of them is looked at."""
    schematic(chosen, looked, chosen_layer(looked))
    menu, order_column, scale_column = st.columns([1, 1.2, 1.2], vertical_alignment="bottom")
    with menu:
        layer = layer_menu(looked)
    with order_column:
        order = choice(_("Order"), (*ORDERS, *DETECTORS), key=f"{KEY}.order")
    with scale_column:
        scale = choice(
            _("One colour scale for"), (PER_NETWORK, PER_LAYER, PER_MAP), key=f"{KEY}.scale",
            default=PER_LAYER.slug, widget=st.segmented_control,
        )  # fmt: skip
    seen = observed(looked, layer)
    grid, unit = st.columns([1, 1.1], gap="medium")
    with grid:
        index, span = _all_maps(looked, seen, order, scale)
    with unit:
        _one_map(looked, seen, index, span)
    return seen, index


def _all_maps(looked: Subject, seen: SeenPicture, order: str, scale: str) -> tuple[int, Span]:
    """Every map of the layer in one picture; which one is chosen, and its colour scale."""
    strengths = _strengths(looked, seen, order)
    places = (
        sorted_places(seen.values, ORDERS[order if order in ORDERS.slugs else "network"])
        if strengths is None
        else [int(place) for place in np.argsort(-strengths, kind="stable")]
    )
    shape = (seen.values.shape[1], seen.values.shape[2])
    height, width = tile_size(shape, LARGEST_TILE, SMALLEST_TILE)
    columns = min(len(places), COLUMNS if width > LARGEST_TILE // 2 else COLUMNS * 4 // 3)
    spans, sheet = remembered(
        f"{KEY}.sheet", (looked.place, seen.layer.name, order, scale, theme()),
        lambda: _sheet(looked, seen, places, scale, columns, (height, width)),
    )  # fmt: skip
    kept = map_key(seen.layer.name)
    current = int(st.session_state.get(kept, _linked_map(len(places))))
    tile = maps_montage(
        f"{KEY}.{seen.layer.name}.{order}",
        sheet,
        columns=columns,
        tile=(height, width),
        gap=GAP,
        labels=[_label(seen, place, strengths) for place in places],
        numbers=places,
        selected=places.index(min(current, len(places) - 1)),
        alt=ngettext(
            "The one map of {layer}.", "All {count} maps of {layer}.", len(places),
            layer=seen.layer.name,
        ),
    )  # fmt: skip
    _say_order(order, strengths)
    index = places[tile or 0]
    st.session_state[kept] = index
    keep_in_link(f"{KEY}.map", str(index))
    return index, spans[index]


def _sheet(
    looked: Subject,
    seen: SeenPicture,
    places: list[int],
    scale: str,
    columns: int,
    size: tuple[int, int],
) -> tuple[list[Span], NDArray[np.uint8]]:
    """The colour scale of each map, and all of them in one picture."""
    spans = _spans(looked, seen, scale)
    sheet = montage(seen.values, places, theme(), columns=columns, size=size, spans=spans, gap=GAP)
    return spans, sheet


def _strengths(looked: Subject, seen: SeenPicture, order: str) -> NDArray[np.float64] | None:
    """How like each map is to what is to come first; None where that is no question of likeness."""
    if order not in DETECTORS.slugs:
        return None
    place = (*looked.place, seen.layer.name, order)
    pixels = looked.photo.astype(np.float32) / 255
    return remembered(
        f"{KEY}.likeness", place,
        lambda: likeness(seen.values, pixels, seen.layer.field, DETECTORS[order]),
    )  # fmt: skip


def _say_order(order: str, strengths: NDArray[np.float64] | None) -> None:
    if order not in DETECTORS.slugs:
        return
    if strengths is None:
        st.caption(_("The maps of this layer have too few pixels to be compared with the photo's."))
        return
    best = int(strengths.argmax())
    st.caption(
        _(
            "By the correlation r, pixel by pixel, with what a hand-made filter gives for this "
            "photo: map {index} is the nearest, r = {r}.",
            index=best, r=f"{strengths[best]:.2f}",
        )
    )  # fmt: skip


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


def _linked_map(count: int) -> int:
    return linked_whole(st.query_params.get(f"{KEY}.map"), 0, count - 1) or 0


def _label(seen: SeenPicture, place: int, strengths: NDArray[np.float64] | None) -> str:
    values = seen.values[place]
    mean, largest = (f"{one:.2f}".replace("-", "−") for one in (values.mean(), values.max()))
    told = {"index": place, "mean": mean, "largest": largest}
    if strengths is None:
        return _("Map {index}: mean {mean}, largest {largest}", **told)
    r = f"{strengths[place]:.2f}"
    return _("Map {index}: r = {r}, mean {mean}, largest {largest}", r=r, **told)


def _one_map(looked: Subject, seen: SeenPicture, index: int, span: Span) -> None:
    """The chosen map over the photo, and the arithmetic behind each of its pixels."""
    values = np.ascontiguousarray(seen.values[index])

    def render(moved: dict[str, object], number: int) -> bytes:
        y, x = (_whole(moved, name) for name in ("y", "x"))
        found = drill(looked.network, seen.recording, looked.layers, seen.layer.name, index, y, x)
        return pack({**described(found, seen.layer.inputs), "number": number, "y": y, "x": x})

    st.session_state[pinned_key(seen.layer.name)] = unit_view(
        KEY,
        photo=looked.photo,
        painted=painted(values, span, theme()),
        values=values,
        field=seen.layer.field,
        legend=Legend(
            span.stops(theme()), _short(span.low), _short(span.high), _("the map's value")
        ),
        title=_("{layer}, map {index}", layer=seen.layer.name, index=index),
        address=live_picture(KEY, render),
        pinned=pixel_of(linked(PIXEL)) or pinned_pixel(seen),
        here={"network": looked.entry.slug, "layer": seen.layer.name, "map": index},
        follow=lambda place: _follow(looked, place),
        alt=_("Map {index} of {layer}, laid over the photo.", index=index, layer=seen.layer.name),
    )
    keep_pixel_in_link(PIXEL, pinned_pixel(seen))


def _follow(looked: Subject, place: dict[str, Any]) -> None:
    """Go to the map that an input comes from, with its pixel pinned."""
    layer = next((one for one in looked.layers if one.name == place.get("layer")), None)
    index, y, x = (whole(place.get(name), 0, LARGEST_NUMBER) for name in ("map", "y", "x"))
    if layer is None or index is None or y is None or x is None:
        return
    st.session_state[layer_key(looked)] = layer.name
    st.session_state[map_key(layer.name)] = min(index, layer.shape[0] - 1)
    st.session_state[pinned_key(layer.name)] = (y, x)


def _whole(values: dict[str, object], name: str) -> int:
    value = whole(values.get(name), 0, LARGEST_NUMBER)
    if value is None:
        said = said_shortly(values.get(name))
        raise ValueError(
            _("{name} is {value}, but it is a whole number from 0 up", name=name, value=said)
        )
    return value


def _short(value: float) -> str:
    return short(value, 2)
