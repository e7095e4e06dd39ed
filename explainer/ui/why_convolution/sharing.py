"""Counting on one's own photo: what one output sees, and what three first layers cost."""

from __future__ import annotations

import streamlit as st

from explainer.charts.why_convolution.first_layers import (
    count_points,
    count_spec,
    in_bytes,
    in_words,
)
from explainer.convolution.sharing import CONNECTIONS, Connection, FirstLayer, scaled_size
from explainer.images.picture import Picture
from explainer.images.thumbnails import centred_square, fit
from explainer.ui.common.appearance import theme
from explainer.ui.common.bounded import bounded_slider
from explainer.ui.common.chart import chart
from explainer.ui.common.components import mount
from explainer.ui.common.picture import Chosen, picture_input
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.words import _, ngettext

KEY = "why_convolution"
SIDES = (8, 16, 32, 64, 128, 224, 512, 1024, 2048, 4096)
FIRST_SIDE, FIRST_KERNEL, FIRST_MAPS = 224, 3, 64
MOSAIC, WIDEST = 8, 5


def photo_and_layer() -> tuple[Chosen, FirstLayer]:
    """The picture bar, and beside it the layer that is counted."""
    left, right = st.columns([1, 1.7], gap="medium")
    with left:
        chosen = picture_input()
    with right:
        return chosen, _layer_controls(chosen)


def _layer_controls(chosen: Chosen) -> FirstLayer:
    """Size of the picture, kernel size and number of filters."""
    side, kernel, maps = st.columns(3, gap="medium")
    with side:
        longest = st.select_slider(
            _("Longest side (pixels)"), SIDES, FIRST_SIDE, key=f"{KEY}.side",
            bind="query-params", persist_state="session",
        )  # fmt: skip
    with kernel:
        size = bounded_slider(_("Kernel size"), 1, 11, FIRST_KERNEL, 2, key=f"{KEY}.kernel")
    with maps:
        count = st.slider(
            _("Number of filters"), 1, 128, FIRST_MAPS, key=f"{KEY}.maps",
            bind="query-params", persist_state="session",
        )  # fmt: skip
    width, height = scaled_size(*chosen.picture.original_size, int(longest))
    return FirstLayer(height, width, int(count), size)


def connections(chosen: Chosen, layer: FirstLayer) -> None:
    """The photo as a few pixels: point at an output, see its inputs and their weights."""
    say(KEY, "window")
    window = min(layer.kernel_size, WIDEST)
    one = {
        "dense": (0, False, MOSAIC**4),
        "local": (window, False, window**2 * MOSAIC**2),
        "convolution": (window, True, window**2),
    }
    ways = [
        {"title": _(way.title), "window": one[way.slug][0], "shared": one[way.slug][1],
         "total": one[way.slug][2]}
        for way in CONNECTIONS
    ]  # fmt: skip
    data = {
        "side": MOSAIC,
        "pixels": _mosaic(chosen.picture),
        "colours": theme().categorical[:7],
        "ways": ways,
    }
    mount("links", key=f"{KEY}.links", data=data)
    if layer.kernel_size > window:
        st.caption(_("In so few pixels the window is drawn {side} × {side}.", side=window))


def _mosaic(picture: Picture) -> list[str]:
    """The middle of the photo in 8 × 8 colours."""
    codes = fit(centred_square(picture.codes), MOSAIC, MOSAIC)
    rows = [codes[min(y, len(codes) - 1)] for y in range(MOSAIC)]
    pixels = [row[min(x, len(row) - 1)] for row in rows for x in range(MOSAIC)]
    return ["#{:02x}{:02x}{:02x}".format(*map(int, pixel)) for pixel in pixels]


def counted(chosen: Chosen, layer: FirstLayer) -> None:
    """Weights and multiplications of the three layers, and what the photo as taken would need."""
    say(KEY, "counted")
    st.caption(
        ngettext(
            "A picture of {width} × {height} pixels in three colours comes in, {count} feature"
            " map of the same size goes out: {inputs} numbers in, {outputs} out.",
            "A picture of {width} × {height} pixels in three colours comes in, {count} feature"
            " maps of the same size go out: {inputs} numbers in, {outputs} out.",
            layer.maps,
            width=layer.width,
            height=layer.height,
            inputs=in_words(layer.inputs),
            outputs=in_words(layer.outputs),
        )
    )
    measures = (
        ("weights", _("weights"),
         _("The weights of a dense, a local and a convolutional layer, on a log scale.")),
        ("multiplications", _("multiplications a picture"),
         _("The multiplications a picture of a dense, a local and a convolutional layer, on a log"
           " scale.")),
    )  # fmt: skip
    for column, (measure, title, alt) in zip(st.columns(2), measures, strict=True):
        with column:
            chart(
                count_points(layer, measure),
                count_spec(theme(), title),
                key=f"{KEY}.chart.{measure}",
                alt=alt,
            )
    table(
        [_("layer"), _("weights"), _("biases"), _("memory, float32"), _("multiplications")],
        [_row(way, layer) for way in CONNECTIONS],
        caption=_("What three first layers cost."),
    )
    st.markdown(_as_taken(chosen.picture, layer))


def _row(way: Connection, layer: FirstLayer) -> list[str]:
    count = way.count(layer)
    return [
        _(way.title),
        f"{count.weights:,}",
        f"{count.biases:,}",
        in_bytes(count.nbytes),
        f"{count.multiplications:,}",
    ]


def _as_taken(picture: Picture, layer: FirstLayer) -> str:
    """What the layer would need for the photo at its own size."""
    width, height = picture.original_size
    whole = FirstLayer(height, width, layer.maps, layer.kernel_size)
    dense, _local, shared = (way.count(whole) for way in CONNECTIONS)
    return _(
        "For your photo as it came, {width} × {height} pixels, the dense layer would have"
        " **{dense} weights, {dense_bytes}**; the convolution has **{shared}, {shared_bytes}**, as"
        " for every other size.",
        width=width,
        height=height,
        dense=in_words(dense.weights),
        dense_bytes=in_bytes(dense.nbytes),
        shared=in_words(shared.weights),
        shared_bytes=in_bytes(shared.nbytes),
    )
