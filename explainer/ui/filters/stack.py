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
from explainer.ui.common.choice import Named, choice, choices
from explainer.ui.common.page import show_picture
from explainer.ui.common.picture import Chosen
from explainer.ui.common.prose import say
from explainer.ui.filters.bench import Setup
from explainer.ui.filters.controls import KEY
from explainer.words import N_, _, told

OWN_SCALE = Named("own", N_("Each its own"))
SHARED = Named("shared", N_("One scale for all"))
FIRST_CHOICE = ("sobel-x", "sobel-y", "laplacian", "gaussian")
MOST_FILTERS = 12
MAP_SIDE = 300


def stack_section(chosen: Chosen, setup: Setup) -> None:
    """Choose filters, see the stack H × W × K that they make."""
    say("filters", "stack")
    slugs = choices(
        _("Filters of the layer"), KERNELS, key=f"{KEY}.stack", default=FIRST_CHOICE,
        widget=st.multiselect, max_selections=MOST_FILTERS,
    )  # fmt: skip
    alone = len(slugs) < 2
    shared = choice(
        _("Colour scale"), (OWN_SCALE, SHARED), key=f"{KEY}.stack_scale",
        widget=st.segmented_control, disabled=alone,
        help=_("With one filter there is one scale.") if alone else None,
    )  # fmt: skip
    if not slugs:
        st.info(_("Choose at least one filter to see its slice of the stack."))
        return
    chosen_kernels = [KERNELS[slug] for slug in slugs]
    application = Application(
        bias=setup.application.bias, stride=setup.application.stride,
        dilation=setup.application.dilation, padding=setup.application.padding, channels="summed",
    )  # fmt: skip
    try:
        maps = feature_map(
            chosen.picture.pixels, [k.build(**k.defaults()) for k in chosen_kernels], application
        )
    except ValueError as error:
        st.warning(told(error))
        return
    rows, columns, depth = maps.shape
    weights = sum(k.build(**k.defaults()).size * 3 + 1 for k in chosen_kernels)
    st.markdown(
        _(
            "**{rows} × {columns} × {depth}**: {depth} slices, {weights:,} weights and biases if "
            "each of the three colours had its own.",
            rows=rows, columns=columns, depth=depth, weights=weights,
        )
    )  # fmt: skip
    _show_slices(maps, [_(k.title) for k in chosen_kernels], shared=shared == SHARED.slug)


def _show_slices(maps: np.ndarray, names: list[str], *, shared: bool) -> None:
    reach = extent(maps, statistics(maps))
    with st.grid(columns=4, min_column_width=170):
        for index, name in enumerate(names):
            values = np.ascontiguousarray(maps[..., index])
            scale = symmetric(reach if shared else extent(values, statistics(values)))
            painted = paint(values, scale.low, scale.high, SIGNED.stops(theme()))
            show_picture(
                fit(painted, MAP_SIDE, MAP_SIDE),
                alt=_(
                    "Slice {number}, {name}: blue below zero, red above.",
                    number=index + 1,
                    name=name,
                ),
                caption=f"{index + 1} · {name} · ±{scale.high:.2f}",
            )
