"""The output to take away, at the resolution of the file that was uploaded."""

from __future__ import annotations

import streamlit as st

from explainer.charts.filters.full_size import full_size_png
from explainer.charts.filters.output import FilterOutput
from explainer.convolution.application import output_shape
from explainer.images.decoding.decode import decode_full
from explainer.ui.common.appearance import theme
from explainer.ui.common.picture import Chosen
from explainer.ui.filters.bench import Setup
from explainer.words import _


def download(chosen: Chosen, setup: Setup, found: FilterOutput | None) -> None:
    """A button whose picture is computed when it is pressed, not before."""
    if found is None:
        return
    colours, scale = theme(), found.scale
    width, height = chosen.picture.original_size
    rows, columns, _colours = output_shape(height, width, setup.weights.shape, setup.application)

    def result() -> bytes:
        codes = chosen.picture.codes if chosen.upload is None else decode_full(chosen.upload)
        return full_size_png(codes, setup.weights, setup.application, setup.view, scale, colours)

    st.download_button(
        _("Download the output ({width} × {height})", width=columns, height=rows),
        result,
        file_name="deepglass.png",
        mime="image/png",
        icon=":material/download:",
        on_click="ignore",
    )
