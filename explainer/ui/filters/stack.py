"""Several filters on one picture: the feature map that a convolutional layer makes."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explainer.charts.colour import SIGNED, extent, paint, symmetric
from explainer.convolution.application import Application
from explainer.convolution.kernels import KERNELS
from explainer.convolution.stack import feature_map
from explainer.convolution.view import statistics
from explainer.images.thumbnails import fit
from explainer.ui.common.appearance import theme
from explainer.ui.common.page import show_picture
from explainer.ui.common.picture import Chosen
from explainer.ui.common.prose import say
from explainer.ui.filters.bench import Setup
from explainer.ui.filters.controls import KEY

SHARED = "One scale for all"
OWN_SCALE = "Each its own"
FIRST_CHOICE = ("Sobel x", "Sobel y", "Laplacian", "Gaussian blur")
MOST_FILTERS = 12
MAP_SIDE = 300


def stack_section(chosen: Chosen, setup: Setup) -> None:
    """Choose filters, see the stack H × W × K that they make."""
    say("filters", "stack")
    titles = [kernel.title for kernel in KERNELS]
    names = st.multiselect(
        "Filters of the layer",
        titles,
        default=[title for title in FIRST_CHOICE if title in titles],
        max_selections=MOST_FILTERS,
        key=f"{KEY}.stack",
        bind="query-params",
        persist_state="session",
    )
    shared = st.segmented_control(
        "Colour scale",
        [OWN_SCALE, SHARED],
        default=OWN_SCALE,
        required=True,
        key=f"{KEY}.stack_scale",
        disabled=len(names) < 2,
        help="With one filter there is one scale." if len(names) < 2 else None,
        bind="query-params",
        persist_state="session",
    )
    if not names:
        st.info("Choose at least one filter to see its slice of the stack.")
        return
    chosen_kernels = [kernel for name in names for kernel in KERNELS if kernel.title == name]
    application = Application(
        bias=setup.application.bias, stride=setup.application.stride,
        dilation=setup.application.dilation, padding=setup.application.padding, channels="summed",
    )  # fmt: skip
    try:
        maps = feature_map(
            chosen.picture.pixels, [k.build(**k.defaults()) for k in chosen_kernels], application
        )
    except ValueError as error:
        st.warning(str(error))
        return
    rows, columns, depth = maps.shape
    weights = sum(k.build(**k.defaults()).size * 3 + 1 for k in chosen_kernels)
    st.markdown(
        f"**{rows} × {columns} × {depth}**: {depth} slices, {weights:,} weights and biases if "
        "each of the three colours had its own."
    )
    _show_slices(maps, names, shared=shared == SHARED)


def _show_slices(maps: np.ndarray, names: list[str], *, shared: bool) -> None:
    reach = extent(maps, statistics(maps))
    with st.grid(columns=4, min_column_width=170):
        for index, name in enumerate(names):
            values = np.ascontiguousarray(maps[..., index])
            scale = symmetric(reach if shared else extent(values, statistics(values)))
            painted = paint(values, scale.low, scale.high, SIGNED.stops(theme()))
            show_picture(
                fit(painted, MAP_SIDE, MAP_SIDE),
                alt=f"Slice {index + 1}, {name}: blue below zero, red above.",
                caption=f"{index + 1} · {name} · ±{scale.high:.2f}",
            )
