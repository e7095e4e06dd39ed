"""The parts of the Filters page below the bench: why it works, what it costs, and the code."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explainer.charts.colour import SIGNED, colour_result, symmetric
from explainer.charts.filters.analysis import (
    gain_chart,
    singular_values_chart,
    square_picture,
)
from explainer.charts.theme import Theme
from explainer.convolution.application import Application, output_shape
from explainer.convolution.apply import apply, plan
from explainer.convolution.arithmetic import counts, size_formula, window_at
from explainer.convolution.kernels import KERNELS, Weights
from explainer.convolution.script import script
from explainer.convolution.spectrum import frequency_response, gain_profile, spectrum
from explainer.convolution.structure import compose, dilated, separability
from explainer.images.picture import Picture
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Part, choice, open_part
from explainer.ui.common.page import show_picture
from explainer.ui.common.picture import Chosen, offer_picture
from explainer.ui.common.prose import say
from explainer.ui.filters.bench import Setup
from explainer.ui.filters.controls import KEY
from explainer.ui.filters.lens import answer, pinned_pixel, small_picture
from explainer.ui.filters.stack import stack_section
from explainer.words import N_, _


def notice_section(chosen: Chosen, setup: Setup) -> None:
    """What to look at, and whether convolution and cross-correlation differ here."""
    if setup.structure:
        st.markdown(f"**How {setup.title} is made**")
        st.latex(setup.structure)
    say("filters", "notice")
    say("filters", "correlation")
    turned = setup.weights[::-1, ::-1]
    if np.array_equal(turned, setup.weights):
        st.info(
            "This kernel is the same after a turn by 180°: convolution and cross-correlation agree."
        )
        return
    difference = _largest_difference(chosen.picture, setup.weights, turned, setup.application)
    if difference is not None:
        st.info(
            f"For this kernel and picture the two differ by up to {difference:.3f}"
            f"{_opposite(setup.weights, turned)}."
        )


def frequency_section(chosen: Chosen, setup: Setup) -> None:
    """The spectrum of the picture, the factor of the kernel, and the spectrum after it."""
    say("filters", "frequencies")
    colours = theme()
    grey = _grey(chosen.picture)
    spread = dilated(setup.weights, setup.application.dilation)
    after = _filtered_grey(chosen.picture, setup)
    response = frequency_response(spread, size=256)
    before = spectrum(grey)
    shown = [
        (square_picture(before, float(before.max()), colours, 384), "The picture's waves"),
        (
            square_picture(response, float(response.max()) or 1.0, colours, 384),
            f"The kernel's factor, 0 to {response.max():.2f}",
        ),
    ]
    if after is not None:
        filtered = spectrum(after)
        shown.append(
            (square_picture(filtered, float(before.max()), colours, 384), "The waves of the answer")
        )
    for column, (codes, caption) in zip(st.columns(3), shown, strict=False):
        with column:
            show_picture(codes, alt=f"{caption}, slow waves in the middle.", caption=caption)
    st.altair_chart(
        gain_chart(gain_profile(spread), colours),
        alt="The factor on waves that run across and down the picture, by frequency.",
    )


def separable_section(_chosen: Chosen, setup: Setup) -> None:
    """Rank by SVD, what it saves, and the column and row when there is one of each."""
    say("filters", "separable")
    found = separability(setup.weights)
    rows, columns = setup.weights.shape
    left, right = st.columns([1, 1], gap="large")
    with left:
        st.altair_chart(
            singular_values_chart(found.singular_values, theme()),
            alt=f"{len(found.singular_values)} singular values; {found.rank} are not zero.",
        )
    with right:
        st.metric("Rank", found.rank, border=True)
        if found.rank == 1:
            st.markdown(
                f"Two passes of {rows} and {columns} weights: "
                f"**{found.multiplications_separable}** multiplications a pixel in place of "
                f"**{found.multiplications_full}**."
            )
            st.latex(rf"{_matrix(found.column[:, None])}\;{_matrix(found.row[None, :])}")
        else:
            st.markdown(
                f"Not a column times a row. The nearest such table is off by "
                f"{100 * found.relative_error:.1f} % of the kernel's size (Frobenius norm)."
            )
    st.caption(f"What runs here: {plan(setup.weights, setup.application).why}")


def row_section(chosen: Chosen, setup: Setup) -> None:
    """This filter, then a second one, against the one kernel that does both."""
    say("filters", "row")
    second = KERNELS[choice(_("Then"), KERNELS, key=f"{KEY}.second")]
    other = second.build(**second.defaults())
    combined = compose(setup.weights, other)
    plain = Application(padding="wrap", channels="grey")
    try:
        first = apply(chosen.picture.pixels, setup.weights, plain)
        after = apply(first, other, plain)
        together = apply(chosen.picture.pixels, combined, plain)
    except ValueError as error:
        st.warning(str(error))
        return
    for column, (values, caption) in zip(
        st.columns(3),
        (
            (first, f"{setup.title}"),
            (after, f"then {second.title}"),
            (together, f"one kernel, {combined.shape[0]} × {combined.shape[1]}"),
        ),
        strict=True,
    ):
        with column:
            show_picture(
                small_picture(answer(values, SIGNED), theme()),
                alt=f"The picture, filtered: {caption}.",
                caption=caption,
            )
    st.markdown(
        f"The largest difference between the second and the third picture is "
        f"**{float(np.abs(after - together).max()):.1e}**: rounding, and nothing else. (Here the "
        "picture wraps around; with another padding the two differ within reach of the edge.)"
    )
    _kernel_picture(combined, theme())


def arithmetic_section(chosen: Chosen, setup: Setup) -> None:
    """The size of the answer, what it costs, and the pinned pixel worked out by the server."""
    say("filters", "arithmetic")
    height, width = chosen.picture.codes.shape[:2]
    try:
        shape = output_shape(height, width, setup.weights.shape, setup.application)
    except ValueError as error:
        st.warning(str(error))
        return
    sides = (("H'", height, setup.weights.shape[0]), ("W'", width, setup.weights.shape[1]))
    for name, size, taps in sides:
        st.latex(f"{name} = {size_formula(size, taps, setup.application)}")
    counted = counts(height, width, setup.weights.shape, setup.application)
    columns = st.columns(3)
    columns[0].metric("Weights and bias", f"{counted.parameters:,}", border=True)
    columns[1].metric("Multiplications, as written", f"{counted.multiplications:,}", border=True)
    columns[2].metric(
        "Weights, if no two places shared them", f"{counted.multiplications:,}", border=True
    )
    row, column = _inside(pinned_pixel(KEY), shape)
    window = window_at(chosen.picture.pixels, setup.weights, setup.application, row, column)
    st.markdown(f"**Output pixel, row {row}, column {column}**")
    names = ("grey",) if len(window.sums) == 1 else ("red", "green", "blue")
    for name, total in zip(names, window.sums, strict=True):
        st.latex(rf"\Sigma_\text{{{name}}} = {total:.6f}")
    outputs = r",\; ".join(f"{value:.6f}" for value in window.output)
    st.latex(rf"\text{{with bias }} {setup.application.bias:g}:\quad {outputs}")


def code_section(chosen: Chosen, setup: Setup) -> None:
    """The script that reproduces the current state."""
    say("filters", "code")
    text = script(setup.weights, setup.application, title=setup.title[0].upper() + setup.title[1:])
    st.code(text, language="python")
    st.download_button(
        "Download the script",
        text,
        file_name="deepglass_filter.py",
        mime="text/x-python",
        icon=":material/download:",
        on_click="ignore",
    )
    offer_picture(chosen)


def _largest_difference(
    picture: Picture, weights: Weights, turned: Weights, application: Application
) -> float | None:
    try:
        first = apply(picture.pixels, weights, application)
        second = apply(picture.pixels, turned, application)
    except ValueError:
        return None
    if first.shape != second.shape:
        return None
    return float(np.abs(first - second).max())


def _opposite(weights: Weights, turned: Weights) -> str:
    return ": the turn changes every sign" if np.array_equal(turned, -weights) else ""


def _grey(picture: Picture) -> np.ndarray:
    return picture.pixels @ np.array([0.299, 0.587, 0.114], np.float32)


def _filtered_grey(picture: Picture, setup: Setup) -> np.ndarray | None:
    try:
        plain = Application(channels="grey", dilation=setup.application.dilation)
        return apply(picture.pixels, setup.weights, plain)[..., 0]
    except ValueError:
        return None


def _matrix(values: np.ndarray) -> str:
    if values.size > 9:
        return rf"[{values.shape[0]} \times {values.shape[1]}]"
    rows = (r" & ".join(f"{value:.3g}" for value in row) for row in values)
    return r"\begin{bmatrix}" + r" \\ ".join(rows) + r"\end{bmatrix}"


def _kernel_picture(weights: Weights, colours: Theme) -> None:
    limit = float(np.abs(weights).max()) or 1.0
    values = (weights / limit).astype(np.float32)[..., None]
    painted = colour_result(values, symmetric(1.0), SIGNED.stops(colours))
    repeat = max(1, 240 // max(weights.shape))
    large = np.repeat(np.repeat(painted, repeat, axis=0), repeat, axis=1)
    with st.columns([1, 2])[0]:
        show_picture(
            large, alt="The combined kernel as colours.", caption="The combined kernel", exact=True
        )


def _inside(pixel: tuple[int, int] | None, shape: tuple[int, int, int]) -> tuple[int, int]:
    row, column = pixel or (shape[0] // 2, shape[1] // 2)
    return min(row, shape[0] - 1), min(column, shape[1] - 1)


PARTS = (
    Part("notice", N_("What to notice"), notice_section),
    Part("frequencies", N_("Frequencies"), frequency_section),
    Part("separable", N_("Separable"), separable_section),
    Part("feature-map", N_("Feature map"), stack_section),
    Part("two-in-a-row", N_("Two in a row"), row_section),
    Part("arithmetic", N_("Arithmetic"), arithmetic_section),
    Part("code", N_("Code"), code_section),
)


def sections(chosen: Chosen, setup: Setup) -> None:
    """The parts of the page behind tabs; only the one that is open is computed."""
    open_part(PARTS, chosen, setup, key=f"{KEY}.tab")
